/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/header-watch.h"

#include <string.h>

static void
test_rows (void)
{
  static const struct
  {
    const char *text;
    gint64 fault; /* −1: none */
  } rows[] = {
    { "Subject: x\r\nTo: y\r\n\r\na\rb", -1 },
    { "Subject: x\nTo: y\n\na\rb", -1 },
    { "Subject: x\rBcc: evil@example.com\n\nhi", 10 },
    { "Subject: x\r\r\n\r\n", 10 },
    { "Subject: x\n\ty\rz\n", 13 },
    { "a\rb: c\n", -1 }, /* no header at all */
    { "no header: a\rb\n", -1 },
    { "\r\nSubject: x\ry\n", -1 },
    { "Subject: x\r", -1 }, /* the content may end so: it is made CRLF */
    { "", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize cut = 0; cut <= strlen (rows[i].text); cut++)
      {
        MimesendHeaderWatch watch = MIMESEND_HEADER_WATCH_INIT;
        const guint8 *text = (const guint8 *)rows[i].text;
        gboolean fine = mimesend_header_watch (&watch, text, cut) &&
                        mimesend_header_watch (&watch, text + cut, strlen (rows[i].text) - cut);

        g_assert_cmpint (fine, ==, rows[i].fault < 0);
        if (!fine)
          g_assert_cmpint ((gint64)watch.offset, ==, rows[i].fault);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/header-watch/rows", test_rows);
  return g_test_run ();
}

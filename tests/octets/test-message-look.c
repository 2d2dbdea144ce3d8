/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/message-look.h"

#include <string.h>

typedef struct
{
  const char *octets;
  gsize length;
  gboolean has_header, fits_seven, fits_eight;
} Row;

#define ROW(octets, header, seven, eight)                                                                    \
  {                                                                                                          \
    octets, sizeof octets - 1, header, seven, eight                                                          \
  }

static MimesendMessageLook
look_at (const char *octets, gsize length, gsize block)
{
  MimesendMessageLook look = { 0 };

  for (gsize at = 0; at < length; at += block)
    mimesend_message_look (&look, (const guint8 *)octets + at, MIN (block, length - at));
  mimesend_message_look_end (&look);
  return look;
}

static void
test_known (void)
{
  static const Row rows[] = {
    ROW ("Subject: x\n\nbody\n", TRUE, TRUE, TRUE),
    ROW ("Subject: x\r\n\r\nbody\r\n", TRUE, TRUE, TRUE),
    ROW ("Subject: x", TRUE, TRUE, TRUE),
    ROW ("X:", TRUE, TRUE, TRUE),
    ROW ("Subject : x\n", TRUE, TRUE, TRUE),
    ROW ("Subject: x\nno field at all\n\nbody\n", TRUE, TRUE, TRUE),
    ROW ("From joe@example.com Tue Nov 24 12:00:00 2026\nSubject: x\n\nbody\n", TRUE, TRUE, TRUE),
    ROW ("Subject: x\n\ncaf\303\251\n", TRUE, FALSE, TRUE),
    ROW ("Subject: \303\251\n", TRUE, FALSE, TRUE),
    ROW ("Subject: x\n\nnul \0\n", TRUE, FALSE, FALSE),
    ROW ("Subject: x\n\nbare \r here\n", TRUE, FALSE, FALSE),
    ROW ("Subject: x\n\nlast\r", TRUE, FALSE, FALSE),
    ROW ("Subject: x\r\r\n", TRUE, FALSE, FALSE),
    ROW ("Subject: x\rTo: y\r\rbody\r", TRUE, FALSE, FALSE),
    ROW ("", FALSE, FALSE, FALSE),
    ROW ("\n", FALSE, FALSE, FALSE),
    ROW ("\nSubject: x\n", FALSE, FALSE, FALSE),
    ROW ("no header\n", FALSE, FALSE, FALSE),
    ROW (" Subject: x\n", FALSE, FALSE, FALSE),
    ROW ("From joe@example.com Tue Nov 24 12:00:00 2026\n", FALSE, FALSE, FALSE),
    ROW ("\357\273\277Subject: x\n", FALSE, FALSE, FALSE),
    ROW ("PK\3\4", FALSE, FALSE, FALSE),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize block = 1; block < 20; block++)
      {
        MimesendMessageLook look = look_at (rows[i].octets, rows[i].length, block);

        g_test_message ("row %" G_GSIZE_FORMAT, i);
        g_assert_true (mimesend_message_look_has_header (&look) == rows[i].has_header);
        g_assert_true (mimesend_message_look_fits (&look, FALSE) == rows[i].fits_seven);
        g_assert_true (mimesend_message_look_fits (&look, TRUE) == rows[i].fits_eight);
      }
}

static void
test_lines (void)
{
  for (gsize n = 990; n < 1005; n++)
    for (int end = 0; end < 3; end++)
      {
        static const char *const ends[] = { "\n", "\r\n", "" };
        g_autofree char *line = g_strnfill (n, 'x');
        g_autofree char *text = g_strconcat ("X: y\n\n", line, ends[end], NULL);

        for (gsize block = 1; block < 2000; block += 199)
          {
            MimesendMessageLook look = look_at (text, strlen (text), block);

            g_assert_true (mimesend_message_look_fits (&look, TRUE) == (n <= 998));
          }
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/message-look/judges-known-messages", test_known);
  g_test_add_func ("/octets/message-look/limits-line-length", test_lines);
  return g_test_run ();
}

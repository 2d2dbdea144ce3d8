/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/header-watch.h"

#include <string.h>

#define FIELD MIMESEND_HEADER_HAS_FIELD
#define DATE  MIMESEND_HEADER_HAS_DATE
#define ID    MIMESEND_HEADER_HAS_MESSAGE_ID
#define MIME  MIMESEND_HEADER_HAS_MIME_VERSION
#define BCC   MIMESEND_HEADER_HAS_BCC
#define EIGHT MIMESEND_HEADER_HAS_EIGHT_BIT
#define MBOX  MIMESEND_HEADER_HAS_MBOX_LINE
#define MARK  MIMESEND_HEADER_HAS_BOM
#define EMPTY MIMESEND_HEADER_IS_EMPTY
#define BOM   "\xef\xbb\xbf"

typedef struct
{
  const char *text;
  gint64 fault; /* −1: none */
  guint flags;
  guint64 fields_at;
} Row;

static const Row rows[] = {
  { "Subject: x\r\nTo: y\r\n\r\na\rb", -1, FIELD, 0 },
  { "Subject: x\nTo: y\n\na\rb", -1, FIELD, 0 },
  { "Subject: x\rBcc: evil@example.com\n\nhi", 10, FIELD, 0 },
  { "Subject: x\r\r\n\r\n", 10, FIELD, 0 },
  { "Subject: x\n\ty\rz\n", 13, FIELD, 0 },
  { "Subject: x\n\rBcc: y\n", 11, FIELD, 0 },
  { "Subject: x\r\n\rBcc: y\n", 12, FIELD, 0 },
  { "Subject: x\r", -1, FIELD, 0 }, /* the content may end so: it is made CRLF */
  { "Subject: x\n\r", -1, FIELD, 0 },
  { "Subject:\rBcc: y", 8, FIELD, 0 },
  { "Subject: x\rTo: y\r\rbody\r", 10, FIELD, 0 }, /* all of its lines end so */
  /* blanks ahead of the colon (RFC 5322 4.5) */
  { "Subject : x\rBcc: y\n", 11, FIELD, 0 },
  { "Subject \t : x\r", -1, FIELD, 0 },
  { "Subject\t:\ry", 9, FIELD, 0 },
  { "From  : a@example.com\nDate : now\nMESSAGE-ID\t: <1@x>\nMime-version: 1.0\n\n", -1,
    FIELD | DATE | ID | MIME, 0 },
  { "From : a@example.com\rBcc: y\n", 20, FIELD, 0 },
  { "From: a@example.com\n\n", -1, FIELD, 0 },
  /* mbox (RFC 4155) */
  { "From joe Mon Sep 17\nSubject: x\n\nhi", -1, FIELD | MBOX, 20 },
  { "From joe Mon Sep 17\r\nDate: x\r\n\r\nhi", -1, FIELD | DATE | MBOX, 21 },
  { ">From joe\nSubject: x\n\n", -1, FIELD | MBOX, 10 },
  { "From joe\n>>From jim\nSubject: x\n\n", -1, FIELD | MBOX, 20 },
  { "From joe\n\nhi", -1, MBOX | EMPTY, 9 },
  { "From \nSubject: x\n\n", -1, FIELD | MBOX, 6 },
  { "From joe\rBcc: y\nSubject: x\n\n", 8, MBOX, 0 },
  { ">From joe\rBcc: y\n", 9, MBOX, 0 },
  { "From joe\n\rSubject: x\n\n", 9, MBOX, 9 },
  { "From joe\nSubject : x\rBcc: y\n", 20, FIELD | MBOX, 9 },
  { "From nobody that\nI know of.\n\nhi\rho", -1, 0, 0 },
  { "from joe\nSubject: x\n\n", -1, 0, 0 },
  { "From\nSubject: x\n\n", -1, 0, 0 },
  { "Subject: x\nFrom joe\nDate: x\n\n", -1, FIELD, 0 }, /* not ahead of it: the body, for most */
  { "Subject: x\nFrom joe\rBcc: x\n\n", 19, FIELD, 0 },
  /* a byte order mark */
  { BOM "Subject: x\nDate: x\n\n", -1, FIELD | DATE | MARK, 0 },
  { BOM "Date: x\n\n", -1, FIELD | DATE | MARK, 0 },
  { BOM "Subject: x\rBcc: y\n", 13, FIELD | MARK, 0 },
  { BOM "From joe\nSubject: x\n\n", -1, FIELD | MARK | MBOX, 12 },
  { BOM "\nhi\rho", -1, MARK | EMPTY, 0 },
  { BOM "hi\rho", -1, 0, 0 },
  { BOM BOM "Subject: x\n", -1, 0, 0 },
  { "\xef\xbbSubject: x\n", -1, 0, 0 },
  /* no header, an empty one */
  { "a\rb: c\n", -1, 0, 0 },
  { "no header: a\rb\n", -1, 0, 0 },
  { ": a\rb\n", -1, 0, 0 },
  /* … but for a receiver that does not mind what a name is made of */
  { "a\001b: a\rb\n", 6, 0, 0 },
  { BOM BOM "Subject: x\rBcc: y\n", 16, 0, 0 },
  { "\xc3\xa9: x\rBcc: y\n", 5, 0, 0 },
  { "\xc2\xa0Subject: x\rBcc: y\n", 12, 0, 0 },
  { "X\xe9: x\n folded\rBcc: y\n", 13, 0, 0 },
  { "\xef\xbbSubject: x\rBcc: y\n", 12, 0, 0 },
  { "\x7f\ra: b\n", -1, 0, 0 },
  { "\xc3\xa9t\xc3\xa9 is: x\ry\n", -1, 0, 0 },
  { "\xc3\xa9\n\xc3\xa9: x\ry\n", -1, 0, 0 },
  { "\r\nSubject: x\ry\n", -1, EMPTY, 0 },
  { "\nDate: x\ry\n", -1, EMPTY, 0 },
  { "\rDate: x\ry\n", -1, EMPTY, 0 }, /* which makes it the empty line */
  { " Date: x\nSubject: x\n\n", -1, 0, 0 },
  { " x\rBcc: y\n", 2, 0, 0 }, /* of a header, for a receiver that passes by the first line */
  { "", -1, 0, 0 },
  { "Subject", -1, 0, 0 },
  { "Subject:", -1, FIELD, 0 },
  { "From joe", -1, 0, 0 },
  { BOM, -1, 0, 0 },
  /* a line that is no field ends the fields, and not the search */
  { "Subject: x\nno field\nDate: x\n\na\rb", -1, FIELD, 0 },
  { "Subject: x\nno field\nDate: x\rBcc: y\n", 27, FIELD, 0 },
  { "Subject: x\nno field\rBcc: y\n", 19, FIELD, 0 },
  { "Subject: x\n\xc3\xa9: y\rBcc: y\n", 16, FIELD, 0 },
  { "Subject: x\n:\rBcc: y\n", 12, FIELD, 0 },
  /* folded: a line of blanks, too, goes on (RFC 5322 4.2) */
  { "Subject: x\n \t\n \nDate: y\n\n", -1, FIELD | DATE, 0 },
  { "Subject:\n Date: y\n\n", -1, FIELD, 0 },
  /* what is looked for in the values */
  { "Bcc: a@example.com\n\n", -1, FIELD | BCC, 0 },
  { "bcc :\n a@example.com\n\n", -1, FIELD | BCC, 0 },
  { "RESENT-BCC:x\n\n", -1, FIELD | BCC, 0 },
  { "Bcc:\nTo: y\n\n", -1, FIELD, 0 },
  { "Bcc: \t\r\n \r\nTo: y\n\n", -1, FIELD, 0 },
  { "X-Bcc: y\nBcc2: y\nBc: y\n\nBcc: y\n", -1, FIELD, 0 },
  { "Subject: \xc3\xa9\n\n", -1, FIELD | EIGHT, 0 },
  { "Subject: x\n \xe9\n\n", -1, FIELD | EIGHT, 0 },
  { "Subject: x\n\n\xc3\xa9", -1, FIELD, 0 },
  { "Date2: x\nDat: x\nX-Date: x\n>Date: x\nMIME-Version-: x\n\n", -1, FIELD, 0 },
};

static void
check (const Row *row, const MimesendHeaderWatch *watch, gboolean fine)
{
  g_assert_cmpint (fine, ==, row->fault < 0);
  if (!fine)
    g_assert_cmpint ((gint64)watch->offset, ==, row->fault);
  else
    g_assert_true (watch->settled && watch->over);
  g_assert_cmphex (watch->flags, ==, row->flags);
  g_assert_cmpuint (watch->fields_at, ==, row->fields_at);
}

/* In two pieces at every place, in three at every two, and octet by octet. */
static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const guint8 *text = (const guint8 *)rows[i].text;
      gsize n = strlen (rows[i].text);

      g_test_message ("row %u", i);
      for (gsize a = 0; a <= n; a++)
        for (gsize b = a; b <= n; b++)
          {
            MimesendHeaderWatch watch = MIMESEND_HEADER_WATCH_INIT;
            gboolean fine = mimesend_header_watch (&watch, text, a) &&
                            mimesend_header_watch (&watch, text + a, b - a) &&
                            mimesend_header_watch (&watch, text + b, n - b);

            if (fine)
              mimesend_header_watch_end (&watch);
            check (&rows[i], &watch, fine);
          }
      {
        MimesendHeaderWatch watch = MIMESEND_HEADER_WATCH_INIT;
        gboolean fine = TRUE;

        for (gsize k = 0; fine && k < n; k++)
          fine = mimesend_header_watch (&watch, text + k, 1);
        if (fine)
          mimesend_header_watch_end (&watch);
        check (&rows[i], &watch, fine);
      }
    }
}

/* However long it is: nothing of it is kept. */
static void
test_long (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "X-%u: %s\r\n %s\r\n", i, "a value of some length", "and its continuation");
  g_string_append (text, "Date : now\r\n\r\nbody\r");
  for (gsize step = 1; step < text->len; step = 3 * step + 1)
    {
      MimesendHeaderWatch watch = MIMESEND_HEADER_WATCH_INIT;

      for (gsize at = 0; at < text->len; at += step)
        g_assert_true (
            mimesend_header_watch (&watch, (const guint8 *)text->str + at, MIN (step, text->len - at)));
      g_assert_cmphex (watch.flags, ==, FIELD | DATE);
      g_assert_true (watch.over);
    }
}

/* A line without a colon is no field, however long it is. */
static void
test_long_name (void)
{
  for (gsize n = 990; n < 1010; n++)
    {
      g_autofree char *name = g_strnfill (n, 'n');
      g_autofree char *text = g_strconcat (name, ": x\rBcc: y\n", NULL);
      MimesendHeaderWatch watch = MIMESEND_HEADER_WATCH_INIT;
      gboolean fine = mimesend_header_watch (&watch, (const guint8 *)text, strlen (text));

      g_assert_cmpint (fine, ==, n > 998);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/header-watch/finds-fields-and-bare-cr", test_rows);
  g_test_add_func ("/octets/header-watch/watches-header-of-any-length", test_long);
  g_test_add_func ("/octets/header-watch/overlong-name-is-no-field", test_long_name);
  return g_test_run ();
}

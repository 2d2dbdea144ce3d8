/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What octets say of their charset: the same in whatever pieces they come, and never what is not so. */
#include "mime/charset-look.h"

#include <string.h>

#define OCTETS(text) (const guint8 *)text, sizeof text - 1

static void
look_in_pieces (MimesendCharsetLook *look, const guint8 *octets, gsize n, gsize step)
{
  *look = (MimesendCharsetLook){ 0 };
  for (gsize at = 0; at < n; at += step)
    mimesend_charset_look (look, octets + at, MIN (step, n - at));
}

typedef struct
{
  const guint8 *octets;
  gsize n;
  const char *complete;
  const char *begun; /* if more may follow */
} Row;

static const Row rows[] = {
  { OCTETS (""), "us-ascii", NULL },
  { OCTETS ("plain\r\nlines\t\f\n"), "us-ascii", NULL },
  { OCTETS ("\x7f\x01\x02"), "us-ascii", NULL },
  { OCTETS ("caf\xc3\xa9\n"), "utf-8", NULL },
  { OCTETS ("\xf0\x9f\x98\x80 \xe2\x82\xac \xf4\x8f\xbf\xbf \xed\x9f\xbf \xee\x80\x80"), "utf-8", NULL },
  { OCTETS ("\xef\xbb\xbfwith a mark\n"), "utf-8", "utf-8" },
  { OCTETS ("\xef\xbb\xbf"), "utf-8", "utf-8" },

  /* other charsets */
  { OCTETS ("caf\xe9\n"), NULL, NULL },
  { OCTETS ("caf\xe9"), NULL, NULL },
  { OCTETS ("\x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd"), NULL, NULL }, /* Shift_JIS */
  { OCTETS ("\x1b$B$3$s$K$A$O\x1b(B\n"), NULL, NULL },                 /* ISO-2022-JP */
  { OCTETS ("\x0e"
            "abc"
            "\x0f\n"),
    NULL, NULL },
  { OCTETS ("\x1b[31mred\x1b[0m caf\xc3\xa9\n"), "utf-8", NULL },
  { OCTETS ("\xef\xbb\xbf"
            "caf\xe9\n"),
    NULL, NULL }, /* the mark is not the truth */

  /* almost UTF-8 */
  { OCTETS ("caf\xc3"), NULL, NULL },
  { OCTETS ("\xe2\x82"), NULL, NULL },
  { OCTETS ("\xc0\xaf"), NULL, NULL },
  { OCTETS ("\xc1\xbf"), NULL, NULL },
  { OCTETS ("\xe0\x9f\xbf"), NULL, NULL },
  { OCTETS ("\xf0\x8f\xbf\xbf"), NULL, NULL },
  { OCTETS ("\xed\xa0\x80"), NULL, NULL },
  { OCTETS ("\xf4\x90\x80\x80"), NULL, NULL },
  { OCTETS ("\xf5\x80\x80\x80"), NULL, NULL },
  { OCTETS ("\x80"), NULL, NULL },
  { OCTETS ("\xc3\xa9\xa9"), NULL, NULL },
  { OCTETS ("\xc3"
            "A"),
    NULL, NULL },

  /* NUL */
  { OCTETS ("a\0b"), NULL, NULL },
  { OCTETS ("\xc3\xa9\0"), NULL, NULL },
  { OCTETS ("a\0b\0\n\0"), NULL, NULL }, /* UTF-16 without a mark */

  /* UTF-16 */
  { OCTETS ("\xff\xfe"
            "a\0\n\0"),
    "utf-16", "utf-16" },
  { OCTETS ("\xfe\xff\0a\0\n"), "utf-16", "utf-16" },
  { OCTETS ("\xff\xfe"), "utf-16", "utf-16" },
  { OCTETS ("\xfe\xff"), "utf-16", "utf-16" },
  { OCTETS ("\xff\xfe\x3d\xd8\x00\xde"), "utf-16", "utf-16" }, /* a pair */
  { OCTETS ("\xff\xfe\x3d\xd8"), NULL, "utf-16" },             /* half of it */
  { OCTETS ("\xff\xfe\x00\xde\x3d\xd8"), NULL, NULL },
  { OCTETS ("\xff\xfe"
            "a\0b"),
    NULL, "utf-16" },
  { OCTETS ("\xff\xfe"
            "a"),
    NULL, "utf-16" },
  { OCTETS ("\xff\xfe"
            "a\0\0\0b\0"),
    NULL, NULL },
  { OCTETS ("\xff\xfe"
            "\0a\0b\0c\0d\0\0"),
    NULL, NULL },

  /* UTF-32 */
  { OCTETS ("\xff\xfe\0\0"
            "a\0\0\0\n\0\0\0"),
    "utf-32", "utf-32" },
  { OCTETS ("\0\0\xfe\xff\0\0\0a"), "utf-32", "utf-32" },
  { OCTETS ("\xff\xfe\0\0"), "utf-32", "utf-32" },
  { OCTETS ("\0\0\xfe\xff\0\x01\xf6\0"), "utf-32", "utf-32" },
  { OCTETS ("\0\0\xfe\xff\0\x11\0\0"), NULL, NULL },
  { OCTETS ("\0\0\xfe\xff\0\0\xd8\0"), NULL, NULL },
  { OCTETS ("\0\0\xfe\xff\0\0"), NULL, "utf-32" },
};

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize step = 1; step <= MAX (rows[i].n, 1); step++)
      {
        MimesendCharsetLook look;

        look_in_pieces (&look, rows[i].octets, rows[i].n, step);
        g_test_message ("row %" G_GSIZE_FORMAT ", by %" G_GSIZE_FORMAT, i, step);
        g_assert_cmpstr (mimesend_charset_look_get (&look, TRUE), ==, rows[i].complete);
        g_assert_cmpstr (mimesend_charset_look_get (&look, FALSE), ==, rows[i].begun);
      }
}

/* Against GLib's own judgement. */
static void
test_utf8_as_glib_has_it (void)
{
  for (guint i = 0; i < 200000; i++)
    {
      guint8 octets[6];
      gsize n = 1 + g_test_rand_int_range (0, 6);
      MimesendCharsetLook look;
      const char *told;

      for (gsize j = 0; j < n; j++)
        octets[j] = (guint8)g_test_rand_int_range (j == 0 ? 0xc0 : 0x70, j == 0 ? 0x100 : 0xc0);
      if (octets[0] == 0xff)
        continue;
      look_in_pieces (&look, octets, n, 1 + i % 3);
      told = mimesend_charset_look_get (&look, TRUE);
      g_assert_true ((g_strcmp0 (told, "utf-8") == 0) ==
                     g_utf8_validate ((const char *)octets, (gssize)n, NULL));
    }
}

static void
test_lines (void)
{
  static const struct
  {
    const guint8 *octets;
    gsize n;
    gboolean has_lines;
  } texts[] = {
    { OCTETS ("a\nb\n"), TRUE },
    { OCTETS ("caf\xe9\n"), TRUE },
    { OCTETS ("a\0b\0"), FALSE },
    { OCTETS ("\xff\xfe"
              "a\0"),
      FALSE },
    { OCTETS ("\xfe\xff"
              "\x61\x62"),
      FALSE }, /* UTF-16 has no NUL here */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      MimesendCharsetLook look;

      look_in_pieces (&look, texts[i].octets, texts[i].n, 3);
      g_assert_true (mimesend_charset_look_has_lines (&look, TRUE) == texts[i].has_lines);
      g_assert_false (mimesend_charset_look_has_lines (&look, FALSE));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mime/charset-look/detects-charsets", test_rows);
  g_test_add_func ("/mime/charset-look/validates-utf8-as-glib", test_utf8_as_glib_has_it);
  g_test_add_func ("/mime/charset-look/knows-charsets-with-lines", test_lines);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What others wrote reaches no terminal as more than text. */
#include "octets/printable.h"

#include <string.h>

static const struct
{
  const char *text, *shown, *lines; /* lines NULL: the same */
} rows[] = {
  { "", "", NULL },
  { "plain, with \\ and \"quotes\"", "plain, with \\ and \"quotes\"", NULL },
  { "gr\xc3\xbc\xc3\x9f dich \xe2\x82\xac \xf0\x9f\x98\x80",
    "gr\xc3\xbc\xc3\x9f dich \xe2\x82\xac \xf0\x9f\x98\x80", NULL },
  /* C0, DEL */
  { "a\x01\x08\x0b\x1f\x7fz", "a\\x01\\x08\\x0b\\x1f\\x7fz", NULL },
  /* C1, as UTF-8 and as octets by themselves */
  { "\xc2\x80\xc2\x85\xc2\x9b\xc2\x9f\xc2\xa0", "\\u{0080}\\u{0085}\\u{009b}\\u{009f}\xc2\xa0", NULL },
  { "\x80\x9b"
    "31m\xa0",
    "\\x80\\x9b31m\\xa0", NULL },
  /* sequences of terminals: CSI, OSC with either end, DCS, charset, reset */
  { "\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m", NULL },
  { "\x1b]0;title\x07", "\\x1b]0;title\\x07", NULL },
  { "\x1b]8;;http://x\x1b\\y", "\\x1b]8;;http://x\\x1b\\y", NULL },
  { "\xc2\x90q\xc2\x9c\x1bP\x1b(0\x1b"
    "c",
    "\\u{0090}q\\u{009c}\\x1bP\\x1b(0\\x1bc", NULL },
  /* line and paragraph separators */
  { "a\xe2\x80\xa8"
    "b\xe2\x80\xa9"
    "c",
    "a\\u{2028}b\\u{2029}c", NULL },
  /* the bidirectional algorithm's marks, embeddings, overrides and isolates */
  { "\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f", "\\u{061c}\\u{200e}\\u{200f}", NULL },
  { "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae",
    "\\u{202a}\\u{202b}\\u{202c}\\u{202d}\\u{202e}", NULL },
  { "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", "\\u{2066}\\u{2067}\\u{2068}\\u{2069}", NULL },
  /* invisible: zero-width, soft hyphen, byte order mark, tags */
  { "a\xe2\x80\x8b\xe2\x81\xa0\xc2\xad\xef\xbb\xbf\xf3\xa0\x81\x81",
    "a\\u{200b}\\u{2060}\\u{00ad}\\u{feff}\\u{e0041}", NULL },
  /* no UTF-8: alone, cut, overlong, a surrogate, behind the last character */
  { "\xff\xfe", "\\xff\\xfe", NULL },
  { "a\xe2\x82", "a\\xe2\\x82", NULL },
  { "\xc3(", "\\xc3(", NULL },
  { "\xc0\x8a\xe0\x80\x8a", "\\xc0\\x8a\\xe0\\x80\\x8a", NULL },
  { "\xed\xa0\x80", "\\xed\\xa0\\x80", NULL },
  { "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", NULL },
  /* lines */
  { "a\nb\r\nc\td", "a\\x0ab\\x0d\\x0ac\\x09d", "a b c d" },
  { "a\n", "a\\x0a", "a" },
  { "a\r\n", "a\\x0d\\x0a", "a" },
  { "a\r", "a\\x0d", "a" },
  { "a\rb", "a\\x0db", NULL },
  { "\n\nb", "\\x0a\\x0ab", "  b" },
};

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown = mimesend_printable (rows[i].text, 0);
      g_autofree char *lines = mimesend_printable_lines (rows[i].text, 0);

      g_assert_cmpstr (shown, ==, rows[i].shown);
      g_assert_cmpstr (lines, ==, rows[i].lines != NULL ? rows[i].lines : rows[i].shown);
    }
}

static void
assert_harmless (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (mimesend_character_is_hidden (g_utf8_get_char (p)));
}

/* Every character, and every pair of octets, at any place of a text that is cut at any place. */
static void
test_everything (void)
{
  for (gunichar c = 1; c < 0x110000; c++)
    if (g_unichar_validate (c))
      {
        char text[8] = { 'a' };
        g_autofree char *shown = NULL;

        text[1 + g_unichar_to_utf8 (c, text + 1)] = '\0';
        shown = mimesend_printable (text, 0);
        assert_harmless (shown);
        g_assert_true (c < 0x20 || (c >= 0x7f && c < 0xa0) ? !g_str_equal (shown, text) : TRUE);
        g_assert_true (!mimesend_character_is_hidden (c) ? g_str_equal (shown, text) : TRUE);
      }
  for (guint pair = 0; pair < 0x10000; pair++)
    {
      const char text[] = { (char)(pair >> 8), (char)pair, 'x', '\0' };
      g_autofree char *shown = mimesend_printable_lines (text, 0);

      assert_harmless (shown);
    }
}

/* However it is cut, what is shown is whole characters and whole escapes, bounded. */
static void
test_cut (void)
{
  const char *text = "gr\xc3\xbc\x1b[1m\xe2\x80\xae\xff\xf0\x9f\x98\x80\nend";
  g_autofree char *all = mimesend_printable_lines (text, 0);
  g_autofree char *long_text = g_strnfill (100000, '\x1b');
  g_autofree char *bounded = mimesend_printable (long_text, 1024);

  for (gsize max = 1; max <= strlen (all) + 1; max++)
    {
      g_autofree char *shown = mimesend_printable_lines (text, max);
      gsize n = strlen (shown);

      assert_harmless (shown);
      if (g_str_equal (shown, all))
        {
          g_assert_cmpuint (max, >, strlen (all) - 1);
          continue;
        }
      g_assert_true (g_str_has_suffix (shown, "..."));
      g_assert_true (strncmp (shown, all, n - 3) == 0);
      g_assert_cmpuint (n - 3, >=, max);
      g_assert_cmpuint (n - 3, <, max + 10);
    }
  g_assert_cmpuint (strlen (bounded), ==, 1024 + 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/printable/escapes-hidden-characters", test_rows);
  g_test_add_func ("/octets/printable/result-is-valid-and-visible", test_everything);
  g_test_add_func ("/octets/printable/cuts-at-limit", test_cut);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The quick scan against a plain one, over every way to cut short texts, and around the limit of 998. */
#include "walk/text.h"

#include <string.h>

typedef struct
{
  guint64 eight_bit;
  gboolean nul;
  guint64 longest;
  guint64 offset;
} Plain;

static Plain
scan_plainly (const guint8 *octets, gsize n)
{
  Plain plain = { 0 };
  gsize start = 0;

  for (gsize i = 0; i <= n; i++)
    {
      gsize length = i - start;

      if (i < n)
        {
          plain.eight_bit += octets[i] > 127;
          plain.nul = plain.nul || octets[i] == 0;
        }
      if (i < n && octets[i] != '\n')
        continue;
      if (i < n && length > 0 && octets[i - 1] == '\r')
        length--;
      if (length > MIMESEND_LINE_MAX && length > plain.longest)
        {
          plain.longest = length;
          plain.offset = start;
        }
      start = i + 1;
    }
  return plain;
}

static void
compare (const guint8 *octets, gsize n, gsize step)
{
  Plain plain = scan_plainly (octets, n);
  MimesendTextFacts facts = { 0 };

  for (gsize at = 0; at < n; at += step)
    mimesend_text_scan (&facts, octets + at, MIN (step, n - at));
  mimesend_text_end (&facts);
  g_assert_cmpuint (facts.octets, ==, n);
  g_assert_cmpuint (facts.eight_bit, ==, plain.eight_bit);
  g_assert_cmpint (facts.nul, ==, plain.nul);
  if (plain.longest > 0)
    {
      g_assert_cmpuint (facts.longest, ==, plain.longest);
      g_assert_cmpuint (facts.longest_offset, ==, plain.offset);
    }
  else
    g_assert_cmpuint (facts.longest, <=, MIMESEND_LINE_MAX);
}

static void
test_around_the_limit (void)
{
  static const char *const ends[] = { "", "\n", "\r\n", "\r", "\nshort\n", "\r\nshort" };
  static const gsize steps[] = { 1, 2, 7, 997, 998, 999, 1000, 1001, 65536 };

  for (gsize length = 990; length < 1005; length++)
    for (gsize end = 0; end < G_N_ELEMENTS (ends); end++)
      for (gsize step = 0; step < G_N_ELEMENTS (steps); step++)
        for (int before = 0; before < 2; before++)
          {
            g_autofree char *line = g_strnfill (length, 'x');
            g_autofree char *text = g_strconcat (before ? "a line\n\n" : "", line, ends[end], NULL);

            compare ((const guint8 *)text, strlen (text), steps[step]);
          }
}

static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (1);

  for (int round = 0; round < 3000; round++)
    {
      gsize n = (gsize)g_rand_int_range (rand, 0, 6000);
      g_autofree guint8 *octets = g_malloc (n + 1);
      int lines = g_rand_int_range (rand, 1, 1500), high = g_rand_int_range (rand, 0, 3);

      for (gsize i = 0; i < n; i++)
        {
          int dice = g_rand_int_range (rand, 0, lines);

          octets[i] = dice == 0   ? '\n'
                      : dice == 1 ? '\r'
                                  : (guint8)g_rand_int_range (rand, high > 0 ? 32 : 0, high > 1 ? 256 : 127);
        }
      compare (octets, n, (gsize)g_rand_int_range (rand, 1, 3000));
    }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/walk/text/measures-lines-around-the-limit", test_around_the_limit);
  g_test_add_func ("/walk/text/facts-do-not-depend-on-blocks", test_random);
  return g_test_run ();
}

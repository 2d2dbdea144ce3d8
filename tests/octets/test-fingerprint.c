/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fingerprint of octets: the same however they come, another where they differ. */
#include "octets/fingerprint.h"

#include <string.h>

static guint64
of (const guint8 *octets, gsize n, gsize step)
{
  MimesendFingerprint self;

  mimesend_fingerprint_init (&self);
  for (gsize at = 0; at < n; at += step)
    {
      gsize taken = MIN (step, n - at);
      guint8 *own = g_memdup2 (octets + at, taken); /* not an octet beyond it is read */

      mimesend_fingerprint_add (&self, own, taken);
      g_free (own);
    }
  return mimesend_fingerprint_get (&self);
}

static void
random_octets (guint8 *octets, gsize n)
{
  for (gsize i = 0; i < n; i++)
    octets[i] = (guint8)g_test_rand_int ();
}

static void
test_pieces (void)
{
  guint8 octets[500];

  random_octets (octets, sizeof octets);
  for (gsize n = 0; n <= sizeof octets; n += 1 + n / 16)
    for (gsize step = 1; step < 100; step++)
      g_assert_cmphex (of (octets, n, step), ==, of (octets, n, 500));
}

static void
test_any_change (void)
{
  guint8 octets[300];
  guint64 whole;

  random_octets (octets, sizeof octets);
  whole = of (octets, sizeof octets, 64);
  for (guint bit = 0; bit < 8 * sizeof octets; bit++)
    {
      octets[bit / 8] ^= (guint8)(1 << bit % 8);
      g_assert_cmphex (of (octets, sizeof octets, 64), !=, whole);
      octets[bit / 8] ^= (guint8)(1 << bit % 8);
    }
}

/* Zeros are octets, too: one more of them, or elsewhere. */
static void
test_length_and_place (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint8 octets[200] = { 0 };

  for (gsize n = 0; n <= sizeof octets; n++)
    {
      guint64 one = of (octets, n, 64);

      g_assert_true (g_hash_table_add (seen, g_memdup2 (&one, sizeof one)));
    }
  for (gsize i = 0; i < sizeof octets; i++)
    {
      guint64 one;

      octets[i] = 1;
      one = of (octets, sizeof octets, 64);
      g_assert_true (g_hash_table_add (seen, g_memdup2 (&one, sizeof one)));
      octets[i] = 0;
    }
}

/* Blocks that have changed places. */
static void
test_order (void)
{
  guint8 one[128], other[128];

  random_octets (one, sizeof one);
  for (guint size = 8; size <= 64; size *= 2)
    {
      memcpy (other, one + size, size);
      memcpy (other + size, one, size);
      memcpy (other + 2 * size, one + 2 * size, sizeof one - 2 * size);
      g_assert_cmphex (of (one, sizeof one, 64), !=, of (other, sizeof other, 64));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/fingerprint/does-not-depend-on-pieces", test_pieces);
  g_test_add_func ("/octets/fingerprint/differs-after-any-change", test_any_change);
  g_test_add_func ("/octets/fingerprint/depends-on-length-and-place", test_length_and_place);
  g_test_add_func ("/octets/fingerprint/depends-on-order", test_order);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Seconds of callers, microseconds inside: nothing overflows, and a short time is never none. */
#include "octets/seconds.h"

#include <math.h>

static void
test_to_us (void)
{
  static const struct
  {
    double seconds;
    gint64 us;
  } rows[] = {
    { 0, 0 },
    { -0.0, 0 },
    { 1, 1000000 },
    { 0.25, 250000 },
    { 1e-6, 1 },
    { 1e-300, 1 },
    { 2.9999999, 3000000 },
    { 86400, G_GINT64_CONSTANT (86400000000) },
    { 4294967294.0, G_GINT64_CONSTANT (4294967294000000) },
    { 4294967295.0, G_GINT64_CONSTANT (4294967295000000) },
    { 1e18, G_GINT64_CONSTANT (4294967295000000) },
    { G_MAXDOUBLE, G_GINT64_CONSTANT (4294967295000000) },
    { INFINITY, G_GINT64_CONSTANT (4294967295000000) },
    { -1, -1 },
    { -1e-300, -1 },
    { -INFINITY, -1 },
    { NAN, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (mimesend_seconds_to_us (rows[i].seconds), ==, rows[i].us);
}

static void
test_there_and_back (void)
{
  static const gint64 times[] = { 0, 1, 999999, 1000001, 599999999, G_GINT64_CONSTANT (4294967295000000) };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    g_assert_cmpint (mimesend_seconds_to_us (mimesend_seconds_from_us (times[i])), ==, times[i]);
  g_assert_cmpfloat (mimesend_seconds_from_us (-1), ==, -1.0);
  g_assert_cmpfloat (mimesend_seconds_from_us (G_MININT64), ==, -1.0);
  g_assert_cmpfloat (mimesend_seconds_from_us (250000), ==, 0.25);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/seconds/converts-to-microseconds", test_to_us);
  g_test_add_func ("/octets/seconds/converts-there-and-back", test_there_and_back);
  return g_test_run ();
}

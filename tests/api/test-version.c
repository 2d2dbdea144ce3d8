/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libmimesend/mimesend.h>

/* Compiled against, linked, and the project's: one version. */
static void
test_numbers (void)
{
  g_autofree char *compiled =
      g_strdup_printf ("%d.%d.%d", MIMESEND_MAJOR_VERSION, MIMESEND_MINOR_VERSION, MIMESEND_MICRO_VERSION);
  g_autofree char *linked = g_strdup_printf ("%u.%u.%u", mimesend_get_major_version (),
                                             mimesend_get_minor_version (), mimesend_get_micro_version ());

  g_assert_cmpstr (compiled, ==, MIMESEND_VERSION);
  g_assert_cmpstr (linked, ==, MIMESEND_VERSION);
}

static void
test_check (void)
{
  g_assert_true (MIMESEND_CHECK_VERSION (0, 1, 0));
  g_assert_true (
      MIMESEND_CHECK_VERSION (MIMESEND_MAJOR_VERSION, MIMESEND_MINOR_VERSION, MIMESEND_MICRO_VERSION));
  g_assert_false (
      MIMESEND_CHECK_VERSION (MIMESEND_MAJOR_VERSION, MIMESEND_MINOR_VERSION, MIMESEND_MICRO_VERSION + 1));
  g_assert_false (MIMESEND_CHECK_VERSION (MIMESEND_MAJOR_VERSION, MIMESEND_MINOR_VERSION + 1, 0));
  g_assert_false (MIMESEND_CHECK_VERSION (MIMESEND_MAJOR_VERSION + 1, 0, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/api/version/compiled-and-linked-agree", test_numbers);
  g_test_add_func ("/api/version/check-compares-all-numbers", test_check);
  return g_test_run ();
}

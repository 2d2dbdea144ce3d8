/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dates and message ids that are made: the same form wherever they are made. */
#include "mime/stamp.h"

#include <string.h>

#include <gmime/gmime.h>

static void
test_date_of_epoch (void)
{
  static const struct
  {
    const char *epoch, *date;
  } rows[] = {
    { "0", "Thu, 01 Jan 1970 00:00:00 +0000" },
    { "1000000000", "Sun, 09 Sep 2001 01:46:40 +0000" },
    { "4294967296", "Sun, 07 Feb 2106 06:28:16 +0000" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *date = NULL;

      g_assert_true (g_setenv ("SOURCE_DATE_EPOCH", rows[i].epoch, TRUE));
      date = mimesend_stamp_date ();
      g_assert_cmpstr (date, ==, rows[i].date);
    }
  g_unsetenv ("SOURCE_DATE_EPOCH");
}

/* What is no number of seconds is as if it were not set. */
static void
test_date_of_now (void)
{
  static const char *const epochs[] = { NULL,         "", "nonsense", "-1", "1e9", "99999999999999999999",
                                        "1000000000 " };

  for (gsize i = 0; i < G_N_ELEMENTS (epochs); i++)
    {
      gint64 before = g_get_real_time () / G_USEC_PER_SEC;
      g_autofree char *text = NULL;
      g_autoptr (GDateTime) date = NULL;

      if (epochs[i] != NULL)
        g_assert_true (g_setenv ("SOURCE_DATE_EPOCH", epochs[i], TRUE));
      text = mimesend_stamp_date ();
      date = g_mime_utils_header_decode_date (text);
      g_assert_nonnull (date);
      g_assert_cmpint (g_date_time_to_unix (date), >=, before);
      g_assert_cmpint (g_date_time_to_unix (date), <=, g_get_real_time () / G_USEC_PER_SEC);
    }
  g_unsetenv ("SOURCE_DATE_EPOCH");
}

static void
test_id_domain (void)
{
  static const struct
  {
    const char *reverse_path, *from, *fallback, *domain;
  } rows[] = {
    { "a@REVERSE.example", "b@from.example", "host.example", "reverse.example" },
    { "", "b@from.example", "host.example", "from.example" },
    { NULL, "b@from.example", NULL, "from.example" },
    { "root", NULL, "host.example", "host.example" },
    { "a@ex\xc3\xa4mple.org", NULL, NULL, "xn--exmple-cua.org" },
    { "a@[192.0.2.1]", NULL, "host.example", "host.example" },
    { NULL, NULL, "host.example", "host.example" },
    { NULL, NULL, NULL, "localhost.invalid" },
  };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char *id = mimesend_stamp_id_for (rows[i].reverse_path, rows[i].from, rows[i].fallback);

      g_assert_cmpuint (strspn (id, "0123456789abcdef"), ==, 32);
      g_assert_true (id[32] == '@');
      g_assert_cmpstr (id + 33, ==, rows[i].domain);
      g_assert_true (g_hash_table_add (seen, id));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/mime/stamp/date-honours-source-date-epoch", test_date_of_epoch);
  g_test_add_func ("/mime/stamp/date-is-now", test_date_of_now);
  g_test_add_func ("/mime/stamp/id-domain-comes-from-addresses-or-host", test_id_domain);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/ehlo-name.h"
#include <string.h>

static void
test_id_domain (void)
{
  g_autofree char *name = mimesend_ehlo_id_domain ("mail.example.com");
  g_autofree char *literal = mimesend_ehlo_id_domain ("[192.0.2.1]");
  g_autofree char *host = mimesend_ehlo_id_domain (NULL);
  g_autofree char *hello = mimesend_ehlo_name (NULL, "[192.0.2.1]");

  g_assert_cmpstr (name, ==, "mail.example.com");
  g_assert_cmpstr (literal, ==, "192.0.2.1");
  /* The literal of a connection that is not made yet is no name. */
  g_assert_cmpstr (host, ==, hello[0] == '[' ? NULL : hello);
}

static void
test_name (void)
{
  g_autofree char *wanted = mimesend_ehlo_name ("mail.example.com", "[192.0.2.1]");
  g_autofree char *own = mimesend_ehlo_name (NULL, NULL);

  g_assert_cmpstr (wanted, ==, "mail.example.com");
  g_assert_true (own[0] == '[' || strchr (own, '.') != NULL);
  g_assert_false (g_str_has_prefix (own, "localhost"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/ehlo-name/is-a-valid-name", test_name);
  g_test_add_func ("/client/ehlo-name/gives-id-domain", test_id_domain);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/mailbox.h"

#include <string.h>

static void
test_rows (void)
{
  static const struct
  {
    const char *mailbox;
    const char *ascii; /* NULL: there is none, or it is that already */
  } rows[] = {
    { "ann@b\303\274cher.example", "ann@xn--bcher-kva.example" },
    { "Ann@B\303\234CHER.example", "Ann@xn--bcher-kva.example" },
    { "ann@bu\314\210cher.example", "ann@xn--bcher-kva.example" },
    { "ann@stra\303\237e.example",
      "ann@xn--strae-oqa.example" }, /* not strasse, which is another's (RFC 5894 7.2) */
    { "ann@mail.b\303\274cher.xn--p1ai", "ann@mail.xn--bcher-kva.xn--p1ai" },
    { "ann@\327\220.example", "ann@xn--4db.example" },
    { "a+b.c@b\303\274cher.example", "a+b.c@xn--bcher-kva.example" },
    { "\"a b\"@b\303\274cher.example", "\"a b\"@xn--bcher-kva.example" },
    { "\"a@b\"@b\303\274cher.example", "\"a@b\"@xn--bcher-kva.example" },
    { "j\303\266rg@b\303\274cher.example", NULL },
    { "j\303\266rg@example.com", NULL },
    { "\"j\303\266rg\"@b\303\274cher.example", NULL },
    { "j\303\266rg", NULL },
    { "ann@example.com", NULL },
    { "ann@xn--bcher-kva.example", NULL },
    { "ann@[127.0.0.1]", NULL },
    { "ann", NULL },
    { "", NULL },
    { "<>", NULL },
    { "ann@b\303\274 cher.example", NULL },
    { "ann@b\303(cher.example", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *ascii = mimesend_mailbox_to_ascii (rows[i].mailbox);
      MimesendMailbox parts;

      g_assert_cmpstr (ascii, ==, rows[i].ascii);
      if (ascii != NULL)
        {
          g_assert_cmpint (mimesend_mailbox_scan (ascii, strlen (ascii), &parts), ==, MIMESEND_MAILBOX_OK);
          g_assert_true (parts.local_is_ascii && parts.domain_is_ascii);
        }
    }
}

/* A label that has more than 63 octets then is none. */
static void
test_long (void)
{
  guint n_none = 0;

  for (guint n = 1; n < 100; n++)
    {
      g_autoptr (GString) mailbox = g_string_new ("ann@");
      g_autofree char *ascii = NULL;

      for (guint i = 0; i < n; i++)
        g_string_append (mailbox, i % 3 == 0 ? "\303\274" : "b");
      g_string_append (mailbox, ".example");
      ascii = mimesend_mailbox_to_ascii (mailbox->str);
      n_none += ascii == NULL;
      if (ascii != NULL)
        {
          g_assert_true (g_str_is_ascii (ascii));
          g_assert_cmpuint (strcspn (ascii + 4, "."), <=, 63);
        }
    }
  g_assert_cmpuint (n_none, >, 40);
  g_assert_cmpuint (n_none, <, 80);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/octets/mailbox-ascii/domains-become-a-labels", test_rows);
  g_test_add_func ("/octets/mailbox-ascii/overlong-label-has-no-ascii-form", test_long);
  return g_test_run ();
}

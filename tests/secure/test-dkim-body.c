/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hash of a body in both forms: the examples of RFC 6376, every division into two pieces, and random bodies against the
 * simplest way to do it. */
#include "secure/dkim-body.h"
#include "verify.h"

#include <string.h>

static char *
hash_of (MimesendDkimForm form, const char *body, gsize n, gsize cut)
{
  MimesendDkimBody *hasher = mimesend_dkim_body_new (form);
  guint8 digest[MIMESEND_DKIM_HASH];

  mimesend_dkim_body_add (hasher, (const guint8 *)body, cut);
  mimesend_dkim_body_add (hasher, (const guint8 *)body + cut, n - cut);
  mimesend_dkim_body_finish (hasher, digest);
  mimesend_dkim_body_free (hasher);
  return g_base64_encode (digest, sizeof digest);
}

static char *
plain_hash (const char *octets, gsize n)
{
  guint8 digest[MIMESEND_DKIM_HASH];

  gnutls_hash_fast (GNUTLS_DIG_SHA256, octets, n, digest);
  return g_base64_encode (digest, sizeof digest);
}

static void
assert_form (MimesendDkimForm form, const char *body, const char *signed_form)
{
  g_autofree char *expected = plain_hash (signed_form, strlen (signed_form));

  for (gsize cut = 0; cut <= strlen (body); cut++)
    {
      g_autofree char *hash = hash_of (form, body, strlen (body), cut);

      g_assert_cmpstr (hash, ==, expected);
    }
}

/* RFC 6376 3.4.5, and the hashes of empty bodies in 3.4.3 and 3.4.4. */
static void
test_examples (void)
{
  const char *body = " C \r\nD \t E\r\n\r\n\r\n";
  g_autofree char *empty_simple = hash_of (MIMESEND_DKIM_SIMPLE, "", 0, 0);
  g_autofree char *empty_relaxed = hash_of (MIMESEND_DKIM_RELAXED, "", 0, 0);

  assert_form (MIMESEND_DKIM_RELAXED, body, " C\r\nD E\r\n");
  assert_form (MIMESEND_DKIM_SIMPLE, body, " C \r\nD \t E\r\n");
  g_assert_cmpstr (empty_simple, ==, "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
  g_assert_cmpstr (empty_relaxed, ==, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

static void
test_ends (void)
{
  assert_form (MIMESEND_DKIM_RELAXED, "\r\n\r\n", "");
  assert_form (MIMESEND_DKIM_RELAXED, " \t\r\n\r\n\t", "");
  assert_form (MIMESEND_DKIM_RELAXED, "a", "a\r\n");
  assert_form (MIMESEND_DKIM_RELAXED, "a \t", "a\r\n");
  assert_form (MIMESEND_DKIM_RELAXED, "\r\n \r\na\r\n", "\r\n\r\na\r\n");
  assert_form (MIMESEND_DKIM_SIMPLE, "\r\n\r\n", "\r\n");
  assert_form (MIMESEND_DKIM_SIMPLE, " \r\n", " \r\n");
  assert_form (MIMESEND_DKIM_SIMPLE, "a", "a\r\n");
  assert_form (MIMESEND_DKIM_SIMPLE, "\r\na\r\n\r\n", "\r\na\r\n");
}

static void
random_body (GRand *rand, GString *body)
{
  static const char *const words[] = { "\r\n", "\r\n", " ", "\t", "a", ".", "=20", "\001", "word" };
  guint n = (guint)g_rand_int_range (rand, 0, 40);

  g_string_truncate (body, 0);
  for (guint i = 0; i < n; i++)
    g_string_append (body, words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (6376);
  g_autoptr (GString) body = g_string_new (NULL);

  for (guint i = 0; i < 5000; i++)
    for (guint form = 0; form < 2; form++)
      {
        g_autoptr (GString) reference = NULL;
        g_autofree char *expected = NULL;
        g_autofree char *hash = NULL;

        random_body (rand, body);
        reference = verify_body (body->str, body->len, form == MIMESEND_DKIM_SIMPLE);
        expected = plain_hash (reference->str, reference->len);
        hash = hash_of (form, body->str, body->len, (gsize)g_rand_int_range (rand, 0, (gint32)body->len + 1));
        if (strcmp (hash, expected) != 0)
          g_error ("form %u of '%s'", form, g_strescape (body->str, NULL));
      }
}

/* Longer than what is gathered ahead of the hash, at every distance from its border. */
static void
test_long (void)
{
  for (gsize n = 8185; n < 8200; n++)
    {
      g_autofree char *line = g_strnfill (n, 'x');
      g_autofree char *body = g_strconcat (line, "\r\n\r\n", line, NULL);
      g_autofree char *whole = g_strconcat (body, "\r\n", NULL);
      g_autofree char *expected = plain_hash (whole, strlen (whole));
      g_autofree char *hash = hash_of (MIMESEND_DKIM_RELAXED, body, strlen (body), n);

      g_assert_cmpstr (hash, ==, expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secure/dkim-body/examples", test_examples);
  g_test_add_func ("/secure/dkim-body/ends", test_ends);
  g_test_add_func ("/secure/dkim-body/random", test_random);
  g_test_add_func ("/secure/dkim-body/long", test_long);
  return g_test_run ();
}

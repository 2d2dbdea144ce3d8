/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The DKIM value: names, what is refused, what its field looks like; the example of RFC 8463 A, octet for octet. */
#include "secure/dkim.h"
#include "keys.h"
#include "mimesend-error.h"
#include "verify.h"

#include <gnutls/crypto.h>
#include <string.h>

static MimesendDkim *
try_new (const char *domain, const char *selector, GError **error)
{
  g_autoptr (GBytes) key = g_bytes_new_static (KEYS_ED25519, strlen (KEYS_ED25519));

  return mimesend_dkim_new (domain, selector, key, error);
}

static void
test_names (void)
{
  static const struct
  {
    const char *domain, *selector, *domain_made, *selector_made;
  } taken[] = {
    { "example.com", "s1", "example.com", "s1" },
    { "Mail.Example.COM", "Nov.2026", "mail.example.com", "nov.2026" },
    { "m\303\274nchen.example", "s", "xn--mnchen-3ya.example", "s" },
    { "xn--mnchen-3ya.example", "s", "xn--mnchen-3ya.example", "s" },
  };
  static const struct
  {
    const char *domain, *selector;
  } refused[] = {
    { "", "s" },
    { "example", "s" },
    { "example.com.", "s" },
    { "exa mple.com", "s" },
    { "example.com;l=1", "s" },
    { "example.com\r\nX: y", "s" },
    { "[192.0.2.1]", "s" },
    { "-a.example", "s" },
    { "example.com", "" },
    { "example.com", "s;x=1" },
    { "example.com", "s_1" },
    { "example.com", "a..b" },
    { "example.com", ".a" },
    { "example.com", "s\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendDkim) dkim = try_new (taken[i].domain, taken[i].selector, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (mimesend_dkim_get_domain (dkim), ==, taken[i].domain_made);
      g_assert_cmpstr (mimesend_dkim_get_selector (dkim), ==, taken[i].selector_made);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (try_new (refused[i].domain, refused[i].selector, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_null (strpbrk (error->message, "\r\n"));
    }
}

static void
test_identity (void)
{
  static const struct
  {
    const char *identity, *written;
  } taken[] = {
    { "joe@example.com", "joe@example.com" },
    { "@example.com", "@example.com" },
    { "@News.example.com", "@news.example.com" },
    { "a=b@example.com", "a=3Db@example.com" },
    { "\"a;b c\"@example.com", "\"a=3Bb=20c\"@example.com" },
    { "caf\303\251@example.com", "caf=C3=A9@example.com" },
  };
  static const char *const refused[] = { "",
                                         "joe",
                                         "joe@",
                                         "joe@example.org",
                                         "joe@badexample.com",
                                         "joe@com",
                                         "a b@example.com",
                                         "a\r\nb@example.com" };
  g_autoptr (MimesendDkim) dkim = keys_dkim (KEYS_ED25519, "s");
  g_autoptr (MimesendDkim) with = mimesend_dkim_with_identity (dkim, "joe@example.com", NULL);
  g_autoptr (MimesendDkim) without = mimesend_dkim_with_identity (with, NULL, NULL);

  g_assert_null (mimesend_dkim_get_identity (dkim));
  g_assert_null (mimesend_dkim_get_identity (without));
  for (gsize i = 0; i < G_N_ELEMENTS (taken); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendDkim) changed = mimesend_dkim_with_identity (dkim, taken[i].identity, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (mimesend_dkim_get_identity (changed), ==, taken[i].written);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_dkim_with_identity (dkim, refused[i], &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
    }
}

static void
test_aligned (void)
{
  static const struct
  {
    const char *address;
    gboolean aligned;
  } rows[] = {
    { "joe@example.com", TRUE },           { "Example.COM", TRUE },
    { "joe@a.b.example.com", TRUE },       { "joe@badexample.com", FALSE },
    { "joe@example.org", FALSE },          { "joe@com", FALSE },
    { "joe@example.com.evil.org", FALSE }, { "", FALSE },
  };
  g_autoptr (MimesendDkim) dkim = keys_dkim (KEYS_ED25519, "s");
  g_autoptr (MimesendDkim) below = try_new ("news.example.com", "s", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (mimesend_dkim_is_aligned (dkim, rows[i].address), ==, rows[i].aligned);
  g_assert_true (mimesend_dkim_is_aligned (below, "joe@example.com"));
  g_assert_false (mimesend_dkim_is_aligned (below, "joe@shop.example.com"));
}

/* ── the field ── */

static char *
field_for (MimesendDkim *dkim, const char *block)
{
  const guint8 hash[MIMESEND_DKIM_HASH] = { 0xff };
  MimesendDkimHeader header;
  GString *field, *measured;

  g_assert_true (mimesend_dkim_header_init (&header, (const guint8 *)block, strlen (block), NULL));
  field = mimesend_dkim_make_field (dkim, &header, hash, 1700000000, NULL);
  measured = mimesend_dkim_make_field (dkim, &header, NULL, 1700000001, NULL);
  g_assert_cmpuint (field->len, ==, measured->len);
  mimesend_dkim_header_clear (&header);
  g_string_free (measured, TRUE);
  return g_string_free (field, FALSE);
}

static void
test_field (void)
{
  const char *const signed_names[] = { "From", NULL };
  g_autoptr (MimesendDkim) dkim = keys_dkim (KEYS_ED25519, "s");
  g_autoptr (MimesendDkim) one = mimesend_dkim_with_headers (dkim, signed_names, NULL, NULL);
  g_autoptr (MimesendDkim) two = mimesend_dkim_with_expiry (one, 60);
  g_autoptr (MimesendDkim) three = mimesend_dkim_with_forms (two, MIMESEND_DKIM_SIMPLE, MIMESEND_DKIM_SIMPLE);
  g_autoptr (MimesendDkim) four = mimesend_dkim_with_identity (three, "@example.com", NULL);
  g_autoptr (MimesendDkim) for_ever = mimesend_dkim_with_expiry (one, 0);
  g_autofree char *field = field_for (four, "From: x\r\n");
  g_autofree char *lasting = field_for (for_ever, "From: x\r\n");
  g_autofree char *usual = field_for (dkim, "From: x\r\n");

  g_assert_true (g_str_has_prefix (
      field, "DKIM-Signature: v=1; a=ed25519-sha256; c=simple/simple; d=example.com; s=s;\r\n"
             " i=@example.com; t=1700000000; x=1700000060; h=From;\r\n"
             " bh=/wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=; b="));
  g_assert_null (strstr (lasting, " x="));
  g_assert_nonnull (strstr (usual, " x=1700604800;")); /* seven days */
  g_assert_cmpfloat (mimesend_dkim_get_expiry (dkim), ==, 604800);
  g_assert_cmpuint (mimesend_dkim_get_key_bits (dkim), ==, 256);
}

/* Lines of 78 at most (RFC 5322 2.1.1), as long as no name is longer than that; never the tag l=. */
static void
test_lines (void)
{
  g_autoptr (GBytes) key = keys_make (GNUTLS_PK_RSA, 2048, TRUE);
  g_autoptr (MimesendDkim) dkim = mimesend_dkim_new (
      "a-rather-long-name-of-a-domain.of-some-people.example.com", "the-selector-of-november", key, NULL);
  g_autofree char *field = field_for (
      dkim, "From: x\r\nTo: y\r\nContent-Type: t\r\nList-Unsubscribe: u\r\nResent-Message-ID: r\r\n");
  g_auto (GStrv) lines = g_strsplit (field, "\r\n", -1);
  guint n = g_strv_length (lines);

  g_assert_cmpstr (lines[n - 1], ==, "");
  for (guint i = 0; i + 1 < n; i++)
    {
      g_assert_cmpuint (strlen (lines[i]), <=, 78);
      g_assert_true (i == 0 || (lines[i][0] == ' ' && lines[i][1] != ' ' && lines[i][1] != '\0'));
    }
  g_assert_null (strstr (field, "l="));
}

/* ── RFC 8463 A.3 ── */

#define TAGS_BEHIND(s)                                                                                       \
  " q=dns/txt; s=" s "; t=1528637909; h=from : to :\r\n"                                                     \
  " subject : date : message-id : from : subject : date;\r\n"                                                \
  " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"

static const char rsa_field[] = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
                                " d=football.example.com; i=@football.example.com;\r\n"
                                " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
                                " date : message-id : from : subject : date;\r\n"
                                " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                                " b=";
static const char rsa_signature[] = "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3"
                                    "DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz"
                                    "dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=";
static const char ed25519_field[] =
    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n" TAGS_BEHIND ("brisbane") " b=";
static const char ed25519_signature[] = "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus"
                                        "Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==";
static const char header_8463[] = "From: Joe SixPack <joe@football.example.com>\r\n"
                                  "To: Suzie Q <suzie@shopping.example.net>\r\n"
                                  "Subject: Is dinner ready?\r\n"
                                  "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
                                  "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n";
static const char body_8463[] = "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

static char *
sign_like (const char *pem, const char *field)
{
  const char *const list[] = { "from", "to", "subject", "date", "message-id", "from", "subject", "date" };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  const MimesendDkimField own = { field, strlen (field), strlen ("DKIM-Signature") };
  MimesendDkimKey *key = mimesend_dkim_key_new ((const guint8 *)pem, strlen (pem), "the key", NULL);
  MimesendDkimHeader header;
  guint8 hash[MIMESEND_DKIM_HASH], signature[MIMESEND_DKIM_SIGNATURE_MAX];
  char *made;

  for (gsize i = 0; i < G_N_ELEMENTS (list); i++)
    g_ptr_array_add (names, (gpointer)list[i]);
  g_assert_true (
      mimesend_dkim_header_init (&header, (const guint8 *)header_8463, strlen (header_8463), NULL));
  mimesend_dkim_append_signed (text, MIMESEND_DKIM_RELAXED, &header, names);
  mimesend_dkim_append_field (text, MIMESEND_DKIM_RELAXED, &own);
  gnutls_hash_fast (GNUTLS_DIG_SHA256, text->str, text->len, hash);
  g_assert_true (mimesend_dkim_key_sign (key, hash, signature, NULL));
  made = g_base64_encode (signature, key->signature_length);
  mimesend_dkim_header_clear (&header);
  mimesend_dkim_key_unref (key);
  return made;
}

/* Both algorithms make the same signature of the same message each time. */
static void
test_rfc8463 (void)
{
  g_autofree char *rsa = sign_like (KEYS_RSA_1024, rsa_field);
  g_autofree char *ed25519 = sign_like (KEYS_ED25519, ed25519_field);
  g_autofree char *message = g_strconcat (ed25519_field, ed25519_signature, "\r\n", rsa_field, rsa_signature,
                                          "\r\n", header_8463, body_8463, NULL);
  g_autofree char *why = NULL;

  g_assert_cmpstr (rsa, ==, rsa_signature);
  g_assert_cmpstr (ed25519, ==, ed25519_signature);
  g_assert_true (verify_signature (message, strlen (message), 0, KEYS_ED25519_RECORD, &why));
  g_assert_true (verify_signature (message, strlen (message), 1, KEYS_RSA_1024_RECORD, &why));
  g_assert_false (verify_signature (message, strlen (message) - 4, 1, KEYS_RSA_1024_RECORD, &why));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secure/dkim/names", test_names);
  g_test_add_func ("/secure/dkim/identity", test_identity);
  g_test_add_func ("/secure/dkim/aligned", test_aligned);
  g_test_add_func ("/secure/dkim/field", test_field);
  g_test_add_func ("/secure/dkim/lines", test_lines);
  g_test_add_func ("/secure/dkim/rfc8463", test_rfc8463);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates: which are taken, and the words for those that are not. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "certificates.h"
#include "mimesend-error.h"
#include "tls-peer.h"

static TestCa *ca;

typedef struct
{
  const char *name;
  const char *host;
  CertificateWish wish;
  const char *says; /* NULL: verified */
} Verdict;

static const Verdict verdicts[] = {
  { "good", "mail.example.com", { .dns = "mail.example.com" }, NULL },
  { "good-second-name", "mail.example.com", { .dns = "other.example", .dns2 = "mail.example.com" }, NULL },
  { "good-case-and-dot", "Mail.Example.COM.", { .dns = "mail.example.com" }, NULL },
  { "good-wildcard", "mail.example.com", { .dns = "*.example.com" }, NULL },
  { "good-idn",
    "b\xc3\xbc"
    "cher.example",
    { .dns = "xn--bcher-kva.example" },
    NULL },
  { "good-ipv4", "127.0.0.1", { .address = "127.0.0.1" }, NULL },
  { "good-ipv6", "::1", { .address = "::1" }, NULL },
  { "good-ipv6-scope", "fe80::1%eth0", { .address = "fe80::1" }, NULL },
  { "good-rsa-2048", "h.example", { .dns = "h.example", .rsa_bits = 2048 }, NULL },
  { "wrong-name",
    "mail.example.com",
    { .dns = "other.example", .dns2 = "third.example" },
    "it is not for mail.example.com: it names other.example, third.example" },
  { "wrong-suffix", "mail.example.com", { .dns = "example.com" }, "it is not for mail.example.com" },
  { "wrong-bare-domain", "example.com", { .dns = "*.example.com" }, "it is not for example.com" },
  { "wrong-wildcard-of-all", "example", { .dns = "*" }, "it is not for example" },
  { "wrong-wildcard-of-a-top", "mail.example", { .dns = "*.example" }, "it is not for mail.example" },
  { "wrong-wildcard-inside", "mail.example.com", { .dns = "mail.*.com" }, "it is not for mail.example.com" },
  { "wrong-wildcard-of-a-part",
    "mail.example.com",
    { .dns = "m*.example.com" },
    "it is not for mail.example.com" },
  { "wrong-wildcard-for-an-address", "127.0.0.1", { .dns = "*.0.0.1" }, "it is not for 127.0.0.1" },
  { "wrong-idn",
    "b\xc3\xbc"
    "cher.example",
    { .dns = "xn--bcher-kva.example.com" },
    "it is not for xn--bcher-kva.example: it names xn--bcher-kva.example.com" },
  { "wrong-ipv6", "::1", { .address = "::2" }, "it is not for ::1: it names ::2" },
  { "nobody", "mail.example.com", { 0 }, "it is not for mail.example.com: it names nobody" },
  { "wrong-wildcard", "a.mail.example.com", { .dns = "*.example.com" }, "it is not for " },
  { "wrong-nul-inside",
    "mail.example.com",
    { .dns = "mail.example.com\0.evil.example", .dns_length = 30 },
    "it is not for " },
  { "wrong-address", "127.0.0.1", { .address = "127.0.0.2" }, "it is not for 127.0.0.1: it names 127.0.0.2" },
  { "address-as-dns-name", "127.0.0.1", { .dns = "127.0.0.1" }, "it is not for " },
  { "address-as-common-name", "127.0.0.1", { .common_name = "127.0.0.1" }, "it is not for " },
  { "expired",
    "mail.example.com",
    { .dns = "mail.example.com", .from = -7200, .until = -3600 },
    "it expired on 20" },
  { "not-yet",
    "mail.example.com",
    { .dns = "mail.example.com", .from = 3600, .until = 7200 },
    "it is not valid before 20" },
  { "self-signed",
    "mail.example.com",
    { .dns = "mail.example.com", .self_signed = TRUE },
    "it is self-signed" },
  { "expired-and-wrong-name",
    "mail.example.com",
    { .dns = "x.example", .from = -7200, .until = -3600 },
    "; it is not for mail.example.com: it names x.example" },
  { "weak-rsa-1024", "h.example", { .dns = "h.example", .rsa_bits = 1024 }, "insecure algorithm" },
  { "no-host", NULL, { .dns = "mail.example.com" }, "no host name" },
};

static void
check_verdict (const Verdict *row, const char *priority, gboolean must_verify, gsize split)
{
  g_autofree char *fingerprint = NULL;
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &row->wish, &fingerprint);
  Peer *peer = peer_new (credentials, priority);
  MimesendTls *tls = client (ca, row->host, must_verify);
  g_autoptr (GError) error = NULL;
  MimesendTlsStatus status = shake (tls, peer, split, &error);
  g_autoptr (GPtrArray) chain = NULL;

  if (row->says == NULL || !must_verify)
    {
      g_assert_no_error (error);
      g_assert_cmpint (status, ==, MIMESEND_TLS_STATUS_DONE);
      g_assert_cmpstr (mimesend_tls_get_version (tls), ==,
                       strcmp (priority, ONLY_12) == 0 ? "TLS1.2" : "TLS1.3");
      g_assert_nonnull (mimesend_tls_get_cipher (tls));
      chain = mimesend_tls_get_chain (tls);
      g_assert_cmpstr (((MimesendTlsCertificate *)chain->pdata[0])->fingerprint, ==, fingerprint);
    }
  else
    {
      g_assert_cmpint (status, ==, MIMESEND_TLS_STATUS_FAILED);
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
      g_assert_nonnull (strstr (error->message, row->says));
      g_assert_nonnull (strstr (error->message, fingerprint));
      if (row->host != NULL && g_str_is_ascii (row->host))
        g_assert_nonnull (strstr (error->message, row->host));
      g_test_message ("%s: %s", row->name, error->message);
      g_assert_false (peer->established); /* nothing of ours, a login least of all, was ever readable */
    }
  g_assert_cmpint (mimesend_tls_is_verified (tls), ==, row->says == NULL);
  if (row->says == NULL)
    g_assert_null (mimesend_tls_get_reason (tls));
  else
    g_assert_nonnull (strstr (mimesend_tls_get_reason (tls), row->says));
  mimesend_tls_free (tls);
  peer_free (peer);
  gnutls_certificate_free_credentials (credentials);
}

static void
verdict (gconstpointer row)
{
  check_verdict (row, NORMAL, TRUE, G_MAXSIZE);
  check_verdict (row, ONLY_12, TRUE, G_MAXSIZE);
  check_verdict (row, NORMAL, FALSE, 1);
}

/* Without a CA file the system decides, and knows nothing of the test's CA. */
static void
system_trust (void)
{
  CertificateWish wish = { .dns = "mail.example.com" };
  MimesendTlsSetup setup = { .host = "mail.example.com", .must_verify = TRUE };
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &wish, NULL);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      Peer *peer = peer_new (credentials, NORMAL);
      MimesendTls *tls = mimesend_tls_new (&setup, &error);

      g_assert_no_error (error);
      g_assert_cmpint (shake (tls, peer, G_MAXSIZE, &error), ==, MIMESEND_TLS_STATUS_FAILED);
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
      g_assert_nonnull (strstr (error->message, "issuer is unknown"));
      mimesend_tls_free (tls);
      peer_free (peer);
    }
  gnutls_certificate_free_credentials (credentials);
}

static gpointer
in_thread (gpointer user_data)
{
  CertificateWish wish = { .dns = "mail.example.com" };
  MimesendTlsSetup setup = { .host = "mail.example.com", .must_verify = FALSE };
  gnutls_certificate_credentials_t credentials = user_data;

  (void)wish;
  for (guint i = 0; i < 5; i++)
    {
      Peer *peer = peer_new (credentials, NORMAL);
      MimesendTls *tls = mimesend_tls_new (&setup, NULL);

      g_assert_cmpint (shake (tls, peer, G_MAXSIZE, NULL), ==, MIMESEND_TLS_STATUS_DONE);
      g_assert_false (mimesend_tls_is_verified (tls));
      mimesend_tls_free (tls);
      peer_free (peer);
    }
  return NULL;
}

/* One trust for all threads. */
static void
threads (void)
{
  CertificateWish wish = { .dns = "mail.example.com" };
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &wish, NULL);
  GThread *all[4];

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    all[i] = g_thread_new ("tls", in_thread, credentials);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_thread_join (all[i]);
  gnutls_certificate_free_credentials (credentials);
}

static void
ca_files (void)
{
  g_autofree char *empty = g_build_filename (ca->folder, "empty.pem", NULL);
  const char *const paths[] = { "/nonexistent/ca.pem", empty, ca->folder };

  g_assert_true (g_file_set_contents (empty, "no certificate\n", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      MimesendTlsSetup setup = { .host = "h.example", .ca_file = paths[i], .must_verify = TRUE };

      g_assert_null (mimesend_tls_new (&setup, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
      g_assert_nonnull (strstr (error->message, paths[i]));
    }
  g_unlink (empty);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  ca = test_ca_new ();
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      g_autofree char *path = g_strconcat ("/net/tls/certificate/", verdicts[i].name, NULL);

      g_test_add_data_func (path, &verdicts[i], verdict);
    }
  g_test_add_func ("/net/tls/verifies-with-system-trust", system_trust);
  g_test_add_func ("/net/tls/works-in-several-threads", threads);
  g_test_add_func ("/net/tls/verifies-with-ca-files", ca_files);
  status = g_test_run ();
  test_ca_free (ca);
  return status;
}

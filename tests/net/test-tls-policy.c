/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the caller adds to the CA: pins, the oldest version, revocations, a certificate of one's own. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#include "certificates.h"
#include "mimesend-error.h"
#include "net/pin.h"
#include "net/server/server.h"
#include "tls-peer.h"

#define HOST "mail.example.com"

static TestCa *ca;

static const CertificateWish good = { .dns = HOST };
static const CertificateWish self_signed = { .dns = HOST, .self_signed = TRUE };
static const CertificateWish other_name = { .dns = "other.example" };

/* TRUE: the handshake went well. The error is looked at for the words. */
static gboolean
try_setup (const MimesendTlsSetup *setup,
           gnutls_certificate_credentials_t credentials,
           const char *priority,
           const char *says)
{
  Peer *peer = peer_new (credentials, priority);
  g_autoptr (GError) error = NULL;
  MimesendTls *tls = mimesend_tls_new (setup, &error);
  MimesendTlsStatus status;

  g_assert_no_error (error);
  status = shake (tls, peer, G_MAXSIZE, &error);
  if (says == NULL)
    g_assert_no_error (error);
  else
    {
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
      g_assert_nonnull (strstr (error->message, says));
      g_assert_nonnull (strstr (error->message, HOST));
      g_assert_false (peer->established);
    }
  g_assert_cmpint (mimesend_tls_is_verified (tls), ==, says == NULL);
  mimesend_tls_free (tls);
  peer_free (peer);
  return status == MIMESEND_TLS_STATUS_DONE;
}

/* The pin of the certificate's key, as the session sees it. */
static char *
key_pin_of (gnutls_certificate_credentials_t credentials)
{
  Peer *peer = peer_new (credentials, NORMAL);
  MimesendTls *tls = client (ca, HOST, FALSE);
  g_autoptr (GPtrArray) chain = NULL;
  char *pin;

  g_assert_cmpint (shake (tls, peer, G_MAXSIZE, NULL), ==, MIMESEND_TLS_STATUS_DONE);
  chain = mimesend_tls_get_chain (tls);
  pin = g_strdup (((MimesendTlsCertificate *)chain->pdata[0])->key_pin);
  mimesend_tls_free (tls);
  peer_free (peer);
  return pin;
}

static void
pins (void)
{
  static const struct
  {
    const CertificateWish *wish;
    gboolean match, beside_ca;
    const char *says;
  } rows[] = {
    { &good, TRUE, FALSE, NULL },
    { &good, TRUE, TRUE, NULL },
    { &self_signed, TRUE, FALSE, NULL },
    { &self_signed, TRUE, TRUE, "it is self-signed" },
    { &other_name, TRUE, FALSE, NULL },
    { &other_name, TRUE, TRUE, "it is not for " HOST },
    { &good, FALSE, FALSE, "it is not the pinned one: its key is sha256:" },
    { &good, FALSE, TRUE, "it is not the pinned one: its key is sha256:" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *fingerprint = NULL;
      gnutls_certificate_credentials_t credentials = test_ca_issue (ca, rows[i].wish, &fingerprint);
      g_autofree char *key = key_pin_of (credentials);
      const char *const written[] = { fingerprint, key };

      for (guint k = 0; k < G_N_ELEMENTS (written); k++)
        {
          static const char other[] = "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
          g_autofree char *both = g_strconcat (other, ",", written[k], NULL);
          g_autoptr (GBytes) parsed = mimesend_pin_parse (rows[i].match ? both : other, NULL);
          /* Not even where a bad certificate would do. */
          MimesendTlsSetup setup = {
            .host = HOST, .ca_file = ca->ca_file, .pins = parsed, .pin_beside_ca = rows[i].beside_ca
          };

          g_assert_cmpint (try_setup (&setup, credentials, NORMAL, rows[i].says), ==, rows[i].says == NULL);
        }
      gnutls_certificate_free_credentials (credentials);
    }
}

static void
pin_forms (void)
{
  static const char hex[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
  static const char colons[] =
      "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:"
      "DD:EE:FF";
  static const char base64[] = "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=";
  static const char *const bad[] = { "", ",", "sha256:", "sha1:00", "0011", "x", "sha256:0011:", NULL };
  g_autofree char *longer = g_strconcat (hex, "00", NULL);
  g_autofree char *with_comma = g_strconcat (hex, ",", NULL);
  g_autofree char *dirty = g_strdup (base64);
  g_autofree char *prefixed = g_strconcat ("SHA256:", base64, NULL);
  g_autofree char *bare = g_strndup (base64, 43);
  const char *const same[] = { hex, colons, base64, prefixed, bare };
  g_autoptr (GBytes) first = mimesend_pin_parse (hex, NULL);
  g_autofree char *text = mimesend_pin_to_string (g_bytes_get_data (first, NULL));

  g_assert_cmpuint (g_bytes_get_size (first), ==, MIMESEND_PIN_SIZE);
  g_assert_cmpstr (text + strlen ("sha256:"), ==, base64);
  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autoptr (GBytes) one = mimesend_pin_parse (same[i], NULL);

      g_assert_true (g_bytes_equal (first, one));
    }
  dirty[3] = '!';
  for (guint i = 0; bad[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_pin_parse (bad[i], &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
    }
  g_assert_null (mimesend_pin_parse (longer, NULL));
  g_assert_null (mimesend_pin_parse (with_comma, NULL));
  g_assert_null (mimesend_pin_parse (dirty, NULL));
}

/* A pin asks for TLS whatever else was said, and where none can be it is refused at once. */
static void
pin_and_policy (void)
{
  static const char pin[] = "sha256:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=";
  g_autoptr (MimesendServer) bare = mimesend_server_new ("localhost:25", NULL);
  g_autoptr (MimesendServer) pinned = mimesend_server_with_pin (bare, pin, FALSE, NULL);
  g_autoptr (MimesendServer) none = mimesend_server_with_tls (pinned, MIMESEND_TLS_NONE);
  g_autoptr (MimesendServer) clear = mimesend_server_with_tls (bare, MIMESEND_TLS_NONE);
  g_autoptr (MimesendServer) loose = mimesend_server_with_pin (pinned, NULL, FALSE, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mimesend_server_policy_for_peer (bare, TRUE), ==, MIMESEND_TLS_OPPORTUNISTIC);
  g_assert_cmpint (mimesend_server_policy_for_peer (pinned, TRUE), ==, MIMESEND_TLS_REQUIRED);
  g_assert_cmpint (mimesend_server_policy_for_peer (none, TRUE), ==, MIMESEND_TLS_REQUIRED);
  g_assert_cmpint (mimesend_server_policy_for_peer (loose, TRUE), ==, MIMESEND_TLS_OPPORTUNISTIC);
  g_assert_null (mimesend_server_with_pin (clear, pin, FALSE, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (mimesend_server_with_pin (bare, "nonsense", FALSE, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
}

static void
oldest_version (void)
{
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &good, NULL);
  MimesendTlsSetup setup = { .host = HOST, .ca_file = ca->ca_file, .must_verify = TRUE, .only_1_3 = TRUE };

  g_assert_true (try_setup (&setup, credentials, NORMAL, NULL));
  g_assert_false (try_setup (&setup, credentials, ONLY_12, "speaks no TLS of version 1.3"));
  gnutls_certificate_free_credentials (credentials);
}

/* A list of the test's CA that revokes this certificate, or none. */
static char *
write_crl (gnutls_certificate_credentials_t revoked, time_t next_update)
{
  char *path = g_build_filename (ca->folder, "crl.pem", NULL);
  gnutls_x509_crl_t crl;
  gnutls_datum_t pem;
  time_t now = time (NULL);

  g_assert_cmpint (gnutls_x509_crl_init (&crl), ==, 0);
  gnutls_x509_crl_set_version (crl, 2);
  gnutls_x509_crl_set_this_update (crl, now - 7200);
  gnutls_x509_crl_set_next_update (crl, next_update);
  gnutls_x509_crl_set_number (crl, "\x01", 1);
  if (revoked != NULL)
    {
      gnutls_x509_crt_t *certificates;
      unsigned int n;

      g_assert_cmpint (gnutls_certificate_get_x509_crt (revoked, 0, &certificates, &n), ==, 0);
      g_assert_cmpint (gnutls_x509_crl_set_crt (crl, certificates[0], now - 3600), ==, 0);
      gnutls_x509_crt_deinit (certificates[0]);
      gnutls_free (certificates);
    }
  g_assert_cmpint (gnutls_x509_crl_sign2 (crl, ca->ca, ca->ca_key, GNUTLS_DIG_SHA256, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crl_export2 (crl, GNUTLS_X509_FMT_PEM, &pem), ==, 0);
  g_assert_true (g_file_set_contents (path, (const char *)pem.data, (gssize)pem.size, NULL));
  gnutls_free (pem.data);
  gnutls_x509_crl_deinit (crl);
  return path;
}

static void
revoked (void)
{
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &good, NULL);
  gnutls_certificate_credentials_t another = test_ca_issue (ca, &good, NULL);
  g_autofree char *path = write_crl (credentials, time (NULL) + 3600);
  MimesendTlsSetup setup = { .host = HOST, .ca_file = ca->ca_file, .crl_file = path, .must_verify = TRUE };
  g_autoptr (GError) error = NULL;

  g_assert_false (try_setup (&setup, credentials, NORMAL, "revoked"));
  g_assert_true (try_setup (&setup, another, NORMAL, NULL));
  setup.crl_file = ca->ca_file; /* no list in it */
  g_assert_null (mimesend_tls_new (&setup, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
  g_assert_nonnull (strstr (error->message, ca->ca_file));
  g_clear_error (&error);
  setup.crl_file = path;
  setup.ca_file = NULL; /* signed by no CA that the system trusts */
  g_assert_null (mimesend_tls_new (&setup, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
  g_unlink (path);
  gnutls_certificate_free_credentials (credentials);
  gnutls_certificate_free_credentials (another);
}

/* Certificate and key in one PEM file. */
static char *
write_identity (gnutls_certificate_credentials_t credentials)
{
  char *path = g_build_filename (ca->folder, "identity.pem", NULL);
  gnutls_x509_crt_t *certificates;
  gnutls_x509_privkey_t key;
  gnutls_datum_t one, two;
  unsigned int n;
  g_autofree char *text = NULL;

  g_assert_cmpint (gnutls_certificate_get_x509_crt (credentials, 0, &certificates, &n), ==, 0);
  g_assert_cmpint (gnutls_certificate_get_x509_key (credentials, 0, &key), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_export2 (certificates[0], GNUTLS_X509_FMT_PEM, &one), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &two), ==, 0);
  text = g_strdup_printf ("%.*s%.*s", (int)one.size, one.data, (int)two.size, two.data);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  gnutls_free (one.data);
  gnutls_free (two.data);
  gnutls_x509_crt_deinit (certificates[0]);
  gnutls_free (certificates);
  gnutls_x509_privkey_deinit (key);
  return path;
}

static void
own_certificate (void)
{
  static const CertificateWish user = { .common_name = "joe" };
  g_autofree char *fingerprint = NULL;
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &good, NULL);
  gnutls_certificate_credentials_t ours = test_ca_issue (ca, &user, &fingerprint);
  g_autofree char *path = write_identity (ours);
  static const char *const priorities[] = { NORMAL, ONLY_12 };

  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
    {
      MimesendTlsSetup setup = { .host = HOST,
                                 .ca_file = ca->ca_file,
                                 .must_verify = TRUE,
                                 .client_certificate = path,
                                 .client_key = path };
      Peer *peer = peer_new (credentials, priorities[i]);
      MimesendTls *tls = mimesend_tls_new (&setup, NULL);
      const gnutls_datum_t *seen;
      g_autofree char *hex = NULL;
      unsigned int n;

      gnutls_certificate_server_set_request (peer->session, GNUTLS_CERT_REQUIRE);
      g_assert_cmpint (shake (tls, peer, G_MAXSIZE, NULL), ==, MIMESEND_TLS_STATUS_DONE);
      seen = gnutls_certificate_get_peers (peer->session, &n);
      g_assert_nonnull (seen);
      hex = g_compute_checksum_for_data (G_CHECKSUM_SHA256, seen[0].data, seen[0].size);
      g_assert_cmpstr (hex, ==, fingerprint);
      mimesend_tls_free (tls);
      peer_free (peer);
    }
  {
    g_autoptr (GError) error = NULL;
    MimesendTlsSetup setup = { .host = HOST, .client_certificate = ca->ca_file, .client_key = ca->ca_file };

    g_assert_null (mimesend_tls_new (&setup, &error)); /* no key in it */
    g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
    g_assert_nonnull (strstr (error->message, ca->ca_file));
  }
  {
    g_autoptr (GError) error = NULL;
    MimesendTlsSetup setup = { .host = HOST,
                               .client_certificate = "pkcs11:token=none;object=me?pin-value=48151623&x=y",
                               .client_key = "pkcs11:token=none;object=me?pin-value=48151623&x=y" };

    g_assert_null (mimesend_tls_new (&setup, &error));
    g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
    g_assert_nonnull (strstr (error->message, "pin-value=********&x=y"));
    g_assert_null (strstr (error->message, "48151623"));
  }
  g_unlink (path);
  gnutls_certificate_free_credentials (credentials);
  gnutls_certificate_free_credentials (ours);
}

/* Both ends see the same octets, and say what they are. */
static void
binding (void)
{
  static const struct
  {
    const char *priority, *type;
    gnutls_channel_binding_t which;
  } rows[] = { { NORMAL, "tls-exporter", GNUTLS_CB_TLS_EXPORTER },
               { ONLY_12, "tls-unique", GNUTLS_CB_TLS_UNIQUE } };
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &good, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Peer *peer = peer_new (credentials, rows[i].priority);
      MimesendTls *tls = client (ca, HOST, TRUE);
      g_autoptr (GBytes) ours = NULL;
      gnutls_datum_t theirs;
      const char *type;

      g_assert_null (mimesend_tls_get_binding (tls, &type));
      g_assert_cmpint (shake (tls, peer, G_MAXSIZE, NULL), ==, MIMESEND_TLS_STATUS_DONE);
      ours = mimesend_tls_get_binding (tls, &type);
      g_assert_cmpstr (type, ==, rows[i].type);
      g_assert_cmpint (gnutls_session_channel_binding (peer->session, rows[i].which, &theirs), ==, 0);
      g_assert_cmpmem (g_bytes_get_data (ours, NULL), g_bytes_get_size (ours), theirs.data, theirs.size);
      gnutls_free (theirs.data);
      mimesend_tls_free (tls);
      peer_free (peer);
    }
  gnutls_certificate_free_credentials (credentials);
}

static void
chain (void)
{
  g_autofree char *fingerprint = NULL;
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &other_name, &fingerprint);
  Peer *peer = peer_new (credentials, NORMAL);
  MimesendTls *tls = client (ca, HOST, FALSE);
  g_autoptr (GPtrArray) all = NULL;
  MimesendTlsCertificate *first;

  g_assert_cmpint (shake (tls, peer, G_MAXSIZE, NULL), ==, MIMESEND_TLS_STATUS_DONE);
  all = mimesend_tls_get_chain (tls);
  g_assert_cmpuint (all->len, ==, 1);
  first = all->pdata[0];
  g_assert_cmpstr (first->issuer, ==, "CN=Test CA");
  g_assert_cmpstr (first->names, ==, "other.example");
  g_assert_cmpstr (first->fingerprint, ==, fingerprint);
  g_assert_cmpint (first->not_after - first->not_before, ==, 7200);
  mimesend_tls_free (tls);
  peer_free (peer);
  gnutls_certificate_free_credentials (credentials);
}

/* RFC 6066 3: a name so that the server can choose its certificate; an address is no name. */
static void
name_sent (void)
{
  static const CertificateWish both = { .dns = HOST, .address = "127.0.0.1" };
  static const char *const hosts[] = { HOST, "127.0.0.1" };
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &both, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      Peer *peer = peer_new (credentials, NORMAL);
      MimesendTls *tls = client (ca, hosts[i], TRUE);
      char name[64] = "";
      size_t size = sizeof name;
      unsigned int type;

      g_assert_cmpint (shake (tls, peer, G_MAXSIZE, NULL), ==, MIMESEND_TLS_STATUS_DONE);
      if (gnutls_server_name_get (peer->session, name, &size, &type, 0) < 0)
        *name = '\0';
      g_assert_cmpstr (name, ==, i == 0 ? HOST : "");
      mimesend_tls_free (tls);
      peer_free (peer);
    }
  gnutls_certificate_free_credentials (credentials);
}

static guint
number (const guint8 *at, guint octets)
{
  guint n = 0;

  while (octets-- > 0)
    n = n << 8 | *at++;
  return n;
}

/* Is it in the ClientHello (RFC 8446 4.1.2)? */
static gboolean
has_extension (const guint8 *record, gsize n, guint wanted)
{
  const guint8 *at = record + 5 + 4 + 2 + 32, *end = record + n; /* record, message, version, random */

  g_assert_cmpuint (n, >, 60);
  g_assert_cmpuint (record[5], ==, 1);
  at += 1 + number (at, 1); /* session */
  at += 2 + number (at, 2); /* ciphers */
  at += 1 + number (at, 1); /* compression */
  for (at += 2; at + 4 <= end; at += 4 + number (at + 2, 2))
    if (number (at, 2) == wanted)
      return TRUE;
  g_assert_true (at == end);
  return FALSE;
}

/* No session is taken up again, so that none outlives the policy that it was made under: a server that would give out
 * tickets is never asked for one, nor shown one. */
static void
never_resumed (void)
{
  static const guint server_name = 0, session_ticket = 35, pre_shared_key = 41;
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &good, NULL);
  gnutls_datum_t key;

  g_assert_cmpint (gnutls_session_ticket_key_generate (&key), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      Peer *peer = peer_new (credentials, NORMAL);
      MimesendTls *tls = client (ca, HOST, TRUE);
      const guint8 *hello;
      gsize n;

      g_assert_cmpint (gnutls_session_ticket_enable_server (peer->session, &key), ==, 0);
      g_assert_cmpint (mimesend_tls_handshake (tls, NULL), ==, MIMESEND_TLS_STATUS_MORE);
      n = mimesend_tls_peek (tls, &hello);
      g_assert_true (has_extension (hello, n, server_name));
      g_assert_false (has_extension (hello, n, session_ticket));
      g_assert_false (has_extension (hello, n, pre_shared_key));
      g_assert_cmpint (shake (tls, peer, G_MAXSIZE, NULL), ==, MIMESEND_TLS_STATUS_DONE);
      g_assert_false (gnutls_session_is_resumed (peer->session));
      mimesend_tls_free (tls);
      peer_free (peer);
    }
  gnutls_free (key.data);
  gnutls_certificate_free_credentials (credentials);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  ca = test_ca_new ();
  g_test_add_func ("/net/tls/policy/checks-pins", pins);
  g_test_add_func ("/net/tls/policy/parses-pins", pin_forms);
  g_test_add_func ("/net/tls/policy/pin-requires-tls", pin_and_policy);
  g_test_add_func ("/net/tls/policy/refuses-older-versions", oldest_version);
  g_test_add_func ("/net/tls/policy/refuses-revoked-certificate", revoked);
  g_test_add_func ("/net/tls/policy/sends-client-certificate", own_certificate);
  g_test_add_func ("/net/tls/policy/gives-channel-binding", binding);
  g_test_add_func ("/net/tls/policy/gives-certificate-chain", chain);
  g_test_add_func ("/net/tls/policy/sends-server-name", name_sent);
  g_test_add_func ("/net/tls/policy/never-resumes-sessions", never_resumed);
  status = g_test_run ();
  test_ca_free (ca);
  return status;
}

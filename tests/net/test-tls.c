/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The client joined in memory to a server session of GnuTLS: no sockets, no threads, every split of the octets. */
#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "certificates.h"
#include "mimesend-error.h"
#include "net/tls.h"

static TestCa *ca;

/* The server's side ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  gnutls_session_t session;
  GByteArray *in, *out;
  gsize in_taken;
  gboolean established;
  int fault;
} Peer;

static ssize_t
peer_push (gnutls_transport_ptr_t user_data, const void *octets, size_t n)
{
  Peer *self = user_data;

  g_byte_array_append (self->out, octets, (guint)n);
  return (ssize_t)n;
}

static ssize_t
peer_pull (gnutls_transport_ptr_t user_data, void *octets, size_t n)
{
  Peer *self = user_data;

  n = MIN (n, self->in->len - self->in_taken);
  if (n == 0)
    {
      gnutls_transport_set_errno (self->session, EAGAIN);
      return -1;
    }
  memcpy (octets, self->in->data + self->in_taken, n);
  self->in_taken += n;
  return (ssize_t)n;
}

static int
peer_pull_timeout (gnutls_transport_ptr_t user_data, unsigned int ms)
{
  Peer *self = user_data;

  return self->in->len > self->in_taken;
}

static Peer *
peer_new (gnutls_certificate_credentials_t credentials, const char *priority)
{
  Peer *self = g_new0 (Peer, 1);

  self->in = g_byte_array_new ();
  self->out = g_byte_array_new ();
  g_assert_cmpint (gnutls_init (&self->session, GNUTLS_SERVER | GNUTLS_NONBLOCK), ==, 0);
  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_push_function (self->session, peer_push);
  gnutls_transport_set_pull_function (self->session, peer_pull);
  gnutls_transport_set_pull_timeout_function (self->session, peer_pull_timeout);
  g_assert_cmpint (gnutls_priority_set_direct (self->session, priority, NULL), ==, 0);
  gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, credentials);
  return self;
}

static void
peer_free (Peer *self)
{
  gnutls_deinit (self->session);
  g_byte_array_unref (self->in);
  g_byte_array_unref (self->out);
  g_free (self);
}

static void
peer_step (Peer *self)
{
  int ret;

  if (self->established || self->fault != 0)
    return;
  ret = gnutls_handshake (self->session);
  if (ret == 0)
    self->established = TRUE;
  else if (ret < 0 && gnutls_error_is_fatal (ret))
    {
      self->fault = ret;
      gnutls_alert_send_appropriate (self->session, ret);
    }
}

/* The wire: at most `split` octets at a time each way. TRUE: something moved. */
static gboolean
to_peer (MimesendTls *tls, Peer *peer, gsize split)
{
  const guint8 *octets;
  gsize n = MIN (mimesend_tls_peek (tls, &octets), split);

  if (n > 0)
    g_byte_array_append (peer->in, octets, (guint)n);
  mimesend_tls_sent (tls, n);
  return n > 0;
}

static gboolean
from_peer (MimesendTls *tls, Peer *peer, gsize split)
{
  gsize n = MIN (MIN (peer->out->len, split), mimesend_tls_room (tls));

  if (n == 0)
    return FALSE;
  mimesend_tls_receive (tls, peer->out->data, n);
  g_byte_array_remove_range (peer->out, 0, (guint)n);
  return TRUE;
}

static MimesendTlsStatus
shake (MimesendTls *tls, Peer *peer, gsize split, GError **error)
{
  for (;;)
    {
      MimesendTlsStatus status = mimesend_tls_handshake (tls, error);
      gboolean moved = to_peer (tls, peer, split);

      if (status == MIMESEND_TLS_STATUS_FAILED)
        return status;
      peer_step (peer);
      if (status == MIMESEND_TLS_STATUS_DONE && peer->established)
        {
          while (from_peer (tls, peer, split)) /* tickets */
            ;
          return status;
        }
      if (!from_peer (tls, peer, split) && !moved)
        return MIMESEND_TLS_STATUS_MORE;
    }
}

static MimesendTls *
client (const char *host, gboolean must_verify)
{
  MimesendTlsSetup setup = { .host = host, .ca_file = ca->ca_file, .must_verify = must_verify };
  g_autoptr (GError) error = NULL;
  MimesendTls *tls = mimesend_tls_new (&setup, &error);

  g_assert_no_error (error);
  return tls;
}

/* Reads all that is there; TRUE at the end. */
static gboolean
read_all (MimesendTls *tls, GString *into)
{
  guint8 block[1000];
  gboolean eof = FALSE;
  g_autoptr (GError) error = NULL;
  gssize n;

  while ((n = mimesend_tls_read (tls, block, sizeof block, &eof, &error)) > 0)
    g_string_append_len (into, (const char *)block, n);
  g_assert_no_error (error);
  return eof;
}

#define NORMAL  "NORMAL"
#define ONLY_12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define ONLY_11 "NORMAL:-VERS-ALL:+VERS-TLS1.1"

/* Verdicts --------------------------------------------------------------------------------------------------------------- */

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
    "The name in the certificate does not match the expected. It names other.example, third.example." },
  { "wrong-suffix", "mail.example.com", { .dns = "example.com" }, "does not match" },
  { "wrong-wildcard", "a.mail.example.com", { .dns = "*.example.com" }, "does not match" },
  { "wrong-nul-inside",
    "mail.example.com",
    { .dns = "mail.example.com\0.evil.example", .dns_length = 30 },
    "does not match" },
  { "wrong-address", "127.0.0.1", { .address = "127.0.0.2" }, "It names 127.0.0.2." },
  { "address-as-dns-name", "127.0.0.1", { .dns = "127.0.0.1" }, "does not match" },
  { "address-as-common-name", "127.0.0.1", { .common_name = "127.0.0.1" }, "does not match" },
  { "expired", "mail.example.com", { .dns = "mail.example.com", .from = -7200, .until = -3600 }, "expired" },
  { "not-yet", "mail.example.com", { .dns = "mail.example.com", .from = 3600, .until = 7200 }, "not yet" },
  { "self-signed",
    "mail.example.com",
    { .dns = "mail.example.com", .self_signed = TRUE },
    "issuer is unknown" },
  { "expired-and-wrong-name",
    "mail.example.com",
    { .dns = "x.example", .from = -7200, .until = -3600 },
    "expired" },
  { "weak-rsa-1024", "h.example", { .dns = "h.example", .rsa_bits = 1024 }, "insecure algorithm" },
  { "no-host", NULL, { .dns = "mail.example.com" }, "no host name" },
};

static void
check_verdict (const Verdict *row, const char *priority, gboolean must_verify, gsize split)
{
  g_autofree char *fingerprint = NULL;
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &row->wish, &fingerprint);
  Peer *peer = peer_new (credentials, priority);
  MimesendTls *tls = client (row->host, must_verify);
  g_autoptr (GError) error = NULL;
  MimesendTlsStatus status = shake (tls, peer, split, &error);

  if (row->says == NULL || !must_verify)
    {
      g_assert_no_error (error);
      g_assert_cmpint (status, ==, MIMESEND_TLS_STATUS_DONE);
      g_assert_cmpstr (mimesend_tls_get_version (tls), ==,
                       strcmp (priority, ONLY_12) == 0 ? "TLS1.2" : "TLS1.3");
      g_assert_nonnull (mimesend_tls_get_cipher (tls));
    }
  else
    {
      g_assert_cmpint (status, ==, MIMESEND_TLS_STATUS_FAILED);
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
      g_assert_nonnull (strstr (error->message, row->says));
      g_assert_nonnull (strstr (error->message, fingerprint));
      if (row->host != NULL)
        g_assert_nonnull (strstr (error->message, row->host));
      g_test_message ("%s: %s", row->name, error->message);
      g_assert_false (peer->established); /* nothing of ours, a login least of all, was ever readable */
    }
  g_assert_cmpint (mimesend_tls_is_verified (tls), ==, row->says == NULL);
  g_assert_cmpstr (mimesend_tls_get_fingerprint (tls), ==, fingerprint);
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

/* Data ------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  gnutls_certificate_credentials_t credentials;
  Peer *peer;
  MimesendTls *tls;
} Joined;

static Joined
join (const char *priority, gsize split)
{
  CertificateWish wish = { .dns = "mail.example.com" };
  Joined joined;
  g_autoptr (GError) error = NULL;
  MimesendTlsStatus status;

  joined.credentials = test_ca_issue (ca, &wish, NULL);
  joined.peer = peer_new (joined.credentials, priority);
  joined.tls = client ("mail.example.com", TRUE);
  status = shake (joined.tls, joined.peer, split, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, MIMESEND_TLS_STATUS_DONE);
  return joined;
}

static void
part (Joined *joined)
{
  mimesend_tls_free (joined->tls);
  peer_free (joined->peer);
  gnutls_certificate_free_credentials (joined->credentials);
}

static void
say (Joined *joined, const char *text)
{
  g_assert_cmpint (gnutls_record_send (joined->peer->session, text, strlen (text)), ==,
                   (gssize)strlen (text));
}

static void
hear (Joined *joined, GByteArray *into)
{
  guint8 block[16384];
  ssize_t n;

  do
    {
      n = gnutls_record_recv (joined->peer->session, block, sizeof block);
      g_byte_array_append (into, block, (guint)MAX (n, 0));
    }
  while (n > 0 || (n == GNUTLS_E_AGAIN && joined->peer->in->len > joined->peer->in_taken));
  g_assert_cmpint (n, ==, GNUTLS_E_AGAIN);
}

/* What is written arrives, whatever the wire lets through, and the record layer never holds an octet back. */
static void
much_data (gconstpointer priority)
{
  static const gsize splits[] = { 1000, 16384, 40000, G_MAXSIZE };
  const gsize total = 300000;
  g_autofree guint8 *data = g_malloc (total);

  for (gsize i = 0; i < total; i++)
    data[i] = (guint8)(i * 7 + i / 251);
  for (guint s = 0; s < G_N_ELEMENTS (splits); s++)
    {
      Joined joined = join (priority, G_MAXSIZE);
      g_autoptr (GByteArray) heard = g_byte_array_new ();
      gsize sent = 0;
      g_autoptr (GError) error = NULL;

      while (sent < total)
        {
          gsize wanted = (gsize)g_test_rand_int_range (1, 100000);
          gsize offered = MIN (total - sent, wanted);
          gssize n = mimesend_tls_write (joined.tls, data + sent, offered, &error);

          g_assert_no_error (error);
          g_assert_cmpint (n, >=, 0);
          g_assert_cmpint (n, <=, (gssize)offered);
          sent += (gsize)n;
          if (n > 0)
            continue;
          g_assert_true (to_peer (joined.tls, joined.peer, splits[s])); /* full is never full of nothing */
          hear (&joined, heard);
        }
      while (to_peer (joined.tls, joined.peer, splits[s]))
        ;
      hear (&joined, heard);
      g_assert_cmpmem (heard->data, heard->len, data, total);
      part (&joined);
    }
}

/* The whole buffer takes four records at once: a driver's one send is then 64 KiB. */
static void
four_records (gconstpointer priority)
{
  Joined joined = join (priority, G_MAXSIZE);
  g_autofree guint8 *data = g_malloc0 (100000);

  while (to_peer (joined.tls, joined.peer, G_MAXSIZE))
    ;
  g_assert_cmpint (mimesend_tls_write (joined.tls, data, 100000, NULL), ==, 65536);
  g_assert_cmpint (mimesend_tls_write (joined.tls, data, 100000, NULL), ==, 0);
  part (&joined);
}

static void
octet_by_octet (gconstpointer priority)
{
  Joined joined = join (priority, 1);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GByteArray) heard = g_byte_array_new ();

  say (&joined, "250-one\r\n250 two\r\n");
  while (from_peer (joined.tls, joined.peer, 1))
    g_assert_false (read_all (joined.tls, text));
  g_assert_cmpstr (text->str, ==, "250-one\r\n250 two\r\n");
  g_assert_cmpint (mimesend_tls_write (joined.tls, (const guint8 *)"QUIT\r\n", 6, NULL), ==, 6);
  while (to_peer (joined.tls, joined.peer, 1))
    ;
  hear (&joined, heard);
  g_assert_cmpmem (heard->data, heard->len, "QUIT\r\n", 6);
  part (&joined);
}

/* More than the buffer holds: room () bounds what is taken, and reading makes room. */
static void
much_to_read (void)
{
  Joined joined = join (NORMAL, G_MAXSIZE);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *line = g_strnfill (16000, 'x');

  for (guint i = 0; i < 20; i++)
    say (&joined, line);
  while (joined.peer->out->len > 0)
    {
      g_assert_true (from_peer (joined.tls, joined.peer, G_MAXSIZE));
      read_all (joined.tls, text);
    }
  g_assert_cmpuint (text->len, ==, 20 * 16000);
  part (&joined);
}

static void
ends (void)
{
  for (guint polite = 0; polite < 2; polite++)
    {
      Joined joined = join (NORMAL, G_MAXSIZE);
      g_autoptr (GString) text = g_string_new (NULL);

      say (&joined, "221 bye");
      if (polite)
        gnutls_bye (joined.peer->session, GNUTLS_SHUT_WR);
      while (from_peer (joined.tls, joined.peer, G_MAXSIZE))
        ;
      mimesend_tls_receive (joined.tls, NULL, 0);
      g_assert_true (read_all (joined.tls, text));
      g_assert_cmpstr (text->str, ==, "221 bye");
      g_assert_true (read_all (joined.tls, text)); /* and stays so */
      part (&joined);
    }
}

static void
close_notify (void)
{
  Joined joined = join (NORMAL, G_MAXSIZE);
  char block[10];

  mimesend_tls_close (joined.tls);
  g_assert_true (to_peer (joined.tls, joined.peer, G_MAXSIZE));
  g_assert_cmpint (gnutls_record_recv (joined.peer->session, block, sizeof block), ==, 0);
  part (&joined);
}

static void
key_updates (void)
{
  Joined joined = join (NORMAL, G_MAXSIZE);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GByteArray) heard = g_byte_array_new ();

      g_assert_cmpint (gnutls_session_key_update (joined.peer->session, GNUTLS_KU_PEER), ==, 0);
      say (&joined, "250 ok\r\n");
      while (from_peer (joined.tls, joined.peer, G_MAXSIZE))
        read_all (joined.tls, text);
      g_assert_cmpstr (text->str, ==, "250 ok\r\n");
      g_assert_cmpint (mimesend_tls_write (joined.tls, (const guint8 *)"NOOP\r\n", 6, NULL), ==, 6);
      while (to_peer (joined.tls, joined.peer, G_MAXSIZE))
        ;
      hear (&joined, heard);
      g_assert_cmpmem (heard->data, heard->len, "NOOP\r\n", 6);
    }
  part (&joined);
}

static void
renegotiation_left_unanswered (void)
{
  Joined joined = join (ONLY_12, G_MAXSIZE);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpint (gnutls_rehandshake (joined.peer->session), ==, 0);
  say (&joined, "250 ok\r\n");
  while (from_peer (joined.tls, joined.peer, G_MAXSIZE))
    g_assert_false (read_all (joined.tls, text));
  g_assert_cmpstr (text->str, ==, "250 ok\r\n");
  g_assert_cmpint (mimesend_tls_write (joined.tls, (const guint8 *)"NOOP\r\n", 6, NULL), ==, 6);
  part (&joined);
}

/* Failures --------------------------------------------------------------------------------------------------------------- */

static void
old_server (void)
{
  CertificateWish wish = { .dns = "mail.example.com" };
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &wish, NULL);
  Peer *peer = peer_new (credentials, ONLY_11);
  MimesendTls *tls = client ("mail.example.com", FALSE);
  g_autoptr (GError) error = NULL, again = NULL;

  g_assert_cmpint (shake (tls, peer, G_MAXSIZE, &error), ==, MIMESEND_TLS_STATUS_FAILED);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "no TLS of version 1.2 or later"));
  g_assert_cmpint (mimesend_tls_handshake (tls, &again), ==, MIMESEND_TLS_STATUS_FAILED);
  g_assert_cmpstr (again->message, ==, error->message);
  mimesend_tls_free (tls);
  peer_free (peer);
  gnutls_certificate_free_credentials (credentials);
}

/* A server hello of TLS 1.1, from a server that does not look at what was offered. */
static void
old_hello (void)
{
  static const guint8 hello[] = { 0x16, 3,  2,  0,  42, 0x02, 0,  0,  38, 3,  2,  1,  2,  3,    4,  5,
                                  6,    7,  8,  9,  10, 11,   12, 13, 14, 15, 16, 17, 18, 19,   20, 21,
                                  22,   23, 24, 25, 26, 27,   28, 29, 30, 31, 32, 0,  0,  0x2f, 0 };
  MimesendTls *tls = client ("mail.example.com", FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mimesend_tls_handshake (tls, &error), ==, MIMESEND_TLS_STATUS_MORE);
  mimesend_tls_receive (tls, hello, sizeof hello);
  g_assert_cmpint (mimesend_tls_handshake (tls, &error), ==, MIMESEND_TLS_STATUS_FAILED);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
  g_assert_nonnull (strstr (error->message, "no TLS of version 1.2 or later"));
  mimesend_tls_free (tls);
}

/* The most asked question: TLS from the first octet spoken to a port of STARTTLS. */
static void
clear_greeting (void)
{
  static const char greeting[] = "220 mail.example.com ESMTP ready\r\n";

  for (guint bytewise = 0; bytewise < 2; bytewise++)
    {
      MimesendTls *tls = client ("mail.example.com", TRUE);
      g_autoptr (GError) error = NULL;
      MimesendTlsStatus status = mimesend_tls_handshake (tls, &error);

      for (gsize i = 0; i < sizeof greeting - 1 && status == MIMESEND_TLS_STATUS_MORE;
           i += bytewise ? 1 : sizeof greeting)
        {
          mimesend_tls_receive (tls, (const guint8 *)greeting + i, bytewise ? 1 : sizeof greeting - 1);
          status = mimesend_tls_handshake (tls, &error);
        }
      g_assert_cmpint (status, ==, MIMESEND_TLS_STATUS_FAILED);
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
      g_assert_nonnull (strstr (error->message, "answered in the clear"));
      g_assert_nonnull (strstr (error->message, "smtp://mail.example.com"));
      mimesend_tls_free (tls);
    }
}

static void
closed_in_handshake (void)
{
  MimesendTls *tls = client ("mail.example.com", TRUE);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mimesend_tls_handshake (tls, &error), ==, MIMESEND_TLS_STATUS_MORE);
  mimesend_tls_receive (tls, NULL, 0);
  g_assert_cmpint (mimesend_tls_handshake (tls, &error), ==, MIMESEND_TLS_STATUS_FAILED);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
  mimesend_tls_free (tls);
}

/* One octet of the server's side spoilt, at every place: refused or not noticed, never verified data that differs. */
static void
spoilt (gconstpointer priority)
{
  CertificateWish wish = { .dns = "mail.example.com" };
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &wish, NULL);

  for (gsize place = 0; place < 1200; place += 7)
    {
      Peer *peer = peer_new (credentials, priority);
      MimesendTls *tls = client ("mail.example.com", TRUE);
      gsize passed = 0;
      g_autoptr (GError) error = NULL;

      for (guint turn = 0; turn < 20; turn++)
        {
          if (mimesend_tls_handshake (tls, &error) == MIMESEND_TLS_STATUS_FAILED)
            break;
          while (to_peer (tls, peer, G_MAXSIZE))
            ;
          peer_step (peer);
          if (place >= passed && place - passed < peer->out->len)
            peer->out->data[place - passed] ^= 0x41;
          passed += peer->out->len;
          if (!from_peer (tls, peer, G_MAXSIZE))
            break;
        }
      g_clear_error (&error);
      if (place < 500) /* the server's hello, its key, its signature */
        g_assert_cmpint (mimesend_tls_handshake (tls, &error), !=, MIMESEND_TLS_STATUS_DONE);
      mimesend_tls_free (tls);
      peer_free (peer);
    }
  gnutls_certificate_free_credentials (credentials);
}

static void
garbage (void)
{
  for (guint i = 0; i < 300; i++)
    {
      MimesendTls *tls = client ("mail.example.com", TRUE);
      guint8 octets[600];

      mimesend_tls_handshake (tls, NULL);
      for (guint k = 0; k < sizeof octets; k++)
        octets[k] = (guint8)g_test_rand_int ();
      if (i % 2)
        memcpy (octets, (guint8[]){ 0x16, 3, 3, 2, 0, 2, 0, 1, 0xfc }, 9); /* framed as a server's hello */
      mimesend_tls_receive (tls, octets, sizeof octets);
      g_assert_cmpint (mimesend_tls_handshake (tls, NULL), !=, MIMESEND_TLS_STATUS_DONE);
      mimesend_tls_free (tls);
    }
}

/* The server refuses us: its alert in words. */
static void
alert (void)
{
  CertificateWish wish = { .dns = "mail.example.com" };
  gnutls_certificate_credentials_t credentials = test_ca_issue (ca, &wish, NULL);
  Peer *peer = peer_new (credentials, ONLY_12);
  MimesendTls *tls = client ("mail.example.com", TRUE);
  g_autoptr (GError) error = NULL;

  gnutls_certificate_server_set_request (peer->session, GNUTLS_CERT_REQUIRE);
  g_assert_cmpint (shake (tls, peer, G_MAXSIZE, &error), ==, MIMESEND_TLS_STATUS_FAILED);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
  g_assert_nonnull (strstr (error->message, "broke TLS off"));
  g_test_message ("%s", error->message);
  mimesend_tls_free (tls);
  peer_free (peer);
  gnutls_certificate_free_credentials (credentials);
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
  g_test_add_func ("/net/tls/system-trust", system_trust);
  g_test_add_func ("/net/tls/threads", threads);
  g_test_add_func ("/net/tls/ca-files", ca_files);
  g_test_add_data_func ("/net/tls/much-data/1.3", NORMAL, much_data);
  g_test_add_data_func ("/net/tls/much-data/1.2", ONLY_12, much_data);
  g_test_add_data_func ("/net/tls/much-data/1.2-cbc", ONLY_12 ":-CIPHER-ALL:+AES-256-CBC", much_data);
  g_test_add_data_func ("/net/tls/four-records/1.3", NORMAL, four_records);
  g_test_add_data_func ("/net/tls/four-records/1.2", ONLY_12, four_records);
  g_test_add_data_func ("/net/tls/octet-by-octet/1.3", NORMAL, octet_by_octet);
  g_test_add_data_func ("/net/tls/octet-by-octet/1.2", ONLY_12, octet_by_octet);
  g_test_add_func ("/net/tls/much-to-read", much_to_read);
  g_test_add_func ("/net/tls/ends", ends);
  g_test_add_func ("/net/tls/close-notify", close_notify);
  g_test_add_func ("/net/tls/key-updates", key_updates);
  g_test_add_func ("/net/tls/renegotiation-left-unanswered", renegotiation_left_unanswered);
  g_test_add_func ("/net/tls/old-server", old_server);
  g_test_add_func ("/net/tls/old-hello", old_hello);
  g_test_add_func ("/net/tls/clear-greeting", clear_greeting);
  g_test_add_func ("/net/tls/closed-in-handshake", closed_in_handshake);
  g_test_add_data_func ("/net/tls/spoilt/1.3", NORMAL, spoilt);
  g_test_add_data_func ("/net/tls/spoilt/1.2", ONLY_12, spoilt);
  g_test_add_func ("/net/tls/garbage", garbage);
  g_test_add_func ("/net/tls/alert", alert);
  status = g_test_run ();
  test_ca_free (ca);
  return status;
}

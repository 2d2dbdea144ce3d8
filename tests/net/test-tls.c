/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The record layer and the handshake: data, ends, and all that goes wrong. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "certificates.h"
#include "mimesend-error.h"
#include "tls-peer.h"

static TestCa *ca;

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
  joined.tls = client (ca, "mail.example.com", TRUE);
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
  MimesendTls *tls = client (ca, "mail.example.com", FALSE);
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
  MimesendTls *tls = client (ca, "mail.example.com", FALSE);
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
      MimesendTls *tls = client (ca, "mail.example.com", TRUE);
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
  MimesendTls *tls = client (ca, "mail.example.com", TRUE);
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
      MimesendTls *tls = client (ca, "mail.example.com", TRUE);
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
      MimesendTls *tls = client (ca, "mail.example.com", TRUE);
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
  MimesendTls *tls = client (ca, "mail.example.com", TRUE);
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
  g_test_add_data_func ("/net/tls/carries-much-data/1.3", NORMAL, much_data);
  g_test_add_data_func ("/net/tls/carries-much-data/1.2", ONLY_12, much_data);
  g_test_add_data_func ("/net/tls/carries-much-data/1.2-cbc", ONLY_12 ":-CIPHER-ALL:+AES-256-CBC", much_data);
  g_test_add_data_func ("/net/tls/carries-four-records/1.3", NORMAL, four_records);
  g_test_add_data_func ("/net/tls/carries-four-records/1.2", ONLY_12, four_records);
  g_test_add_data_func ("/net/tls/works-octet-by-octet/1.3", NORMAL, octet_by_octet);
  g_test_add_data_func ("/net/tls/works-octet-by-octet/1.2", ONLY_12, octet_by_octet);
  g_test_add_func ("/net/tls/room-bounds-what-is-received", much_to_read);
  g_test_add_func ("/net/tls/cut-and-close-are-ends", ends);
  g_test_add_func ("/net/tls/sends-close-notify", close_notify);
  g_test_add_func ("/net/tls/survives-key-updates", key_updates);
  g_test_add_func ("/net/tls/renegotiation-left-unanswered", renegotiation_left_unanswered);
  g_test_add_func ("/net/tls/refuses-old-server", old_server);
  g_test_add_func ("/net/tls/refuses-old-server-hello", old_hello);
  g_test_add_func ("/net/tls/cleartext-greeting-is-quoted", clear_greeting);
  g_test_add_func ("/net/tls/close-in-handshake-is-an-error", closed_in_handshake);
  g_test_add_data_func ("/net/tls/refuses-spoilt-records/1.3", NORMAL, spoilt);
  g_test_add_data_func ("/net/tls/refuses-spoilt-records/1.2", ONLY_12, spoilt);
  g_test_add_func ("/net/tls/refuses-garbage", garbage);
  g_test_add_func ("/net/tls/alert-is-quoted", alert);
  status = g_test_run ();
  test_ca_free (ca);
  return status;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tls-peer.h"

#include <errno.h>
#include <string.h>

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

Peer *
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

void
peer_free (Peer *self)
{
  gnutls_deinit (self->session);
  g_byte_array_unref (self->in);
  g_byte_array_unref (self->out);
  g_free (self);
}

void
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
gboolean
to_peer (MimesendTls *tls, Peer *peer, gsize split)
{
  const guint8 *octets;
  gsize n = MIN (mimesend_tls_peek (tls, &octets), split);

  if (n > 0)
    g_byte_array_append (peer->in, octets, (guint)n);
  mimesend_tls_sent (tls, n);
  return n > 0;
}

gboolean
from_peer (MimesendTls *tls, Peer *peer, gsize split)
{
  gsize n = MIN (MIN (peer->out->len, split), mimesend_tls_room (tls));

  if (n == 0)
    return FALSE;
  mimesend_tls_receive (tls, peer->out->data, n);
  g_byte_array_remove_range (peer->out, 0, (guint)n);
  return TRUE;
}

MimesendTlsStatus
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

MimesendTls *
client (TestCa *ca, const char *host, gboolean must_verify)
{
  MimesendTlsSetup setup = { .host = host, .ca_file = ca->ca_file, .must_verify = must_verify };
  g_autoptr (GError) error = NULL;
  MimesendTls *tls = mimesend_tls_new (&setup, &error);

  g_assert_no_error (error);
  return tls;
}

/* Reads all that is there; TRUE at the end. */
gboolean
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/wire.h"

#include "mimesend-error.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define N_VECTORS 16

MimesendWire *
mimesend_wire_new (MimesendConnected *connected)
{
  MimesendWire *self = g_new0 (MimesendWire, 1);

  self->connected = connected;
  self->fd = g_socket_get_fd (connected->socket);
  self->is_tcp = g_socket_get_family (connected->socket) != G_SOCKET_FAMILY_UNIX;
  return self;
}

void
mimesend_wire_free (MimesendWire *self)
{
  if (self == NULL)
    return;
  mimesend_tls_free (self->tls);
  mimesend_connected_free (self->connected);
  g_free (self->fault);
  g_clear_error (&self->alert);
  g_free (self);
}

static void
note_fault (MimesendWire *self, const char *words)
{
  if (self->fault == NULL)
    self->fault = g_strdup (words);
}

/* Sends several vectors; returns the number of octets sent. */
static gsize
socket_write (MimesendWire *self, struct iovec *vectors, guint n_vectors)
{
  struct msghdr message = { .msg_iov = vectors, .msg_iovlen = n_vectors };
  gssize n;

  do
    n = sendmsg (self->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  if (n >= 0)
    return (gsize)n;
  if (errno == EAGAIN || errno == EWOULDBLOCK)
    self->write_blocked = TRUE;
  else
    {
      self->write_failed = TRUE;
      note_fault (self, g_strerror (errno));
    }
  return 0;
}

static gssize
socket_read (MimesendWire *self, guint8 *octets, gsize n)
{
  gssize got;

  if (self->read_ended)
    return MIMESEND_WIRE_END;
  do
    got = recv (self->fd, octets, n, MSG_DONTWAIT);
  while (got < 0 && errno == EINTR);

  if (got > 0)
    return got;
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return MIMESEND_WIRE_BLOCK;
  self->read_ended = TRUE;
  if (got < 0)
    note_fault (self, g_strerror (errno));
  return MIMESEND_WIRE_END;
}

gboolean
mimesend_wire_flush (MimesendWire *self)
{
  const guint8 *octets;
  gsize n;

  if (self->tls == NULL)
    return TRUE;
  while (!self->write_failed && (n = mimesend_tls_peek (self->tls, &octets)) > 0)
    {
      struct iovec vector = { (void *)octets, n };
      gsize sent = socket_write (self, &vector, 1);

      mimesend_tls_sent (self->tls, sent);
      if (sent < n)
        {
          self->write_blocked = !self->write_failed;
          return FALSE;
        }
    }
  self->write_blocked = FALSE;
  return !self->write_failed;
}

/* Fills the record layer from the socket. FALSE: nothing came (blocked or ended). */
static gboolean
tls_fill (MimesendWire *self, gssize *status)
{
  guint8 buffer[16384 + 512];
  gsize room = MIN (mimesend_tls_room (self->tls), sizeof buffer);

  if (room == 0)
    return FALSE;
  *status = socket_read (self, buffer, room);
  if (*status > 0)
    mimesend_tls_receive (self->tls, buffer, (gsize)*status);
  else if (*status == MIMESEND_WIRE_END)
    mimesend_tls_receive (self->tls, NULL, 0);
  return *status > 0;
}

gboolean
mimesend_wire_start_tls (MimesendWire *self, const MimesendTlsSetup *setup, GError **error)
{
  self->tls = mimesend_tls_new (setup, error);
  self->shaking = self->tls != NULL;
  return self->shaking;
}

MimesendTlsStatus
mimesend_wire_handshake (MimesendWire *self, GError **error)
{
  gboolean ended = FALSE;

  for (;;)
    {
      gssize got = MIMESEND_WIRE_BLOCK;
      MimesendTlsStatus status = mimesend_tls_handshake (self->tls, error);

      mimesend_wire_flush (self); /* sends the alert, too */
      if (status == MIMESEND_TLS_STATUS_DONE)
        self->shaking = FALSE;
      /* a record that is cut is a lost connection, no protocol error */
      if (ended && !mimesend_tls_heard_clear (self->tls))
        break;
      if (status != MIMESEND_TLS_STATUS_MORE)
        return status;
      if (!tls_fill (self, &got))
        {
          if (got == MIMESEND_WIRE_BLOCK && !self->write_failed)
            return MIMESEND_TLS_STATUS_MORE;
          ended = TRUE;
        }
    }
  g_clear_error (error);
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
               "the connection was lost during the TLS handshake%s%s", self->fault != NULL ? ": " : "",
               self->fault != NULL ? self->fault : "");
  return MIMESEND_TLS_STATUS_FAILED;
}

gssize
mimesend_wire_read (MimesendWire *self, guint8 *octets, gsize n)
{
  gssize status = MIMESEND_WIRE_BLOCK;

  if (self->tls == NULL)
    return socket_read (self, octets, n);

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      gboolean eof = FALSE;
      gssize got = mimesend_tls_read (self->tls, octets, n, &eof, &error);

      if (got > 0)
        return got;
      if (got < 0 || eof)
        {
          if (error != NULL)
            note_fault (self, error->message);
          if (self->alert == NULL && mimesend_tls_was_broken_off (self->tls))
            self->alert = g_steal_pointer (&error);
          self->read_ended = TRUE;
          return MIMESEND_WIRE_END;
        }
      if (!tls_fill (self, &status) && status != MIMESEND_WIRE_END)
        return MIMESEND_WIRE_BLOCK;
      if (status == MIMESEND_WIRE_END && mimesend_tls_room (self->tls) == 0)
        return MIMESEND_WIRE_END;
    }
}

static gsize
tls_write_piece (MimesendWire *self, const MimesendPiece *piece)
{
  gsize taken = 0;

  while (taken < piece->length)
    {
      g_autoptr (GError) error = NULL;
      gssize n = mimesend_tls_write (self->tls, piece->data + taken, piece->length - taken, &error);

      if (n < 0)
        {
          self->write_failed = TRUE;
          note_fault (self, error->message);
          return taken;
        }
      taken += (gsize)n;
      if (n == 0 && !mimesend_wire_flush (self))
        return taken;
    }
  return taken;
}

gsize
mimesend_wire_write (MimesendWire *self, const MimesendPiece *pieces, guint n_pieces)
{
  struct iovec vectors[N_VECTORS];
  gsize total = 0;

  self->write_blocked = FALSE;
  if (self->tls != NULL)
    {
      for (guint i = 0; i < n_pieces && !self->write_failed && !self->write_blocked; i++)
        {
          gsize taken = tls_write_piece (self, &pieces[i]);

          total += taken;
          if (taken < pieces[i].length)
            break;
        }
      mimesend_wire_flush (self);
      return total;
    }

  n_pieces = MIN (n_pieces, N_VECTORS);
  for (guint i = 0; i < n_pieces; i++)
    {
      vectors[i] = (struct iovec){ (void *)pieces[i].data, pieces[i].length };
      total += pieces[i].length;
    }
  {
    gsize sent = socket_write (self, vectors, n_pieces);

    if (sent < total && !self->write_failed)
      self->write_blocked = TRUE;
    return sent;
  }
}

void
mimesend_wire_close (MimesendWire *self)
{
  if (self->tls == NULL || mimesend_wire_wants_out (self))
    return;
  mimesend_tls_close (self->tls);
  mimesend_wire_flush (self);
}

void
mimesend_wire_acknowledge (MimesendWire *self)
{
#ifdef TCP_QUICKACK
  int yes = 1;

  if (self->is_tcp)
    setsockopt (self->fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
#else
  (void)self;
#endif
}

gboolean
mimesend_wire_wants_out (MimesendWire *self)
{
  const guint8 *octets;

  if (self->write_failed)
    return FALSE;
  return self->write_blocked || (self->tls != NULL && mimesend_tls_peek (self->tls, &octets) > 0);
}

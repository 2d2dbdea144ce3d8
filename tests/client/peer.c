/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peer.h"

#include <gio/gnetworking.h>
#include <string.h>

struct _Peer
{
  PeerSetup setup;
  GCancellable *cancellable; /* the test's, to be cancelled */
  GCancellable *ends;        /* our own */
  GSocket *listener;
  guint16 port;
  GThread *thread;

  GMutex mutex; /* of what follows */
  GCond changed;
  guint n_closed, sent, taken;
  gboolean has_end;

  /* of one connection */
  GSocket *socket;
  GString *line;
  guint n_recipients, n_messages;
  gboolean first, stopped;
};

/* The next octet of the client; −1: the connection is over. */
static int
next_octet (Peer *self)
{
  char octet;
  gssize n = g_socket_receive (self->socket, &octet, 1, self->ends, NULL);

  return n == 1 ? (guchar)octet : -1;
}

/* The next line without its end; FALSE: none comes any more. */
static gboolean
next_line (Peer *self)
{
  int octet;

  g_string_truncate (self->line, 0);
  while ((octet = next_octet (self)) != -1 && octet != '\n')
    g_string_append_c (self->line, (char)octet);
  if (octet == -1)
    return FALSE;
  g_assert_true (g_str_has_suffix (self->line->str, "\r"));
  g_string_truncate (self->line, self->line->len - 1);
  return TRUE;
}

/* Octet by octet. FALSE: stopped, or the client is gone. */
static gboolean
say (Peer *self, const char *words)
{
  for (; *words != '\0'; words++)
    {
      if (self->first && self->setup.stop_at >= 0 && (gint)self->sent == self->setup.stop_at)
        {
          self->stopped = TRUE;
          g_cancellable_cancel (self->cancellable);
          return FALSE;
        }
      if (g_socket_send (self->socket, words, 1, self->ends, NULL) != 1)
        return FALSE;
      g_mutex_lock (&self->mutex);
      self->sent++;
      g_mutex_unlock (&self->mutex);
    }
  return TRUE;
}

static void
set_end (Peer *self, gboolean has_end, gboolean taken)
{
  g_mutex_lock (&self->mutex);
  self->has_end = has_end;
  self->taken += taken;
  g_mutex_unlock (&self->mutex);
}

static gboolean
reply_to_end (Peer *self)
{
  set_end (self, TRUE, FALSE);
  if (self->setup.mute_at_end)
    return next_octet (self) != -1;
  for (guint i = 0; i < (self->setup.lmtp ? self->n_recipients : 1); i++)
    if (!say (self, "250 2.0.0 queued as ABC\r\n"))
      return FALSE;
  set_end (self, FALSE, TRUE);
  self->n_messages++;
  self->n_recipients = 0;
  return self->setup.messages == 0 || self->n_messages < self->setup.messages ||
         (self->setup.farewell != NULL && !say (self, self->setup.farewell));
}

static gboolean
take_data (Peer *self)
{
  if (!say (self, "354 go\r\n"))
    return FALSE;
  do
    if (!next_line (self))
      return FALSE;
  while (strcmp (self->line->str, ".") != 0);
  return reply_to_end (self);
}

static gboolean
take_chunk (Peer *self, const char *arguments)
{
  char *rest;
  guint64 n = g_ascii_strtoull (arguments, &rest, 10);

  for (; n > 0; n--)
    if (next_octet (self) == -1)
      return FALSE;
  return strcmp (rest, " LAST") == 0 ? reply_to_end (self) : say (self, "250 2.0.0 chunk\r\n");
}

static gboolean
answer (Peer *self)
{
  const char *line = self->line->str;

  if (g_str_has_prefix (line, "EHLO ") || g_str_has_prefix (line, "LHLO "))
    return say (self, self->setup.ehlo);
  if (g_str_has_prefix (line, "RCPT "))
    self->n_recipients++;
  if (strcmp (line, "DATA") == 0)
    return take_data (self);
  if (g_str_has_prefix (line, "BDAT "))
    return take_chunk (self, line + 5);
  if (strcmp (line, "QUIT") == 0)
    return say (self, "221 2.0.0 bye\r\n") && FALSE;
  return say (self, "250 2.0.0 ok\r\n");
}

static void
serve (Peer *self)
{
  gboolean going = say (self, "220 peer ESMTP\r\n");

  self->n_messages = self->n_recipients = 0;
  while (going && next_line (self))
    going = answer (self);
  /* Stopped: the client is to leave of its own accord. */
  while (self->stopped && next_octet (self) != -1)
    ;
  g_socket_close (self->socket, NULL);
}

static gpointer
run (gpointer data)
{
  Peer *self = data;

  self->first = TRUE;
  while ((self->socket = g_socket_accept (self->listener, self->ends, NULL)) != NULL)
    {
      g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
      serve (self);
      g_clear_object (&self->socket);
      self->first = self->stopped = FALSE;
      g_mutex_lock (&self->mutex);
      self->n_closed++;
      g_cond_broadcast (&self->changed);
      g_mutex_unlock (&self->mutex);
    }
  return NULL;
}

Peer *
peer_start (const PeerSetup *setup, GCancellable *cancellable)
{
  Peer *self = g_new0 (Peer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->setup = *setup;
  g_set_object (&self->cancellable, cancellable);
  self->ends = g_cancellable_new ();
  self->line = g_string_new (NULL);
  self->listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_bind (self->listener, any_port, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (self->listener, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (self->listener, &error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->thread = g_thread_new ("peer", run, self);
  return self;
}

void
peer_stop (Peer *self)
{
  g_cancellable_cancel (self->ends);
  g_thread_join (self->thread);
  g_object_unref (self->listener);
  g_object_unref (self->ends);
  g_clear_object (&self->cancellable);
  g_string_free (self->line, TRUE);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

char *
peer_server (Peer *self)
{
  return g_strdup_printf ("%s://127.0.0.1:%u", self->setup.lmtp ? "lmtp" : "smtp", self->port);
}

void
peer_await_closed (Peer *self, guint n)
{
  g_mutex_lock (&self->mutex);
  while (self->n_closed < n)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

guint
peer_get_sent (Peer *self)
{
  guint sent;

  g_mutex_lock (&self->mutex);
  sent = self->sent;
  g_mutex_unlock (&self->mutex);
  return sent;
}

gboolean
peer_has_end (Peer *self)
{
  gboolean has_end;

  g_mutex_lock (&self->mutex);
  has_end = self->has_end;
  g_mutex_unlock (&self->mutex);
  return has_end;
}

guint
peer_get_taken (Peer *self)
{
  guint taken;

  g_mutex_lock (&self->mutex);
  taken = self->taken;
  g_mutex_unlock (&self->mutex);
  return taken;
}

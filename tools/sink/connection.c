/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection in a thread of its own: blocking reads and writes around the core. */
#include "server.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>

#define BUFFER      262144
#define PENDING_MAX 65536                    /* octets of delayed replies; when more, reading pauses */
#define IDLE_MAX    900                      /* seconds; idle connections are closed */
#define LINGER_US   (1 * G_TIME_SPAN_SECOND) /* microseconds, for the peer to read the last reply */

typedef struct
{
  SinkServer *server;
  SinkCore *core;
  GSocket *socket;
  GIOStream *stream; /* the socket's stream, or TLS over it */
  SinkReport report;
  SinkFile *file;
  char *user, *failure; /* failure: why the TLS handshake failed */
  guint8 *buffer;
  gboolean tls_due, closing, reset;
  gboolean broken; /* reading or writing failed */
} Link;

static gboolean
start_tls (Link *self)
{
  g_autoptr (GError) error = NULL;
  GTlsConnection *tls = sink_secure (self->server, self->stream);
  if (tls == NULL)
    return FALSE;
  g_object_unref (self->stream);
  self->stream = G_IO_STREAM (tls);
  self->report.tls = tls;
  if (g_tls_connection_handshake (tls, NULL, &error))
    return TRUE;
  self->failure = g_strdup (error->message);
  return FALSE;
}

/* Whether one more message may be accepted; counts it. */
static gboolean
server_promise (SinkServer *server)
{
  g_mutex_lock (&server->lock);
  gboolean may = server->count == 0 || server->messages + server->promised < server->count;
  if (may)
    server->promised++;
  g_mutex_unlock (&server->lock);
  return may;
}

static void
server_keep (SinkServer *server, gboolean stored)
{
  g_mutex_lock (&server->lock);
  server->promised--;
  if (stored)
    server->messages++;
  g_mutex_unlock (&server->lock);
}

static void
store_message (Link *self, const SinkEvent *event)
{
  g_autoptr (JsonObject) envelope = sink_report_envelope (&self->report, event);
  g_autoptr (GError) error = NULL;
  if (!server_promise (self->server))
    {
      sink_report_lost (self->server, envelope, "451 4.3.2 the count is reached");
      sink_core_stored (self->core, NULL, "the count is reached");
      return;
    }
  const char *id = sink_file_end (self->file, envelope, &error);
  server_keep (self->server, id != NULL);
  if (id != NULL)
    sink_report_message (self->server, envelope);
  else
    {
      g_printerr ("mimesend sink: %s\n", error->message);
      sink_report_lost (self->server, envelope, "451 4.3.0 it cannot be stored");
    }
  sink_core_stored (self->core, id, id == NULL ? "it cannot be stored" : NULL);
}

static void
link_handle (Link *self, const SinkEvent *event)
{
  switch (event->type)
    {
    case SINK_EVENT_MESSAGE_BEGIN:
      self->file = sink_store_begin (self->server->store);
      break;
    case SINK_EVENT_OCTETS:
      sink_file_write (self->file, event->octets, event->n);
      break;
    case SINK_EVENT_MESSAGE_END:
      store_message (self, event);
      g_clear_pointer (&self->file, sink_file_free);
      break;
    case SINK_EVENT_MESSAGE_LOST:
      {
        g_autoptr (JsonObject) envelope = sink_report_envelope (&self->report, event);
        sink_report_lost (self->server, envelope, event->refusal != NULL ? event->refusal : "cut short");
        g_clear_pointer (&self->file, sink_file_free);
        break;
      }
    case SINK_EVENT_REFUSED:
      sink_report_refused (self->server, self->report.number, event->command, event->refusal);
      break;
    case SINK_EVENT_STARTTLS:
      self->tls_due = TRUE;
      break;
    case SINK_EVENT_CLOSE:
      self->closing = TRUE;
      self->reset = event->reset;
      sink_report_closed (self->server, self->report.number, event->violations, self->failure);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Writes what is due; returns when more will be, G_MAXINT64: not before an event. */
static gint64
link_drain (Link *self)
{
  const guint8 *octets;
  gint64 wait_until;
  gsize n;
  while ((n = sink_core_peek (self->core, g_get_monotonic_time (), &octets, &wait_until)) > 0)
    {
      GOutputStream *out = g_io_stream_get_output_stream (self->stream);
      if (!g_output_stream_write_all (out, octets, n, NULL, NULL, NULL))
        {
          self->broken = TRUE;
          return G_MAXINT64;
        }
      sink_core_sent (self->core, n);
    }
  return wait_until;
}

static void
link_read (Link *self)
{
  GInputStream *in = g_io_stream_get_input_stream (self->stream);
  gssize n = g_input_stream_read (in, self->buffer, BUFFER, NULL, NULL);
  if (n < 0)
    self->broken = TRUE;
  sink_core_receive (self->core, self->buffer, n > 0 ? (gsize)n : 0);
}

/* Waits until then, or until the receiver stops. */
static void
sleep_until (Link *self, gint64 until)
{
  SinkServer *server = self->server;
  g_mutex_lock (&server->lock);
  while (!server->ending && g_cond_wait_until (&server->changed, &server->lock, until))
    ;
  self->broken = server->ending;
  g_mutex_unlock (&server->lock);
}

/* While the script delays a reply, input is read: a command may come too early. */
static void
link_wait_until (Link *self, gint64 until)
{
  gint64 left = until - g_get_monotonic_time ();
  if (left <= 0)
    return;
  if (self->closing || sink_core_pending (self->core) > PENDING_MAX)
    sleep_until (self, until);
  else if (g_socket_condition_timed_wait (self->socket, G_IO_IN, left, NULL, NULL))
    link_read (self);
}

static void
link_run (Link *self)
{
  while (!self->broken)
    {
      SinkEvent event;
      while (sink_core_next_event (self->core, &event))
        link_handle (self, &event);
      gint64 until = link_drain (self);
      if (!self->broken && sink_core_pending (self->core) == 0 && self->tls_due)
        {
          self->tls_due = FALSE;
          self->broken = !start_tls (self);
          if (!self->broken)
            {
              sink_secure_bind (self->report.tls, self->core);
              sink_core_tls_done (self->core);
            }
        }
      else if (!self->broken && sink_core_pending (self->core) == 0 && self->closing)
        return;
      else if (!self->broken && until != G_MAXINT64)
        link_wait_until (self, until);
      else if (!self->broken)
        link_read (self);
    }
  sink_core_receive (self->core, NULL, 0);
  SinkEvent event;
  while (sink_core_next_event (self->core, &event))
    link_handle (self, &event);
}

/* Reads on before closing: with unread octets the kernel sends a reset, and the last reply is lost. */
static void
link_linger (Link *self)
{
  gint64 until = g_get_monotonic_time () + LINGER_US, left;
  if (!g_socket_shutdown (self->socket, FALSE, TRUE, NULL))
    return;
  while ((left = until - g_get_monotonic_time ()) > 0 &&
         g_socket_condition_timed_wait (self->socket, G_IO_IN | G_IO_HUP, left, NULL, NULL) &&
         g_socket_receive (self->socket, (char *)self->buffer, BUFFER, NULL, NULL) > 0)
    ;
}

static void
close_link (Link *self)
{
  if (self->reset)
    {
      struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
      setsockopt (g_socket_get_fd (self->socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      g_socket_close (self->socket, NULL);
      return;
    }
  if (!self->broken)
    {
      if (self->report.tls != NULL)
        g_output_stream_close (g_io_stream_get_output_stream (self->stream), NULL, NULL); /* close_notify */
      link_linger (self);
    }
  g_socket_close (self->socket, NULL);
}

static char *
peer_name (GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) address = g_socket_connection_get_remote_address (connection, NULL);
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup (address != NULL ? "unix" : "");
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (address);
  return g_inet_address_to_string (g_inet_socket_address_get_address (inet));
}

void
sink_connection_run (SinkServer *server, GSocketConnection *connection)
{
  Link self = { .server = server, .socket = g_socket_connection_get_socket (connection) };
  g_autofree char *peer = peer_name (connection);
  SinkSetup setup = server->setup;
  g_mutex_lock (&server->lock);
  setup.connection = ++server->connections;
  if (!server->ending)
    g_ptr_array_add (server->active, self.socket);
  gboolean late = server->ending;
  g_mutex_unlock (&server->lock);
  if (late)
    return;
  setup.tls_active = server->implicit_tls;

  g_socket_set_timeout (self.socket, IDLE_MAX);
  g_socket_set_option (self.socket, 6 /* IPPROTO_TCP */, 1 /* TCP_NODELAY */, 1,
                       NULL); /* fails harmlessly on Unix sockets */
  self.stream = g_object_ref (G_IO_STREAM (connection));
  self.buffer = g_malloc (BUFFER);
  self.report.number = setup.connection;
  self.report.peer = peer;
  self.report.lmtp = setup.lmtp;
  if (setup.auth != NULL)
    self.report.user = self.user = g_strndup (setup.auth, strcspn (setup.auth, ":"));

  if (!server->implicit_tls || start_tls (&self))
    {
      self.core = sink_core_new (&setup);
      if (self.report.tls != NULL)
        sink_secure_bind (self.report.tls, self.core);
      link_run (&self);
      sink_core_free (self.core);
    }
  else
    {
      self.broken = TRUE;
      sink_report_closed (server, setup.connection, 0, self.failure);
    }
  g_clear_pointer (&self.file, sink_file_free);
  g_mutex_lock (&server->lock);
  gboolean enough = server->count > 0 && server->messages >= server->count;
  g_mutex_unlock (&server->lock);
  close_link (&self);
  g_object_unref (self.stream);
  g_free (self.buffer);
  g_free (self.user);
  g_free (self.failure);

  g_mutex_lock (&server->lock);
  g_ptr_array_remove_fast (server->active, self.socket);
  if (enough)
    g_main_loop_quit (server->loop);
  g_cond_broadcast (&server->changed);
  g_mutex_unlock (&server->lock);
}

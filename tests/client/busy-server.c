/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "busy-server.h"

#include <gio/gnetworking.h>
#include <string.h>

static gboolean
say (GIOStream *stream, const char *line)
{
  g_autofree char *whole = g_strconcat (line, "\r\n", NULL);

  return g_output_stream_write_all (g_io_stream_get_output_stream (stream), whole, strlen (whole), NULL, NULL,
                                    NULL);
}

/* What one that is not to be served hears; NULL: nothing. FALSE: as any other. */
static gboolean
turns_away (Away away, const char *line, const char **reply)
{
  static const struct
  {
    Away away;
    const char *line, *reply;
  } table[] = {
    { AWAY_EHLO_421, "EHLO", "421 4.7.0 too many connections" },
    { AWAY_EHLO_451, "EHLO", "451 4.7.0 too many connections" },
    { AWAY_EHLO_451, "HELO", "451 4.7.0 too many connections" },
    { AWAY_AUTH_454, "AUTH", "454 4.7.0 too many connections" },
    { AWAY_AUTH_535, "AUTH", "535 5.7.0 too many connections" },
    { AWAY_MAIL_421, "MAIL", "421 4.7.0 too many connections" },
    { AWAY_MAIL_450, "MAIL", "450 4.7.0 too many connections" },
    { AWAY_MAIL_CLOSED, "MAIL", NULL },
    { AWAY_RCPT_421, "RCPT", "421 4.7.0 too many connections" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].away == away && g_str_has_prefix (line, table[i].line))
      {
        *reply = table[i].reply;
        return TRUE;
      }
  return FALSE;
}

static const char *
answer_to (const char *line, gboolean login)
{
  if (g_str_has_prefix (line, "EHLO"))
    return login ? "250-here\r\n250-PIPELINING\r\n250 AUTH PLAIN" : "250-here\r\n250 PIPELINING";
  if (g_str_has_prefix (line, "AUTH"))
    return "235 2.7.0 fine";
  if (strcmp (line, "DATA") == 0)
    return "354 go";
  return strcmp (line, "QUIT") == 0 ? "221 2.0.0 bye" : "250 2.0.0 fine";
}

/* Up to the dot; counts the message. */
static gboolean
take_data (Server *self, GDataInputStream *lines, GIOStream *stream)
{
  char *line;

  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL && strcmp (line, ".") != 0)
    g_free (line);
  if (line == NULL)
    return FALSE;
  g_free (line);
  g_usleep (self->slow_ms * 1000);
  g_mutex_lock (&self->mutex);
  self->n_messages++;
  g_mutex_unlock (&self->mutex);
  return say (stream, "250 2.0.0 stored");
}

static void
converse (Server *self, GIOStream *stream, Away away)
{
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  gboolean going = say (stream, "220 here ESMTP");
  char *line;

  g_data_input_stream_set_newline_type (lines, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  while (going && (line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
    {
      const char *reply;
      gboolean turned = turns_away (away, line, &reply);

      if (!turned)
        reply = answer_to (line, self->away == AWAY_AUTH_454 || self->away == AWAY_AUTH_535);
      going = reply != NULL && say (stream, reply) && !g_str_has_prefix (reply, "421") &&
              !g_str_has_prefix (reply, "221");
      if (going && !turned && strcmp (line, "DATA") == 0)
        going = take_data (self, lines, stream);
      g_free (line);
    }
}

static void
turn_away (Server *self, GIOStream *stream)
{
  char octets[512];

  if (self->away == AWAY_GREETING_421)
    say (stream, "421 4.7.0 too many connections");
  else if (self->away == AWAY_GREETING_554)
    say (stream, "554 5.7.0 too many connections");
  else if (self->away == AWAY_MUTE)
    g_input_stream_read (g_io_stream_get_input_stream (stream), octets, sizeof octets, NULL, NULL);
  else if (self->away != AWAY_CLOSED)
    converse (self, stream, self->away);
}

static gboolean
serve (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Server *self = data;
  gboolean served;

  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_mutex_lock (&self->mutex);
  self->n_running++;
  served = self->away == AWAY_NEVER || self->n_now < self->limit;
  self->n_now += served;
  self->n_served += served;
  self->n_away += !served;
  self->n_most = MAX (self->n_most, self->n_now);
  g_mutex_unlock (&self->mutex);
  if (served)
    converse (self, G_IO_STREAM (connection), AWAY_NEVER);
  else
    turn_away (self, G_IO_STREAM (connection));
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  if (served)
    g_usleep (self->late_ms * 1000);
  g_mutex_lock (&self->mutex);
  self->n_now -= served;
  self->n_running--;
  g_cond_broadcast (&self->ended);
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

void
server_start (Server *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->ended);
  self->service = g_threaded_socket_service_new (50);
  self->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, NULL);
  g_signal_connect (self->service, "run", G_CALLBACK (serve), self);
  g_socket_service_start (self->service);
}

void
server_stop (Server *self)
{
  g_socket_service_stop (self->service);
  g_mutex_lock (&self->mutex);
  while (self->n_running > 0)
    g_cond_wait (&self->ended, &self->mutex);
  g_mutex_unlock (&self->mutex);
  g_object_unref (self->service);
}

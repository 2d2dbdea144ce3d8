/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server that dies of what its EHLO offers, each time with a message in its hands: the first one is in doubt. What is tried
 * again later is asked for without a message, and a trial that costs one all the same is the last. */
#include "async.h"

#include <gio/gnetworking.h>
#include <string.h>

#define MANY 400

typedef struct
{
  const char *name;
  const char *hello;
  gboolean dies_of_bdat; /* at the end of a message; else of commands behind the end of one */
  const char *to_mail;   /* what the second MAIL of the question hears … */
  const char *to_bdat;   /* … and BDAT without a transaction */
  guint window, in_doubt;
} Case;

typedef struct
{
  const Case *it;
  GDataInputStream *lines;
  GOutputStream *out;
  guint n_mails, n_recipients; /* since RSET, or the end of a message */
  gboolean was_reset;          /* RSET, with MAIL and nothing else ahead of it */
} Conversation;

static gint n_stored; /* atomic */

static gboolean
say (Conversation *self, const char *line)
{
  g_autofree char *whole = g_strconcat (line, "\r\n", NULL);

  return g_output_stream_write_all (self->out, whole, strlen (whole), NULL, NULL, NULL);
}

static gboolean
store (Conversation *self)
{
  self->n_mails = self->n_recipients = 0;
  g_atomic_int_inc (&n_stored);
  return say (self, "250 2.0.0 stored");
}

static gboolean
take_data (Conversation *self)
{
  g_autofree char *line = NULL;

  say (self, "354 go");
  do
    {
      g_free (line);
      line = g_data_input_stream_read_line (self->lines, NULL, NULL, NULL);
    }
  while (line != NULL && strcmp (line, ".") != 0);
  if (line == NULL || (!self->it->dies_of_bdat &&
                       g_buffered_input_stream_get_available (G_BUFFERED_INPUT_STREAM (self->lines)) > 0))
    return FALSE;
  return store (self);
}

static gboolean
take_chunk (Conversation *self, const char *arguments)
{
  gsize n = (gsize)g_ascii_strtoull (arguments, NULL, 10);
  g_autofree char *octets = g_malloc (n + 1);

  if (!g_input_stream_read_all (G_INPUT_STREAM (self->lines), octets, n, NULL, NULL, NULL))
    return FALSE;
  if (self->n_recipients == 0)
    return say (self, self->it->to_bdat);
  if (!g_str_has_suffix (arguments, " LAST"))
    return say (self, "250 2.0.0 more");
  return self->it->dies_of_bdat ? FALSE : store (self);
}

/* FALSE: it is over. */
static gboolean
answer (Conversation *self, const char *line)
{
  gboolean second = self->was_reset;

  if (g_str_has_prefix (line, "EHLO"))
    return say (self, self->it->hello);
  if (strcmp (line, "DATA") == 0)
    return take_data (self);
  if (g_str_has_prefix (line, "BDAT "))
    return take_chunk (self, line + strlen ("BDAT "));
  if (strcmp (line, "QUIT") == 0)
    {
      say (self, "221 2.0.0 bye");
      return FALSE;
    }
  self->was_reset = strcmp (line, "RSET") == 0 && self->n_mails == 1 && self->n_recipients == 0;
  if (strcmp (line, "RSET") == 0)
    self->n_mails = self->n_recipients = 0;
  else if (g_str_has_prefix (line, "MAIL"))
    self->n_mails++;
  else if (g_str_has_prefix (line, "RCPT"))
    self->n_recipients++;
  return say (self, second && strcmp (line, "MAIL FROM:<>") == 0 ? self->it->to_mail : "250 2.0.0 fine");
}

static gboolean
serve_cb (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  Conversation self = { data, lines, g_io_stream_get_output_stream (G_IO_STREAM (connection)), 0, 0, FALSE };
  gboolean going = say (&self, "220 here ESMTP");

  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_data_input_stream_set_newline_type (lines, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  while (going)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

      going = line != NULL && answer (&self, line);
    }
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return TRUE;
}

static void
test_costly (gconstpointer data)
{
  const Case *it = data;
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (10);
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_autofree char *url = g_strdup_printf ("smtp://127.0.0.1:%u", port);
  g_autoptr (MimesendSession) session = session_to (url);
  g_autofree Sent *sent = g_new0 (Sent, MANY);
  guint left = MANY, n[MIMESEND_OUTCOME_IN_DOUBT + 1] = { 0 };

  g_atomic_int_set (&n_stored, 0);
  g_signal_connect (service, "run", G_CALLBACK (serve_cb), (gpointer)it);
  g_socket_service_start (service);
  mimesend_session_set_window (session, it->window);
  for (guint i = 0; i < MANY; i++)
    {
      sent[i].left = &left;
      start_text (session, "Subject: x\n\nx\n", &sent[i]);
    }
  while (left > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < MANY; i++)
    {
      g_assert_no_error (sent[i].error);
      n[mimesend_receipt_get_outcome (sent[i].receipt)]++;
      sent_clear (&sent[i]);
    }
  g_assert_cmpuint (n[MIMESEND_OUTCOME_IN_DOUBT], ==, it->in_doubt);
  g_assert_cmpuint (n[MIMESEND_OUTCOME_ACCEPTED], ==, MANY - it->in_doubt);
  g_assert_cmpint (g_atomic_int_get (&n_stored), ==, MANY - (int)it->in_doubt);
  mimesend_session_close (session, NULL, NULL);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
}

#define PIPELINING "250-here\r\n250 PIPELINING"
#define CHUNKING   "250-here\r\n250-PIPELINING\r\n250 CHUNKING"

static const Case cases[] = {
  { "behind/answers-well", PIPELINING, FALSE, "250 fine", "500 what?", 8, 2 },
  { "behind/answers-badly", PIPELINING, FALSE, "503 nested", "500 what?", 8, 1 },
  { "chunking/answers-well", CHUNKING, TRUE, "250 fine", "503 no transaction", 1, 2 },
  { "chunking/answers-badly", CHUNKING, TRUE, "250 fine", "500 what?", 1, 1 },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/client/costly/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_costly);
    }
  return g_test_run ();
}

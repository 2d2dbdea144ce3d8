/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asynchronous sending through one session: many at once, from two threads, out of a callback that lets go of it, from
 * contents that take their time. */
#include "async.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "peer.h"
#include "test-sink.h"

static void
assert_arrived (TestSink *sink, const char *expected)
{
  g_autoptr (GBytes) bytes = NULL;

  test_sink_next (sink);
  bytes = test_sink_octets (sink);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

/* --- many at once --- */

#define MANY 60

/* In memory, from a stream that may block, from a pipe. */
static MimesendContent *
content_of_kind (guint kind, const char *text)
{
  g_autoptr (GInputStream) input = NULL;
  MimesendContent *content;
  int fds[2];

  if (kind % 3 == 0)
    return content_of_text (text);
  content = mimesend_content_new ();
  if (kind % 3 == 1)
    {
      g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_data (g_strdup (text), -1, g_free);

      input = g_buffered_input_stream_new (memory);
    }
  else
    {
      g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
      g_assert_cmpint (write (fds[1], text, strlen (text)), ==, strlen (text));
      close (fds[1]);
      input = g_unix_input_stream_new (fds[0], TRUE);
    }
  g_assert_true (mimesend_content_add_input_stream (content, input, NULL));
  return content;
}

static void
test_many (gconstpointer data)
{
  guint window = GPOINTER_TO_UINT (data), left = MANY;
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  Sent sent[MANY] = { 0 };

  g_object_set (session, "window", window, NULL);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u\n", i);
      g_autoptr (MimesendContent) content = content_of_kind (i, text);

      sent[i].left = &left;
      start (session, content, NULL, &sent[i]);
    }
  while (left > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u\r\n", i);

      assert_accepted (&sent[i]);
      assert_arrived (sink, text);
      sent_clear (&sent[i]);
    }
  g_assert_true (mimesend_session_close (session, NULL, NULL));
  test_sink_stop (sink);
}

/* One of a window is cancelled, and takes the connection with it. No message is delivered twice, and every outcome is true. */
static void
test_cancel_one_of_many (void)
{
  TestSink *sink = test_sink_start ("--script", "MAIL#4 delay 60ms", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint left = MANY, arrived[MANY] = { 0 }, n_accepted = 0;
  Sent sent[MANY] = { 0 };

  g_object_set (session, "window", 8, NULL);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u\n", i);
      g_autoptr (MimesendContent) content = content_of_text (text);

      sent[i].left = &left;
      start (session, content, i == 5 ? cancellable : NULL, &sent[i]);
    }
  while (left > 0)
    {
      if (left < MANY)
        g_cancellable_cancel (cancellable);
      g_main_context_iteration (NULL, TRUE);
    }
  for (guint i = 0; i < MANY; i++)
    n_accepted += sent[i].receipt != NULL &&
                  mimesend_receipt_get_outcome (sent[i].receipt) == MIMESEND_OUTCOME_ACCEPTED;
  g_assert_true (mimesend_session_close (session, NULL, NULL));
  for (guint n = test_sink_count (sink); n > 0; n--)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *text = NULL;

      test_sink_next (sink);
      bytes = test_sink_octets (sink);
      text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      arrived[atoi (text)]++;
    }
  for (guint i = 0; i < MANY; i++)
    {
      MimesendOutcome outcome = sent[i].receipt != NULL ? mimesend_receipt_get_outcome (sent[i].receipt)
                                                        : MIMESEND_OUTCOME_NOT_TRIED;

      if (outcome == MIMESEND_OUTCOME_ACCEPTED)
        g_assert_cmpuint (arrived[i], ==, 1);
      else if (outcome == MIMESEND_OUTCOME_IN_DOUBT)
        g_assert_cmpuint (arrived[i], <=, 1);
      else
        g_assert_cmpuint (arrived[i], ==, 0);
      sent_clear (&sent[i]);
    }
  g_assert_cmpuint (n_accepted, >=, MANY - 8);
  test_sink_stop (sink);
}

/* --- two threads --- */

static gpointer
send_blocking (gpointer data)
{
  MimesendSession *session = data;
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("other\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendReceipt) receipt =
      mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, &error);

  g_assert_null (receipt);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  return NULL;
}

static gpointer
send_asynchronously (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Sent sent = { 0 };

  g_main_context_push_thread_default (context);
  start_text (data, "another\n", &sent);
  sent_await (&sent);
  g_main_context_pop_thread_default (context);
  g_assert_error (sent.error, G_IO_ERROR, G_IO_ERROR_PENDING);
  sent_clear (&sent);
  return NULL;
}

static void
test_two_threads (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (GError) error = NULL;
  int writer;
  g_autoptr (MimesendContent) content = content_of_open_pipe (&writer);
  Sent sent = { 0 };

  start (session, content, NULL, &sent);
  g_thread_join (g_thread_new ("blocking", send_blocking, session));
  g_thread_join (g_thread_new ("async", send_asynchronously, session));
  g_assert_false (mimesend_session_close (session, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_assert_cmpint (write (writer, "one\n", 4), ==, 4);
  close (writer);
  sent_await (&sent);
  assert_accepted (&sent);
  assert_arrived (sink, "one\r\n");
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* --- what a callback may do --- */

static void
let_go (GObject *source, GAsyncResult *result, gpointer data)
{
  MimesendSession **session = data;
  g_autoptr (MimesendReceipt) receipt =
      mimesend_session_send_finish (MIMESEND_SESSION (source), result, NULL);

  g_assert_nonnull (receipt);
  g_clear_object (session);
}

static void
test_callback_drops_the_session (void)
{
  TestSink *sink = test_sink_start (NULL);
  MimesendSession *session = session_to (test_sink_server (sink));
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("last\n");
  gpointer alive = session;

  g_object_add_weak_pointer (G_OBJECT (session), &alive);
  mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT, NULL,
                               let_go, &session);
  while (alive != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (session);
  assert_arrived (sink, "last\r\n");
  test_sink_stop (sink);
}

typedef struct
{
  Sent first, second;
  MimesendSession *session;
  gboolean blocking;
} Chain;

static void
send_next (GObject *source, GAsyncResult *result, gpointer data)
{
  Chain *chain = data;
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("second\n");

  sent_done (source, result, &chain->first);
  if (!chain->blocking)
    {
      start (chain->session, content, NULL, &chain->second);
      return;
    }
  chain->second.receipt = mimesend_session_send (chain->session, envelope, content, MIMESEND_SEND_DEFAULT,
                                                 NULL, &chain->second.error);
  chain->second.done = TRUE;
}

/* The first one is done, or cancelled while it connects: the callback sends the second. */
static void
test_callback_sends (void)
{
  for (guint i = 0; i < 4; i++)
    {
      gboolean cancelled = i >= 2;
      TestSink *sink = test_sink_start (NULL);
      g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
      g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
      g_autoptr (MimesendContent) content = content_of_text ("first\n");
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Chain chain = { .session = session, .blocking = i % 2 };

      mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT,
                                   cancellable, send_next, &chain);
      if (cancelled)
        {
          g_main_context_iteration (NULL, FALSE);
          g_cancellable_cancel (cancellable);
        }
      sent_await (&chain.second);
      if (cancelled)
        g_assert_error (chain.first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        {
          assert_accepted (&chain.first);
          assert_arrived (sink, "first\r\n");
        }
      assert_accepted (&chain.second);
      assert_arrived (sink, "second\r\n");
      sent_clear (&chain.first);
      sent_clear (&chain.second);
      test_sink_stop (sink);
    }
}

/* Closed while nothing but a cancelled attempt to connect is left. */
static void
test_close_after_cancel (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendContent) content = content_of_text ("first\n");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Sent sent = { 0 };

  start (session, content, cancellable, &sent);
  g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  sent_await (&sent);
  g_assert_error (sent.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (mimesend_session_close (session, NULL, NULL));
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* --- time --- */

static void
test_deadline (void)
{
  static const char *const steps[] = { "RCPT hang", "DOT hang",  "GREETING hang",
                                       "EHLO hang", "MAIL hang", "DATA hang" };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      TestSink *sink = test_sink_start ("--script", steps[i], "--hide", "CHUNKING", NULL);
      g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
      Sent sent = { 0 };

      mimesend_session_set_deadline (session, 1);
      start_text (session, "text\n", &sent);
      sent_await (&sent);
      if (sent.receipt != NULL)
        {
          g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==,
                           i == 1 ? MIMESEND_OUTCOME_IN_DOUBT : MIMESEND_OUTCOME_DEFERRED);
          g_assert_false (mimesend_receipt_check (sent.receipt, &sent.error));
        }
      g_assert_true ((sent.receipt == NULL) == (i == 2 || i == 3));
      if (i == 1)
        g_assert_error (sent.error, MIMESEND_ERROR, MIMESEND_ERROR_IN_DOUBT);
      else
        g_assert_error (sent.error, MIMESEND_ERROR, MIMESEND_ERROR_TIMED_OUT);
      sent_clear (&sent);
      test_sink_stop (sink);
    }
}

/* --- a connection that stood idle --- */

static void
test_stale (gconstpointer farewell)
{
  PeerSetup setup = {
    .ehlo = "250-peer\r\n250 PIPELINING\r\n", .stop_at = -1, .messages = 2, .farewell = farewell
  };
  Peer *peer = peer_start (&setup, NULL);
  g_autofree char *server = peer_server (peer);
  g_autoptr (MimesendSession) session = session_to (server);

  for (guint i = 0; i < 6; i++)
    {
      Sent sent = { 0 };

      if (i > 0 && i % 2 == 0)
        peer_await_closed (peer, i / 2);
      if (i < 3)
        start_text (session, "text\n", &sent);
      else
        {
          g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
          g_autoptr (MimesendContent) content = content_of_text ("text\n");

          sent.receipt =
              mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, &sent.error);
          sent.done = TRUE;
        }
      sent_await (&sent);
      assert_accepted (&sent);
      sent_clear (&sent);
    }
  g_clear_object (&session);
  peer_await_closed (peer, 3);
  g_assert_cmpuint (peer_get_taken (peer), ==, 6);
  peer_stop (peer);
}

static void
note_line (MimesendTraceDirection direction, const char *line, gpointer trace)
{
  g_string_append_printf (trace, "%s\n", line);
}

/* After some quiet the server is asked whether it is still there, and replaced if it is not. */
static void
test_noop (gconstpointer script)
{
  TestSink *sink = test_sink_start ("--script", script != NULL ? script : "NOOP reply 250 2.0.0 here", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (GString) trace = g_string_new (NULL);
  const char *noop, *second;
  gint64 connections[2];

  mimesend_session_set_noop_after (session, 0);
  mimesend_session_set_trace (session, note_line, trace, NULL);
  for (guint i = 0; i < 2; i++)
    {
      Sent sent = { 0 };

      start_text (session, "text\n", &sent);
      sent_await (&sent);
      assert_accepted (&sent);
      sent_clear (&sent);
      connections[i] = json_object_get_int_member (test_sink_next (sink), "connection");
    }
  noop = strstr (trace->str, "NOOP\n");
  g_assert_nonnull (noop);
  second = strstr (strstr (trace->str, "MAIL FROM") + 1, "MAIL FROM");
  g_assert_true (noop < second);
  g_assert_null (strstr (noop + 1, "NOOP\n")); /* who has just been reached is not asked */
  g_assert_cmpint (connections[1] == connections[0], ==, script == NULL);
  test_sink_stop (sink);
}

/* Within a transaction a connection that was lost is not replaced: the caller is told, and the next message connects again. */
static void
test_lost_in_a_transaction (gconstpointer hidden)
{
  TestSink *sink = test_sink_start ("--script", "RCPT#2 drop", "--hide", hidden, NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  gint64 connections[2];
  Sent sent = { 0 };

  start_text (session, "one\n", &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  connections[0] = json_object_get_int_member (test_sink_next (sink), "connection");
  sent_clear (&sent);

  start_text (session, "two\n", &sent);
  sent_await (&sent);
  g_assert_no_error (sent.error);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_DEFERRED);
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  sent_clear (&sent);

  start_text (session, "three\n", &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  connections[1] = json_object_get_int_member (test_sink_next (sink), "connection");
  g_assert_cmpint (connections[1], ==, connections[0] + 1);
  sent_clear (&sent);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/session-async/many-at-once-are-settled/window-1", GUINT_TO_POINTER (1),
                        test_many);
  g_test_add_data_func ("/client/session-async/many-at-once-are-settled/window-8", GUINT_TO_POINTER (8),
                        test_many);
  g_test_add_func ("/client/session-async/cancel-one-of-many", test_cancel_one_of_many);
  g_test_add_func ("/client/session-async/two-threads", test_two_threads);
  g_test_add_func ("/client/session-async/callback-drops-the-session", test_callback_drops_the_session);
  g_test_add_func ("/client/session-async/callback-sends", test_callback_sends);
  g_test_add_func ("/client/session-async/close-after-cancel", test_close_after_cancel);
  g_test_add_func ("/client/session-async/deadline-ends-a-message", test_deadline);
  g_test_add_data_func ("/client/session-async/lost-in-a-transaction/pipelining", "SMTPUTF8",
                        test_lost_in_a_transaction);
  g_test_add_data_func ("/client/session-async/lost-in-a-transaction/one-by-one", "PIPELINING",
                        test_lost_in_a_transaction);
  g_test_add_data_func ("/client/session-async/stale-connection-is-replaced/closed", NULL, test_stale);
  g_test_add_data_func ("/client/session-async/noop-checks-idle-connection/answered", NULL, test_noop);
  g_test_add_data_func ("/client/session-async/noop-checks-idle-connection/closed", "NOOP drop", test_noop);
  g_test_add_data_func ("/client/session-async/noop-checks-idle-connection/421",
                        "NOOP reply 421 4.3.2 going down", test_noop);
  g_test_add_data_func ("/client/session-async/stale-connection-is-replaced/421", "421 4.3.2 going down\r\n",
                        test_stale);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many messages that are asked for: each is told of once, whatever comes. */
#include "async.h"

#include <string.h>

#include "peer.h"
#include "test-sink.h"

#define MANY 300

typedef struct
{
  guint n;           /* messages to give */
  guint given, told; /* so far */
  guint times[MANY]; /* each was told of */
  guint outcomes[7]; /* how many of each outcome */
  guint later_at;    /* says "later" once, ahead of this one; 0: never */
  guint bad_at;      /* gives no content with this one; 0: never */
  guint cancel_at;   /* cancels when so many were told of; 0: never */
  GCancellable *cancellable;
  GThread *thread;
  gboolean destroyed, done, result;
  GError *error;
} Batch;

static gpointer
go_on (gpointer session)
{
  mimesend_session_ask_again (session);
  g_object_unref (session);
  return NULL;
}

static MimesendNext
next (MimesendSession *session,
      MimesendEnvelope **envelope,
      MimesendContent **content,
      guint64 *tag,
      gpointer data)
{
  Batch *self = data;
  g_autofree char *text = g_strdup_printf ("message %u\n", self->given);

  if (self->later_at > 0 && self->given == self->later_at)
    {
      self->later_at = 0;
      self->thread = g_thread_new ("other", go_on, g_object_ref (session));
      return MIMESEND_NEXT_LATER;
    }
  if (self->given == self->n)
    return MIMESEND_NEXT_END;
  *envelope = envelope_to ("a@example.org", NULL);
  if (self->bad_at == 0 || self->given != self->bad_at)
    *content = content_of_text (text);
  *tag = self->given++;
  return MIMESEND_NEXT_MESSAGE;
}

static void
settled (MimesendSession *session, guint64 tag, MimesendReceipt *receipt, gpointer data)
{
  Batch *self = data;

  g_assert_cmpuint (tag, <, MANY);
  self->times[tag]++;
  self->outcomes[mimesend_receipt_get_outcome (receipt)]++;
  g_assert_true (mimesend_session_get_last_receipt (session) == receipt);
  if (++self->told == self->cancel_at)
    g_cancellable_cancel (self->cancellable);
}

/* What was given and could be sent is told of once. */
static void
assert_account (Batch *self, guint n)
{
  g_assert_cmpuint (self->told, ==, n);
  for (guint i = 0; i < MANY; i++)
    g_assert_cmpuint (self->times[i], ==, i < n);
  if (self->thread != NULL)
    g_thread_join (self->thread);
}

static void
run (MimesendSession *session, Batch *batch)
{
  batch->result = mimesend_session_send_each (session, next, batch, settled, batch, MIMESEND_SEND_DEFAULT,
                                              batch->cancellable, &batch->error);
  g_assert_true (batch->result == (batch->error == NULL));
}

static void
test_many (gconstpointer data)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  Batch batch = { .n = MANY, .later_at = 100 };

  g_object_set (session, "window", GPOINTER_TO_UINT (data), NULL);
  run (session, &batch);
  g_assert_no_error (batch.error);
  assert_account (&batch, MANY);
  g_assert_cmpuint (batch.outcomes[MIMESEND_OUTCOME_ACCEPTED], ==, MANY);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *expected = g_strdup_printf ("message %u\r\n", i);
      g_autoptr (GBytes) bytes = NULL;

      test_sink_next (sink);
      bytes = test_sink_octets (sink);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
    }
  /* the session is free again, and its connection still good */
  batch = (Batch){ .n = 0 };
  run (session, &batch);
  g_assert_no_error (batch.error);
  batch = (Batch){ .n = 5 };
  run (session, &batch);
  assert_account (&batch, 5);
  test_sink_stop (sink);
}

static void
test_bad_argument (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  Batch batch = { .n = MANY, .bad_at = 40 };

  g_object_set (session, "window", 32, NULL);
  run (session, &batch);
  g_assert_error (batch.error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (batch.error->message, "message 41"));
  assert_account (&batch, 40);
  g_assert_cmpuint (batch.outcomes[MIMESEND_OUTCOME_ACCEPTED], ==, 40);
  g_clear_error (&batch.error);
  test_sink_stop (sink);
}

static void
test_cancel (gconstpointer data)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Batch batch = { .n = MANY, .cancel_at = 50, .cancellable = cancellable };

  g_object_set (session, "window", GPOINTER_TO_UINT (data), NULL);
  run (session, &batch);
  g_assert_error (batch.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (batch.given, <, MANY);
  g_assert_cmpuint (batch.outcomes[MIMESEND_OUTCOME_ACCEPTED], >=, 50);
  assert_account (&batch, batch.given);
  g_clear_error (&batch.error);
  test_sink_stop (sink);
}

/* Cancelled at every octet that the server says of six messages: the account is exact. */
static guint
cancel_at_octet (gint stop, guint window)
{
  const PeerSetup setup = { .ehlo = "250-peer\r\n250-CHUNKING\r\n250 PIPELINING\r\n", .stop_at = stop };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Peer *peer = peer_start (&setup, cancellable);
  g_autofree char *server = peer_server (peer);
  g_autoptr (MimesendSession) session = session_to (server);
  Batch batch = { .n = 6, .cancellable = cancellable };
  guint accepted, doubtful, sent;

  g_object_set (session, "window", window, NULL);
  run (session, &batch);
  g_clear_object (&session);
  peer_await_closed (peer, 1);
  sent = peer_get_sent (peer);
  accepted = batch.outcomes[MIMESEND_OUTCOME_ACCEPTED];
  doubtful = batch.outcomes[MIMESEND_OUTCOME_IN_DOUBT];
  assert_account (&batch, batch.given);
  g_assert_cmpuint (accepted, <=, peer_get_taken (peer));
  g_assert_cmpuint (accepted + doubtful, >=, peer_get_taken (peer) + peer_has_end (peer));
  g_assert_cmpuint (batch.outcomes[MIMESEND_OUTCOME_REFUSED], ==, 0);
  if (stop < 0)
    g_assert_cmpuint (accepted, ==, 6);
  else if (batch.given < 6) /* else there was no more to be asked for: each receipt says how it went */
    g_assert_error (batch.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&batch.error);
  peer_stop (peer);
  return sent;
}

static void
test_cancel_at_octets (gconstpointer data)
{
  guint n = cancel_at_octet (-1, GPOINTER_TO_UINT (data));

  g_assert_cmpuint (n, >, 200);
  for (guint i = 0; i + 20 < n; i++) /* what comes after the last message is the farewell */
    cancel_at_octet ((gint)i, GPOINTER_TO_UINT (data));
}

/* A server that leaves after every third message. Nothing is lost from the account, and no message is delivered twice. */
static void
test_lost (gconstpointer data)
{
  const PeerSetup setup = { .ehlo = "250-peer\r\n250-CHUNKING\r\n250 PIPELINING\r\n",
                            .messages = 3,
                            .stop_at = -1 };
  Peer *peer = peer_start (&setup, NULL);
  g_autofree char *server = peer_server (peer);
  g_autoptr (MimesendSession) session = session_to (server);
  Batch batch = { .n = 20 };

  g_object_set (session, "window", GPOINTER_TO_UINT (data), NULL);
  run (session, &batch);
  g_assert_no_error (batch.error);
  assert_account (&batch, 20);
  g_assert_cmpuint (batch.outcomes[MIMESEND_OUTCOME_REFUSED], ==, 0);
  g_assert_cmpuint (batch.outcomes[MIMESEND_OUTCOME_ACCEPTED], >=, 3);
  if (GPOINTER_TO_UINT (data) == 1)
    g_assert_cmpuint (batch.outcomes[MIMESEND_OUTCOME_ACCEPTED], ==, 20);
  g_clear_object (&session);
  peer_stop (peer);
}

/* The server does not listen: the requested message is settled, and no more is requested. */
static void
test_nobody (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  Batch batch = { .n = MANY };

  test_sink_stop (sink);
  run (session, &batch);
  g_assert_error (batch.error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
  g_assert_cmpuint (batch.given, ==, 1);
  assert_account (&batch, 1);
  g_assert_cmpuint (batch.outcomes[MIMESEND_OUTCOME_DEFERRED], ==, 1);
  g_clear_error (&batch.error);
}

static void
finished (GObject *source, GAsyncResult *result, gpointer data)
{
  Batch *self = data;

  self->result = mimesend_session_send_each_finish (MIMESEND_SESSION (source), result, &self->error);
  self->done = TRUE;
}

static void
destroyed (gpointer data)
{
  ((Batch *)data)->destroyed = TRUE;
}

static void
test_async (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  Batch batch = { .n = MANY, .later_at = 7 }, second = { .n = 1 };

  g_object_set (session, "window", 16, NULL);
  mimesend_session_send_each_async (session, next, &batch, NULL, settled, &batch, destroyed,
                                    MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT, NULL, finished, &batch);
  /* it is taken */
  run (session, &second);
  g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_clear_error (&second.error);
  mimesend_session_send_each_async (session, next, &second, NULL, settled, &second, destroyed,
                                    MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT, NULL, finished, &second);
  while (!batch.done || !second.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_clear_error (&second.error);
  g_assert_true (second.destroyed && second.given == 0);
  g_assert_no_error (batch.error);
  g_assert_true (batch.result && batch.destroyed);
  assert_account (&batch, MANY);
  mimesend_session_ask_again (session); /* there is no callback any more: nothing happens */
  test_sink_stop (sink);
}

/* "\r\nNAME: " is there so often. */
static guint
count_field (const char *text, const char *name)
{
  g_autofree char *field = g_strdup_printf ("\r\n%s: ", name);
  guint n = 0;

  for (const char *at = text; (at = strstr (at, field)) != NULL; at++)
    n++;
  return n;
}

static void
assert_headers_added (TestSink *sink)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  test_sink_next (sink);
  bytes = test_sink_octets (sink);
  text = g_strdup_printf ("\r\n%.*s", (int)g_bytes_get_size (bytes),
                          (const char *)g_bytes_get_data (bytes, NULL));
  g_assert_cmpuint (count_field (text, "Date"), ==, 1);
  g_assert_cmpuint (count_field (text, "Message-ID"), ==, 1);
  g_assert_cmpuint (count_field (text, "MIME-Version"), ==, 1);
  g_assert_true (g_str_has_suffix (text, "\r\n\r\nmessage 0\r\n"));
}

/* A flag of a message is heeded by whatever sends it, and once, however often it is tried. */
static void
test_missing_headers (void)
{
  TestSink *sink = test_sink_start ("--script", "RCPT#1 reply 450 4.2.0 later", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendRetry) twice = mimesend_retry_new (2);
  g_autoptr (MimesendRetry) retry = mimesend_retry_with_delay (twice, 0.001, 0.001);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("message 0\n");
  g_autoptr (MimesendReceipt) receipt = NULL;
  Batch batch = { .n = 1 };

  g_object_set (session, "retry", retry, NULL);
  receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_ADD_MISSING_HEADERS, NULL,
                                   &batch.error);
  g_assert_no_error (batch.error);
  g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, 2);
  assert_headers_added (sink);
  batch.result = mimesend_session_send_each (session, next, &batch, settled, &batch,
                                             MIMESEND_SEND_ADD_MISSING_HEADERS, NULL, &batch.error);
  g_assert_no_error (batch.error);
  assert_account (&batch, 1);
  assert_headers_added (sink);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/send-each/settles-each-once/one-by-one", GUINT_TO_POINTER (1), test_many);
  g_test_add_data_func ("/client/send-each/settles-each-once/window", GUINT_TO_POINTER (32), test_many);
  g_test_add_func ("/client/send-each/bad-message-ends-it", test_bad_argument);
  g_test_add_data_func ("/client/send-each/cancel-one", GUINT_TO_POINTER (1), test_cancel);
  g_test_add_data_func ("/client/send-each/cancel-window", GUINT_TO_POINTER (32), test_cancel);
  g_test_add_data_func ("/client/send-each/cancel-octets-one", GUINT_TO_POINTER (1), test_cancel_at_octets);
  g_test_add_data_func ("/client/send-each/cancel-octets-window", GUINT_TO_POINTER (8),
                        test_cancel_at_octets);
  g_test_add_data_func ("/client/send-each/lost-one", GUINT_TO_POINTER (1), test_lost);
  g_test_add_data_func ("/client/send-each/lost-window", GUINT_TO_POINTER (8), test_lost);
  g_test_add_func ("/client/send-each/unreachable-server-ends-it", test_nobody);
  g_test_add_func ("/client/send-each/works-asynchronously", test_async);
  g_test_add_func ("/client/send-each/adds-missing-headers", test_missing_headers);
  return g_test_run ();
}

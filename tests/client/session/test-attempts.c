/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages that are tried again, against a receiver that is told how to fail. */
#include "async.h"

#include <string.h>

#include "test-sink.h"

#define SOON 1 /* ms */

static MimesendRetry *
retry_of (guint attempts, guint first_ms)
{
  g_autoptr (MimesendRetry) retry = mimesend_retry_new (attempts);

  return mimesend_retry_with_delay (retry, first_ms / 1000.0, first_ms / 1000.0);
}

static MimesendServer *
server_of (TestSink *sink, MimesendRetry *retry)
{
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);

  return mimesend_server_with_retry (server, retry);
}

static gboolean
send_one (MimesendServer *server, MimesendSendFlags flags, MimesendReceipt **receipt, GError **error)
{
  static const char *const to[] = { "a@example.org", "b@example.org", NULL };
  g_autoptr (MimesendContent) content = content_of_text ("hello\n");

  return mimesend_send_smtp_content (server, "joe@example.com", to, content, flags, receipt, NULL, error);
}

/* Whatever fails for now, wherever: the next attempt succeeds, and each recipient has it once. */
static void
test_until_accepted (void)
{
  static const char *const steps[] = {
    "@1 GREETING reply 421 4.3.2 not now", "@1 GREETING drop",          "@1 MAIL reply 450 4.2.0 not now",
    "@1 DATA reply 451 4.3.0 not now",     "@1 DOT reply 452 4.3.1 no", "@1 LAST reply 452 4.3.1 no",

  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      TestSink *sink = strstr (steps[i], " DATA ") != NULL || strstr (steps[i], " DOT ") != NULL
                           ? test_sink_start ("--script", steps[i], "--hide", "CHUNKING", NULL)
                           : test_sink_start ("--script", steps[i], NULL);
      g_autoptr (MimesendRetry) retry = retry_of (2, SOON);
      g_autoptr (MimesendServer) server = server_of (sink, retry);
      g_autoptr (MimesendReceipt) receipt = NULL;
      g_autoptr (GError) error = NULL;

      /* a reply of 4yz to a message keeps the connection, where the script holds on */
      if (strstr (steps[i], "reply 45") != NULL)
        {
          g_assert_false (send_one (server, MIMESEND_SEND_DEFAULT, &receipt, &error));
          g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED);
          g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, 2);
          g_assert_cmpuint (mimesend_receipt_get_n_transactions (receipt), ==, 2);
          g_assert_cmpuint (test_sink_count (sink), ==, 0);
          test_sink_stop (sink);
          continue;
        }
      g_assert_true (send_one (server, MIMESEND_SEND_DEFAULT, &receipt, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, 2);
      g_assert_cmpuint (test_sink_count (sink), ==, 1);
      test_sink_stop (sink);
    }
}

/* On the same connection. */
static void
test_later_reply (void)
{
  TestSink *sink = test_sink_start ("--script", "MAIL#1 reply 450 4.2.0 not now", NULL);
  g_autoptr (MimesendRetry) retry = retry_of (5, SOON);
  g_autoptr (MimesendServer) server = server_of (sink, retry);
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (send_one (server, MIMESEND_SEND_DEFAULT, &receipt, &error));
  g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, 2);
  g_assert_cmpuint (mimesend_receipt_get_code (receipt), ==, 250);
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  test_sink_stop (sink);
}

/* Off: by default, and where a session says so for a server that would. */
static void
test_off (void)
{
  TestSink *sink = test_sink_start ("--script", "MAIL#1 reply 450 4.2.0 not now", NULL);
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (MimesendServer) server = server_of (sink, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (send_one (server, MIMESEND_SEND_DEFAULT, &receipt, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED);
  g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, 1);
  test_sink_stop (sink);
}

/* Who has it is not asked for again, and who was refused neither. */
static void
test_those_alone (void)
{
  TestSink *sink = test_sink_start ("--script", "RCPT#2 reply 450 4.2.1 busy", "--refuse", "c@*", NULL);
  static const char *const to[] = { "a@example.org", "b@example.org", "c@example.org", NULL };
  g_autoptr (MimesendRetry) retry = retry_of (3, SOON);
  g_autoptr (MimesendServer) server = server_of (sink, retry);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("joe@example.com", to, NULL);
  g_autoptr (MimesendContent) content = content_of_text ("hello\n");
  g_autoptr (MimesendReceipt) receipt = NULL;
  JsonObject *message;
  g_autoptr (GError) error = NULL;

  receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_SERVE_ACCEPTED, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_PARTIAL);
  g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, 0), ==, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, 1), ==, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, 2), ==, MIMESEND_OUTCOME_REFUSED);
  g_assert_cmpint (mimesend_receipt_get_recipient_transaction (receipt, 0), ==, 0);
  g_assert_cmpint (mimesend_receipt_get_recipient_transaction (receipt, 1), ==, 1);
  g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, 2);
  message = test_sink_next (sink);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (message, "recipients")), ==, 1);
  message = test_sink_next (sink);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (message, "recipients")), ==, 1);
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (message, "recipients"), 0),
                   ==, "b@example.org");
  test_sink_stop (sink);
}

/* All or none: they are tried again together, or not at all where one is refused for good. */
static void
test_all_or_none (void)
{
  TestSink *sink = test_sink_start ("--script", "RCPT#2 reply 450 4.2.1 busy", NULL);
  TestSink *refusing = test_sink_start ("--script", "RCPT#1 reply 450 4.2.1 busy", "--refuse", "b@*", NULL);
  g_autoptr (MimesendRetry) retry = retry_of (3, SOON);
  g_autoptr (MimesendServer) server = server_of (sink, retry);
  g_autoptr (MimesendServer) refusing_server = server_of (refusing, retry);
  g_autoptr (MimesendReceipt) receipt = NULL, refused = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *message;

  g_assert_true (send_one (server, MIMESEND_SEND_DEFAULT, &receipt, &error));
  g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, 2);
  message = test_sink_next (sink);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (message, "recipients")), ==, 2);
  g_assert_cmpuint (test_sink_count (sink), ==, 1);

  g_assert_false (send_one (refusing_server, MIMESEND_SEND_DEFAULT, &refused, &error));
  g_assert_cmpuint (mimesend_receipt_get_attempts (refused), ==, 1);
  g_assert_cmpuint (test_sink_count (refusing), ==, 0);
  test_sink_stop (sink);
  test_sink_stop (refusing);
}

/* In doubt is left alone, unless the policy allows explicitly that it is sent twice. */
static void
test_in_doubt (void)
{
  TestSink *sink =
      test_sink_start ("--script", "@1 DOT lose", "--script", "@2 DOT lose", "--hide", "CHUNKING", NULL);
  g_autoptr (MimesendRetry) retry = retry_of (3, SOON);
  g_autoptr (MimesendRetry) twice = mimesend_retry_with_outcomes (
      retry, MIMESEND_RETRY_DEFERRED | MIMESEND_RETRY_UNREACHED | MIMESEND_RETRY_IN_DOUBT_MAY_SEND_TWICE);
  g_autoptr (MimesendServer) server = server_of (sink, retry);
  g_autoptr (MimesendServer) careless = server_of (sink, twice);
  g_autoptr (MimesendReceipt) receipt = NULL, second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (send_one (server, MIMESEND_SEND_DEFAULT, &receipt, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_IN_DOUBT);
  g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, 1);
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  g_clear_error (&error);

  g_assert_true (send_one (careless, MIMESEND_SEND_DEFAULT, &second, &error));
  g_assert_cmpuint (mimesend_receipt_get_attempts (second), ==, 2);
  g_assert_cmpuint (test_sink_count (sink), ==, 3);
  test_sink_stop (sink);
}

/* What was in doubt once stays so, unless a later attempt is accepted: the server may have it from before. */
static void
test_doubt_stays (void)
{
  static const char *const laters[] = { "MAIL reply 450 4.2.0 not now", "RCPT reply 550 5.1.1 nobody",
                                        "GREETING drop", "GREETING reply 554 5.3.2 go away" };

  for (guint i = 0; i < G_N_ELEMENTS (laters); i++)
    {
      g_autofree char *second = g_strconcat ("@2 ", laters[i], NULL);
      TestSink *sink =
          test_sink_start ("--script", "@1 DOT lose", "--script", second, "--hide", "CHUNKING", NULL);
      g_autoptr (MimesendRetry) retry = retry_of (2, SOON);
      g_autoptr (MimesendRetry) twice =
          mimesend_retry_with_outcomes (retry, MIMESEND_RETRY_IN_DOUBT_MAY_SEND_TWICE);
      g_autoptr (MimesendServer) server = server_of (sink, twice);
      g_autoptr (MimesendReceipt) receipt = NULL;
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) again = NULL;

      g_assert_false (send_one (server, MIMESEND_SEND_DEFAULT, &receipt, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_IN_DOUBT);
      g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, 2);
      for (guint r = 0; r < 2; r++)
        g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, r), ==, MIMESEND_OUTCOME_IN_DOUBT);
      again = mimesend_receipt_get_retry (receipt);
      g_assert_cmpuint (g_strv_length (again), ==, 0);
      g_assert_null (strstr (error->message, "is safe"));
      g_assert_cmpuint (test_sink_count (sink), ==, 1);
      test_sink_stop (sink);
    }
}

/* More than the buffers between two ends of a connection hold. */
static GInputStream *
large_stream (void)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < 200000; i++)
    g_string_append (text, "as long as it takes, line by line by line by line\n");
  bytes = g_string_free_to_bytes (text);
  return g_memory_input_stream_new_from_bytes (bytes);
}

/* What can be read once more is: from its beginning, on the next connection. */
static void
test_read_again (gconstpointer as_stream)
{
  TestSink *sink = test_sink_start ("--script", "@1 CONTENT drop after 4096", NULL);
  static const char *const to[] = { "a@example.org", NULL };
  g_autoptr (MimesendRetry) retry = retry_of (3, SOON);
  g_autoptr (MimesendServer) server = server_of (sink, retry);
  g_autoptr (GInputStream) stream = large_stream ();
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes (stream, 16 * 1024 * 1024, NULL, NULL);
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  if (as_stream)
    {
      g_assert_true (g_seekable_seek (G_SEEKABLE (stream), 0, G_SEEK_SET, NULL, NULL));
      g_assert_true (mimesend_content_add_input_stream (content, stream, NULL));
    }
  else
    g_assert_true (mimesend_content_add_bytes (content, bytes, NULL));
  g_assert_true (mimesend_send_smtp_content (server, "joe@example.com", to, content, MIMESEND_SEND_DEFAULT,
                                             &receipt, NULL, &error));
  g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, 2);
  test_sink_next (sink);
  {
    g_autoptr (GBytes) got = test_sink_octets (sink);

    g_assert_cmpuint (g_bytes_get_size (got), ==, g_bytes_get_size (bytes) + 200000);
  }
  test_sink_stop (sink);
}

/* What can be read only once, and was begun, is not sent without its beginning: here a stream that was not given from its
 * start. */
static void
test_read_once (void)
{
  TestSink *sink = test_sink_start ("--script", "@1 CONTENT drop after 4096", NULL);
  TestSink *greeting = test_sink_start ("--script", "@1 GREETING reply 421 4.3.2 not now", NULL);
  g_autoptr (MimesendRetry) retry = retry_of (3, SOON);
  static const char *const to[] = { "a@example.org", NULL };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MimesendServer) server = server_of (i == 0 ? sink : greeting, retry);
      g_autoptr (GInputStream) stream = large_stream ();
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      g_autoptr (MimesendReceipt) receipt = NULL;
      g_autoptr (GError) error = NULL;
      gboolean sent;

      g_assert_true (g_seekable_seek (G_SEEKABLE (stream), 50, G_SEEK_SET, NULL, NULL));
      g_assert_true (mimesend_content_add_input_stream (content, stream, NULL));
      sent = mimesend_send_smtp_content (server, "joe@example.com", to, content, MIMESEND_SEND_DEFAULT,
                                         &receipt, NULL, &error);
      g_assert_true (sent == (i == 1));
      g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, i + 1);
      if (i == 0)
        {
          g_autofree char *warnings = g_strjoinv ("\n", (char **)mimesend_receipt_get_warnings (receipt));

          g_assert_nonnull (strstr (warnings, "only once"));
        }
    }
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
  test_sink_stop (greeting);
}

static void
note_wait (MimesendTraceDirection direction, const char *line, gpointer data)
{
  if (direction == MIMESEND_TRACE_RECEIVED && g_str_has_prefix (line, "450"))
    *(gboolean *)data = TRUE;
}

/* Cancelled while it waits: at once, with the outcome of the attempt. */
static void
test_cancelled (void)
{
  TestSink *sink = test_sink_start ("--script", "MAIL reply 450 4.2.0 not now", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendRetry) retry = retry_of (3, 60 * 60 * 1000);
  g_autoptr (MimesendContent) content = content_of_text ("hello\n");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gboolean waits = FALSE;
  Sent sent = { 0 };

  g_object_set (session, "retry", retry, NULL);
  mimesend_session_set_trace (session, note_wait, &waits, NULL);
  start (session, content, cancellable, &sent);
  while (!waits)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (sent.done);
  g_cancellable_cancel (cancellable);
  sent_await (&sent);
  g_assert_no_error (sent.error);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_DEFERRED);
  g_assert_cmpuint (mimesend_receipt_get_recipient_code (sent.receipt, 0), ==, 450);
  g_assert_cmpuint (mimesend_receipt_get_attempts (sent.receipt), ==, 1);
  g_assert_false (mimesend_receipt_check (sent.receipt, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* No attempt that would begin after a deadline, the policy's or the session's, is waited for. */
static void
test_deadlines (void)
{
  TestSink *sink = test_sink_start ("--script", "MAIL reply 450 4.2.0 not now", NULL);
  g_autoptr (MimesendRetry) patient = retry_of (3, 60 * 60 * 1000);
  g_autoptr (MimesendRetry) limited = mimesend_retry_with_deadline (patient, 60);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
      g_autoptr (MimesendContent) content = content_of_text ("hello\n");
      g_autoptr (MimesendReceipt) receipt = NULL;

      mimesend_session_set_retry (session, i == 0 ? limited : patient);
      mimesend_session_set_deadline (session, i == 0 ? 0 : 60);
      receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, NULL);
      g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_DEFERRED);
      g_assert_cmpuint (mimesend_receipt_get_attempts (receipt), ==, 1);
    }
  test_sink_stop (sink);
}

/* One deadline over all attempts: it ends the third, which hangs. */
static void
test_deadline_holds (void)
{
  TestSink *sink =
      test_sink_start ("--script", "MAIL#1-2 reply 450 4.2.0 not now", "--script", "MAIL#3 hang", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendRetry) retry = retry_of (9, SOON);
  g_autoptr (MimesendContent) content = content_of_text ("hello\n");
  Sent sent = { 0 };

  mimesend_session_set_retry (session, retry);
  mimesend_session_set_deadline (session, 1);
  start (session, content, NULL, &sent);
  sent_await (&sent);
  g_assert_no_error (sent.error);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_DEFERRED);
  g_assert_cmpuint (mimesend_receipt_get_attempts (sent.receipt), ==, 3);
  sent_clear (&sent);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/attempts/tries-until-accepted", test_until_accepted);
  g_test_add_func ("/client/attempts/later-reply", test_later_reply);
  g_test_add_func ("/client/attempts/one-attempt-without-a-policy", test_off);
  g_test_add_func ("/client/attempts/only-deferred-recipients-are-retried", test_those_alone);
  g_test_add_func ("/client/attempts/all-or-none-retries-all", test_all_or_none);
  g_test_add_func ("/client/attempts/doubt-is-not-retried-unless-allowed", test_in_doubt);
  g_test_add_data_func ("/client/attempts/read-again", NULL, test_read_again);
  g_test_add_data_func ("/client/attempts/read-again/stream", GINT_TO_POINTER (TRUE), test_read_again);
  g_test_add_func ("/client/attempts/content-read-once-is-not-retried", test_read_once);
  g_test_add_func ("/client/attempts/doubt-stays-unless-accepted", test_doubt_stays);
  g_test_add_func ("/client/attempts/cancel-ends-the-wait", test_cancelled);
  g_test_add_func ("/client/attempts/late-attempts-are-not-waited-for", test_deadlines);
  g_test_add_func ("/client/attempts/session-deadline-covers-attempts", test_deadline_holds);
  return g_test_run ();
}

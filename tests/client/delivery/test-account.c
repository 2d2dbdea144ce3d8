/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a receipt tells of how it went: time, extensions, the last of the dialogue. */
#include "async.h"

#include <string.h>

#include "test-sink.h"

static MimesendReceipt *
send_text (MimesendSession *session, const char *text)
{
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text (text);
  MimesendReceipt *receipt =
      mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, NULL);

  return receipt != NULL ? receipt : mimesend_receipt_ref (mimesend_session_get_last_receipt (session));
}

static double
sum_of (MimesendReceipt *receipt)
{
  double sum = 0;

  for (guint i = 0; i <= MIMESEND_STAGE_QUIT; i++)
    {
      g_assert_cmpfloat (mimesend_receipt_get_stage_time (receipt, (MimesendStage)i), >=, 0);
      sum += mimesend_receipt_get_stage_time (receipt, (MimesendStage)i);
    }
  return sum;
}

/* Each reply is late by so much, and the stage that waited for it says so; together they are no longer than it took. */
static void
test_times (void)
{
  static const struct
  {
    const char *step;
    MimesendStage stage;
  } rows[] = {
    { "GREETING delay 200ms", MIMESEND_STAGE_GREETING }, { "EHLO delay 200ms", MIMESEND_STAGE_HELLO },
    { "MAIL delay 200ms", MIMESEND_STAGE_MAIL },         { "RCPT delay 200ms", MIMESEND_STAGE_RCPT },
    { "DATA delay 200ms", MIMESEND_STAGE_DATA },         { "DOT delay 200ms", MIMESEND_STAGE_END_OF_DATA },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint pipelined = 0; pipelined < 2; pipelined++)
      {
        TestSink *sink = test_sink_start ("--script", rows[i].step, "--hide", "CHUNKING", "--hide",
                                          pipelined ? "SIZE" : "PIPELINING", NULL);
        g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
        gint64 begun = g_get_monotonic_time ();
        g_autoptr (MimesendReceipt) receipt = send_text (session, "hello\n");
        double took = (double)(g_get_monotonic_time () - begun) / G_TIME_SPAN_SECOND;
        double late = mimesend_receipt_get_stage_time (receipt, rows[i].stage);

        if (rows[i].stage ==
            MIMESEND_STAGE_GREETING) /* begins where the server is, ahead of our knowing it */
          late += mimesend_receipt_get_stage_time (receipt, MIMESEND_STAGE_CONNECT);
        g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
        /* on a busy machine the reply before it is seen late, and this stage begins then */
        g_assert_cmpfloat (late, >=, 0.1);
        g_assert_cmpfloat (mimesend_receipt_get_stage_time (receipt, MIMESEND_STAGE_CONNECT), >, 0);
        g_assert_cmpfloat (sum_of (receipt), <=, took + 1e-6);
        test_sink_stop (sink);
      }
}

/* What is done once a connection is told once. */
static void
test_second_message (void)
{
  TestSink *sink = test_sink_start ("--script", "GREETING delay 30ms", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendReceipt) first = send_text (session, "one\n");
  g_autoptr (MimesendReceipt) second = send_text (session, "two\n");

  g_assert_cmpfloat (mimesend_receipt_get_stage_time (first, MIMESEND_STAGE_GREETING), >, 0);
  g_assert_cmpfloat (mimesend_receipt_get_stage_time (second, MIMESEND_STAGE_GREETING), ==, 0);
  g_assert_cmpfloat (mimesend_receipt_get_stage_time (second, MIMESEND_STAGE_CONNECT), ==, 0);
  g_assert_cmpfloat (sum_of (second), >, 0);
  test_sink_stop (sink);
}

static void
test_tls_times (void)
{
  for (guint implicit = 0; implicit < 2; implicit++)
    {
      TestSink *sink = implicit ? test_sink_start ("--tls-self-signed", "--implicit-tls", NULL)
                                : test_sink_start ("--tls-self-signed", NULL);
      g_autofree char *url = test_sink_url (sink, implicit ? "smtps" : "smtp");
      g_autoptr (MimesendServer) plain = mimesend_server_new (url, NULL);
      g_autoptr (MimesendSession) session = mimesend_session_new (plain);
      g_autoptr (MimesendReceipt) receipt = send_text (session, "hello\n");

      /* smtps:// does not trust the certificate: it ended there, and took its time */
      g_assert_cmpfloat (mimesend_receipt_get_stage_time (receipt, MIMESEND_STAGE_TLS), >, 0);
      g_assert_true (implicit == (mimesend_receipt_get_outcome (receipt) != MIMESEND_OUTCOME_ACCEPTED));
      g_assert_true (g_strv_contains (mimesend_receipt_get_extensions (receipt), "STARTTLS") == !implicit);
      test_sink_stop (sink);
    }
}

static void
assert_extensions (const char *hidden, gboolean chunking, gboolean pipelining)
{
  TestSink *sink = test_sink_start ("--hide", hidden, NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendReceipt) receipt = send_text (session, "hello\n");
  const char *const *used = mimesend_receipt_get_extensions (receipt);

  g_assert_true (g_strv_contains (used, "CHUNKING") == chunking);
  g_assert_true (g_strv_contains (used, "PIPELINING") == pipelining);
  g_assert_true (g_strv_contains (used, "SIZE"));
  g_assert_false (g_strv_contains (used, "SMTPUTF8"));
  g_assert_false (g_strv_contains (used, "DSN"));
  g_assert_false (g_strv_contains (used, "AUTH"));
  g_assert_true (used == mimesend_receipt_get_extensions (receipt));
  test_sink_stop (sink);
}

static void
test_extensions (void)
{
  assert_extensions ("CHUNKING", FALSE, TRUE);
  assert_extensions ("PIPELINING", TRUE, FALSE);
}

/* The password is nowhere, the content neither; a line without end is cut, and what is no UTF-8 is made so. */
static void
test_dialogue (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe:wonderland", "--script",
                                    "DOT raw \"554-5.7.1 no\\xff\\r\\n554 5.7.1 never\\r\\n\"", "--hide",
                                    "CHUNKING", NULL);
  g_autofree char *url = test_sink_url (sink, "smtp");
  g_autoptr (MimesendServer) plain = mimesend_server_new (url, NULL);
  g_autoptr (MimesendServer) open = mimesend_server_with_cleartext_login (plain, TRUE);
  g_autoptr (MimesendServer) clear = mimesend_server_with_tls (open, MIMESEND_TLS_NONE);
  g_autoptr (MimesendServer) server = mimesend_server_with_login (clear, "joe", "wonderland", NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendReceipt) receipt = send_text (session, "the content\n");
  const char *const *lines = mimesend_receipt_get_dialogue (receipt);
  g_autofree char *all = NULL;

  g_assert_nonnull (lines);
  all = g_strjoinv ("\n", (char **)lines);
  g_assert_true (g_utf8_validate (all, -1, NULL));
  g_assert_null (strstr (all, "wonderland"));
  g_assert_null (strstr (all, "am9l")); /* joe, in base64 at the beginning of anything */
  g_assert_null (strstr (all, "the content"));
  g_assert_true (g_str_has_prefix (lines[0], "< 220 "));
  g_assert_nonnull (strstr (all, "\n> RCPT TO:<a@example.org>\n"));
  g_assert_nonnull (strstr (all, "\n* 13 octets of content\n> .\n"));
  g_assert_nonnull (strstr (all, "\n< 554 5.7.1 never"));
  test_sink_stop (sink);
}

/* Bounded, however many lines there are and however long; the last ones are there. */
static void
test_dialogue_bounds (void)
{
  g_autoptr (GString) reply = g_string_new ("EHLO raw \"");
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (MimesendSession) session = NULL;
  const char *const *lines;
  TestSink *sink;
  gsize octets = 0;
  guint n;

  for (guint i = 0; i < 300; i++)
    {
      g_string_append (reply, "250-X-");
      for (guint j = 0; j < i % 100; j++)
        g_string_append (reply, "long ");
      g_string_append (reply, "\\r\\n");
    }
  g_string_append (reply, "250 OK\\r\\n\"");
  sink = test_sink_start ("--script", reply->str, "--refuse", "*", NULL);
  session = session_to (test_sink_server (sink));
  receipt = send_text (session, "hello\n");
  lines = mimesend_receipt_get_dialogue (receipt);
  g_assert_nonnull (lines);
  n = g_strv_length ((char **)lines);
  g_assert_cmpuint (n, <=, 64);
  g_assert_cmpuint (n, >, 8);
  for (guint i = 0; i < n; i++)
    octets += strlen (lines[i]);
  g_assert_cmpuint (octets, <=, 8192);
  g_assert_true (g_str_has_prefix (lines[n - 1], "< 550"));
  test_sink_stop (sink);
}

/* An accepted message costs no copy of it. */
static void
test_accepted (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendReceipt) receipt = send_text (session, "hello\n");

  g_assert_null (mimesend_receipt_get_dialogue (receipt));
  g_assert_true (mimesend_receipt_is_certain (receipt));
  test_sink_stop (sink);
}

/* After the server's 250 nothing is a failure any more: closed, reset, a QUIT refused or never answered. */
static void
test_after_the_250 (void)
{
  static const char *const steps[] = {
    "QUIT drop",
    "QUIT reset",
    "QUIT reply 500 5.5.1 no",
    "QUIT reply 421 4.3.2 bye",
    "QUIT raw \"garbage\\r\\n\"",
    "QUIT lose",
  };
  static const char *const to[] = { "a@example.org", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    for (guint tls = 0; tls < 2; tls++)
      {
        TestSink *sink = tls ? test_sink_start ("--script", steps[i], "--tls-self-signed", NULL)
                             : test_sink_start ("--script", steps[i], NULL);
        g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
        g_autoptr (MimesendContent) content = content_of_text ("hello\n");
        g_autoptr (MimesendReceipt) receipt = NULL;
        g_autoptr (GError) error = NULL;

        g_assert_true (mimesend_send_smtp_content (server, "joe@example.com", to, content,
                                                   MIMESEND_SEND_DEFAULT, &receipt, NULL, &error));
        g_assert_no_error (error);
        g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
        g_assert_cmpuint (mimesend_receipt_get_code (receipt), ==, 250);
        test_sink_stop (sink);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/receipt-stats/stages-have-times", test_times);
  g_test_add_func ("/client/receipt-stats/second-message-has-no-connection-times", test_second_message);
  g_test_add_func ("/client/receipt-stats/tls-has-its-time", test_tls_times);
  g_test_add_func ("/client/receipt-stats/names-used-extensions", test_extensions);
  g_test_add_func ("/client/receipt-stats/keeps-dialogue-of-refusal", test_dialogue);
  g_test_add_func ("/client/receipt-stats/dialogue-is-bounded", test_dialogue_bounds);
  g_test_add_func ("/client/receipt-stats/accepted-message-has-no-dialogue", test_accepted);
  g_test_add_func ("/client/receipt-stats/nothing-after-the-250-is-a-failure", test_after_the_250);
  return g_test_run ();
}

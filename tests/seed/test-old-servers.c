/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contract N10: servers without ESMTP, and replies as they are found in the field. */
#include <string.h>

#include "seed.h"

static void
test_helo (void)
{
  TestSink *sink = test_sink_start ("--script", "EHLO reply 502 5.5.1 what?", NULL);
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *message;

  g_assert_true (mimesend_send_smtp (test_sink_server (sink), "a@example.com", "b@example.com", &receipt,
                                     &error, "x\n"));
  g_assert_no_error (error);
  message = test_sink_next (sink);
  g_assert_cmpstr (json_object_get_string_member (message, "mail_parameters"), ==,
                   ""); /* nothing was offered */
  g_assert_false (json_object_get_boolean_member (message, "by_bdat"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (message, "violations")), ==, 0);
  test_sink_stop (sink);
}

static void
assert_accepted_with (const char *step)
{
  TestSink *sink = test_sink_start ("--hide", "CHUNKING", "--hide", "PIPELINING", "--script", step, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      mimesend_send_smtp (test_sink_server (sink), "a@example.com", "b@example.com", NULL, &error, "x\n"));
  g_assert_no_error (error);
  seed_assert_arrived (sink, "x\r\n");
  test_sink_stop (sink);
}

static void
test_replies (void)
{
  assert_accepted_with ("GREETING raw \"220-one\\r\\n220-two\\r\\n220 three\\r\\n\"");
  assert_accepted_with ("GREETING raw \"220 a line ended by a bare LF\\n\"");
  assert_accepted_with ("GREETING raw \"220\\r\\n\"");
  assert_accepted_with ("GREETING raw \"220-\\r\\n220\\r\\n\"");
}

/* Two messages, one after the other, over one session: the first meets what the server does, the second goes in a plainer
 * form. Returns what the sink noted of the second. */
static JsonObject *
send_two (TestSink *sink, MimesendOutcome first, const char *warned)
{
  static const char *const to[] = { "b@example.com", NULL };
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("a@example.com", to, NULL);
  const MimesendOutcome outcomes[] = { first, MIMESEND_OUTCOME_ACCEPTED };

  mimesend_session_set_final_timeout (session, 1);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      g_autoptr (MimesendReceipt) receipt = NULL;
      g_autofree char *warnings = NULL;

      mimesend_content_add_string (content, "Subject: x\n\n", NULL);
      receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, NULL);
      warnings = g_strjoinv ("\n", (char **)mimesend_receipt_get_warnings (receipt));
      g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, outcomes[i]);
      g_assert_cmpint (strstr (warnings, warned) != NULL, ==, i == 0);
    }
  mimesend_session_close (session, NULL, NULL);
  return test_sink_next (sink);
}

/* One that never answers the last chunk: that message stays in doubt, and the next goes by DATA. */
static void
test_stall (void)
{
  TestSink *sink = test_sink_start ("--script", "@1 LAST hang", NULL);

  g_assert_false (
      json_object_get_boolean_member (send_two (sink, MIMESEND_OUTCOME_IN_DOUBT, "CHUNKING"), "by_bdat"));
  test_sink_stop (sink);
}

/* One that offers CHUNKING and does not know BDAT. */
static void
test_no_bdat (void)
{
  TestSink *sink = test_sink_start ("--script", "LAST reply 500 5.5.1 what?", NULL);

  g_assert_false (
      json_object_get_boolean_member (send_two (sink, MIMESEND_OUTCOME_REFUSED, "by DATA"), "by_bdat"));
  test_sink_stop (sink);
}

/* A refusal of the message itself is no reason to go on otherwise. */
static void
test_refused_by_bdat (void)
{
  TestSink *sink = test_sink_start ("--script", "LAST#1 reply 554 5.6.0 spam", NULL);
  static const char *const to[] = { "b@example.com", NULL };
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("a@example.com", to, NULL);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      g_autoptr (MimesendReceipt) receipt = NULL;

      mimesend_content_add_string (content, "Subject: x\n\n", NULL);
      receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, NULL);
      g_assert_cmpuint (g_strv_length ((char **)mimesend_receipt_get_warnings (receipt)), ==, 0);
    }
  g_assert_true (json_object_get_boolean_member (test_sink_next (sink), "by_bdat"));
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* One that offers PIPELINING and takes the second command of a group for nonsense. */
static void
test_no_pipelining (void)
{
  TestSink *sink =
      test_sink_start ("--hide", "CHUNKING", "--script", "@1 RCPT reply 503 5.5.1 one at a time", NULL);
  JsonObject *message = send_two (sink, MIMESEND_OUTCOME_REFUSED, "command by command");

  g_assert_cmpint (json_object_get_int_member (message, "connection"), ==, 2);
  test_sink_stop (sink);
}

typedef struct
{
  guint left, lost, accepted, warned;
} Tally;

static void
on_sent (GObject *object, GAsyncResult *result, gpointer data)
{
  Tally *tally = data;
  g_autoptr (MimesendReceipt) receipt =
      mimesend_session_send_finish (MIMESEND_SESSION (object), result, NULL);
  g_autofree char *warnings = g_strjoinv ("\n", (char **)mimesend_receipt_get_warnings (receipt));

  tally->left--;
  tally->warned += strstr (warnings, "one at a time") != NULL;
  if (mimesend_receipt_get_outcome (receipt) == MIMESEND_OUTCOME_ACCEPTED)
    tally->accepted++;
  else
    tally->lost++;
}

/* One that hangs up on several messages in flight: the one whose end had gone out is lost by it, and no other. */
static void
test_no_window (void)
{
  TestSink *sink = test_sink_start ("--hide", "CHUNKING", "--script", "@1 DOT drop", NULL);
  static const char *const to[] = { "b@example.com", NULL };
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("a@example.com", to, NULL);
  Tally tally = { .left = 12 };

  g_object_set (session, "window", 4, NULL);
  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new ();

      mimesend_content_add_string (content, "Subject: x\n\n", NULL);
      mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT,
                                   NULL, on_sent, &tally);
    }
  while (tally.left > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (tally.lost, ==, 1);
  g_assert_cmpuint (tally.accepted, ==, 11);
  g_assert_cmpuint (tally.warned, ==, 1);
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/N10/helo", test_helo);
  g_test_add_func ("/seed/N10/replies", test_replies);
  g_test_add_func ("/seed/old-servers/chunking-stalls", test_stall);
  g_test_add_func ("/seed/old-servers/chunking-unknown", test_no_bdat);
  g_test_add_func ("/seed/old-servers/chunking-refused", test_refused_by_bdat);
  g_test_add_func ("/seed/old-servers/pipelining-unknown", test_no_pipelining);
  g_test_add_func ("/seed/old-servers/window-punished", test_no_window);
  return g_test_run ();
}

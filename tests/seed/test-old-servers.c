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

/* One that never answers the last chunk: that message stays in doubt, and the next goes by DATA. */
static void
test_stall (void)
{
  TestSink *sink = test_sink_start ("--script", "@1 LAST hang", NULL);
  static const char *const to[] = { "b@example.com", NULL };
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("a@example.com", to, NULL);
  static const MimesendOutcome outcomes[] = { MIMESEND_OUTCOME_IN_DOUBT, MIMESEND_OUTCOME_ACCEPTED };

  g_object_set (session, "final-timeout", 1, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      g_autoptr (MimesendReceipt) receipt = NULL;
      g_autofree char *warnings = NULL;

      mimesend_content_add_string (content, "x\n", NULL);
      receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, NULL);
      warnings = g_strjoinv ("\n", (char **)mimesend_receipt_get_warnings (receipt));
      g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, outcomes[i]);
      g_assert_cmpint (strstr (warnings, "CHUNKING") != NULL, ==, i == 0);
    }
  g_assert_false (json_object_get_boolean_member (test_sink_next (sink), "by_bdat"));
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/N10/helo", test_helo);
  g_test_add_func ("/seed/N10/replies", test_replies);
  g_test_add_func ("/old-servers/chunking-stalls", test_stall);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contract N10: servers without ESMTP, and replies as they are found in the field. */
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/N10/helo", test_helo);
  g_test_add_func ("/seed/N10/replies", test_replies);
  return g_test_run ();
}

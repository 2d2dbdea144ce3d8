/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contract S1, S2: what is asked of the server, and what success means. */
#include "seed.h"

static void
test_a_message (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *message;
  g_autofree char *arrived = NULL;

  g_assert_true (mimesend_send_smtp (test_sink_server (sink), "joe@example.com", "jimmy@yahoo.com", &receipt,
                                     &error, "Subject: hi\n\nThis is a test message\n"));
  g_assert_no_error (error);
  message = test_sink_next (sink);
  g_assert_cmpstr (json_object_get_string_member (message, "reverse_path"), ==, "joe@example.com");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (message, "violations")), ==, 0);
  arrived = seed_arrived (sink);
  g_assert_cmpstr (arrived, ==, "Subject: hi\r\n\r\nThis is a test message\r\n");
  test_sink_stop (sink);
}

static void
test_words_on_success (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendReceipt) receipt = NULL;
  JsonObject *message;

  g_assert_true (mimesend_send_smtp (test_sink_server (sink), "a@example.com", "b@example.com", &receipt,
                                     NULL, "\nx\n"));
  message = test_sink_next (sink);
  g_assert_cmpuint (mimesend_receipt_get_code (receipt), ==, 250);
  g_assert_cmpstr (mimesend_receipt_get_enhanced_code (receipt), ==, "2.0.0");
  g_assert_cmpstr (mimesend_receipt_get_queue_id (receipt), ==,
                   json_object_get_string_member (message, "id"));
  g_assert_nonnull (strstr (mimesend_receipt_get_reply (receipt), mimesend_receipt_get_queue_id (receipt)));
  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpuint (mimesend_receipt_get_octets (receipt), ==, 5);
  test_sink_stop (sink);
}

static void
test_words_on_refusal (void)
{
  TestSink *sink = test_sink_start ("--refuse", "nobody@*=550 5.1.1 no such user here", NULL);
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp (test_sink_server (sink), "a@example.com", "nobody@example.com",
                                      &receipt, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "no such user here"));
  g_assert_cmpuint (mimesend_receipt_get_recipient_code (receipt, 0), ==, 550);
  g_assert_cmpstr (mimesend_receipt_get_recipient_enhanced_code (receipt, 0), ==, "5.1.1");
  g_assert_cmpstr (mimesend_receipt_get_recipient_reply (receipt, 0), ==, "no such user here");
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

static void
test_all_or_nothing (void)
{
  TestSink *sink = test_sink_start ("--refuse", "nobody@*", NULL);
  const char *to[] = { "one@example.com", "nobody@example.com", "two@example.com", NULL };
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp (test_sink_server (sink), "a@example.com", to, &receipt, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED);
  g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, 0), ==, MIMESEND_OUTCOME_NOT_TRIED);
  g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, 1), ==, MIMESEND_OUTCOME_REFUSED);
  g_assert_cmpint (mimesend_receipt_get_recipient_outcome (receipt, 2), ==, MIMESEND_OUTCOME_NOT_TRIED);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

/* A failure of QUIT does not undo the success: the seed raised an error there. */
static void
test_quit_fails (void)
{
  TestSink *sink = test_sink_start ("--script", "QUIT drop", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      mimesend_send_smtp (test_sink_server (sink), "a@example.com", "b@example.com", NULL, &error, "x\n"));
  g_assert_no_error (error);
  seed_assert_arrived (sink, "x\r\n");
  test_sink_stop (sink);
}

/* There is no success before the server's reply. */
static void
test_lost_after_the_dot (void)
{
  TestSink *sink = test_sink_start ("--hide", "CHUNKING", "--script", "DOT drop", NULL);
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp (test_sink_server (sink), "a@example.com", "b@example.com", &receipt,
                                      &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_IN_DOUBT);
  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_IN_DOUBT);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/S1/a-message", test_a_message);
  g_test_add_func ("/seed/S2/words-on-success", test_words_on_success);
  g_test_add_func ("/seed/S2/words-on-refusal", test_words_on_refusal);
  g_test_add_func ("/seed/S2/all-or-nothing", test_all_or_nothing);
  g_test_add_func ("/seed/S2/quit-fails", test_quit_fails);
  g_test_add_func ("/seed/S2/lost-after-the-dot", test_lost_after_the_dot);
  return g_test_run ();
}

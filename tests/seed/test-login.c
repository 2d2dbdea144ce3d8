/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contract S17: a server that requires authentication. */
#include "seed.h"

static void
test_login (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe:secret word", NULL);
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *message;

  g_assert_true (mimesend_send_smtp_auth (test_sink_server (sink), "joe@example.com", "b@example.com", "joe",
                                          "secret word", &receipt, &error, "x\n"));
  g_assert_no_error (error);
  message = test_sink_next (sink);
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (message, "auth"), "user"),
                   ==, "joe");
  g_assert_cmpstr (mimesend_receipt_get_mechanism (receipt), ==,
                   "SCRAM-SHA-256"); /* the strongest that was offered */
  test_sink_stop (sink);
}

static void
test_wrong_password (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe:secret word", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp_auth (test_sink_server (sink), "joe@example.com", "b@example.com", "joe",
                                           "no such word", NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
  g_assert_null (strstr (error->message, "no such word"));
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

static void
test_without_login (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe:secret word", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (
      mimesend_send_smtp (test_sink_server (sink), "joe@example.com", "b@example.com", NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED); /* 530 */
  test_sink_stop (sink);
}

static void
test_not_offered (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp_auth (test_sink_server (sink), "joe@example.com", "b@example.com", "joe",
                                           "secret word", NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
  test_sink_stop (sink);
}

static void
with_script (const char *mechanism, const char *script, GError **error)
{
  TestSink *sink =
      test_sink_start ("--auth", "joe:secret word", "--mechanism", mechanism, "--script", script, NULL);

  mimesend_send_smtp_auth (test_sink_server (sink), "joe@example.com", "b@example.com", "joe", "secret word",
                           NULL, error, "x\n");
  test_sink_stop (sink);
}

/* As in the seed: a first challenge that is no base64 is tolerated (some large services send one). */
static void
test_first_challenge (void)
{
  g_autoptr (GError) error = NULL;

  with_script ("LOGIN", "AUTH raw \"334 *** please enter your name ***\\r\\n\"", &error);
  g_assert_false (g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_PROTOCOL));
}

/* A later one is not, but for the prompts of LOGIN, which mean nothing. */
static void
test_second_challenge (void)
{
  g_autoptr (GError) error = NULL;

  with_script ("SCRAM-SHA-256", "RESPONSE#1 raw \"334 *** and your password ***\\r\\n\"", &error);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN); /* in place of the proof */
  g_clear_error (&error);
  with_script ("CRAM-MD5", "AUTH raw \"334 *** and your password ***\\r\\n\"", &error);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_PROTOCOL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/S17/login", test_login);
  g_test_add_func ("/seed/S17/wrong-password", test_wrong_password);
  g_test_add_func ("/seed/S17/without-login", test_without_login);
  g_test_add_func ("/seed/S17/not-offered", test_not_offered);
  g_test_add_func ("/seed/S17/first-challenge", test_first_challenge);
  g_test_add_func ("/seed/S17/second-challenge", test_second_challenge);
  return g_test_run ();
}

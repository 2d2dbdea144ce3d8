/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logging in by token, with a secret that is asked for, by the mechanisms that are allowed. */
#include <string.h>

#include "seed.h"

/* Answers to EHLO and AUTH; what AUTH carries is the receiver's own business. */
#define OFFERS "EHLO raw \"250-sink.example\\r\\n250 AUTH XOAUTH2 PLAIN\\r\\n\""
/* {"status":"401","schemes":"bearer"} */
#define REFUSES "AUTH raw \"334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=\\r\\n\""
#define TAKES   "AUTH raw \"235 2.7.0 come in\\r\\n\""

typedef struct
{
  gint asked;
  gint destroyed;
  const char *secret;
} Asked;

static char *
give (MimesendServer *server, guint attempt, gpointer user_data, GError **error)
{
  Asked *self = user_data;

  g_assert_cmpint (g_atomic_int_add (&self->asked, 1), ==, (int)attempt);
  if (self->secret != NULL)
    return g_strdup (self->secret);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "the box is empty");
  return NULL;
}

static void
destroy (gpointer user_data)
{
  ((Asked *)user_data)->destroyed++;
}

static gboolean
send_with (MimesendServer *server, MimesendReceipt **receipt, GError **error)
{
  return mimesend_send_smtp (server, "joe@example.com", "b@example.com", receipt, error, "x\n");
}

static gboolean
send_asking (TestSink *sink, Asked *asked, gboolean is_token, MimesendReceipt **receipt, GError **error)
{
  g_autoptr (MimesendServer) bare = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendServer) server =
      mimesend_server_with_secret_func (bare, "joe@example.com", is_token, give, asked, destroy, NULL);

  return send_with (server, receipt, error);
}

/* Expired: asked once more, over a new connection, and the mail goes. */
static void
asked_again (void)
{
  TestSink *sink = test_sink_start ("--script", OFFERS, "--script", "@1 " REFUSES, "--script",
                                    "@1 OTHER raw \"535 5.7.8 no\\r\\n\"", "--script", "@2 " TAKES, NULL);
  Asked asked = { .secret = "a-token" };
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (send_asking (sink, &asked, TRUE, &receipt, &error));
  g_assert_no_error (error);
  g_assert_cmpint (asked.asked, ==, 2);
  g_assert_cmpint (asked.destroyed, ==, 1);
  g_assert_cmpstr (mimesend_receipt_get_mechanism (receipt), ==, "XOAUTH2");
  seed_assert_arrived (sink, "x\r\n");
  test_sink_stop (sink);
}

/* Twice is enough; the words that the server has for it are shown, the token is not. */
static void
refused (void)
{
  TestSink *sink = test_sink_start ("--script", OFFERS, "--script", REFUSES, "--script",
                                    "OTHER raw \"535 5.7.8 no\\r\\n\"", NULL);
  Asked asked = { .secret = "a-token" };
  g_autoptr (GError) error = NULL;

  g_assert_false (send_asking (sink, &asked, TRUE, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "535 5.7.8 no"));
  g_assert_nonnull (strstr (error->message, "status: 401, schemes: bearer"));
  g_assert_null (strstr (error->message, "a-token"));
  g_assert_cmpint (asked.asked, ==, 2);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

/* A server that says 235 after it has refused the token is not believed. */
static void
contradiction (void)
{
  TestSink *sink = test_sink_start ("--script", OFFERS, "--script", REFUSES, "--script",
                                    "OTHER raw \"235 2.7.0 ok\\r\\n\"", NULL);
  g_autoptr (MimesendServer) bare = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendServer) server = mimesend_server_with_token (bare, "joe@example.com", "a-token", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (send_with (server, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

static void
nothing_given (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe@example.com:secret", NULL);
  Asked asked = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (send_asking (sink, &asked, FALSE, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
  g_assert_nonnull (strstr (error->message, "the box is empty"));
  g_assert_cmpint (asked.asked, ==, 1);
  test_sink_stop (sink);
}

static void
password_asked (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe@example.com:secret word", NULL);
  Asked asked = { .secret = "secret word" };
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (send_asking (sink, &asked, FALSE, &receipt, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (mimesend_receipt_get_mechanism (receipt), ==, "SCRAM-SHA-256");
  seed_assert_arrived (sink, "x\r\n");
  test_sink_stop (sink);
}

static void
mechanisms (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe:secret word", NULL);
  static const char *const only_login[] = { "LOGIN", NULL },
                           *const none[] = { "!PLAIN", "!LOGIN", "!SCRAM-SHA-256", NULL },
                           *const unknown[] = { "PLAIN", "FOO", NULL };
  g_autoptr (MimesendServer) bare = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendServer) server = mimesend_server_with_login (bare, "joe", "secret word", NULL);
  g_autoptr (MimesendServer) one = mimesend_server_with_mechanisms (server, only_login, NULL);
  g_autoptr (MimesendServer) no = mimesend_server_with_mechanisms (server, none, NULL);
  g_autoptr (MimesendReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (send_with (one, &receipt, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (mimesend_receipt_get_mechanism (receipt), ==, "LOGIN");
  g_assert_false (send_with (no, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_LOGIN);
  g_clear_error (&error);
  g_assert_null (mimesend_server_with_mechanisms (server, unknown, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "FOO"));
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/login/refused-token-is-asked-for-again", asked_again);
  g_test_add_func ("/seed/login/token-refused-twice-fails", refused);
  g_test_add_func ("/seed/login/contradictory-replies-fail", contradiction);
  g_test_add_func ("/seed/login/no-secret-fails", nothing_given);
  g_test_add_func ("/seed/login/password-is-asked-for", password_asked);
  g_test_add_func ("/seed/login/mechanisms-are-limited", mechanisms);
  return g_test_run ();
}

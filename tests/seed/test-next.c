/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Several servers in order: the next one only where nothing was sent to the one before. */
#include <string.h>

#include "seed.h"

static MimesendServer *
list (const char *first, const char *second)
{
  g_autoptr (MimesendServer) one = mimesend_server_new (first, NULL);
  g_autoptr (MimesendServer) two = mimesend_server_new (second, NULL);

  return mimesend_server_with_next (one, two, NULL);
}

/* A server that does not listen, or refuses the connection: the next one is tried. */
static void
goes_on (void)
{
  TestSink *busy = test_sink_start ("--script", "GREETING reply 421 4.3.2 later", NULL);
  TestSink *never = test_sink_start ("--script", "GREETING reply 554 5.3.2 never", NULL);
  TestSink *good = test_sink_start (NULL);
  const char *const firsts[] = { "127.0.0.1:1", "no-such-host.invalid", test_sink_server (busy),
                                 test_sink_server (never) };

  for (guint i = 0; i < G_N_ELEMENTS (firsts); i++)
    {
      g_autoptr (MimesendServer) server = list (firsts[i], test_sink_server (good));
      g_autoptr (MimesendReceipt) receipt = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (mimesend_send_smtp (server, "a@example.com", "b@example.com", &receipt, &error, "x\n"));
      g_assert_no_error (error);
      g_assert_cmpuint (mimesend_receipt_get_port (receipt), ==, test_sink_port (good));
      g_assert_nonnull (strstr (mimesend_receipt_get_warnings (receipt)[0], "was tried instead of"));
      seed_assert_arrived (good, "x\r\n");
    }
  test_sink_stop (busy);
  test_sink_stop (never);
  test_sink_stop (good);
}

/* A refusal of the message, a loss in its middle, a TLS that is not there: those are to be seen. */
static void
stays (void)
{
  static const char *const steps[] = { "RCPT reply 550 5.1.1 nobody", "MAIL reply 451 4.3.0 later",
                                       "CONTENT drop after 1", "DOT drop", "GREETING raw \"no SMTP\\r\\n\"" };
  TestSink *good = test_sink_start (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      TestSink *bad = test_sink_start ("--hide", "CHUNKING", "--script", steps[i], NULL);
      g_autoptr (MimesendServer) server = list (test_sink_server (bad), test_sink_server (good));

      g_assert_false (mimesend_send_smtp (server, "a@example.com", "b@example.com", NULL, NULL, "x\n"));
      test_sink_stop (bad);
    }
  {
    TestSink *clear = test_sink_start (NULL);
    g_autoptr (MimesendServer) server = list (test_sink_server (clear), test_sink_server (good));
    g_autoptr (MimesendServer) required = mimesend_server_with_tls (server, MIMESEND_TLS_REQUIRED);
    g_autoptr (GError) error = NULL;

    g_assert_false (mimesend_send_smtp (required, "a@example.com", "b@example.com", NULL, &error, "x\n"));
    g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
    test_sink_stop (clear);
  }
  g_assert_cmpuint (test_sink_count (good), ==, 0);
  test_sink_stop (good);
}

/* The session stays where it was served; and if none can be reached, the last one's error is reported. */
static void
session (void)
{
  TestSink *good = test_sink_start (NULL);
  static const char *const to[] = { "b@example.com", NULL };
  g_autoptr (MimesendServer) server = list ("127.0.0.1:1", test_sink_server (good));
  g_autoptr (MimesendServer) nobody = list ("127.0.0.1:1", "127.0.0.1:2");
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("a@example.com", to, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      g_autoptr (MimesendReceipt) receipt = NULL;

      mimesend_content_add_string (content, "Subject: x\n\n", NULL);
      receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (g_strv_length ((char **)mimesend_receipt_get_warnings (receipt)), ==, i == 0 ? 1 : 0);
    }
  g_assert_true (mimesend_session_get_server (session) == server);
  mimesend_session_close (session, NULL, NULL);
  g_assert_false (mimesend_send_smtp (nobody, "a@example.com", "b@example.com", NULL, &error, "x\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
  g_assert_nonnull (strstr (error->message, "127.0.0.1:2"));
  test_sink_stop (good);
}

static void
bad_lists (void)
{
  g_autoptr (MimesendServer) one = mimesend_server_new ("localhost", NULL);
  g_autoptr (MimesendServer) program = mimesend_server_new ("program:/bin/true", NULL);
  MimesendServer *chain = mimesend_server_ref (one);
  g_autoptr (GError) error = NULL;
  guint n = 1;

  g_assert_null (mimesend_server_with_next (one, program, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (mimesend_server_with_next (program, one, NULL));
  for (;;)
    {
      MimesendServer *longer = mimesend_server_with_next (one, chain, &error);

      mimesend_server_unref (chain);
      if (longer == NULL)
        break;
      chain = longer;
      n++;
    }
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_cmpuint (n, ==, 16);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/fallback/next-server-is-tried", goes_on);
  g_test_add_func ("/seed/fallback/refusal-does-not-go-on", stays);
  g_test_add_func ("/seed/fallback/session-stays-with-its-server", session);
  g_test_add_func ("/seed/fallback/refuses-bad-lists", bad_lists);
  return g_test_run ();
}

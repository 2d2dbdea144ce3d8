/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server offers only after a login: it is asked for with the first message that could use it, once a connection, and not
 * while others are in flight. */
#include "async.h"

#include <string.h>

#include "test-sink.h"

#define BEFORE                                                                                               \
  "raw \"250-s\\r\\n250-AUTH PLAIN\\r\\n250-8BITMIME\\r\\n250-PIPELINING\\r\\n250 SIZE 1000\\r\\n\""

static MimesendSession *
session_that_logs_in (TestSink *sink, guint window)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) where = mimesend_server_new (test_sink_server (sink), &error);
  g_autoptr (MimesendServer) server = mimesend_server_with_login (where, "joe", "secret word", &error);
  MimesendSession *session;

  g_assert_no_error (error);
  session = mimesend_session_new (server);
  g_object_set (session, "window", window, NULL);
  return session;
}

static void
send_text (MimesendSession *session, gboolean reports, const char *text, Sent *sent)
{
  g_autoptr (MimesendEnvelope) plain = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendEnvelope) envelope =
      reports
          ? mimesend_envelope_with_dsn (plain, MIMESEND_NOTIFY_SUCCESS, MIMESEND_RETURN_HEADERS, NULL, NULL)
          : mimesend_envelope_ref (plain);
  g_autoptr (MimesendContent) content = content_of_text (text);

  mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT, NULL,
                               sent_done, sent);
}

/* How often EHLO was said, as far as the receipt's server knows. */
static void
count_hello (MimesendTraceDirection direction, const char *text, gpointer data)
{
  if (direction == MIMESEND_TRACE_SENT && g_str_has_prefix (text, "EHLO"))
    ++*(guint *)data;
}

static void
assert_reports (TestSink *sink, gboolean wanted)
{
  JsonObject *message = test_sink_next (sink);
  JsonArray *parameters = json_object_get_array_member (message, "recipient_parameters");

  g_assert_cmpstr (json_array_get_string_element (parameters, 0), ==, wanted ? "NOTIFY=SUCCESS" : "");
}

/* Plain ones, then those that ask: with one in flight and with many. */
static void
asked_once (gconstpointer data)
{
  enum
  {
    N = 12
  };
  TestSink *sink = test_sink_start ("--auth", "joe:secret word", "--script", "EHLO#1 " BEFORE, NULL);
  g_autoptr (MimesendSession) session = session_that_logs_in (sink, GPOINTER_TO_UINT (data));
  guint left = N, hellos = 0;
  Sent sent[N] = { 0 };

  mimesend_session_set_trace (session, count_hello, &hellos, NULL);
  for (guint i = 0; i < N; i++)
    {
      sent[i].left = &left;
      send_text (session, i % 4 == 3, "Subject: x\n\n", &sent[i]);
    }
  while (left > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < N; i++)
    {
      const char *const *warnings;

      assert_accepted (&sent[i]);
      warnings = mimesend_receipt_get_warnings (sent[i].receipt);
      g_assert_true (warnings == NULL || *warnings == NULL);
      assert_reports (sink, i % 4 == 3);
      sent_clear (&sent[i]);
    }
  g_assert_cmpuint (hellos, ==, 2);
  g_assert_true (mimesend_session_close (session, NULL, NULL));
  test_sink_stop (sink);
}

/* Nothing is asked for that was not offered: EHLO is said once. A message that is larger than was said asks. */
static void
asked_for_cause (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe:secret word", "--script", "EHLO#1 " BEFORE, NULL);
  g_autoptr (MimesendSession) session = session_that_logs_in (sink, 1);
  g_autofree char *large = g_strnfill (5000, 'x');
  guint hellos = 0;
  Sent sent = { 0 };

  for (guint i = 0; i < 5000; i += 70)
    large[i] = '\n';
  mimesend_session_set_trace (session, count_hello, &hellos, NULL);
  send_text (session, FALSE, "Subject: x\n\n", &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  sent_clear (&sent);
  g_assert_cmpuint (hellos, ==, 1);
  send_text (session, FALSE, large, &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  sent_clear (&sent);
  g_assert_cmpuint (hellos, ==, 2);
  g_assert_true (mimesend_session_close (session, NULL, NULL));
  test_sink_stop (sink);
}

/* Without a login, and of a server that does not take EHLO twice: what was offered is what there is, and it is said. */
static void
not_offered (gconstpointer data)
{
  const char *script = data;
  TestSink *sink = script != NULL ? test_sink_start ("--auth", "joe:secret word", "--script",
                                                     "EHLO#1 " BEFORE, "--script", script, NULL)
                                  : test_sink_start ("--hide", "DSN", NULL);
  g_autoptr (MimesendSession) session =
      script != NULL ? session_that_logs_in (sink, 1) : session_to (test_sink_server (sink));
  guint hellos = 0;
  Sent sent = { 0 };

  mimesend_session_set_trace (session, count_hello, &hellos, NULL);
  send_text (session, TRUE, "Subject: x\n\n", &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  g_assert_nonnull (strstr (mimesend_receipt_get_warnings (sent.receipt)[0], "does not offer DSN"));
  assert_reports (sink, FALSE);
  sent_clear (&sent);
  send_text (session, TRUE, "Subject: x\n\n", &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  sent_clear (&sent);
  g_assert_cmpuint (hellos, ==, script != NULL ? 2 : 1);
  g_assert_true (mimesend_session_close (session, NULL, NULL));
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/behind-login/asked-once/window-1", GUINT_TO_POINTER (1), asked_once);
  g_test_add_data_func ("/client/behind-login/asked-once/window-8", GUINT_TO_POINTER (8), asked_once);
  g_test_add_func ("/client/behind-login/asked-for-cause", asked_for_cause);
  g_test_add_data_func ("/client/behind-login/not-offered/without-a-login", NULL, not_offered);
  g_test_add_data_func ("/client/behind-login/not-offered/refused", "EHLO#2 reply 503 5.5.1 once is enough",
                        not_offered);
  g_test_add_data_func ("/client/behind-login/not-offered/the-same", "EHLO#2 " BEFORE, not_offered);
  return g_test_run ();
}

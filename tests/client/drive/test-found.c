/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a session does with servers that were found: it stays with the one that it has reached, and begins anew when none of
 * them is there any more. */
#include <string.h>

#include "net/server/server.h"
#include "resolver.h"
#include "test-sink.h"

#include "mimesend-content.h"
#include "mimesend-error.h"
#include "mimesend-receipt.h"
#include "mimesend-session.h"

static MimesendReceipt *
send_one (MimesendSession *session, GError **error)
{
  static const char *const to[] = { "b@example.com", NULL };
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("a@example.com", to, NULL);
  g_autoptr (MimesendContent) content = mimesend_content_new ();

  mimesend_content_add_string (content, "x\n", NULL);
  g_string_truncate (asked, 0);
  return mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, error);
}

/* The session's server with the sink's port in place of 25. */
static MimesendSession *
session_with (TestSink *sink)
{
  MimesendServer *server = mimesend_server_new ("mx:both.test", NULL);
  MimesendSession *session;

  server->port = test_sink_port (sink);
  session = mimesend_session_new (server);
  g_assert_true (mimesend_session_get_server (session) == server);
  mimesend_server_unref (server);
  return session;
}

static void
stays (void)
{
  TestSink *sink = test_sink_start ("--hide", "PIPELINING", "--script", "@1 MAIL#2 drop", NULL);
  g_autoptr (MimesendSession) session = session_with (sink);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (MimesendReceipt) receipt = send_one (session, &error);

      g_assert_no_error (error);
      g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
      g_assert_cmpstr (mimesend_receipt_get_host (receipt), ==, "backup.test");
      /* Found once; the second connection goes there at once. */
      g_assert_cmpint (strstr (asked->str, "MX:") != NULL, ==, i == 0);
      g_assert_cmpint (strstr (asked->str, "gone.test") != NULL, ==, i == 0);
    }
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

static void
begins_anew (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_with (sink);
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendReceipt) receipt = send_one (session, &error);

  g_assert_no_error (error);
  g_assert_nonnull (receipt);
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_null (send_one (session, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
      g_assert_cmpint (strstr (asked->str, "MX:") != NULL, ==, i > 0);
      g_clear_error (&error);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GResolver) resolver = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  asked = g_string_new (NULL);
  resolver = g_object_new (test_resolver_get_type (), NULL);
  g_resolver_set_default (resolver);
  g_test_add_func ("/client/found/session-stays-with-its-server", stays);
  g_test_add_func ("/client/found/session-begins-anew-when-all-are-gone", begins_anew);
  status = g_test_run ();
  g_string_free (asked, TRUE);
  return status;
}

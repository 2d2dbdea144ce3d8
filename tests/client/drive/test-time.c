/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A reply that comes too late is never used: the connection that it was due on is never used again. */
#include "async.h"

#include "test-sink.h"

typedef struct
{
  const char *delay,
      *reply; /* the late reply would be a refusal: taken for the next message's, it would be seen */
  MimesendOutcome outcome;
  gboolean unreached; /* the server never came to take a message: an error, no receipt */
  TestSink *sink;
  MimesendSession *session;
  Sent sent;
} Late;

static void
send_one (Late *late)
{
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("x\n");

  mimesend_session_send_async (late->session, envelope, content, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT,
                               NULL, sent_done, &late->sent);
}

/* All at once, for each waits for a second. */
static void
test_late_replies (void)
{
  Late lates[] = {
    { "@1 GREETING delay 3s", "@1 GREETING reply 554 5.3.2 late", MIMESEND_OUTCOME_DEFERRED, TRUE },
    { "@1 EHLO delay 3s", "@1 EHLO reply 554 5.3.2 late", MIMESEND_OUTCOME_DEFERRED, TRUE },
    { "@1 MAIL delay 3s", "@1 MAIL reply 554 5.7.1 late", MIMESEND_OUTCOME_DEFERRED },
    { "@1 RCPT delay 3s", "@1 RCPT reply 550 5.1.1 late", MIMESEND_OUTCOME_DEFERRED },
    { "@1 DATA delay 3s", "@1 DATA reply 554 5.3.2 late", MIMESEND_OUTCOME_DEFERRED },
    { "@1 DOT delay 3s", "@1 DOT reply 554 5.3.2 late", MIMESEND_OUTCOME_IN_DOUBT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lates); i++)
    {
      Late *late = &lates[i];
      g_autoptr (MimesendServer) server = NULL;

      late->sink = test_sink_start ("--hide", "CHUNKING", "--hide", "PIPELINING", "--script", late->delay,
                                    "--script", late->reply, NULL);
      server = mimesend_server_new (test_sink_server (late->sink), NULL);
      late->session = mimesend_session_new (server);
      mimesend_session_set_timeout (late->session, 1);
      mimesend_session_set_final_timeout (late->session, 1);
      send_one (late);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lates); i++)
    {
      Late *late = &lates[i];

      sent_await (&late->sent);
      g_test_message ("%s", late->delay);
      if (late->sent.receipt != NULL)
        g_assert_cmpint (mimesend_receipt_get_outcome (late->sent.receipt), ==, late->outcome);
      else
        g_assert_error (late->sent.error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
      g_assert_true ((late->sent.receipt == NULL) == late->unreached);
      sent_clear (&late->sent);
      send_one (late);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lates); i++)
    {
      Late *late = &lates[i];

      sent_await (&late->sent);
      g_assert_no_error (late->sent.error);
      g_assert_cmpint (mimesend_receipt_get_outcome (late->sent.receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
      g_assert_cmpuint (test_sink_count (late->sink), ==, 1);
      sent_clear (&late->sent);
      g_object_unref (late->session);
      test_sink_stop (late->sink);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/time/late-reply-is-never-used", test_late_replies);
  return g_test_run ();
}

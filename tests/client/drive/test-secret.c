/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A secret callback that blocks: nothing else waits for it, and it can be cancelled. */
#include "async.h"
#include "test-sink.h"

typedef struct
{
  GMutex mutex;
  GCond changed;
  gboolean asked, may_answer;
  guint turns; /* of the loop, while it was asked */
  guint turns_wanted;
  GCancellable *cancellable;
} Box;

/* In a thread of its own. */
static char *
open_box (MimesendServer *server, guint attempt, gpointer data, GError **error)
{
  Box *self = data;

  g_mutex_lock (&self->mutex);
  self->asked = TRUE;
  while (!self->may_answer)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);
  return g_strdup ("secret word");
}

static void
answer (Box *self)
{
  g_mutex_lock (&self->mutex);
  self->may_answer = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

/* In the loop. */
static gboolean
on_turn (gpointer data)
{
  Box *self = data;

  g_mutex_lock (&self->mutex);
  if (self->asked)
    self->turns++;
  g_mutex_unlock (&self->mutex);
  if (self->turns != self->turns_wanted)
    return G_SOURCE_CONTINUE;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  else
    answer (self);
  return G_SOURCE_REMOVE;
}

static void
send_asking (TestSink *sink, Box *box, Sent *sent)
{
  g_autoptr (MimesendServer) bare = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendServer) server =
      mimesend_server_with_secret_func (bare, "joe", FALSE, open_box, box, NULL, NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("Subject: x\n\ntext\n");

  g_mutex_init (&box->mutex);
  g_cond_init (&box->changed);
  g_timeout_add (1, on_turn, box);
  mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT,
                               box->cancellable, sent_done, sent);
  sent_await (sent);
}

static void
loop_goes_on (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe:secret word", NULL);
  Box box = { .turns_wanted = 5 };
  Sent sent = { 0 };

  send_asking (sink, &box, &sent);
  g_assert_no_error (sent.error);
  g_assert_cmpuint (box.turns, ==, 5);
  g_assert_true (mimesend_receipt_check (sent.receipt, NULL));
  g_assert_cmpstr (mimesend_receipt_get_mechanism (sent.receipt), ==, "SCRAM-SHA-256");
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* It is over at once; what the function says later falls on no ground. */
static void
cancelled (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe:secret word", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  static Box box; /* the thread may outlive the test */
  Sent sent = { 0 };

  box.turns_wanted = 3;
  box.cancellable = cancellable;
  send_asking (sink, &box, &sent);
  g_assert_false (box.may_answer);
  if (sent.error != NULL)
    g_assert_error (sent.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_NOT_TRIED);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  answer (&box);
  sent_clear (&sent);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/secret/main-loop-runs-meanwhile", loop_goes_on);
  g_test_add_func ("/client/secret/cancel-ends-waiting", cancelled);
  return g_test_run ();
}

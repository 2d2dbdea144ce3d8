/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pool without a main loop, and messages that are given up while they wait in one. */
#include "async.h"

#include <unistd.h>

#include "test-sink.h"

typedef struct
{
  guint settled, accepted, untried, cancelled;
} Counts;

static void
settled (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, GError *error, gpointer data)
{
  Counts *self = data;

  self->settled++;
  self->accepted += receipt != NULL && mimesend_receipt_get_outcome (receipt) == MIMESEND_OUTCOME_ACCEPTED;
  self->untried += g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_NOT_TRIED);
  self->cancelled += g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
taken (GObject *source, GAsyncResult *result, gpointer data)
{
  mimesend_pool_submit_finish (MIMESEND_POOL (source), result, data);
}

/* Without a main loop: a loop over many messages holds few of them, and each is settled. */
static void
test_waiting (void)
{
  Counts counts = { 0 };
  guint in_hand_max = 0;
  gpointer alive;
  MimesendPool *pool;
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (GError) error = NULL;

  alive = pool = g_object_new (MIMESEND_TYPE_POOL, "server", server, "connections", 3, "queue-size", 5, NULL);
  g_object_add_weak_pointer (alive, &alive);
  g_signal_connect (pool, "settled", G_CALLBACK (settled), &counts);
  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
      g_autoptr (MimesendContent) content = content_of_text ("text\n");

      g_assert_true (mimesend_pool_submit (pool, envelope, content, MIMESEND_SEND_DEFAULT, i, NULL, &error));
      in_hand_max = MAX (in_hand_max, i + 1 - counts.settled);
    }
  g_assert_true (mimesend_pool_drain (pool, NULL, &error));
  g_assert_cmpuint (counts.accepted, ==, 500);
  g_assert_cmpuint (in_hand_max, <=, 3 + 5 + 1);
  mimesend_pool_shutdown (pool);
  g_assert_true (mimesend_pool_drain (pool, NULL, &error));
  g_object_unref (pool);
  g_assert_null (alive);
  g_assert_cmpuint (test_sink_count (sink), ==, 500);
  test_sink_stop (sink);
}

static void
submit_again (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, GError *error, gpointer data)
{
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("text\n");
  g_autoptr (GError) pending = NULL;
  guint *n = data;

  if (++*n > 1)
    return;
  g_assert_false (mimesend_pool_submit (pool, envelope, content, MIMESEND_SEND_DEFAULT, 0, NULL, &pending));
  g_assert_error (pending, G_IO_ERROR, G_IO_ERROR_PENDING);
  mimesend_pool_submit_async (pool, envelope, content, MIMESEND_SEND_DEFAULT, 1, G_PRIORITY_DEFAULT, NULL,
                              NULL, NULL);
}

/* A handler does not wait, but it may submit. */
static void
test_waiting_in_a_handler (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendPool) pool = mimesend_pool_new (server);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("text\n");
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_signal_connect (pool, "settled", G_CALLBACK (submit_again), &n);
  g_assert_true (mimesend_pool_submit (pool, envelope, content, MIMESEND_SEND_DEFAULT, 0, NULL, &error));
  g_assert_true (mimesend_pool_drain (pool, NULL, &error));
  g_assert_cmpuint (n, ==, 2);
  /* and in between there is no main loop in which it could move */
  mimesend_pool_submit_async (pool, envelope, content, MIMESEND_SEND_DEFAULT, 2, G_PRIORITY_DEFAULT, NULL,
                              taken, &error);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  test_sink_stop (sink);
}

static void
count_taken (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (mimesend_pool_submit_finish (MIMESEND_POOL (source), result, NULL));
  (*(guint *)data)++;
}

/* The first holds the only connection and says nothing; of those behind it one is in the queue, one has no room. Cancelled,
 * they are settled while the first is where it was. */
static void
test_cancelled_while_waiting (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendMetrics) metrics = mimesend_metrics_new ();
  g_autoptr (MimesendPool) pool = g_object_new (MIMESEND_TYPE_POOL, "server", server, "connections", 1,
                                                "queue-size", 1, "metrics", metrics, NULL);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Counts counts = { 0 };
  guint n_taken = 0;
  int writer = -1;

  g_signal_connect (pool, "settled", G_CALLBACK (settled), &counts);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (MimesendContent) content =
          i == 0 ? content_of_open_pipe (&writer) : content_of_text ("text\n");

      mimesend_pool_submit_async (pool, envelope, content, MIMESEND_SEND_DEFAULT, i, G_PRIORITY_DEFAULT,
                                  i == 0 ? NULL : cancellable, count_taken, &n_taken);
    }
  while (n_taken < 2)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  while (counts.cancelled < 2 || n_taken < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (mimesend_metrics_get_messages (metrics, MIMESEND_OUTCOME_NOT_TRIED), ==, 2);
  close (writer);
  await_drain (pool);
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  g_assert_cmpuint (mimesend_metrics_get_messages (metrics, MIMESEND_OUTCOME_ACCEPTED), ==, 1);
  test_sink_stop (sink);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gpointer
shut_down_elsewhere (gpointer pool)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GAsyncResult *result = NULL;
  GError *error = NULL;

  mimesend_pool_shutdown (pool);
  g_main_context_push_thread_default (context);
  mimesend_pool_drain_async (pool, G_PRIORITY_DEFAULT, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  g_assert_false (mimesend_pool_drain_finish (pool, result, &error));
  g_object_unref (result);
  return error;
}

/* Another thread may end it, but not wait for that. */
static void
test_shutdown_elsewhere (void)
{
  Counts counts = { 0 };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendPool) pool = NULL;
  g_autoptr (GError) error = NULL;
  int writer = -1;

  pool = g_object_new (MIMESEND_TYPE_POOL, "server", server, "connections", 1, NULL);
  g_signal_connect (pool, "settled", G_CALLBACK (settled), &counts);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
      g_autoptr (MimesendContent) content =
          i == 0 ? content_of_open_pipe (&writer) : content_of_text ("text\n");

      mimesend_pool_submit_async (pool, envelope, content, MIMESEND_SEND_DEFAULT, i, G_PRIORITY_DEFAULT, NULL,
                                  NULL, NULL);
    }
  error = g_thread_join (g_thread_new ("other", shut_down_elsewhere, pool));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  while (counts.untried < 2)
    g_main_context_iteration (NULL, TRUE);
  close (writer);
  await_drain (pool);
  g_assert_cmpuint (counts.accepted, ==, 1);
  test_sink_stop (sink);
}

/* A wait that is cancelled ends; the message goes on, and another wait sees its end. */
static void
test_cancelled_drain (void)
{
  Counts counts = { 0 };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendPool) pool = mimesend_pool_new (server);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  int writer = -1;
  g_autoptr (MimesendContent) content = content_of_open_pipe (&writer);

  g_signal_connect (pool, "settled", G_CALLBACK (settled), &counts);
  mimesend_pool_submit_async (pool, envelope, content, MIMESEND_SEND_DEFAULT, 0, G_PRIORITY_DEFAULT, NULL,
                              NULL, NULL);
  for (guint i = 0; i < 2; i++) /* while it waits, and ahead of it */
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      mimesend_pool_drain_async (pool, G_PRIORITY_DEFAULT, cancellable, keep_result, &result);
      g_cancellable_cancel (cancellable);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_false (mimesend_pool_drain_finish (pool, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  g_assert_cmpuint (counts.settled, ==, 0);
  close (writer);
  await_drain (pool);
  g_assert_cmpuint (counts.accepted, ==, 1);
  test_sink_stop (sink);
}

/* The same without a main loop: the next wait brings the message to its end. */
static void
test_cancelled_blocking_drain (void)
{
  Counts counts = { 0 };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendPool) pool = mimesend_pool_new (server);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  int writer = -1;
  g_autoptr (MimesendContent) content = content_of_open_pipe (&writer);
  g_autoptr (GError) error = NULL;

  g_signal_connect (pool, "settled", G_CALLBACK (settled), &counts);
  g_assert_true (mimesend_pool_submit (pool, envelope, content, MIMESEND_SEND_DEFAULT, 0, NULL, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_false (mimesend_pool_drain (pool, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  close (writer);
  g_assert_true (mimesend_pool_drain (pool, NULL, NULL));
  g_assert_cmpuint (counts.accepted, ==, 1);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/pool-wait/many-are-sent-while-waiting", test_waiting);
  g_test_add_func ("/client/pool-wait/refuses-waiting-in-a-handler", test_waiting_in_a_handler);
  g_test_add_func ("/client/pool-wait/cancel-ends-waiting", test_cancelled_while_waiting);
  g_test_add_func ("/client/pool-wait/shutdown-elsewhere", test_shutdown_elsewhere);
  g_test_add_func ("/client/pool-wait/cancelled-drain", test_cancelled_drain);
  g_test_add_func ("/client/pool-wait/cancelled-blocking-drain", test_cancelled_blocking_drain);
  return g_test_run ();
}

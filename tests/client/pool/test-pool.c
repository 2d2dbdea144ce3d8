/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many messages through a pool: each is settled once, under its own tag, and nothing grows. */
#include "async.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test-sink.h"

typedef struct
{
  MimesendPool *pool;
  guint n, submitted, settled, accepted, untried, cancelled, sessions;
  guint in_hand, in_hand_max; /* taken and not settled */
  guint8 *seen;
  gboolean over;
  guint shutdown_at; /* settled; 0: never */
  GCancellable *cancellable;
  guint cancel_tag;
  gsize memory_early, memory_late; /* octets resident, after a tenth and at the end */
  guint descriptors_early;
} Bulk;

/* A sanitizer keeps what was freed, and valgrind has a memory of its own. */
static gboolean
memory_is_ours (void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return FALSE;
#else
  return strstr (g_getenv ("LD_PRELOAD") != NULL ? g_getenv ("LD_PRELOAD") : "", "vgpreload") == NULL;
#endif
}

static gsize
resident (void)
{
  g_autofree char *text = NULL;
  char *second;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  second = strchr (text, ' ');
  return (gsize)strtoull (second, NULL, 10) * (gsize)sysconf (_SC_PAGESIZE);
}

static guint
descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void submit_next (Bulk *self);

static void
settled (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, GError *error, gpointer data)
{
  Bulk *self = data;

  g_assert_cmpuint (tag, <, self->n);
  g_assert_cmpuint (self->seen[tag], ==, 0);
  self->seen[tag] = 1;
  g_assert_true ((receipt == NULL) == (error != NULL));
  self->settled++;
  self->in_hand--;
  self->accepted += receipt != NULL && mimesend_receipt_get_outcome (receipt) == MIMESEND_OUTCOME_ACCEPTED;
  self->untried += g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_NOT_TRIED);
  self->cancelled += g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (self->settled == self->n / 10)
    {
      self->memory_early = resident ();
      self->descriptors_early = descriptors ();
    }
  if (self->settled == self->shutdown_at)
    mimesend_pool_shutdown (pool);
}

static void
submitted (GObject *source, GAsyncResult *result, gpointer data)
{
  Bulk *self = data;
  g_autoptr (GError) error = NULL;

  if (!mimesend_pool_submit_finish (MIMESEND_POOL (source), result, &error))
    {
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_NOT_TRIED);
      g_assert_cmpuint (self->shutdown_at, >, 0);
      return;
    }
  self->submitted++;
  self->in_hand++;
  self->in_hand_max = MAX (self->in_hand_max, self->in_hand);
  submit_next (self);
}

static void
submit_next (Bulk *self)
{
  g_autoptr (MimesendEnvelope) envelope = NULL;
  g_autoptr (MimesendContent) content = NULL;
  g_autofree char *text = NULL;

  if (self->submitted == self->n)
    return;
  envelope = envelope_to ("a@example.org", NULL);
  text = g_strdup_printf ("message %u\n", self->submitted);
  content = content_of_text (text);
  mimesend_pool_submit_async (
      self->pool, envelope, content, MIMESEND_SEND_DEFAULT, self->submitted, G_PRIORITY_DEFAULT,
      self->submitted == self->cancel_tag ? self->cancellable : NULL, submitted, self);
}

static void
session_created (MimesendPool *pool, MimesendSession *session, gpointer data)
{
  Bulk *self = data;

  self->sessions++;
}

/* Everything is submitted, one after another; then the pool is drained. */
static void
run (Bulk *self, TestSink *sink, const char *first, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), &error);
  va_list properties;

  g_assert_no_error (error);
  self->pool = mimesend_pool_new (server);
  va_start (properties, first);
  g_object_set_valist (G_OBJECT (self->pool), first, properties);
  va_end (properties);
  self->seen = g_new0 (guint8, self->n);
  g_signal_connect (self->pool, "settled", G_CALLBACK (settled), self);
  g_signal_connect (self->pool, "session-created", G_CALLBACK (session_created), self);
  submit_next (self);
  while (self->submitted < self->n && (self->shutdown_at == 0 || self->settled < self->shutdown_at))
    g_main_context_iteration (NULL, TRUE);
  await_drain (self->pool);
  self->memory_late = resident ();
  g_assert_cmpuint (self->settled, ==, self->submitted);
  g_assert_cmpuint (self->in_hand, ==, 0);
}

static void
end (Bulk *self)
{
  gpointer alive = self->pool;

  g_object_add_weak_pointer (G_OBJECT (self->pool), &alive);
  g_object_unref (self->pool);
  g_assert_null (alive);
  g_free (self->seen);
}

/* What the receiver tells of, read as it comes: it waits for a reader who leaves very much unread. */
typedef struct
{
  TestSink *sink;
  guint n;
} Arrivals;

static gpointer
count_arrivals (gpointer data)
{
  Arrivals *self = data;

  for (guint i = 0; i < self->n; i++)
    test_sink_next (self->sink);
  return NULL;
}

/* A hundred thousand messages: everything is accounted for on both sides, and nothing grows. */
static void
test_bulk (void)
{
  Bulk bulk = { .n = memory_is_ours () ? 100000 : 2000 };
  TestSink *sink = test_sink_start ("--discard", NULL);
  Arrivals arrivals = { sink, bulk.n };
  guint descriptors_before = descriptors ();
  GThread *reader = g_thread_new ("arrivals", count_arrivals, &arrivals);

  run (&bulk, sink, "connections", 8, "queue-size", 16, NULL);
  g_assert_cmpuint (bulk.accepted, ==, bulk.n);
  g_assert_cmpuint (bulk.sessions, ==, 8);
  g_assert_cmpuint (bulk.in_hand_max, <=, 8 + 16 + 1);
  g_test_message ("%u messages: resident %zu KiB after a tenth, %zu KiB at the end", bulk.n,
                  bulk.memory_early / 1024, bulk.memory_late / 1024);
  if (memory_is_ours ())
    g_assert_cmpuint (bulk.memory_late, <=, bulk.memory_early + 2 * 1024 * 1024);
  mimesend_pool_shutdown (bulk.pool);
  await_drain (bulk.pool);
  g_thread_join (reader);
  /* the main context has its own since the first iteration */
  g_assert_cmpuint (descriptors (), <=, MAX (descriptors_before + 1, bulk.descriptors_early - 8));
  end (&bulk);
  test_sink_stop (sink);
}

static void
test_messages_a_connection (void)
{
  Bulk bulk = { .n = 50 };
  TestSink *sink = test_sink_start (NULL);

  run (&bulk, sink, "connections", 2, "messages", 5, NULL);
  g_assert_cmpuint (bulk.accepted, ==, 50);
  g_assert_cmpuint (bulk.sessions, >=, 10);
  end (&bulk);
  test_sink_stop (sink);
}

static void
test_shutdown (void)
{
  Bulk bulk = { .n = 200, .shutdown_at = 10 };
  TestSink *sink = test_sink_start (NULL);

  run (&bulk, sink, "connections", 2, "queue-size", 20, NULL);
  g_assert_cmpuint (bulk.untried, >=, 1);
  g_assert_cmpuint (bulk.accepted, >=, 10);
  g_assert_cmpuint (bulk.accepted + bulk.untried, ==, bulk.settled);
  g_assert_cmpuint (test_sink_count (sink), ==, bulk.accepted);
  end (&bulk);
  test_sink_stop (sink);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Bulk bulk = { .n = 20, .cancellable = cancellable, .cancel_tag = 7 };
  TestSink *sink = test_sink_start (NULL);

  g_cancellable_cancel (cancellable);
  run (&bulk, sink, "connections", 2, NULL);
  g_assert_cmpuint (bulk.cancelled, ==, 1);
  g_assert_cmpuint (bulk.accepted, ==, 19);
  end (&bulk);
  test_sink_stop (sink);
}

static void
test_nobody_there (void)
{
  Bulk bulk = { .n = 20 };
  TestSink *sink = test_sink_start ("--script", "GREETING drop", NULL);

  run (&bulk, sink, "connections", 4, NULL);
  g_assert_cmpuint (bulk.accepted, ==, 0);
  g_assert_cmpuint (bulk.settled, ==, 20);
  end (&bulk);
  test_sink_stop (sink);
}

/* Six messages at twenty a second take a quarter of one at least, however many connections there are. */
static void
test_rate (void)
{
  Bulk bulk = { .n = 6 };
  TestSink *sink = test_sink_start (NULL);
  gint64 begun = g_get_monotonic_time ();

  run (&bulk, sink, "connections", 6, "rate", 20.0, NULL);
  g_assert_cmpuint (bulk.accepted, ==, 6);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 5 * 50000 - 20000);
  end (&bulk);
  test_sink_stop (sink);
}

/* Each connection takes three: what the server said, and the sink answers the fourth with 421. All of them are counted. */
static void
test_server_limits (void)
{
  Bulk bulk = { .n = 20 };
  TestSink *sink = test_sink_start ("--script", "EHLO reply \"250-here\\r\\n250 LIMITS MAILMAX=3\"",
                                    "--script", "MAIL#4 reply 421 4.7.0 no more", NULL);
  g_autoptr (MimesendMetrics) metrics = mimesend_metrics_new ();

  run (&bulk, sink, "connections", 2, "metrics", metrics, NULL);
  g_assert_cmpuint (bulk.accepted, ==, 20);
  g_assert_cmpuint (mimesend_metrics_get_messages (metrics, MIMESEND_OUTCOME_ACCEPTED), ==, 20);
  g_assert_cmpuint (mimesend_metrics_get_connections (metrics, TRUE), >=, 7);
  end (&bulk);
  test_sink_stop (sink);
}

static void
note_attempts (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, GError *error, gpointer data)
{
  guint *attempts = data;

  attempts[tag] = mimesend_receipt_get_attempts (receipt);
}

/* The first recipient that a connection names is put off, or every one of them: there is an end to it. */
static void
test_attempts (gconstpointer step)
{
  gboolean always = strchr (step, '#') == NULL;
  Bulk bulk = { .n = 3 };
  TestSink *sink = test_sink_start ("--script", step, NULL);
  g_autoptr (MimesendRetry) thrice = mimesend_retry_new (3);
  g_autoptr (MimesendRetry) retry = mimesend_retry_with_delay (thrice, 0.001, 0.002);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  guint attempts[3] = { 0 };

  bulk.seen = g_new0 (guint8, bulk.n);
  bulk.pool = g_object_new (MIMESEND_TYPE_POOL, "server", server, "connections", 1, "retry", retry, NULL);
  g_signal_connect (bulk.pool, "settled", G_CALLBACK (settled), &bulk);
  g_signal_connect (bulk.pool, "settled", G_CALLBACK (note_attempts), attempts);
  submit_next (&bulk);
  while (bulk.settled < bulk.n)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (bulk.accepted, ==, always ? 0 : 3);
  g_assert_cmpuint (attempts[0], ==, always ? 3 : 2);
  g_assert_cmpuint (attempts[2], ==, always ? 3 : 1);
  g_assert_cmpuint (test_sink_count (sink), ==, bulk.accepted);
  await_drain (bulk.pool);
  end (&bulk);
  test_sink_stop (sink);
}

static void
shut_down_at_once (MimesendPool *pool, MimesendSession *session, gpointer data)
{
  mimesend_pool_shutdown (pool);
}

static void
note_untried (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, GError *error, gpointer data)
{
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_NOT_TRIED);
  (*(guint *)data)++;
}

static void
taken (GObject *source, GAsyncResult *result, gpointer data)
{
  GError **error = data;

  mimesend_pool_submit_finish (MIMESEND_POOL (source), result, error);
}

static void
test_shutdown_in_a_handler (void)
{
  g_autoptr (MimesendServer) server = mimesend_server_new ("127.0.0.1:1", NULL);
  g_autoptr (MimesendPool) pool = mimesend_pool_new (server);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("text\n");
  g_autoptr (GError) error = NULL;
  guint untried = 0;

  g_signal_connect (pool, "session-created", G_CALLBACK (shut_down_at_once), NULL);
  g_signal_connect (pool, "settled", G_CALLBACK (note_untried), &untried);
  mimesend_pool_submit_async (pool, envelope, content, MIMESEND_SEND_DEFAULT, 0, G_PRIORITY_DEFAULT, NULL,
                              taken, &error);
  await_drain (pool);
  g_assert_no_error (error);
  g_assert_cmpuint (untried, ==, 1);
}

static void
let_go (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, GError *error, gpointer data)
{
  g_clear_object ((MimesendPool **)data);
}

/* A handler lets go of the pool while messages wait: they are settled all the same. */
static void
test_handler_drops_the_pool (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  MimesendPool *pool = mimesend_pool_new (server);
  gpointer alive = pool;

  g_object_add_weak_pointer (G_OBJECT (pool), &alive);
  g_object_set (pool, "connections", 1, NULL);
  g_signal_connect (pool, "settled", G_CALLBACK (let_go), &pool);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
      g_autoptr (MimesendContent) content = content_of_text ("text\n");

      mimesend_pool_submit_async (pool, envelope, content, MIMESEND_SEND_DEFAULT, i, G_PRIORITY_DEFAULT, NULL,
                                  NULL, NULL);
    }
  while (alive != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (pool);
  g_assert_cmpuint (test_sink_count (sink), ==, 5);
  test_sink_stop (sink);
}

static gpointer
submit_elsewhere (gpointer pool)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("text\n");
  GError *error = NULL;

  g_main_context_push_thread_default (context);
  mimesend_pool_submit_async (pool, envelope, content, MIMESEND_SEND_DEFAULT, 0, G_PRIORITY_DEFAULT, NULL,
                              taken, &error);
  while (error == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  return error;
}

static void
test_two_threads (void)
{
  Bulk bulk = { .n = 10 };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (GError) error = NULL;

  run (&bulk, sink, "connections", 2, NULL);
  error = g_thread_join (g_thread_new ("other", submit_elsewhere, bulk.pool));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  end (&bulk);
  test_sink_stop (sink);
}

static void
test_no_server (void)
{
  g_autoptr (MimesendPool) pool = g_object_new (MIMESEND_TYPE_POOL, NULL);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("text\n");
  g_autoptr (GError) error = NULL;

  mimesend_pool_submit_async (pool, envelope, content, MIMESEND_SEND_DEFAULT, 0, G_PRIORITY_DEFAULT, NULL,
                              taken, &error);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/pool/settles-each-of-many-once", test_bulk);
  g_test_add_func ("/client/pool/limits-messages-per-connection", test_messages_a_connection);
  g_test_add_func ("/client/pool/shutdown-settles-queued-messages", test_shutdown);
  g_test_add_func ("/client/pool/cancelled-message-is-settled", test_cancelled);
  g_test_add_func ("/client/pool/closing-server-settles-all", test_nobody_there);
  g_test_add_func ("/client/pool/keeps-the-rate", test_rate);
  g_test_add_func ("/client/pool/obeys-server-limits", test_server_limits);
  g_test_add_data_func ("/client/pool/retries-as-the-policy-says/second-time", "RCPT#1 reply 450 4.2.0 later",
                        test_attempts);
  g_test_add_data_func ("/client/pool/retries-as-the-policy-says/never", "RCPT reply 450 4.2.0 later",
                        test_attempts);
  g_test_add_func ("/client/pool/shutdown-in-a-handler", test_shutdown_in_a_handler);
  g_test_add_func ("/client/pool/handler-drops-the-pool", test_handler_drops_the_pool);
  g_test_add_func ("/client/pool/refuses-another-thread", test_two_threads);
  g_test_add_func ("/client/pool/needs-a-server", test_no_server);
  return g_test_run ();
}

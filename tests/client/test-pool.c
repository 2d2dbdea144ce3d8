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
  mimesend_pool_submit_async (self->pool, envelope, content, MIMESEND_SEND_DEFAULT, self->submitted,
                              self->submitted == self->cancel_tag ? self->cancellable : NULL, submitted,
                              self);
}

static void
session_created (MimesendPool *pool, MimesendSession *session, gpointer data)
{
  Bulk *self = data;

  self->sessions++;
}

static void
drained (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (mimesend_pool_drain_finish (MIMESEND_POOL (source), result, NULL));
  *(gboolean *)data = TRUE;
}

static void
await_drain (MimesendPool *pool)
{
  gboolean over = FALSE;

  mimesend_pool_drain_async (pool, drained, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
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

static void
test_bulk (void)
{
  const char *asked = g_getenv ("MIMESEND_TEST_BULK");
  Bulk bulk = { .n = asked != NULL ? (guint)atoi (asked) : 400 };
  TestSink *sink = test_sink_start (NULL);

  run (&bulk, sink, "connections", 8, "queue", 16, NULL);
  g_assert_cmpuint (bulk.accepted, ==, bulk.n);
  g_assert_cmpuint (bulk.sessions, ==, 8);
  g_assert_cmpuint (bulk.in_hand_max, <=, 8 + 16 + 1);
  g_test_message ("%u messages: resident %zu KiB after a tenth, %zu KiB at the end", bulk.n,
                  bulk.memory_early / 1024, bulk.memory_late / 1024);
  if (memory_is_ours ())
    g_assert_cmpuint (bulk.memory_late, <=, bulk.memory_early + 2 * 1024 * 1024);
  mimesend_pool_shutdown (bulk.pool);
  await_drain (bulk.pool);
  g_assert_cmpuint (descriptors () + 8, <=, bulk.descriptors_early);
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

  run (&bulk, sink, "connections", 2, "queue", 20, NULL);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/pool/bulk", test_bulk);
  g_test_add_func ("/client/pool/messages-a-connection", test_messages_a_connection);
  g_test_add_func ("/client/pool/shutdown", test_shutdown);
  g_test_add_func ("/client/pool/cancelled", test_cancelled);
  g_test_add_func ("/client/pool/nobody-there", test_nobody_there);
  return g_test_run ();
}

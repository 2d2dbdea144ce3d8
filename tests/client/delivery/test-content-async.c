/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contents of a class that is not ours and that has to wait for its octets. They come from the same main context that sends:
 * a sender that held it up would wait for ever. */
#include "content-way.h"

typedef enum
{
  HELD_PLAIN,
  HELD_FAILS,     /* with an error of its own */
  HELD_NULL,      /* … without any */
  HELD_NO_DATA,   /* is called back without the user data */
  HELD_NO_SOURCE, /* … and without the source */
  HELD_PASSED_ON, /* asks another content with its callback */
  HELD_NEVER,     /* is never finished, even by a cancel */
  HELD_AFTER_END, /* has more behind the end */
} HeldKind;

#define TEST_TYPE_HELD (test_held_get_type ())
G_DECLARE_FINAL_TYPE (TestHeld, test_held, TEST, HELD, MimesendContent)

struct _TestHeld
{
  MimesendContent parent;
  HeldKind kind;
  guint n, n_max, n_calls;
  GThread *thread;
  GMainContext *context; /* of the last call */
  GTask *task;
  MimesendContent *inner; /* HELD_PASSED_ON: is asked with the same callback */
  GAsyncReadyCallback callback;
};

G_DEFINE_FINAL_TYPE (TestHeld, test_held, MIMESEND_TYPE_CONTENT)

/* In a later turn of the loop. */
static gboolean
test_held_give (gpointer data)
{
  TestHeld *self = data;
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  gboolean over = self->n == self->n_max;

  if (over && self->kind == HELD_FAILS)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, "later");
  else if (over && self->kind == HELD_NULL)
    g_task_return_pointer (task, NULL, NULL);
  else if (over)
    {
      self->n_max = self->kind == HELD_AFTER_END ? self->n_max + 1 : self->n_max;
      g_task_return_pointer (task, g_bytes_new (NULL, 0), (GDestroyNotify)g_bytes_unref);
    }
  else
    g_task_return_pointer (task, line_of (self->n++), (GDestroyNotify)g_bytes_unref);
  return G_SOURCE_REMOVE;
}

/* As PyGObject 3.50 and later call back: without the user data. */
static void
test_held_forget_data (GObject *source, GAsyncResult *result, gpointer data)
{
  TestHeld *self = data;

  self->callback (self->kind == HELD_NO_SOURCE ? NULL : source, result, NULL);
}

static void
test_held_read_bytes_async (MimesendContent *content,
                            gsize count,
                            int io_priority,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  TestHeld *self = TEST_HELD (content);
  g_autoptr (GSource) source = g_timeout_source_new (1);

  g_assert_null (self->task); /* one at a time */
  g_assert_true (self->thread == g_thread_self ());
  self->n_calls++;
  self->context = g_main_context_get_thread_default ();
  if (self->kind == HELD_PASSED_ON)
    {
      mimesend_content_read_bytes_async (self->inner, count, io_priority, cancellable, callback, user_data);
      return;
    }
  self->callback = callback;
  if (self->kind == HELD_NO_DATA || self->kind == HELD_NO_SOURCE)
    self->task = g_task_new (content, cancellable, test_held_forget_data, self);
  else
    self->task = g_task_new (content, cancellable, callback, user_data);
  g_task_set_check_cancellable (self->task, FALSE);
  if (self->kind == HELD_NEVER && self->n == self->n_max)
    return;
  g_source_set_callback (source, test_held_give, self, NULL);
  g_source_attach (source, self->context);
}

static GBytes *
test_held_read_bytes_finish (MimesendContent *content, GAsyncResult *result, GError **error)
{
  if (TEST_HELD (content)->inner != NULL)
    return mimesend_content_read_bytes_finish (TEST_HELD (content)->inner, result, error);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_held_dispose (GObject *object)
{
  g_clear_object (&TEST_HELD (object)->task);
  g_clear_object (&TEST_HELD (object)->inner);
  G_OBJECT_CLASS (test_held_parent_class)->dispose (object);
}

static void
test_held_class_init (TestHeldClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = test_held_dispose;
  MIMESEND_CONTENT_CLASS (klass)->read_bytes_async = test_held_read_bytes_async;
  MIMESEND_CONTENT_CLASS (klass)->read_bytes_finish = test_held_read_bytes_finish;
}

static void
test_held_init (TestHeld *self)
{
  self->thread = g_thread_self ();
  self->n_max = 5;
}

static TestHeld *
held_new (HeldKind kind)
{
  TestHeld *self = g_object_new (TEST_TYPE_HELD, NULL);

  self->kind = kind;
  return self;
}

/* Alone, in the middle of others, and as the text of a letter: it is asked in its own thread wherever it stands. */
static void
test_sent (gconstpointer data)
{
  gboolean blocking = GPOINTER_TO_UINT (data);
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendContent) mixed = content_of_text ("ahead\n");
  g_autoptr (TestHeld) alone = held_new (HELD_PLAIN);
  g_autoptr (TestHeld) within = held_new (HELD_PLAIN);
  Sent sent = { 0 };

  send_way (session, MIMESEND_CONTENT (alone), blocking, &sent);
  assert_sent (sink, &sent, LINES);
  g_assert_cmpuint (alone->n_calls, ==, 6);
  g_assert_true ((alone->context == NULL || alone->context == g_main_context_default ()) == !blocking);

  g_assert_true (mimesend_content_add_content (mixed, MIMESEND_CONTENT (within), NULL));
  g_assert_true (mimesend_content_add_string (mixed, "behind\n", NULL));
  send_way (session, mixed, blocking, &sent);
  assert_sent (sink, &sent, "ahead\r\n" LINES "behind\r\n");
  g_assert_cmpuint (within->n_calls, ==, 6);
  test_sink_stop (sink);
}

static void
test_letter (void)
{
  static const char *const to[] = { "a@example.org", NULL };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (TestHeld) held = held_new (HELD_PLAIN);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (mimesend_send_letter_content (server, "joe@example.com", to, NULL, MIMESEND_CONTENT (held),
                                               MIMESEND_SEND_DEFAULT, NULL, NULL, &error));
  g_assert_no_error (error);
  test_sink_next (sink);
  bytes = test_sink_octets (sink);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_true (g_str_has_suffix (text, "\r\n\r\n" LINES));
  test_sink_stop (sink);
}

static void
test_failures (gconstpointer data)
{
  gboolean blocking = GPOINTER_TO_UINT (data);
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));

  for (HeldKind kind = HELD_FAILS; kind <= HELD_NULL; kind++)
    {
      g_autoptr (TestHeld) held = held_new (kind);
      g_autoptr (GError) error = NULL;
      Sent sent = { 0 };

      send_way (session, MIMESEND_CONTENT (held), blocking, &sent);
      g_assert_no_error (sent.error);
      g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_NOT_TRIED);
      g_assert_false (mimesend_receipt_check (sent.receipt, &error));
      if (kind == HELD_FAILS)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
      else
        g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      g_assert_cmpuint (held->n_calls, ==, 6);
      sent_clear (&sent);
    }
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

static void
test_after_the_end (gconstpointer data)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (TestHeld) held = held_new (HELD_AFTER_END);
  Sent sent = { 0 };

  send_way (session, MIMESEND_CONTENT (held), GPOINTER_TO_UINT (data), &sent);
  assert_sent (sink, &sent, LINES);
  g_assert_cmpuint (held->n_calls, ==, 6);
  test_sink_stop (sink);
}

static gboolean
cancel_when_held (gpointer data)
{
  gpointer *pair = data;
  TestHeld *held = pair[0];

  if (held->task == NULL || held->n < held->n_max)
    return G_SOURCE_CONTINUE;
  g_cancellable_cancel (pair[1]);
  return G_SOURCE_REMOVE;
}

/* The octets come after all, and are dropped. */
static void
answer_too_late (TestHeld *held)
{
  g_task_return_pointer (held->task, line_of (9), (GDestroyNotify)g_bytes_unref);
  g_clear_object (&held->task);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* A read that is never finished: a cancel ends the message, and others are sent meanwhile and afterwards. */
static void
test_never (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendSession) other = session_to (test_sink_server (sink));
  g_autoptr (TestHeld) held = held_new (HELD_NEVER);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gpointer pair[] = { held, cancellable };
  Sent sent = { 0 }, meanwhile = { 0 };

  start (session, MIMESEND_CONTENT (held), cancellable, &sent);
  start_text (other, "meanwhile\n", &meanwhile);
  sent_await (&meanwhile);
  assert_sent (sink, &meanwhile, "meanwhile\r\n");
  g_assert_false (sent.done);
  g_timeout_add (1, cancel_when_held, pair);
  sent_await (&sent);
  g_assert_no_error (sent.error);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_NOT_TRIED);
  sent_clear (&sent);
  start_text (session, "after\n", &sent);
  sent_await (&sent);
  assert_sent (sink, &sent, "after\r\n");
  answer_too_late (held);
  test_sink_stop (sink);
}

/* The silence of a content has an end: the time-out of its stage. */
static void
test_silence (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (TestHeld) held = held_new (HELD_NEVER);
  Sent sent = { 0 };

  mimesend_session_set_timeout (session, 1);
  start (session, MIMESEND_CONTENT (held), NULL, &sent);
  sent_await (&sent);
  g_assert_no_error (sent.error);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), !=, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), !=, MIMESEND_OUTCOME_IN_DOUBT);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  sent_clear (&sent);
  answer_too_late (held);
  test_sink_stop (sink);
}

/* --- asked directly --- */

static void
take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static GBytes *
read_async (MimesendContent *content, gsize count, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mimesend_content_read_bytes_async (content, count, G_PRIORITY_DEFAULT, NULL, take_result, &result);
  g_assert_null (result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return mimesend_content_read_bytes_finish (content, result, error);
}

static void
assert_reads (MimesendContent *content, const char *expected)
{
  g_autoptr (GString) got = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) again = NULL;

  while ((bytes = read_async (content, 4, NULL)) != NULL && g_bytes_get_size (bytes) > 0)
    {
      g_string_append_len (got, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
      g_clear_pointer (&bytes, g_bytes_unref);
    }
  g_assert_nonnull (bytes);
  g_assert_cmpstr (got->str, ==, expected);
  again = read_async (content, 4, NULL); /* and again on every later call */
  g_assert_cmpuint (g_bytes_get_size (again), ==, 0);
}

static void
test_read (void)
{
  g_autoptr (MimesendContent) text = content_of_text ("text\nand more\n");
  g_autoptr (MimesendContent) mixed = content_of_text ("a\n");
  g_autoptr (TestHeld) held = held_new (HELD_PLAIN);
  g_autoptr (TestHeld) within = held_new (HELD_PLAIN);
  g_autoptr (TestHeld) waited = held_new (HELD_PLAIN);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) blocking = NULL;
  g_autoptr (GError) error = NULL;

  assert_reads (text, "text\nand more\n");
  g_assert_true (mimesend_content_add_content (mixed, MIMESEND_CONTENT (within), NULL));
  assert_reads (mixed, "a\nline 0\nline 1\nline 2\nline 3\nline 4\n");

  mimesend_content_read_bytes_async (MIMESEND_CONTENT (held), 10, G_PRIORITY_DEFAULT, NULL, take_result,
                                     &first);
  g_assert_null (read_async (MIMESEND_CONTENT (held), 10, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  while (first == NULL)
    g_main_context_iteration (NULL, TRUE);
  bytes = mimesend_content_read_bytes_finish (MIMESEND_CONTENT (held), first, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, strlen ("line 0\n"));

  /* a class that has no other way is waited for */
  blocking = mimesend_content_read_bytes (MIMESEND_CONTENT (waited), 10, NULL, NULL);
  g_assert_cmpuint (g_bytes_get_size (blocking), ==, strlen ("line 0\n"));
}

/* A binding loses the user data, or the source; a class hands its callback on to a content of its own. */
static void
test_called_back (void)
{
  static const HeldKind kinds[] = { HELD_NO_DATA, HELD_NO_SOURCE, HELD_PASSED_ON };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (TestHeld) held = held_new (kinds[i]);
      g_autoptr (TestHeld) waited = held_new (kinds[i]);
      g_autoptr (GBytes) bytes = NULL;

      if (kinds[i] == HELD_PASSED_ON)
        {
          held->inner = MIMESEND_CONTENT (held_new (HELD_PLAIN));
          waited->inner = MIMESEND_CONTENT (held_new (HELD_PLAIN));
        }
      assert_reads (MIMESEND_CONTENT (held), "line 0\nline 1\nline 2\nline 3\nline 4\n");
      bytes = mimesend_content_read_bytes (MIMESEND_CONTENT (waited), 10, NULL, NULL);
      g_assert_cmpuint (g_bytes_get_size (bytes), ==, strlen ("line 0\n"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/content-async/is-sent-whole/async", GUINT_TO_POINTER (FALSE), test_sent);
  g_test_add_data_func ("/client/content-async/is-sent-whole/blocking", GUINT_TO_POINTER (TRUE), test_sent);
  g_test_add_func ("/client/content-async/letter-is-sent-whole", test_letter);
  g_test_add_data_func ("/client/content-async/failure-completes-nothing/async", GUINT_TO_POINTER (FALSE),
                        test_failures);
  g_test_add_data_func ("/client/content-async/failure-completes-nothing/blocking", GUINT_TO_POINTER (TRUE),
                        test_failures);
  g_test_add_data_func ("/client/content-async/is-not-asked-after-the-end/async", GUINT_TO_POINTER (FALSE),
                        test_after_the_end);
  g_test_add_data_func ("/client/content-async/is-not-asked-after-the-end/blocking", GUINT_TO_POINTER (TRUE),
                        test_after_the_end);
  g_test_add_func ("/client/content-async/endless-read-can-be-cancelled", test_never);
  g_test_add_func ("/client/content-async/silence-ends-by-time-out", test_silence);
  g_test_add_func ("/client/content-async/read-bytes-async-returns-all", test_read);
  g_test_add_func ("/client/content-async/called-back", test_called_back);
  return g_test_run ();
}

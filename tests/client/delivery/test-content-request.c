/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contents that are asked for their octets and answer later, as languages without callbacks in virtual functions have them. */
#include "content-way.h"

#define TEST_TYPE_ASKED (test_asked_get_type ())
G_DECLARE_FINAL_TYPE (TestAsked, test_asked, TEST, ASKED, MimesendContent)

struct _TestAsked
{
  MimesendContent parent;
  guint n, silent_at, failing_at;
  gboolean asked;
};

G_DEFINE_FINAL_TYPE (TestAsked, test_asked, MIMESEND_TYPE_CONTENT)

static gboolean
test_asked_answer (gpointer data)
{
  TestAsked *self = data;
  MimesendContent *content = data;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BUSY, "later");

  if (self->n == self->failing_at)
    mimesend_content_answer_error (content, error);
  else
    {
      bytes = self->n < 5 ? line_of (self->n) : g_bytes_new (NULL, 0);
      mimesend_content_answer_bytes (content, bytes);
      mimesend_content_answer_bytes (content, bytes); /* there is no request */
    }
  self->n++;
  return G_SOURCE_REMOVE;
}

static void
test_asked_request_bytes (MimesendContent *content, gsize count, GCancellable *cancellable)
{
  TestAsked *self = TEST_ASKED (content);
  g_autoptr (GSource) source = g_timeout_source_new (1);

  self->asked = self->n == self->silent_at;
  if (self->asked)
    return;
  g_source_set_callback (source, test_asked_answer, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
test_asked_class_init (TestAskedClass *klass)
{
  MIMESEND_CONTENT_CLASS (klass)->request_bytes = test_asked_request_bytes;
}

static void
test_asked_init (TestAsked *self)
{
  self->silent_at = self->failing_at = G_MAXUINT;
}

static void
test_requests (gconstpointer data)
{
  gboolean blocking = GPOINTER_TO_UINT (data);
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (TestAsked) asked = g_object_new (TEST_TYPE_ASKED, NULL);
  g_autoptr (TestAsked) failing = g_object_new (TEST_TYPE_ASKED, NULL);
  g_autoptr (GError) error = NULL;
  Sent sent = { 0 };

  send_way (session, MIMESEND_CONTENT (asked), blocking, &sent);
  assert_sent (sink, &sent, LINES);

  failing->failing_at = 3;
  send_way (session, MIMESEND_CONTENT (failing), blocking, &sent);
  g_assert_no_error (sent.error);
  g_assert_false (mimesend_receipt_check (sent.receipt, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  sent_clear (&sent);
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  test_sink_stop (sink);
}

static void
test_request_without_answer (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TestAsked *asked = g_object_new (TEST_TYPE_ASKED, NULL);
  gpointer alive = asked;
  Sent sent = { 0 };

  asked->silent_at = 2;
  start (session, MIMESEND_CONTENT (asked), cancellable, &sent);
  while (!asked->asked)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  sent_await (&sent);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_NOT_TRIED);
  sent_clear (&sent);
  g_object_add_weak_pointer (G_OBJECT (asked), &alive);
  g_object_unref (asked);
  while (g_atomic_pointer_get (&alive) != NULL) /* nothing keeps it: neither the request nor the worker */
    if (!g_main_context_iteration (NULL, FALSE))
      g_thread_yield ();
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/content-request/is-sent-whole/async", GUINT_TO_POINTER (FALSE),
                        test_requests);
  g_test_add_data_func ("/client/content-request/is-sent-whole/blocking", GUINT_TO_POINTER (TRUE),
                        test_requests);
  g_test_add_func ("/client/content-request/missing-answer-can-be-cancelled", test_request_without_answer);
  return g_test_run ();
}

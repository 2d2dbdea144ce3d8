/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Progress and recipients' replies, as signals in the context that sends. */
#include "async.h"

#include <string.h>

#include "test-sink.h"

typedef struct
{
  GCancellable *cancellable;
  GThread *thread;
  GMainContext *context;
  guint64 cancel_at; /* octets; 0: never */
  guint n, n_content;
  guint64 octets;
  gint64 total, first_us, last_us;
  MimesendStage stage;
} Watch;

static void
watch_progress (MimesendSession *session,
                MimesendEnvelope *about,
                guint64 octets,
                gint64 total,
                MimesendStage stage,
                gpointer data)
{
  Watch *self = data;
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text ("out of turn\n");
  g_autoptr (GError) error = NULL;

  g_assert_true (g_thread_self () == self->thread);
  g_assert_null (mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  if (self->n++ == 0)
    self->first_us = g_get_monotonic_time ();
  self->last_us = g_get_monotonic_time ();
  g_assert_true (stage >= self->stage || stage == MIMESEND_STAGE_END_OF_DATA || self->cancel_at > 0);
  g_assert_cmpuint (octets, >=, self->octets);
  self->n_content += stage == MIMESEND_STAGE_CONTENT;
  self->octets = octets;
  self->total = total;
  self->stage = stage;
  if (self->cancel_at > 0 && octets >= self->cancel_at)
    g_cancellable_cancel (self->cancellable);
}

/* Lines that begin with dots are counted as they are. */
#define LINE    "..................................................\n"
#define N_LINES 400000

static MimesendContent *
large_content (gboolean known)
{
  MimesendContent *content = mimesend_content_new ();
  GString *text = g_string_sized_new (N_LINES * (sizeof LINE - 1));
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < N_LINES; i++)
    g_string_append (text, LINE);
  bytes = g_string_free_to_bytes (text);
  if (known)
    g_assert_true (mimesend_content_add_bytes (content, bytes, NULL));
  else
    {
      g_autoptr (GInputStream) input = g_memory_input_stream_new_from_bytes (bytes);

      g_assert_true (mimesend_content_add_input_stream (content, input, NULL));
    }
  return content;
}

/* Has no end: what is cancelled is in its content. */
#define TEST_TYPE_ENDLESS (test_endless_get_type ())
G_DECLARE_FINAL_TYPE (TestEndless, test_endless, TEST, ENDLESS, MimesendContent)

struct _TestEndless
{
  MimesendContent parent;
};

G_DEFINE_FINAL_TYPE (TestEndless, test_endless, MIMESEND_TYPE_CONTENT)

static GBytes *
test_endless_read_bytes (MimesendContent *content, gsize count, GCancellable *cancellable, GError **error)
{
  return g_bytes_new_static (LINE, sizeof LINE - 1);
}

static void
test_endless_class_init (TestEndlessClass *klass)
{
  MIMESEND_CONTENT_CLASS (klass)->read_bytes = test_endless_read_bytes;
}

static void
test_endless_init (TestEndless *self)
{
}

static void
send_watched (gboolean async, gboolean known, guint64 cancel_at, Watch *watch, Sent *sent)
{
  TestSink *sink = test_sink_start ("--script", "DOT delay 250ms", "--script", "LAST delay 250ms", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content =
      cancel_at > 0 ? g_object_new (TEST_TYPE_ENDLESS, NULL) : large_content (known);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  *watch = (Watch){ .cancellable = cancellable, .thread = g_thread_self (), .cancel_at = cancel_at };
  g_signal_connect (session, "progress", G_CALLBACK (watch_progress), watch);
  send_either_way (session, envelope, content, !async, cancellable, sent);
  g_assert_cmpuint (test_sink_count (sink), ==, cancel_at > 0 ? 0 : 1);
  test_sink_stop (sink);
}

static void
test_progress (gconstpointer data)
{
  gboolean async = GPOINTER_TO_UINT (data) & 1, known = GPOINTER_TO_UINT (data) & 2;
  Watch watch;
  Sent sent = { 0 };

  send_watched (async, known, 0, &watch, &sent);
  g_assert_no_error (sent.error);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpuint (watch.octets, ==, N_LINES * sizeof LINE); /* CR LF for LF */
  g_assert_cmpuint (watch.octets, ==, mimesend_receipt_get_octets (sent.receipt));
  g_assert_cmpint (watch.stage, ==, MIMESEND_STAGE_END_OF_DATA);
  if (known)
    g_assert_cmpint (watch.total, ==, watch.octets);
  g_assert_cmpuint (watch.n, >=, 2);
  g_assert_cmpint (watch.n, <=, 3 + (watch.last_us - watch.first_us) / 100000);
  sent_clear (&sent);
}

static void
test_cancel_from_the_handler (gconstpointer data)
{
  Watch watch;
  Sent sent = { 0 };
  g_autoptr (GError) error = NULL;

  send_watched (GPOINTER_TO_UINT (data), TRUE, 1, &watch, &sent);
  g_assert_nonnull (sent.receipt);
  g_assert_false (mimesend_receipt_check (sent.receipt, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_NOT_TRIED);
  g_assert_cmpuint (watch.octets, >, 0);
  sent_clear (&sent);
}

/* Several messages under way: each is told of under its own envelope, to its end. */
#define N_AT_ONCE 4

typedef struct
{
  MimesendEnvelope *envelopes[N_AT_ONCE];
  guint64 octets[N_AT_ONCE];
  MimesendStage stages[N_AT_ONCE];
} Apart;

static void
note_apart (MimesendSession *session,
            MimesendEnvelope *envelope,
            guint64 octets,
            gint64 total,
            MimesendStage stage,
            gpointer data)
{
  Apart *self = data;
  guint i = 0;

  while (i < N_AT_ONCE && self->envelopes[i] != envelope)
    i++;
  g_assert_cmpuint (i, <, N_AT_ONCE);
  g_assert_cmpuint (octets, >=, self->octets[i]);
  self->octets[i] = octets;
  self->stages[i] = stage;
}

static void
test_apart (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  Sent sent[N_AT_ONCE] = { 0 };
  Apart apart = { 0 };

  g_object_set (session, "window", 8, NULL);
  g_signal_connect (session, "progress", G_CALLBACK (note_apart), &apart);
  for (guint i = 0; i < N_AT_ONCE; i++)
    {
      g_autofree char *text = g_strnfill (10 * (i + 1), 'x');
      g_autoptr (MimesendContent) content = content_of_text (text);

      apart.envelopes[i] = envelope_to ("a@example.org", NULL);
      mimesend_session_send_async (session, apart.envelopes[i], content, MIMESEND_SEND_DEFAULT,
                                   G_PRIORITY_DEFAULT, NULL, sent_done, &sent[i]);
    }
  for (guint i = 0; i < N_AT_ONCE; i++)
    {
      sent_await (&sent[i]);
      g_assert_no_error (sent[i].error);
      g_assert_cmpuint (apart.octets[i], ==, 10 * (i + 1) + 2);
      g_assert_cmpint (apart.stages[i], ==, MIMESEND_STAGE_END_OF_DATA);
      sent_clear (&sent[i]);
      mimesend_envelope_unref (apart.envelopes[i]);
    }
  test_sink_stop (sink);
}

/* --- replies to RCPT --- */

typedef struct
{
  GString *told;
  const char *give_up_at;
} Replies;

static gboolean
watch_reply (MimesendSession *session, const char *recipient, guint code, const char *text, gpointer data)
{
  Replies *self = data;

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_string_append_printf (self->told, "%s %u %s\n", recipient, code, text);
  return g_strcmp0 (recipient, self->give_up_at) == 0;
}

static void
test_recipient_reply (gconstpointer data)
{
  const char *give_up_at = data;
  TestSink *sink = test_sink_start ("--refuse", "b@*=550 5.1.1 nobody", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", "b@example.org");
  Replies replies = { g_string_new (NULL), give_up_at };

  g_signal_connect (session, "recipient-reply", G_CALLBACK (watch_reply), &replies);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MimesendContent) content = content_of_text ("text\n");
      g_autoptr (GError) error = NULL;
      Sent sent = { 0 };

      mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_SERVE_ACCEPTED,
                                   G_PRIORITY_DEFAULT, NULL, sent_done, &sent);
      sent_await (&sent);
      g_assert_no_error (sent.error);
      g_assert_false (mimesend_receipt_check (sent.receipt, &error));
      if (replies.give_up_at == NULL)
        g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_PARTIAL);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      replies.give_up_at = NULL; /* the next message goes on a new connection */
      sent_clear (&sent);
    }
  g_assert_cmpuint (test_sink_count (sink), ==, give_up_at == NULL ? 2 : 1);
  g_assert_true (g_str_has_suffix (replies.told->str, "b@example.org 550 nobody\n"));
  g_assert_nonnull (strstr (replies.told->str, "a@example.org 250 "));
  g_string_free (replies.told, TRUE);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/progress/blocking/unknown", GUINT_TO_POINTER (0), test_progress);
  g_test_add_data_func ("/client/progress/async/unknown", GUINT_TO_POINTER (1), test_progress);
  g_test_add_data_func ("/client/progress/blocking/known", GUINT_TO_POINTER (2), test_progress);
  g_test_add_data_func ("/client/progress/async/known", GUINT_TO_POINTER (3), test_progress);
  g_test_add_data_func ("/client/progress/cancel/blocking", GUINT_TO_POINTER (0),
                        test_cancel_from_the_handler);
  g_test_add_data_func ("/client/progress/cancel/async", GUINT_TO_POINTER (1), test_cancel_from_the_handler);
  g_test_add_func ("/client/progress/apart", test_apart);
  g_test_add_data_func ("/client/recipient-reply/go-on", NULL, test_recipient_reply);
  g_test_add_data_func ("/client/recipient-reply/give-up-at-accepted", "a@example.org", test_recipient_reply);
  g_test_add_data_func ("/client/recipient-reply/give-up-at-refused", "b@example.org", test_recipient_reply);
  return g_test_run ();
}

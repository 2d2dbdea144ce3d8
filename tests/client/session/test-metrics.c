/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters and events of real sessions. */
#include "async.h"

#define MICROSECOND 1e-6

#include <string.h>

#include "test-sink.h"

static MimesendReceipt *
send_text (MimesendSession *session, MimesendEnvelope *envelope)
{
  g_autoptr (MimesendContent) content = content_of_text ("hello\n");

  return mimesend_session_send (session, envelope, content, MIMESEND_SEND_SERVE_ACCEPTED, NULL, NULL);
}

static void
assert_has (const char *text, const char *line)
{
  if (strstr (text, line) == NULL)
    g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, line));
}

static void
test_counts (void)
{
  TestSink *sink = test_sink_start ("--refuse", "b@*", "--tls-self-signed", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendMetrics) metrics = mimesend_metrics_new ();
  g_autoptr (MimesendEnvelope) one = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendEnvelope) two = envelope_to ("a@example.org", "b@example.org");
  g_autoptr (MimesendReceipt) first = NULL, second = NULL;
  const char *const labels[] = { "host", "a \"b\" \\ c\nd", "no name", "x", "__no", "y", NULL };
  g_autofree char *text = NULL;

  g_object_set (session, "metrics", metrics, NULL);
  first = send_text (session, one);
  second = send_text (session, two);
  g_assert_cmpuint (mimesend_metrics_get_messages (metrics, MIMESEND_OUTCOME_ACCEPTED), ==, 1);
  g_assert_cmpuint (mimesend_metrics_get_messages (metrics, MIMESEND_OUTCOME_PARTIAL), ==, 1);
  g_assert_cmpuint (mimesend_metrics_get_recipients (metrics, MIMESEND_OUTCOME_ACCEPTED), ==, 2);
  g_assert_cmpuint (mimesend_metrics_get_recipients (metrics, MIMESEND_OUTCOME_REFUSED), ==, 1);
  g_assert_cmpuint (mimesend_metrics_get_content_octets (metrics), ==, 14);
  g_assert_cmpuint (mimesend_metrics_get_connections (metrics, TRUE), ==, 1);
  g_assert_cmpuint (mimesend_metrics_get_connections (metrics, FALSE), ==, 0);
  g_assert_cmpuint (mimesend_metrics_get_tls_handshakes (metrics), ==, 1);
  g_assert_cmpuint (mimesend_metrics_get_octets_sent (metrics), >, 100);
  g_assert_cmpuint (mimesend_metrics_get_octets_received (metrics), >, 100);
  g_assert_cmpuint (mimesend_metrics_get_stage_count (metrics, MIMESEND_STAGE_GREETING), ==, 1);
  g_assert_cmpuint (mimesend_metrics_get_stage_count (metrics, MIMESEND_STAGE_END_OF_DATA), ==, 2);
  g_assert_cmpfloat_with_epsilon (mimesend_metrics_get_stage_time (metrics, MIMESEND_STAGE_END_OF_DATA),
                                  mimesend_receipt_get_stage_time (first, MIMESEND_STAGE_END_OF_DATA) +
                                      mimesend_receipt_get_stage_time (second, MIMESEND_STAGE_END_OF_DATA),
                                  MICROSECOND);

  text = mimesend_metrics_to_prometheus (metrics, labels);
  assert_has (text, "# TYPE mimesend_messages_total counter\n");
  assert_has (text, "mimesend_messages_total{host=\"a \\\"b\\\" \\\\ c\\nd\",outcome=\"accepted\"} 1\n");
  assert_has (text, "# TYPE mimesend_stage_duration_seconds histogram\n");
  assert_has (text, ",stage=\"end-of-data\",le=\"+Inf\"} 2\n");
  assert_has (text, ",stage=\"end-of-data\",le=\"0.025\"} ");
  g_assert_null (strstr (text, "no name"));
  g_assert_null (strstr (text, "__no"));
  test_sink_stop (sink);
}

/* Without labels, and before anything happened. */
static void
test_zeros (void)
{
  g_autoptr (MimesendMetrics) metrics = mimesend_metrics_new ();
  g_autofree char *text = mimesend_metrics_to_prometheus (metrics, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  assert_has (text, "\nmimesend_retries_total 0\n");
  assert_has (text, "\nmimesend_messages_total{outcome=\"in-doubt\"} 0\n");
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_true (*lines[i] == '\0' || g_str_has_prefix (lines[i], "# ") ||
                   g_str_has_prefix (lines[i], "mimesend_"));
}

static void
test_not_connected (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendMetrics) metrics = mimesend_metrics_new ();
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);

  test_sink_stop (sink);
  g_object_set (session, "metrics", metrics, NULL);
  g_assert_null (send_text (session, envelope));
  g_assert_cmpuint (mimesend_metrics_get_connections (metrics, FALSE), ==, 1);
  g_assert_cmpuint (mimesend_metrics_get_messages (metrics, MIMESEND_OUTCOME_DEFERRED), ==, 1);
}

static void
gather (MimesendTraceEvent *event, gpointer events)
{
  g_ptr_array_add (events, mimesend_trace_event_ref (event));
}

/* Stages lie within their message, follow one another, and are no secret's way out. */
static void
test_events (void)
{
  TestSink *sink = test_sink_start ("--auth", "joe:wonderland", "--script", "MAIL delay 20ms", NULL);
  g_autofree char *url = test_sink_url (sink, "smtp");
  g_autoptr (MimesendServer) plain = mimesend_server_new (url, NULL);
  g_autoptr (MimesendServer) server = mimesend_server_with_login (plain, "joe", "wonderland", NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_trace_event_unref);
  g_autoptr (MimesendReceipt) receipt = NULL;
  MimesendTraceEvent *message = NULL;
  double at = 0;
  guint n_stages = 0, n_lines = 0;

  mimesend_session_set_trace_events (session, gather, events, NULL);
  receipt = send_text (session, envelope);
  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
  message = g_ptr_array_index (events, events->len - 1);
  g_assert_cmpint (mimesend_trace_event_get_kind (message), ==, MIMESEND_TRACE_KIND_MESSAGE);
  g_assert_cmpint (mimesend_trace_event_get_outcome (message), ==, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_true (mimesend_trace_event_get_envelope (message) == envelope);
  g_assert_cmpuint (mimesend_trace_event_get_octets (message), ==, 7);
  for (guint i = 0; i + 1 < events->len; i++)
    {
      MimesendTraceEvent *event = g_ptr_array_index (events, i);

      g_assert_cmpuint (mimesend_trace_event_get_connection (event), ==, 1);
      if (mimesend_trace_event_get_kind (event) != MIMESEND_TRACE_KIND_STAGE)
        {
          g_assert_null (strstr (mimesend_trace_event_get_text (event), "wonderland"));
          n_lines++;
          continue;
        }
      g_assert_cmpfloat (mimesend_trace_event_get_time (event), >=, at - MICROSECOND);
      at = mimesend_trace_event_get_time (event) + mimesend_trace_event_get_duration (event);
      g_assert_true ((mimesend_trace_event_get_envelope (event) == envelope) ==
                     (mimesend_trace_event_get_stage (event) >= MIMESEND_STAGE_MAIL));
      if (mimesend_trace_event_get_stage (event) == MIMESEND_STAGE_MAIL)
        g_assert_cmpfloat (mimesend_trace_event_get_duration (event), >=, 0.015);
      n_stages++;
    }
  g_assert_cmpfloat (at, <=,
                     mimesend_trace_event_get_time (message) + mimesend_trace_event_get_duration (message) +
                         MICROSECOND);
  g_assert_cmpuint (n_stages, >=, 5);
  g_assert_cmpuint (n_lines, >, 10);
  test_sink_stop (sink);
}

static MimesendNext
next_of_two (MimesendSession *session,
             MimesendEnvelope **envelope,
             MimesendContent **content,
             guint64 *tag,
             gpointer n)
{
  *tag = ++*(guint *)n;
  if (*tag > 2)
    return MIMESEND_NEXT_END;
  *envelope = envelope_to ("a@example.org", NULL);
  *content = content_of_text ("hello\n");
  return MIMESEND_NEXT_MESSAGE;
}

static void
settled (MimesendSession *session, guint64 tag, MimesendReceipt *receipt, gpointer user_data)
{
  g_assert_true (mimesend_receipt_check (receipt, NULL));
}

/* One of many has its time, too. */
static void
test_events_of_each (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_trace_event_unref);
  double begun = (double)g_get_monotonic_time () * MICROSECOND;
  guint n = 0, n_messages = 0;

  mimesend_session_set_trace_events (session, gather, events, NULL);
  g_assert_true (mimesend_session_send_each (session, next_of_two, &n, settled, NULL, MIMESEND_SEND_DEFAULT,
                                             NULL, NULL));
  for (guint i = 0; i < events->len; i++)
    {
      MimesendTraceEvent *event = g_ptr_array_index (events, i);

      if (mimesend_trace_event_get_kind (event) != MIMESEND_TRACE_KIND_MESSAGE)
        continue;
      g_assert_cmpfloat (mimesend_trace_event_get_time (event), >=, begun - MICROSECOND);
      g_assert_cmpfloat (mimesend_trace_event_get_time (event) + mimesend_trace_event_get_duration (event),
                         <=, (double)g_get_monotonic_time () * MICROSECOND + MICROSECOND);
      n_messages++;
    }
  g_assert_cmpuint (n_messages, ==, 2);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/metrics/counts-what-happens", test_counts);
  g_test_add_func ("/client/metrics/begin-at-zero", test_zeros);
  g_test_add_func ("/client/metrics/counts-failed-connections", test_not_connected);
  g_test_add_func ("/client/trace-events/one-message-makes-its-events", test_events);
  g_test_add_func ("/client/trace-events/each-message-has-its-own", test_events_of_each);
  return g_test_run ();
}

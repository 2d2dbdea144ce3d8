/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters as Prometheus reads them: its text format, version 0.0.4. */
#include "values/metrics-private.h"

/* Microseconds as decimal seconds, independent of the locale, without trailing zeros. */
static void
append_seconds (GString *out, gint64 us)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out, g_ascii_formatd (text, sizeof text, "%.6f", (double)us / 1e6));
  while (out->str[out->len - 1] == '0')
    g_string_truncate (out, out->len - 1);
  if (out->str[out->len - 1] == '.')
    g_string_truncate (out, out->len - 1);
}

static void
append_escaped (GString *out, const char *value)
{
  for (; *value != '\0'; value++)
    if (*value == '\n')
      g_string_append (out, "\\n");
    else
      {
        if (*value == '"' || *value == '\\')
          g_string_append_c (out, '\\');
        g_string_append_c (out, *value);
      }
}

/* [a-zA-Z_][a-zA-Z0-9_]*; names that begin with two underscores are Prometheus's own. */
static gboolean
is_label_name (const char *name)
{
  if (!(g_ascii_isalpha (*name) || *name == '_') || g_str_has_prefix (name, "__"))
    return FALSE;
  for (; *name != '\0'; name++)
    if (!g_ascii_isalnum (*name) && *name != '_')
      return FALSE;
  return TRUE;
}

/* "a=\"b\",c=\"d\"", or "". */
static char *
labels_of (const char *const *labels)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; labels != NULL && labels[i] != NULL && labels[i + 1] != NULL; i += 2)
    {
      g_autofree char *valid = g_utf8_make_valid (labels[i + 1], -1);

      if (!is_label_name (labels[i]))
        continue;
      g_string_append_printf (out, "%s%s=\"", out->len > 0 ? "," : "", labels[i]);
      append_escaped (out, valid);
      g_string_append_c (out, '"');
    }
  return g_string_free (out, FALSE);
}

static void
append_head (GString *out, const char *name, const char *type, const char *help)
{
  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* name{labels,label="value"} */
static void
append_metric_name (GString *out, const char *name, const char *labels, const char *label, const char *value)
{
  const char *between = *labels != '\0' && label != NULL ? "," : "";

  g_string_append (out, name);
  if (*labels == '\0' && label == NULL)
    return;
  g_string_append_printf (out, "{%s%s", labels, between);
  if (label != NULL)
    g_string_append_printf (out, "%s=\"%s\"", label, value);
  g_string_append_c (out, '}');
}

static void
append_counter (GString *out, const char *name, const char *help, const char *labels, guint64 value)
{
  append_head (out, name, "counter", help);
  append_metric_name (out, name, labels, NULL, NULL);
  g_string_append_printf (out, " %" G_GUINT64_FORMAT "\n", value);
}

static void
append_outcomes (GString *out, const char *name, const char *help, const char *labels, const guint64 *values)
{
  append_head (out, name, "counter", help);
  for (guint i = 0; i < MIMESEND_METRICS_OUTCOMES; i++)
    {
      append_metric_name (out, name, labels, "outcome", mimesend_outcome_to_string ((MimesendOutcome)i));
      g_string_append_printf (out, " %" G_GUINT64_FORMAT "\n", values[i]);
    }
}

#define STAGES "mimesend_stage_duration_seconds"

static void
append_stage (GString *out, const char *labels, const char *stage, const MimesendHistogram *histogram)
{
  guint64 n = 0;

  for (guint i = 0; i <= MIMESEND_METRICS_BOUNDS; i++)
    {
      append_metric_name (out, STAGES "_bucket", labels, "stage", stage);
      g_string_truncate (out, out->len - 1); /* the brace */
      g_string_append (out, ",le=\"");
      if (i < MIMESEND_METRICS_BOUNDS)
        append_seconds (out, mimesend_metrics_bounds[i]);
      else
        g_string_append (out, "+Inf");
      n = i < MIMESEND_METRICS_BOUNDS ? n + histogram->at_most[i] : histogram->count;
      g_string_append_printf (out, "\"} %" G_GUINT64_FORMAT "\n", n);
    }
  append_metric_name (out, STAGES "_sum", labels, "stage", stage);
  g_string_append_c (out, ' ');
  append_seconds (out, histogram->sum_us);
  g_string_append_c (out, '\n');
  append_metric_name (out, STAGES "_count", labels, "stage", stage);
  g_string_append_printf (out, " %" G_GUINT64_FORMAT "\n", histogram->count);
}

/**
 * mimesend_metrics_to_prometheus:
 * @self: what counts
 * @labels: (nullable) (array zero-terminated=1): names and values by turns, for every sample; a name that is none
 *   (letters of ASCII, digits, underscores) is left out with its value
 *
 * The counters in Prometheus's text format (`text/plain; version=0.0.4`), for a page that it scrapes.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
char *
mimesend_metrics_to_prometheus (MimesendMetrics *self, const char *const *labels)
{
  GString *out;
  g_autofree char *all = labels_of (labels);
  MimesendCounts counts;

  g_return_val_if_fail (self != NULL, NULL);
  out = g_string_new (NULL);
  mimesend_metrics_read (self, &counts);
  append_outcomes (out, "mimesend_messages_total", "Messages by outcome.", all, counts.messages);
  append_outcomes (out, "mimesend_recipients_total", "Recipients by outcome.", all, counts.recipients);
  append_counter (out, "mimesend_retries_total", "Attempts beside the first.", all, counts.retries);
  append_counter (out, "mimesend_content_bytes_total", "Octets of content.", all, counts.content_octets);
  append_counter (out, "mimesend_sent_bytes_total", "Octets sent, without what TLS adds.", all, counts.sent);
  append_counter (out, "mimesend_received_bytes_total", "Octets received, without what TLS adds.", all,
                  counts.received);
  append_counter (out, "mimesend_connections_total", "Connections made.", all, counts.connected);
  append_counter (out, "mimesend_connection_failures_total", "Connections that could not be made.", all,
                  counts.not_connected);
  append_counter (out, "mimesend_tls_handshakes_total", "TLS handshakes that succeeded.", all,
                  counts.handshakes);
  append_head (out, STAGES, "histogram", "Time by stage of a message.");
  for (guint i = 0; i < MIMESEND_METRICS_STAGES; i++)
    if (counts.stages[i].count > 0)
      append_stage (out, all, mimesend_stage_to_string ((MimesendStage)i), &counts.stages[i]);
  return g_string_free (out, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/trace.h"

#include <string.h>

#include "values/from-core.h"
#include "values/trace-event-private.h"

static void
trace_tell (const MimesendPolicy *policy, const MimesendTraceEvent *event)
{
  policy->trace (policy->trace_data, event);
}

static void
trace_line (const MimesendPolicy *policy, guint connection, MimesendTraceKind kind, char *text)
{
  MimesendTraceEvent line = { .kind = kind,
                              .text = text,
                              .connection = connection,
                              .time_us = g_get_monotonic_time (),
                              .octets = strlen (text) };

  trace_tell (policy, &line);
}

void
mimesend_trace_note (const MimesendPolicy *policy, guint connection, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  if (policy->trace == NULL)
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  trace_line (policy, connection, MIMESEND_TRACE_KIND_NOTE, text);
}

void
mimesend_trace_tls (const MimesendPolicy *policy, guint connection, MimesendTls *tls)
{
  const char *why = mimesend_tls_get_reason (tls);

  mimesend_trace_note (policy, connection, "%s, %s, certificate %sverified%s%s",
                       mimesend_tls_get_version (tls), mimesend_tls_get_cipher (tls),
                       mimesend_tls_is_verified (tls) ? "" : "NOT ", why != NULL ? ": " : "",
                       why != NULL ? why : "");
}

void
mimesend_trace_dialogue (const MimesendPolicy *policy, guint connection, MimesendSmtpClient *core)
{
  gboolean is_reply;
  char *line;

  if (policy->trace == NULL)
    return;
  while ((line = mimesend_smtp_client_next_trace (core, &is_reply)) != NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (line, -1);

      trace_line (policy, connection, is_reply ? MIMESEND_TRACE_KIND_RECEIVED : MIMESEND_TRACE_KIND_SENT,
                  valid);
      g_free (line);
    }
}

void
mimesend_trace_stages (const MimesendPolicy *policy,
                       guint connection,
                       MimesendEnvelope *envelope,
                       gint64 begun_us,
                       const gint64 us[MIMESEND_SMTP_N_STAGES],
                       guint64 octets)
{
  MimesendTraceEvent like = {
    .kind = MIMESEND_TRACE_KIND_STAGE, .time_us = begun_us, .connection = connection, .envelope = envelope
  };

  for (guint stage = MIMESEND_STAGE_CONNECT; policy->trace != NULL && stage < MIMESEND_SMTP_N_STAGES; stage++)
    if (us[stage] > 0)
      {
        like.stage = mimesend_stage_from_core ((MimesendSmtpStage)stage);
        like.duration_us = us[stage];
        like.octets = stage == MIMESEND_STAGE_CONTENT ? octets : 0;
        trace_tell (policy, &like);
        like.time_us += us[stage];
      }
}

void
mimesend_trace_message (const MimesendPolicy *policy,
                        MimesendEnvelope *envelope,
                        gint64 begun_us,
                        MimesendReceipt *receipt)
{
  MimesendTraceEvent like = { .kind = MIMESEND_TRACE_KIND_MESSAGE,
                              .time_us = begun_us,
                              .envelope = envelope };

  if (policy->trace == NULL)
    return;
  like.duration_us = g_get_monotonic_time () - begun_us;
  like.stage = mimesend_receipt_get_stage (receipt);
  like.octets = mimesend_receipt_get_octets (receipt);
  like.outcome = mimesend_receipt_get_outcome (receipt);
  trace_tell (policy, &like);
}

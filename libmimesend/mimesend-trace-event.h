/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One event of a dialogue. */
#pragma once

#include <glib-object.h>
#include "mimesend-envelope.h"
#include "mimesend-receipt.h"

G_BEGIN_DECLS

/**
 * MimesendTraceKind:
 * @MIMESEND_TRACE_KIND_SENT: a line that was sent; secrets are replaced by their length
 * @MIMESEND_TRACE_KIND_RECEIVED: a line from the server
 * @MIMESEND_TRACE_KIND_NOTE: something that happened: connected, TLS negotiated
 * @MIMESEND_TRACE_KIND_STAGE: the end of a stage of a connection or of a transaction
 * @MIMESEND_TRACE_KIND_MESSAGE: the end of a message, over all transactions and attempts
 *
 * The kind of an event.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_TRACE_KIND_SENT,
  MIMESEND_TRACE_KIND_RECEIVED,
  MIMESEND_TRACE_KIND_NOTE,
  MIMESEND_TRACE_KIND_STAGE,
  MIMESEND_TRACE_KIND_MESSAGE
} MimesendTraceKind;

#define MIMESEND_TYPE_TRACE_EVENT (mimesend_trace_event_get_type ())

/**
 * MimesendTraceEvent:
 *
 * One event: a line of the dialogue, or the end of a stage or a message: see mimesend_session_set_trace_events().
 *
 * Since: 0.1
 */
typedef struct _MimesendTraceEvent MimesendTraceEvent;

/**
 * MimesendTraceEventFunc:
 * @event: what happened
 * @user_data: (closure): the caller's
 *
 * Called for each event, in the sending thread, which it blocks. It may cancel the sending.
 *
 * Since: 0.1
 */
typedef void (*MimesendTraceEventFunc) (MimesendTraceEvent *event, gpointer user_data);

GType mimesend_trace_event_get_type (void);
MimesendTraceEvent *mimesend_trace_event_ref (MimesendTraceEvent *self);
void mimesend_trace_event_unref (MimesendTraceEvent *self);

MimesendTraceKind mimesend_trace_event_get_kind (MimesendTraceEvent *self);
double mimesend_trace_event_get_time (MimesendTraceEvent *self);
double mimesend_trace_event_get_duration (MimesendTraceEvent *self);
MimesendStage mimesend_trace_event_get_stage (MimesendTraceEvent *self);
const char *mimesend_trace_event_get_text (MimesendTraceEvent *self);
guint64 mimesend_trace_event_get_octets (MimesendTraceEvent *self);
guint mimesend_trace_event_get_connection (MimesendTraceEvent *self);
MimesendEnvelope *mimesend_trace_event_get_envelope (MimesendTraceEvent *self);
MimesendOutcome mimesend_trace_event_get_outcome (MimesendTraceEvent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendTraceEvent, mimesend_trace_event_unref)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace event: one step of sending, as a value, for logs and for tracing spans. */
#include "values/trace-event-private.h"

#include "octets/boxed.h"
#include "octets/seconds.h"

MIMESEND_DEFINE_BOXED (MimesendTraceEvent, mimesend_trace_event)

MimesendTraceEvent *
mimesend_trace_event_new (const MimesendTraceEvent *like)
{
  MimesendTraceEvent *self = g_memdup2 (like, sizeof *like);

  g_atomic_ref_count_init (&self->refs);
  self->text = like->text != NULL ? g_utf8_make_valid (like->text, -1) : NULL;
  if (self->envelope != NULL)
    mimesend_envelope_ref (self->envelope);
  return self;
}

/**
 * mimesend_trace_event_ref:
 * @self: an event
 *
 * Takes a reference; mimesend_trace_event_unref() gives it back.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
MimesendTraceEvent *
mimesend_trace_event_ref (MimesendTraceEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_trace_event_unref:
 * @self: (transfer full) (nullable): an event
 *
 * Gives a reference back; with the last one the event is freed.
 *
 * Since: 0.1
 */
void
mimesend_trace_event_unref (MimesendTraceEvent *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->text);
  mimesend_envelope_unref (self->envelope);
  g_free (self);
}

/**
 * mimesend_trace_event_get_kind:
 * @self: an event
 *
 * Gets what kind of event it is, which decides what the others say.
 *
 * Returns: what it is
 *
 * Since: 0.1
 */
MimesendTraceKind
mimesend_trace_event_get_kind (MimesendTraceEvent *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_TRACE_KIND_NOTE);
  return self->kind;
}

/**
 * mimesend_trace_event_get_time:
 * @self: an event
 *
 * Gets the time.
 *
 * Returns: when it was, or when the stage or the message began, by the monotonic clock (g_get_monotonic_time()), in
 *   seconds
 *
 * Since: 0.1
 */
double
mimesend_trace_event_get_time (MimesendTraceEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return mimesend_seconds_from_us (self->time_us);
}

/**
 * mimesend_trace_event_get_duration:
 * @self: an event
 *
 * Gets how long it took.
 *
 * Returns: how long the stage or the message took, in seconds; 0 for a line
 *
 * Since: 0.1
 */
double
mimesend_trace_event_get_duration (MimesendTraceEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return mimesend_seconds_from_us (self->duration_us);
}

/**
 * mimesend_trace_event_get_stage:
 * @self: an event
 *
 * Gets the stage.
 *
 * Returns: which stage; of a message, where its outcome was decided
 *
 * Since: 0.1
 */
MimesendStage
mimesend_trace_event_get_stage (MimesendTraceEvent *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_STAGE_NONE);
  return self->stage;
}

/**
 * mimesend_trace_event_get_text:
 * @self: an event
 *
 * Gets a line of the dialogue, or a note; the server's words are untrusted.
 *
 * Returns: (nullable): the line without its end, in valid UTF-8; controls are as they came: escape
 *   before showing
 *
 * Since: 0.1
 */
const char *
mimesend_trace_event_get_text (MimesendTraceEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->text;
}

/**
 * mimesend_trace_event_get_octets:
 * @self: an event
 *
 * Counts octets.
 *
 * Returns: of content, of the stage content and of a message; else of the line
 *
 * Since: 0.1
 */
guint64
mimesend_trace_event_get_octets (MimesendTraceEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->octets;
}

/**
 * mimesend_trace_event_get_connection:
 * @self: an event
 *
 * Gets the connection that the event belongs to.
 *
 * Returns: which connection of the session, from 1; 0 for a message
 *
 * Since: 0.1
 */
guint
mimesend_trace_event_get_connection (MimesendTraceEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->connection;
}

/**
 * mimesend_trace_event_get_envelope:
 * @self: an event
 *
 * Gets whose message it is, to find it among others.
 *
 * Returns: (nullable) (transfer none): the envelope of the message that it is
 *   about, the very one that was given to the session; %NULL for a connection and for lines, which may be of several
 *
 * Since: 0.1
 */
MimesendEnvelope *
mimesend_trace_event_get_envelope (MimesendTraceEvent *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->envelope;
}

/**
 * mimesend_trace_event_get_outcome:
 * @self: an event
 *
 * Gets the outcome of a message.
 *
 * Returns: of a message
 *
 * Since: 0.1
 */
MimesendOutcome
mimesend_trace_event_get_outcome (MimesendTraceEvent *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_OUTCOME_NOT_TRIED);
  return self->outcome;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public class: one connection, many messages. */
#include "client/session/session-private.h"
#include "client/session/signals.h"
#include "values/trace-event-private.h"

/**
 * MimesendSession:
 *
 * One connection to a server, for any number of messages: it is made when the first is sent, kept while it works, and
 * replaced when it does not. Blocking or asynchronous; for one thread at a time.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (MimesendSession, mimesend_session, G_TYPE_OBJECT)

static void
mimesend_session_finalize (GObject *object)
{
  MimesendSession *self = MIMESEND_SESSION (object);

  mimesend_runner_free (self->runner);
  g_clear_pointer (&self->policy.first, mimesend_server_unref);
  g_clear_pointer (&self->policy.found, mimesend_server_unref);
  g_free (self->policy.ehlo_name);
  mimesend_retry_unref (self->policy.retry);
  mimesend_metrics_unref (self->policy.metrics);
  g_clear_pointer (&self->policy.dkims, g_ptr_array_unref);
  mimesend_lessons_unref (self->policy.lessons);
  if (self->trace_event_destroy != NULL)
    self->trace_event_destroy (self->trace_event_data);
  if (self->trace_destroy != NULL)
    self->trace_destroy (self->trace_data);
  mimesend_receipt_unref (self->last);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (mimesend_session_parent_class)->finalize (object);
}

static void
mimesend_session_init (MimesendSession *self)
{
  self->policy.max_recipients = 100;
  self->policy.pipelining = TRUE;
  self->policy.chunking = TRUE;
  self->policy.window = 1;
  self->policy.quiet_us = 60 * G_TIME_SPAN_SECOND;
  self->policy.reports = &mimesend_session_reports;
  self->policy.session = self;
  self->policy.lessons = mimesend_lessons_new ();
  self->runner = mimesend_runner_new (&self->policy);
  g_mutex_init (&self->mutex);
}

void
mimesend_session_share_lessons (MimesendSession *self, MimesendLessons *lessons)
{
  mimesend_lessons_ref (lessons);
  mimesend_lessons_unref (self->policy.lessons);
  self->policy.lessons = lessons;
}

static void
mimesend_session_class_init (MimesendSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = mimesend_session_set_property;
  object_class->get_property = mimesend_session_get_property;
  object_class->finalize = mimesend_session_finalize;

  mimesend_session_install_properties (object_class);
  mimesend_session_install_signals (object_class);
}

/**
 * mimesend_session_new:
 * @server: the server
 *
 * Makes a session. It connects when the first message is sent.
 *
 * Returns: (transfer full): a session
 *
 * Since: 0.1
 */
MimesendSession *
mimesend_session_new (MimesendServer *server)
{
  g_return_val_if_fail (server != NULL, NULL);
  return g_object_new (MIMESEND_TYPE_SESSION, "server", server, NULL);
}

/**
 * mimesend_session_get_server: (get-property server)
 * @self: a session
 *
 * Gets the server that the session was made for.
 *
 * Returns: (transfer none): its server
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_session_get_server (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), NULL);
  return self->policy.first;
}

G_STATIC_ASSERT ((int)MIMESEND_TRACE_SENT == (int)MIMESEND_TRACE_KIND_SENT);
G_STATIC_ASSERT ((int)MIMESEND_TRACE_RECEIVED == (int)MIMESEND_TRACE_KIND_RECEIVED);
G_STATIC_ASSERT ((int)MIMESEND_TRACE_NOTE == (int)MIMESEND_TRACE_KIND_NOTE);

/* Passes events to the callback for lines. */
static void
session_trace_cb (gpointer data, const MimesendTraceEvent *like)
{
  MimesendSession *self = data;
  g_autoptr (MimesendTraceEvent) event = NULL;

  switch (like->kind)
    {
    case MIMESEND_TRACE_KIND_SENT:
    case MIMESEND_TRACE_KIND_RECEIVED:
    case MIMESEND_TRACE_KIND_NOTE:
      if (self->trace != NULL)
        self->trace ((MimesendTraceDirection)like->kind, like->text, self->trace_data);
      break;
    case MIMESEND_TRACE_KIND_STAGE:
    case MIMESEND_TRACE_KIND_MESSAGE:
    default:
      break;
    }
  if (self->trace_event == NULL)
    return;
  event = mimesend_trace_event_new (like);
  self->trace_event (event, self->trace_event_data);
}

static void
session_choose_trace (MimesendSession *self)
{
  self->policy.trace = self->trace != NULL || self->trace_event != NULL ? session_trace_cb : NULL;
  self->policy.trace_data = self;
}

/**
 * mimesend_session_set_trace:
 * @self: a session
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): called for each line of the
 * dialogue; %NULL: off
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when it is needed no more
 *
 * Sets a function that is called for each line of the dialogue, in the sending thread. Secrets are replaced by their kind
 * and length.
 *
 * Since: 0.1
 */
void
mimesend_session_set_trace (MimesendSession *self,
                            MimesendTraceFunc func,
                            gpointer user_data,
                            GDestroyNotify destroy)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  if (self->trace_destroy != NULL)
    self->trace_destroy (self->trace_data);
  self->trace = func;
  self->trace_data = user_data;
  self->trace_destroy = destroy;
  session_choose_trace (self);
}

/**
 * mimesend_session_set_trace_events:
 * @self: a session
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): called for each event; %NULL: off
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when it is needed no more
 *
 * Shows what happens as values: lines with secrets hidden, stages and messages with the time that they took, enough for
 * structured logs and for spans (OpenTelemetry). Called in the thread that sends. To be set ahead of the first message: a
 * connection that stands already is not shown. Off, it costs nothing.
 *
 * Since: 0.1
 */
void
mimesend_session_set_trace_events (MimesendSession *self,
                                   MimesendTraceEventFunc func,
                                   gpointer user_data,
                                   GDestroyNotify destroy)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  if (self->trace_event_destroy != NULL)
    self->trace_event_destroy (self->trace_event_data);
  self->trace_event = func;
  self->trace_event_data = user_data;
  self->trace_event_destroy = destroy;
  session_choose_trace (self);
}

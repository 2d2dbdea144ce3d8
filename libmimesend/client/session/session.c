/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection, many messages: the object that callers hold. */
#include "client/session/session-private.h"
#include "client/session/signals.h"

/**
 * MimesendSession:
 *
 * One connection to a server, for one message after the other: it is made when the first is sent, kept while it is good, and
 * made anew when it is not. Blocking or asynchronous; one thread at a time.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (MimesendSession, mimesend_session, G_TYPE_OBJECT)

enum
{
  PROP_SERVER = 1,
  PROP_TIMEOUT,
  PROP_FINAL_TIMEOUT,
  PROP_DEADLINE,
  PROP_EHLO_NAME,
  PROP_SERVE_ACCEPTED,
  PROP_MAX_RECIPIENTS,
  PROP_PIPELINING,
  PROP_CHUNKING,
  PROP_WINDOW,
  PROP_NOOP_AFTER,
  PROP_RETRY,
  PROP_METRICS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
mimesend_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  MimesendSession *self = MIMESEND_SESSION (object);
  MimesendPolicy *policy = &self->policy;

  switch (id)
    {
    case PROP_SERVER:
      policy->server = policy->first = g_value_dup_boxed (value);
      break;
    case PROP_TIMEOUT:
      policy->timeout_s = g_value_get_uint (value);
      break;
    case PROP_FINAL_TIMEOUT:
      policy->final_timeout_s = g_value_get_uint (value);
      break;
    case PROP_DEADLINE:
      policy->deadline_s = g_value_get_uint (value);
      break;
    case PROP_EHLO_NAME:
      g_free (policy->ehlo_name);
      policy->ehlo_name = g_value_dup_string (value);
      break;
    case PROP_SERVE_ACCEPTED:
      policy->serve_accepted = g_value_get_boolean (value);
      break;
    case PROP_MAX_RECIPIENTS:
      policy->max_recipients = g_value_get_uint (value);
      break;
    case PROP_PIPELINING:
      policy->pipelining = g_value_get_boolean (value);
      break;
    case PROP_CHUNKING:
      policy->chunking = g_value_get_boolean (value);
      break;
    case PROP_WINDOW:
      policy->window = g_value_get_uint (value);
      break;
    case PROP_NOOP_AFTER:
      policy->quiet_us = (gint64)(g_value_get_double (value) * G_TIME_SPAN_SECOND);
      break;
    case PROP_METRICS:
      mimesend_metrics_unref (policy->metrics);
      policy->metrics = g_value_dup_boxed (value);
      break;
    case PROP_RETRY:
      mimesend_retry_unref (policy->retry);
      policy->retry = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
mimesend_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  MimesendPolicy *policy = &MIMESEND_SESSION (object)->policy;

  switch (id)
    {
    case PROP_SERVER:
      g_value_set_boxed (value, policy->first);
      break;
    case PROP_TIMEOUT:
      g_value_set_uint (value, policy->timeout_s);
      break;
    case PROP_FINAL_TIMEOUT:
      g_value_set_uint (value, policy->final_timeout_s);
      break;
    case PROP_DEADLINE:
      g_value_set_uint (value, policy->deadline_s);
      break;
    case PROP_EHLO_NAME:
      g_value_set_string (value, policy->ehlo_name);
      break;
    case PROP_SERVE_ACCEPTED:
      g_value_set_boolean (value, policy->serve_accepted);
      break;
    case PROP_MAX_RECIPIENTS:
      g_value_set_uint (value, policy->max_recipients);
      break;
    case PROP_PIPELINING:
      g_value_set_boolean (value, policy->pipelining);
      break;
    case PROP_CHUNKING:
      g_value_set_boolean (value, policy->chunking);
      break;
    case PROP_WINDOW:
      g_value_set_uint (value, policy->window);
      break;
    case PROP_NOOP_AFTER:
      g_value_set_double (value, (double)policy->quiet_us / G_TIME_SPAN_SECOND);
      break;
    case PROP_METRICS:
      g_value_set_boxed (value, policy->metrics);
      break;
    case PROP_RETRY:
      g_value_set_boxed (value, policy->retry);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

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
  mimesend_lessons_unref (self->policy.lessons);
  if (self->policy.event_destroy != NULL)
    self->policy.event_destroy (self->policy.event_data);
  if (self->policy.trace_destroy != NULL)
    self->policy.trace_destroy (self->policy.trace_data);
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
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = mimesend_session_set_property;
  object_class->get_property = mimesend_session_get_property;
  object_class->finalize = mimesend_session_finalize;

  /**
   * MimesendSession:server:
   *
   * Where to, with TLS policy, trust and login.
   *
   * Since: 0.1
   */
  properties[PROP_SERVER] =
      g_param_spec_boxed ("server", NULL, NULL, MIMESEND_TYPE_SERVER, flags | G_PARAM_CONSTRUCT_ONLY);
  /**
   * MimesendSession:timeout:
   *
   * Seconds for each stage but the reply to the end of the data; 0: the times of RFC 5321 4.5.3.2.
   *
   * Since: 0.1
   */
  properties[PROP_TIMEOUT] = g_param_spec_uint ("timeout", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * MimesendSession:final-timeout:
   *
   * Seconds for the reply to the end of the data; 0: 600. A shorter one makes duplicates.
   *
   * Since: 0.1
   */
  properties[PROP_FINAL_TIMEOUT] = g_param_spec_uint ("final-timeout", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * MimesendSession:deadline:
   *
   * Seconds for one message in all; 0: none.
   *
   * Since: 0.1
   */
  properties[PROP_DEADLINE] = g_param_spec_uint ("deadline", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * MimesendSession:ehlo-name:
   *
   * The name in EHLO: an FQDN or an address literal (RFC 5321 4.1.4); %NULL: found out.
   *
   * Since: 0.1
   */
  properties[PROP_EHLO_NAME] = g_param_spec_string ("ehlo-name", NULL, NULL, NULL, flags);
  /**
   * MimesendSession:serve-accepted:
   *
   * Send to the recipients that the server accepts, as %MIMESEND_SEND_SERVE_ACCEPTED does for one message;
   * otherwise, and by default, it is all or none of them.
   *
   * Since: 0.1
   */
  properties[PROP_SERVE_ACCEPTED] = g_param_spec_boolean ("serve-accepted", NULL, NULL, FALSE, flags);
  /**
   * MimesendSession:max-recipients:
   *
   * Recipients of one transaction at most; a server's RCPTMAX (RFC 9422) wins.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_RECIPIENTS] = g_param_spec_uint ("max-recipients", NULL, NULL, 1, 1000, 100, flags);
  /**
   * MimesendSession:pipelining:
   *
   * Use PIPELINING (RFC 2920) where it is offered.
   *
   * Since: 0.1
   */
  properties[PROP_PIPELINING] = g_param_spec_boolean ("pipelining", NULL, NULL, TRUE, flags);
  /**
   * MimesendSession:chunking:
   *
   * Use CHUNKING (RFC 3030) where it is offered.
   *
   * Since: 0.1
   */
  properties[PROP_CHUNKING] = g_param_spec_boolean ("chunking", NULL, NULL, TRUE, flags);
  /**
   * MimesendSession:window:
   *
   * Messages in flight at most. A lost connection leaves as many in doubt. A server that does not bear it is sent one at a
   * time, and tried again after some messages.
   *
   * Since: 0.1
   */
  properties[PROP_WINDOW] = g_param_spec_uint ("window", NULL, NULL, 1, 128, 1, flags);
  /**
   * MimesendSession:noop-after:
   *
   * A connection that was quiet for so many seconds is asked by NOOP ahead of the next message whether it is still there, and
   * replaced if no answer comes: a link that was cut without a word is noticed before anything of the message has left. Less
   * than 0: never. What the server said unasked, and that it has closed, is noticed without.
   *
   * Since: 0.1
   */
  properties[PROP_NOOP_AFTER] = g_param_spec_double ("noop-after", NULL, NULL, -1, 86400, 60, flags);
  /**
   * MimesendSession:retry:
   *
   * When to try a message again; %NULL: as the server says (mimesend_server_with_retry()), else never.
   * #MimesendSession:deadline holds over all attempts. Recipients that have the message are never asked for again.
   *
   * Since: 0.1
   */
  properties[PROP_RETRY] = g_param_spec_boxed ("retry", NULL, NULL, MIMESEND_TYPE_RETRY, flags);
  /**
   * MimesendSession:metrics:
   *
   * What counts; %NULL: nothing is. Several sessions and pools may share one. To be set while nothing is under way.
   *
   * Since: 0.1
   */
  properties[PROP_METRICS] = g_param_spec_boxed ("metrics", NULL, NULL, MIMESEND_TYPE_METRICS, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  mimesend_session_install_signals (object_class);
}

/**
 * mimesend_session_new:
 * @server: where to
 *
 * It does not connect: the first message does.
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
 * mimesend_session_get_server:
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

/**
 * mimesend_session_set_trace:
 * @self: a session
 * @func: (nullable) (scope notified) (closure user_data) (destroy destroy): called for each line of the
 * dialogue; %NULL: off
 * @user_data: for @func
 * @destroy: (nullable): called with @user_data when it is needed no more
 *
 * Shows the dialogue. Secrets are replaced by their kind and length. Called in the thread that
 * sends.
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
  if (self->policy.trace_destroy != NULL)
    self->policy.trace_destroy (self->policy.trace_data);
  self->policy.trace = func;
  self->policy.trace_data = user_data;
  self->policy.trace_destroy = destroy;
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
  if (self->policy.event_destroy != NULL)
    self->policy.event_destroy (self->policy.event_data);
  self->policy.event = func;
  self->policy.event_data = user_data;
  self->policy.event_destroy = destroy;
}

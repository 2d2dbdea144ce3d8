/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of a session, with their getters and setters. */
#include "client/session/session-private.h"

#include <math.h>

#include "octets/seconds.h"
#include "secure/dkim-content.h"

enum
{
  PROP_SERVER = 1,
  PROP_TIMEOUT,
  PROP_FINAL_TIMEOUT,
  PROP_DEADLINE,
  PROP_EHLO_NAME,
  PROP_MAX_RECIPIENTS,
  PROP_PIPELINING,
  PROP_CHUNKING,
  PROP_WINDOW,
  PROP_NOOP_AFTER,
  PROP_RETRY,
  PROP_METRICS,
  PROP_DKIMS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
session_set_time (MimesendSession *self, gint64 *field, double seconds, guint id)
{
  gint64 us = mimesend_seconds_to_us (seconds);

  if (*field == us)
    return;
  *field = us;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
session_set_number (MimesendSession *self, guint *field, guint number, guint id)
{
  if (*field == number)
    return;
  *field = number;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
session_set_flag (MimesendSession *self, gboolean *field, gboolean flag, guint id)
{
  flag = flag != FALSE;
  if (*field == flag)
    return;
  *field = flag;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

/**
 * mimesend_session_get_timeout: (get-property timeout)
 * @self: a session
 *
 * Gets the time-out of each stage except the reply to the end of the data.
 *
 * Returns: seconds; 0: the times of RFC 5321 4.5.3.2
 *
 * Since: 0.1
 */
double
mimesend_session_get_timeout (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), 0);
  return mimesend_seconds_from_us (self->policy.timeout_us);
}

/**
 * mimesend_session_set_timeout: (set-property timeout)
 * @self: a session
 * @timeout: seconds; 0: the times of RFC 5321 4.5.3.2
 *
 * Sets the time-out of each stage except the reply to the end of the data.
 *
 * Since: 0.1
 */
void
mimesend_session_set_timeout (MimesendSession *self, double timeout)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  g_return_if_fail (timeout >= 0);
  session_set_time (self, &self->policy.timeout_us, timeout, PROP_TIMEOUT);
}

/**
 * mimesend_session_get_final_timeout: (get-property final-timeout)
 * @self: a session
 *
 * Gets the time-out of the reply to the end of the data.
 *
 * Returns: seconds; 0: 600
 *
 * Since: 0.1
 */
double
mimesend_session_get_final_timeout (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), 0);
  return mimesend_seconds_from_us (self->policy.final_timeout_us);
}

/**
 * mimesend_session_set_final_timeout: (set-property final-timeout)
 * @self: a session
 * @final_timeout: seconds; 0: 600
 *
 * Sets the time-out of the reply to the end of the data. Less than 600 seconds may lead to duplicates (RFC 5321 4.5.3.2.6).
 *
 * Since: 0.1
 */
void
mimesend_session_set_final_timeout (MimesendSession *self, double final_timeout)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  g_return_if_fail (final_timeout >= 0);
  session_set_time (self, &self->policy.final_timeout_us, final_timeout, PROP_FINAL_TIMEOUT);
}

/**
 * mimesend_session_get_deadline: (get-property deadline)
 * @self: a session
 *
 * Gets the time-out of one message, over all attempts.
 *
 * Returns: seconds; 0: none
 *
 * Since: 0.1
 */
double
mimesend_session_get_deadline (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), 0);
  return mimesend_seconds_from_us (self->policy.deadline_us);
}

/**
 * mimesend_session_set_deadline: (set-property deadline)
 * @self: a session
 * @deadline: seconds; 0: none
 *
 * Sets the time-out of one message, over all attempts: after it the message fails with %MIMESEND_ERROR_TIMED_OUT, or is in
 * doubt if its end was sent already.
 *
 * Since: 0.1
 */
void
mimesend_session_set_deadline (MimesendSession *self, double deadline)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  g_return_if_fail (deadline >= 0);
  session_set_time (self, &self->policy.deadline_us, deadline, PROP_DEADLINE);
}

/**
 * mimesend_session_get_ehlo_name: (get-property ehlo-name)
 * @self: a session
 *
 * Gets the name in EHLO that was set.
 *
 * Returns: (transfer none) (nullable): the name; %NULL: chosen automatically
 *
 * Since: 0.1
 */
const char *
mimesend_session_get_ehlo_name (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), NULL);
  return self->policy.ehlo_name;
}

/**
 * mimesend_session_set_ehlo_name: (set-property ehlo-name)
 * @self: a session
 * @ehlo_name: (nullable): an FQDN or an address literal (RFC 5321 4.1.4); %NULL: found out
 *
 * Sets the name in EHLO. One that RFC 5321 does not allow is an error when a message is sent.
 *
 * Since: 0.1
 */
void
mimesend_session_set_ehlo_name (MimesendSession *self, const char *ehlo_name)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  if (g_strcmp0 (self->policy.ehlo_name, ehlo_name) == 0)
    return;
  g_free (self->policy.ehlo_name);
  self->policy.ehlo_name = g_strdup (ehlo_name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EHLO_NAME]);
}

/**
 * mimesend_session_get_max_recipients: (get-property max-recipients)
 * @self: a session
 *
 * Gets the maximum number of recipients of one transaction.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint
mimesend_session_get_max_recipients (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), 0);
  return self->policy.max_recipients;
}

/**
 * mimesend_session_set_max_recipients: (set-property max-recipients)
 * @self: a session
 * @max_recipients: 1 to 1000
 *
 * Sets the maximum number of recipients of one transaction; a server's RCPTMAX (RFC 9422) takes precedence.
 *
 * Since: 0.1
 */
void
mimesend_session_set_max_recipients (MimesendSession *self, guint max_recipients)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  g_return_if_fail (max_recipients >= 1 && max_recipients <= 1000);
  session_set_number (self, &self->policy.max_recipients, max_recipients, PROP_MAX_RECIPIENTS);
}

/**
 * mimesend_session_get_pipelining: (get-property pipelining)
 * @self: a session
 *
 * Gets whether PIPELINING (RFC 2920) is used where it is offered.
 *
 * Returns: whether it is
 *
 * Since: 0.1
 */
gboolean
mimesend_session_get_pipelining (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), FALSE);
  return self->policy.pipelining;
}

/**
 * mimesend_session_set_pipelining: (set-property pipelining)
 * @self: a session
 * @pipelining: whether to use it
 *
 * Sets whether PIPELINING (RFC 2920) is used where it is offered.
 *
 * Since: 0.1
 */
void
mimesend_session_set_pipelining (MimesendSession *self, gboolean pipelining)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  session_set_flag (self, &self->policy.pipelining, pipelining, PROP_PIPELINING);
}

/**
 * mimesend_session_get_chunking: (get-property chunking)
 * @self: a session
 *
 * Gets whether CHUNKING (RFC 3030) is used where it is offered.
 *
 * Returns: whether it is
 *
 * Since: 0.1
 */
gboolean
mimesend_session_get_chunking (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), FALSE);
  return self->policy.chunking;
}

/**
 * mimesend_session_set_chunking: (set-property chunking)
 * @self: a session
 * @chunking: whether to use it
 *
 * Sets whether CHUNKING (RFC 3030) is used where it is offered.
 *
 * Since: 0.1
 */
void
mimesend_session_set_chunking (MimesendSession *self, gboolean chunking)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  session_set_flag (self, &self->policy.chunking, chunking, PROP_CHUNKING);
}

/**
 * mimesend_session_get_window: (get-property window)
 * @self: a session
 *
 * Gets the maximum number of messages in flight.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint
mimesend_session_get_window (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), 0);
  return self->policy.window;
}

/**
 * mimesend_session_set_window: (set-property window)
 * @self: a session
 * @window: 1 to 128
 *
 * Sets the maximum number of messages in flight. A lost connection may leave as many in doubt.
 *
 * Since: 0.1
 */
void
mimesend_session_set_window (MimesendSession *self, guint window)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  g_return_if_fail (window >= 1 && window <= 128);
  session_set_number (self, &self->policy.window, window, PROP_WINDOW);
}

/**
 * mimesend_session_get_noop_after: (get-property noop-after)
 * @self: a session
 *
 * Gets the idle time after which a connection is checked by NOOP before the next message.
 *
 * Returns: seconds; −1: never
 *
 * Since: 0.1
 */
double
mimesend_session_get_noop_after (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), 0);
  return mimesend_seconds_from_us (self->policy.quiet_us);
}

/**
 * mimesend_session_set_noop_after: (set-property noop-after)
 * @self: a session
 * @noop_after: seconds; less than 0: never
 *
 * Sets the idle time after which a connection is checked by NOOP before the next message.
 *
 * Since: 0.1
 */
void
mimesend_session_set_noop_after (MimesendSession *self, double noop_after)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  g_return_if_fail (!isnan (noop_after));
  session_set_time (self, &self->policy.quiet_us, noop_after, PROP_NOOP_AFTER);
}

/**
 * mimesend_session_get_retry: (get-property retry)
 * @self: a session
 *
 * Gets the retry policy.
 *
 * Returns: (transfer none) (nullable): the policy; %NULL: the server's
 *
 * Since: 0.1
 */
MimesendRetry *
mimesend_session_get_retry (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), NULL);
  return self->policy.retry;
}

/**
 * mimesend_session_set_retry: (set-property retry)
 * @self: a session
 * @retry: (nullable): a policy; %NULL: the server's (mimesend_server_with_retry()), else one attempt
 *
 * Sets the retry policy. To be set while no message is being sent.
 *
 * Since: 0.1
 */
void
mimesend_session_set_retry (MimesendSession *self, MimesendRetry *retry)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  if (self->policy.retry == retry)
    return;
  mimesend_retry_unref (self->policy.retry);
  self->policy.retry = retry != NULL ? mimesend_retry_ref (retry) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRY]);
}

/**
 * mimesend_session_get_metrics: (get-property metrics)
 * @self: a session
 *
 * Gets the metrics.
 *
 * Returns: (transfer none) (nullable): the metrics; %NULL: nothing is counted
 *
 * Since: 0.1
 */
MimesendMetrics *
mimesend_session_get_metrics (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), NULL);
  return self->policy.metrics;
}

/**
 * mimesend_session_set_metrics: (set-property metrics)
 * @self: a session
 * @metrics: (nullable): the metrics; %NULL: nothing is counted
 *
 * Sets the metrics, which several sessions and pools may share. To be set while no message is being sent.
 *
 * Since: 0.1
 */
void
mimesend_session_set_metrics (MimesendSession *self, MimesendMetrics *metrics)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  if (self->policy.metrics == metrics)
    return;
  mimesend_metrics_unref (self->policy.metrics);
  self->policy.metrics = metrics != NULL ? mimesend_metrics_ref (metrics) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_METRICS]);
}

/**
 * mimesend_session_get_dkims: (get-property dkims)
 * @self: a session
 *
 * Gets the DKIM signers of messages.
 *
 * Returns: (transfer none) (nullable) (element-type MimesendDkim): the signers; %NULL: messages are not signed
 *
 * Since: 0.1
 */
GPtrArray *
mimesend_session_get_dkims (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), NULL);
  return self->policy.dkims;
}

/**
 * mimesend_session_set_dkims: (set-property dkims)
 * @self: a session
 * @dkims: (nullable) (element-type MimesendDkim): the signers, copied; %NULL or none: messages are not signed
 *
 * Sets the DKIM signers of messages from now on, see mimesend_content_new_dkim(). A message that is signed already is not
 * signed again.
 *
 * Since: 0.1
 */
void
mimesend_session_set_dkims (MimesendSession *self, GPtrArray *dkims)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  g_clear_pointer (&self->policy.dkims, g_ptr_array_unref);
  self->policy.dkims = mimesend_dkims_copy (dkims);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DKIMS]);
}

void
mimesend_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  MimesendSession *self = MIMESEND_SESSION (object);

  switch (id)
    {
    case PROP_SERVER:
      self->policy.server = self->policy.first = g_value_dup_boxed (value);
      break;
    case PROP_TIMEOUT:
      mimesend_session_set_timeout (self, g_value_get_double (value));
      break;
    case PROP_FINAL_TIMEOUT:
      mimesend_session_set_final_timeout (self, g_value_get_double (value));
      break;
    case PROP_DEADLINE:
      mimesend_session_set_deadline (self, g_value_get_double (value));
      break;
    case PROP_EHLO_NAME:
      mimesend_session_set_ehlo_name (self, g_value_get_string (value));
      break;
    case PROP_MAX_RECIPIENTS:
      mimesend_session_set_max_recipients (self, g_value_get_uint (value));
      break;
    case PROP_PIPELINING:
      mimesend_session_set_pipelining (self, g_value_get_boolean (value));
      break;
    case PROP_CHUNKING:
      mimesend_session_set_chunking (self, g_value_get_boolean (value));
      break;
    case PROP_WINDOW:
      mimesend_session_set_window (self, g_value_get_uint (value));
      break;
    case PROP_NOOP_AFTER:
      mimesend_session_set_noop_after (self, g_value_get_double (value));
      break;
    case PROP_RETRY:
      mimesend_session_set_retry (self, g_value_get_boxed (value));
      break;
    case PROP_METRICS:
      mimesend_session_set_metrics (self, g_value_get_boxed (value));
      break;
    case PROP_DKIMS:
      mimesend_session_set_dkims (self, g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

void
mimesend_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  MimesendSession *self = MIMESEND_SESSION (object);

  switch (id)
    {
    case PROP_SERVER:
      g_value_set_boxed (value, mimesend_session_get_server (self));
      break;
    case PROP_TIMEOUT:
      g_value_set_double (value, mimesend_session_get_timeout (self));
      break;
    case PROP_FINAL_TIMEOUT:
      g_value_set_double (value, mimesend_session_get_final_timeout (self));
      break;
    case PROP_DEADLINE:
      g_value_set_double (value, mimesend_session_get_deadline (self));
      break;
    case PROP_EHLO_NAME:
      g_value_set_string (value, mimesend_session_get_ehlo_name (self));
      break;
    case PROP_MAX_RECIPIENTS:
      g_value_set_uint (value, mimesend_session_get_max_recipients (self));
      break;
    case PROP_PIPELINING:
      g_value_set_boolean (value, mimesend_session_get_pipelining (self));
      break;
    case PROP_CHUNKING:
      g_value_set_boolean (value, mimesend_session_get_chunking (self));
      break;
    case PROP_WINDOW:
      g_value_set_uint (value, mimesend_session_get_window (self));
      break;
    case PROP_NOOP_AFTER:
      g_value_set_double (value, mimesend_session_get_noop_after (self));
      break;
    case PROP_RETRY:
      g_value_set_boxed (value, mimesend_session_get_retry (self));
      break;
    case PROP_METRICS:
      g_value_set_boxed (value, mimesend_session_get_metrics (self));
      break;
    case PROP_DKIMS:
      g_value_set_boxed (value, mimesend_session_get_dkims (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

/**
 * MimesendSession:server: (getter get_server)
 *
 * The server, with TLS policy, trusted certificates and login.
 *
 * Since: 0.1
 */

/**
 * MimesendSession:timeout: (getter get_timeout) (setter set_timeout)
 *
 * The time-out of each stage except the reply to the end of the data, in seconds; 0: the times of RFC 5321 4.5.3.2.
 *
 * Since: 0.1
 */

/**
 * MimesendSession:final-timeout: (getter get_final_timeout) (setter set_final_timeout)
 *
 * The time-out of the reply to the end of the data, in seconds; 0: 600. A shorter one may lead to duplicates.
 *
 * Since: 0.1
 */

/**
 * MimesendSession:deadline: (getter get_deadline) (setter set_deadline)
 *
 * The time-out of one message, over all attempts, in seconds; 0: none. The message then fails with
 * %MIMESEND_ERROR_TIMED_OUT, or is in doubt.
 *
 * Since: 0.1
 */

/**
 * MimesendSession:ehlo-name: (getter get_ehlo_name) (setter set_ehlo_name)
 *
 * The name in EHLO: an FQDN or an address literal (RFC 5321 4.1.4); %NULL: chosen automatically.
 *
 * Since: 0.1
 */

/**
 * MimesendSession:max-recipients: (getter get_max_recipients) (setter set_max_recipients)
 *
 * The maximum number of recipients of one transaction; a server's RCPTMAX (RFC 9422) takes precedence.
 *
 * Since: 0.1
 */

/**
 * MimesendSession:pipelining: (getter get_pipelining) (setter set_pipelining)
 *
 * Whether PIPELINING (RFC 2920) is used where it is offered.
 *
 * Since: 0.1
 */

/**
 * MimesendSession:chunking: (getter get_chunking) (setter set_chunking)
 *
 * Whether CHUNKING (RFC 3030) is used where it is offered.
 *
 * Since: 0.1
 */

/**
 * MimesendSession:window: (getter get_window) (setter set_window)
 *
 * The maximum number of messages in flight. A lost connection may leave as many in doubt, and only one until the server is
 * known to support it. A server that does not is sent one at a time, and tried again after some messages; where a message
 * was in doubt by it, the server is first asked by MAIL and RSET in one packet, which can become no message.
 *
 * Since: 0.1
 */

/**
 * MimesendSession:noop-after: (getter get_noop_after) (setter set_noop_after)
 *
 * After so many idle seconds a connection is checked by NOOP before the next message, and replaced if there is no reply: so
 * a connection that broke silently is noticed before anything of the message is sent. Less than 0: never. A connection that
 * the server has closed is noticed anyway.
 *
 * Since: 0.1
 */

/**
 * MimesendSession:retry: (getter get_retry) (setter set_retry)
 *
 * The retry policy; %NULL: the server's (mimesend_server_with_retry()), else one attempt. #MimesendSession:deadline covers
 * all attempts. Recipients that have the message are never tried again.
 *
 * Since: 0.1
 */

/**
 * MimesendSession:metrics: (getter get_metrics) (setter set_metrics)
 *
 * The metrics; %NULL: nothing is counted. Several sessions and pools may share them. To be set while no message is being
 * sent.
 *
 * Since: 0.1
 */

void
mimesend_session_install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  properties[PROP_SERVER] =
      g_param_spec_boxed ("server", NULL, NULL, MIMESEND_TYPE_SERVER, flags | G_PARAM_CONSTRUCT_ONLY);
  properties[PROP_TIMEOUT] = g_param_spec_double ("timeout", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_FINAL_TIMEOUT] =
      g_param_spec_double ("final-timeout", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_DEADLINE] = g_param_spec_double ("deadline", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_EHLO_NAME] = g_param_spec_string ("ehlo-name", NULL, NULL, NULL, flags);
  properties[PROP_MAX_RECIPIENTS] = g_param_spec_uint ("max-recipients", NULL, NULL, 1, 1000, 100, flags);
  properties[PROP_PIPELINING] = g_param_spec_boolean ("pipelining", NULL, NULL, TRUE, flags);
  properties[PROP_CHUNKING] = g_param_spec_boolean ("chunking", NULL, NULL, TRUE, flags);
  properties[PROP_WINDOW] = g_param_spec_uint ("window", NULL, NULL, 1, 128, 1, flags);
  properties[PROP_NOOP_AFTER] = g_param_spec_double ("noop-after", NULL, NULL, -1, G_MAXDOUBLE, 60, flags);
  properties[PROP_RETRY] = g_param_spec_boxed ("retry", NULL, NULL, MIMESEND_TYPE_RETRY, flags);
  properties[PROP_METRICS] = g_param_spec_boxed ("metrics", NULL, NULL, MIMESEND_TYPE_METRICS, flags);
  /**
   * MimesendSession:dkims: (type GPtrArray(MimesendDkim)) (getter get_dkims) (setter set_dkims)
   *
   * The DKIM signers (#MimesendDkim) of messages from now on; %NULL: messages are not signed.
   *
   * Since: 0.1
 */
  properties[PROP_DKIMS] = g_param_spec_boxed ("dkims", NULL, NULL, G_TYPE_PTR_ARRAY, flags);
  g_object_class_install_properties (klass, N_PROPERTIES, properties);
}

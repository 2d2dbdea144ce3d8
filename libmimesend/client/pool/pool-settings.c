/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of a pool, with their getters and setters. */
#include "client/pool/pool-private.h"

#include "octets/seconds.h"

enum
{
  PROP_SERVER = 1,
  PROP_CONNECTIONS,
  PROP_MESSAGES,
  PROP_IDLE_TIME,
  PROP_QUEUE_SIZE,
  PROP_RATE,
  PROP_RETRY,
  PROP_METRICS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
pool_set_time (MimesendPool *self, gint64 *field, double seconds, guint id)
{
  gint64 us = mimesend_seconds_to_us (seconds);

  if (*field == us)
    return;
  *field = us;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
pool_set_number (MimesendPool *self, guint *field, guint number, guint id)
{
  if (*field == number)
    return;
  *field = number;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

/**
 * mimesend_pool_get_connections: (get-property connections)
 * @self: a pool
 *
 * Gets the maximum number of connections at once.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint
mimesend_pool_get_connections (MimesendPool *self)
{
  g_return_val_if_fail (MIMESEND_IS_POOL (self), 0);
  return self->connections;
}

/**
 * mimesend_pool_set_connections: (set-property connections)
 * @self: a pool
 * @connections: 1 to 1000
 *
 * Sets the maximum number of connections at once.
 *
 * Since: 0.1
 */
void
mimesend_pool_set_connections (MimesendPool *self, guint connections)
{
  g_return_if_fail (MIMESEND_IS_POOL (self));
  g_return_if_fail (connections >= 1 && connections <= 1000);
  pool_set_number (self, &self->connections, connections, PROP_CONNECTIONS);
}

/**
 * mimesend_pool_get_messages: (get-property messages)
 * @self: a pool
 *
 * Gets the maximum number of messages of one connection.
 *
 * Returns: how many; 0: any number
 *
 * Since: 0.1
 */
guint
mimesend_pool_get_messages (MimesendPool *self)
{
  g_return_val_if_fail (MIMESEND_IS_POOL (self), 0);
  return self->messages;
}

/**
 * mimesend_pool_set_messages: (set-property messages)
 * @self: a pool
 * @messages: how many; 0: any number
 *
 * Sets the maximum number of messages of one connection.
 *
 * Since: 0.1
 */
void
mimesend_pool_set_messages (MimesendPool *self, guint messages)
{
  g_return_if_fail (MIMESEND_IS_POOL (self));
  pool_set_number (self, &self->messages, messages, PROP_MESSAGES);
}

/**
 * mimesend_pool_get_idle_time: (get-property idle-time)
 * @self: a pool
 *
 * Gets the time after which an unused connection is closed.
 *
 * Returns: seconds; 0: it is kept
 *
 * Since: 0.1
 */
double
mimesend_pool_get_idle_time (MimesendPool *self)
{
  g_return_val_if_fail (MIMESEND_IS_POOL (self), 0);
  return mimesend_seconds_from_us (self->idle_us);
}

/**
 * mimesend_pool_set_idle_time: (set-property idle-time)
 * @self: a pool
 * @idle_time: seconds; 0: it is kept
 *
 * Sets the time after which an unused connection is closed.
 *
 * Since: 0.1
 */
void
mimesend_pool_set_idle_time (MimesendPool *self, double idle_time)
{
  g_return_if_fail (MIMESEND_IS_POOL (self));
  g_return_if_fail (idle_time >= 0);
  pool_set_time (self, &self->idle_us, idle_time, PROP_IDLE_TIME);
}

/**
 * mimesend_pool_get_queue_size: (get-property queue-size)
 * @self: a pool
 *
 * Gets the length of the queue.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint
mimesend_pool_get_queue_size (MimesendPool *self)
{
  g_return_val_if_fail (MIMESEND_IS_POOL (self), 0);
  return self->queue_max;
}

/**
 * mimesend_pool_set_queue_size: (set-property queue-size)
 * @self: a pool
 * @queue_size: 1 or more
 *
 * Sets the length of the queue.
 *
 * Since: 0.1
 */
void
mimesend_pool_set_queue_size (MimesendPool *self, guint queue_size)
{
  g_return_if_fail (MIMESEND_IS_POOL (self));
  g_return_if_fail (queue_size >= 1);
  pool_set_number (self, &self->queue_max, queue_size, PROP_QUEUE_SIZE);
}

/**
 * mimesend_pool_get_rate: (get-property rate)
 * @self: a pool
 *
 * Gets the maximum number of messages per second.
 *
 * Returns: messages a second; 0: any number
 *
 * Since: 0.1
 */
double
mimesend_pool_get_rate (MimesendPool *self)
{
  g_return_val_if_fail (MIMESEND_IS_POOL (self), 0);
  return self->rate;
}

/**
 * mimesend_pool_set_rate: (set-property rate)
 * @self: a pool
 * @rate: messages a second, 1,000,000 at most; 0: any number
 *
 * Sets the maximum number of messages per second.
 *
 * Since: 0.1
 */
void
mimesend_pool_set_rate (MimesendPool *self, double rate)
{
  g_return_if_fail (MIMESEND_IS_POOL (self));
  g_return_if_fail (rate >= 0 && rate <= 1000000);
  if (self->rate >= rate && self->rate <= rate)
    return;
  self->rate = rate;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RATE]);
}

/**
 * mimesend_pool_get_retry: (get-property retry)
 * @self: a pool
 *
 * Gets the retry policy.
 *
 * Returns: (transfer none) (nullable): the policy; %NULL: the server's
 *
 * Since: 0.1
 */
MimesendRetry *
mimesend_pool_get_retry (MimesendPool *self)
{
  g_return_val_if_fail (MIMESEND_IS_POOL (self), NULL);
  return self->retry;
}

/**
 * mimesend_pool_set_retry: (set-property retry)
 * @self: a pool
 * @retry: (nullable): a policy; %NULL: the server's (mimesend_server_with_retry()), else one attempt
 *
 * Sets the retry policy, for connections that are made from now on.
 *
 * Since: 0.1
 */
void
mimesend_pool_set_retry (MimesendPool *self, MimesendRetry *retry)
{
  g_return_if_fail (MIMESEND_IS_POOL (self));
  if (self->retry == retry)
    return;
  mimesend_retry_unref (self->retry);
  self->retry = retry != NULL ? mimesend_retry_ref (retry) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRY]);
}

/**
 * mimesend_pool_get_metrics: (get-property metrics)
 * @self: a pool
 *
 * Gets the metrics.
 *
 * Returns: (transfer none) (nullable): the metrics; %NULL: nothing is counted
 *
 * Since: 0.1
 */
MimesendMetrics *
mimesend_pool_get_metrics (MimesendPool *self)
{
  g_return_val_if_fail (MIMESEND_IS_POOL (self), NULL);
  return self->metrics;
}

/**
 * mimesend_pool_set_metrics: (set-property metrics)
 * @self: a pool
 * @metrics: (nullable): the metrics; %NULL: nothing is counted
 *
 * Sets the metrics, for connections that are made from now on.
 *
 * Since: 0.1
 */
void
mimesend_pool_set_metrics (MimesendPool *self, MimesendMetrics *metrics)
{
  g_return_if_fail (MIMESEND_IS_POOL (self));
  if (self->metrics == metrics)
    return;
  mimesend_metrics_unref (self->metrics);
  self->metrics = metrics != NULL ? mimesend_metrics_ref (metrics) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_METRICS]);
}

void
mimesend_pool_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  MimesendPool *self = MIMESEND_POOL (object);

  switch (id)
    {
    case PROP_SERVER:
      self->server = g_value_dup_boxed (value);
      break;
    case PROP_CONNECTIONS:
      mimesend_pool_set_connections (self, g_value_get_uint (value));
      break;
    case PROP_MESSAGES:
      mimesend_pool_set_messages (self, g_value_get_uint (value));
      break;
    case PROP_IDLE_TIME:
      mimesend_pool_set_idle_time (self, g_value_get_double (value));
      break;
    case PROP_QUEUE_SIZE:
      mimesend_pool_set_queue_size (self, g_value_get_uint (value));
      break;
    case PROP_RATE:
      mimesend_pool_set_rate (self, g_value_get_double (value));
      break;
    case PROP_RETRY:
      mimesend_pool_set_retry (self, g_value_get_boxed (value));
      break;
    case PROP_METRICS:
      mimesend_pool_set_metrics (self, g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

void
mimesend_pool_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  MimesendPool *self = MIMESEND_POOL (object);

  switch (id)
    {
    case PROP_SERVER:
      g_value_set_boxed (value, mimesend_pool_get_server (self));
      break;
    case PROP_CONNECTIONS:
      g_value_set_uint (value, mimesend_pool_get_connections (self));
      break;
    case PROP_MESSAGES:
      g_value_set_uint (value, mimesend_pool_get_messages (self));
      break;
    case PROP_IDLE_TIME:
      g_value_set_double (value, mimesend_pool_get_idle_time (self));
      break;
    case PROP_QUEUE_SIZE:
      g_value_set_uint (value, mimesend_pool_get_queue_size (self));
      break;
    case PROP_RATE:
      g_value_set_double (value, mimesend_pool_get_rate (self));
      break;
    case PROP_RETRY:
      g_value_set_boxed (value, mimesend_pool_get_retry (self));
      break;
    case PROP_METRICS:
      g_value_set_boxed (value, mimesend_pool_get_metrics (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

/**
 * MimesendPool:server: (getter get_server)
 *
 * The server, with TLS policy, trusted certificates and login.
 *
 * Since: 0.1
 */

/**
 * MimesendPool:connections: (getter get_connections) (setter set_connections)
 *
 * The maximum number of connections at once.
 *
 * Since: 0.1
 */

/**
 * MimesendPool:messages: (getter get_messages) (setter set_messages)
 *
 * The maximum number of messages of one connection; 0: any number.
 *
 * Since: 0.1
 */

/**
 * MimesendPool:idle-time: (getter get_idle_time) (setter set_idle_time)
 *
 * Seconds after which an unused connection is closed; 0: it is kept.
 *
 * Since: 0.1
 */

/**
 * MimesendPool:queue-size: (getter get_queue_size) (setter set_queue_size)
 *
 * The maximum number of messages that wait for a connection.
 *
 * Since: 0.1
 */

/**
 * MimesendPool:rate: (getter get_rate) (setter set_rate)
 *
 * The maximum number of messages per second; 0: any number.
 *
 * Since: 0.1
 */

/**
 * MimesendPool:retry: (getter get_retry) (setter set_retry)
 *
 * The retry policy; %NULL: the server's (mimesend_server_with_retry()), else one attempt. A message that waits for its next
 * attempt keeps its connection busy. For connections that are made from now on.
 *
 * Since: 0.1
 */

/**
 * MimesendPool:metrics: (getter get_metrics) (setter set_metrics)
 *
 * The metrics of all its connections (#MimesendSession:metrics). For connections that are made from now on.
 *
 * Since: 0.1
 */

void
mimesend_pool_install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  properties[PROP_SERVER] =
      g_param_spec_boxed ("server", NULL, NULL, MIMESEND_TYPE_SERVER, flags | G_PARAM_CONSTRUCT_ONLY);
  properties[PROP_CONNECTIONS] = g_param_spec_uint ("connections", NULL, NULL, 1, 1000, 4, flags);
  properties[PROP_MESSAGES] = g_param_spec_uint ("messages", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_IDLE_TIME] = g_param_spec_double ("idle-time", NULL, NULL, 0, G_MAXDOUBLE, 30, flags);
  properties[PROP_QUEUE_SIZE] = g_param_spec_uint ("queue-size", NULL, NULL, 1, G_MAXUINT, 64, flags);
  properties[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, 0, 1000000, 0, flags);
  properties[PROP_RETRY] = g_param_spec_boxed ("retry", NULL, NULL, MIMESEND_TYPE_RETRY, flags);
  properties[PROP_METRICS] = g_param_spec_boxed ("metrics", NULL, NULL, MIMESEND_TYPE_METRICS, flags);
  g_object_class_install_properties (klass, N_PROPERTIES, properties);
}

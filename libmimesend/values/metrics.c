/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters that sessions and pools share; any thread reads them at any time. */
#include "values/metrics-private.h"

#include "octets/boxed.h"
#include "values/receipt-private.h"
#include "octets/seconds.h"

struct _MimesendMetrics
{
  gatomicrefcount refs;
  GMutex mutex;
  MimesendCounts counts;
};

const gint64 mimesend_metrics_bounds[MIMESEND_METRICS_BOUNDS] = {
  1000, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000, 30000000, 300000000,
};

MIMESEND_DEFINE_BOXED (MimesendMetrics, mimesend_metrics)

/**
 * mimesend_metrics_new:
 *
 * Makes counters for the sessions and pools that they are given to (#MimesendSession:metrics). They may be read from any
 * thread.
 *
 * Returns: (transfer full): new counters, all zero
 *
 * Since: 0.1
 */
MimesendMetrics *
mimesend_metrics_new (void)
{
  MimesendMetrics *self = g_new0 (MimesendMetrics, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->mutex);
  return self;
}

/**
 * mimesend_metrics_ref:
 * @self: what counts
 *
 * Takes a reference; mimesend_metrics_unref() gives it back. Any thread may call it.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
MimesendMetrics *
mimesend_metrics_ref (MimesendMetrics *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_metrics_unref:
 * @self: (transfer full) (nullable): what counts
 *
 * Gives a reference back; with the last one the numbers are freed. Any thread may call it.
 *
 * Since: 0.1
 */
void
mimesend_metrics_unref (MimesendMetrics *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static void
histogram_add (MimesendHistogram *self, gint64 us)
{
  for (guint i = 0; i < MIMESEND_METRICS_BOUNDS; i++)
    if (us <= mimesend_metrics_bounds[i])
      {
        self->at_most[i]++;
        break;
      }
  self->count++;
  self->sum_us += us;
}

void
mimesend_metrics_count_message (MimesendMetrics *self, MimesendReceipt *receipt)
{
  MimesendCounts *counts = &self->counts;

  g_mutex_lock (&self->mutex);
  counts->messages[mimesend_receipt_get_outcome (receipt)]++;
  for (guint i = 0; i < receipt->n_recipients; i++)
    counts->recipients[receipt->recipients[i].outcome]++;
  counts->retries += mimesend_receipt_get_attempts (receipt) - 1;
  counts->content_octets += receipt->octets;
  for (guint i = 0; i < MIMESEND_METRICS_STAGES; i++)
    if (receipt->stage_us[i] > 0)
      histogram_add (&counts->stages[i], receipt->stage_us[i]);
  g_mutex_unlock (&self->mutex);
}

void
mimesend_metrics_count_octets (MimesendMetrics *self, guint64 sent, guint64 received)
{
  g_mutex_lock (&self->mutex);
  self->counts.sent += sent;
  self->counts.received += received;
  g_mutex_unlock (&self->mutex);
}

void
mimesend_metrics_count_connection (MimesendMetrics *self, gboolean made)
{
  g_mutex_lock (&self->mutex);
  if (made)
    self->counts.connected++;
  else
    self->counts.not_connected++;
  g_mutex_unlock (&self->mutex);
}

void
mimesend_metrics_count_handshake (MimesendMetrics *self)
{
  g_mutex_lock (&self->mutex);
  self->counts.handshakes++;
  g_mutex_unlock (&self->mutex);
}

void
mimesend_metrics_read (MimesendMetrics *self, MimesendCounts *counts)
{
  g_mutex_lock (&self->mutex);
  *counts = self->counts;
  g_mutex_unlock (&self->mutex);
}

/* Reads one counter under the lock. */
static guint64
read_one (MimesendMetrics *self, const guint64 *number)
{
  guint64 value;

  g_mutex_lock (&self->mutex);
  value = *number;
  g_mutex_unlock (&self->mutex);
  return value;
}

/**
 * mimesend_metrics_get_messages:
 * @self: what counts
 * @outcome: an outcome
 *
 * Counts messages by their outcome.
 *
 * Returns: how many messages ended so
 *
 * Since: 0.1
 */
guint64
mimesend_metrics_get_messages (MimesendMetrics *self, MimesendOutcome outcome)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail ((guint)outcome < MIMESEND_METRICS_OUTCOMES, 0);
  return read_one (self, &self->counts.messages[outcome]);
}

/**
 * mimesend_metrics_get_recipients:
 * @self: what counts
 * @outcome: an outcome
 *
 * Counts recipients by their outcome.
 *
 * Returns: how many recipients ended so
 *
 * Since: 0.1
 */
guint64
mimesend_metrics_get_recipients (MimesendMetrics *self, MimesendOutcome outcome)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail ((guint)outcome < MIMESEND_METRICS_OUTCOMES, 0);
  return read_one (self, &self->counts.recipients[outcome]);
}

/**
 * mimesend_metrics_get_retries:
 * @self: what counts
 *
 * Counts attempts that a #MimesendRetry led to.
 *
 * Returns: how many attempts there were beside the first ones
 *
 * Since: 0.1
 */
guint64
mimesend_metrics_get_retries (MimesendMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return read_one (self, &self->counts.retries);
}

/**
 * mimesend_metrics_get_content_octets:
 * @self: what counts
 *
 * Counts the octets of messages.
 *
 * Returns: octets of content, as mimesend_receipt_get_octets () counts them
 *
 * Since: 0.1
 */
guint64
mimesend_metrics_get_content_octets (MimesendMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return read_one (self, &self->counts.content_octets);
}

/**
 * mimesend_metrics_get_octets_sent:
 * @self: what counts
 *
 * Counts what went to servers.
 *
 * Returns: octets that were sent: commands and content, without what TLS adds
 *
 * Since: 0.1
 */
guint64
mimesend_metrics_get_octets_sent (MimesendMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return read_one (self, &self->counts.sent);
}

/**
 * mimesend_metrics_get_octets_received:
 * @self: what counts
 *
 * Counts what came from servers.
 *
 * Returns: octets that were received, without what TLS adds
 *
 * Since: 0.1
 */
guint64
mimesend_metrics_get_octets_received (MimesendMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return read_one (self, &self->counts.received);
}

/**
 * mimesend_metrics_get_connections:
 * @self: what counts
 * @made: %TRUE: those that were made; %FALSE: those that could not be
 *
 * Counts connections.
 *
 * Returns: how many connections were made, or could not be
 *
 * Since: 0.1
 */
guint64
mimesend_metrics_get_connections (MimesendMetrics *self, gboolean made)
{
  g_return_val_if_fail (self != NULL, 0);
  return read_one (self, made ? &self->counts.connected : &self->counts.not_connected);
}

/**
 * mimesend_metrics_get_tls_handshakes:
 * @self: what counts
 *
 * Counts TLS handshakes.
 *
 * Returns: how many TLS handshakes succeeded
 *
 * Since: 0.1
 */
guint64
mimesend_metrics_get_tls_handshakes (MimesendMetrics *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return read_one (self, &self->counts.handshakes);
}

/**
 * mimesend_metrics_get_stage_count:
 * @self: what counts
 * @stage: a stage
 *
 * Counts how often a stage was passed.
 *
 * Returns: how many messages passed it
 *
 * Since: 0.1
 */
guint64
mimesend_metrics_get_stage_count (MimesendMetrics *self, MimesendStage stage)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail ((guint)stage < MIMESEND_METRICS_STAGES, 0);
  return read_one (self, &self->counts.stages[stage].count);
}

/**
 * mimesend_metrics_get_stage_time:
 * @self: what counts
 * @stage: a stage
 *
 * Sums the time of a stage.
 *
 * Returns: seconds that it took in all
 *
 * Since: 0.1
 */
double
mimesend_metrics_get_stage_time (MimesendMetrics *self, MimesendStage stage)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail ((guint)stage < MIMESEND_METRICS_STAGES, 0);
  return mimesend_seconds_from_us ((gint64)read_one (self, &self->counts.stages[stage].sum_us));
}

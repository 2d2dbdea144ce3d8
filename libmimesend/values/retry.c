/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a message is worth another attempt, and when that is due: a value. */
#include "values/retry.h"

#include "octets/seconds.h"
#include "octets/boxed.h"

#define FIRST_US (5 * G_TIME_SPAN_SECOND)
#define MOST_US  (5 * G_TIME_SPAN_MINUTE)

struct _MimesendRetry
{
  gatomicrefcount refs;
  guint attempts; /* in all */
  MimesendRetryFlags outcomes;
  gint64 first_us, most_us;
  gint64 deadline_us; /* 0: none */
};

MIMESEND_DEFINE_BOXED (MimesendRetry, mimesend_retry)

/**
 * mimesend_retry_new:
 * @attempts: how often a message is tried in all, the first time included; 0 and 1: once
 *
 * Tries again what was deferred (%MIMESEND_RETRY_DEFERRED, %MIMESEND_RETRY_UNREACHED), after five seconds, then twice as long
 * each time, at most five minutes. A message whose outcome is in doubt is left alone (see
 * %MIMESEND_RETRY_IN_DOUBT_MAY_SEND_TWICE).
 *
 * Returns: (transfer full): a policy
 *
 * Since: 0.1
 */
MimesendRetry *
mimesend_retry_new (guint attempts)
{
  MimesendRetry *self = g_new0 (MimesendRetry, 1);

  g_atomic_ref_count_init (&self->refs);
  self->attempts = MAX (attempts, 1);
  self->outcomes = MIMESEND_RETRY_DEFERRED | MIMESEND_RETRY_UNREACHED;
  self->first_us = FIRST_US;
  self->most_us = MOST_US;
  return self;
}

/**
 * mimesend_retry_ref:
 * @self: a policy
 *
 * Takes a reference; mimesend_retry_unref() gives it back. Any thread may call it.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
MimesendRetry *
mimesend_retry_ref (MimesendRetry *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_retry_unref:
 * @self: (transfer full) (nullable): a policy
 *
 * Gives a reference back; with the last one the policy is freed. Any thread may call it.
 *
 * Since: 0.1
 */
void
mimesend_retry_unref (MimesendRetry *self)
{
  if (self != NULL && g_atomic_ref_count_dec (&self->refs))
    g_free (self);
}

static MimesendRetry *
retry_copy (const MimesendRetry *from)
{
  MimesendRetry *self = g_memdup2 (from, sizeof *from);

  g_atomic_ref_count_init (&self->refs);
  return self;
}

/**
 * mimesend_retry_with_outcomes:
 * @self: a policy
 * @outcomes: which outcomes are worth another attempt
 *
 * Changes what is tried again.
 *
 * Returns: (transfer full): the same policy for other outcomes
 *
 * Since: 0.1
 */
MimesendRetry *
mimesend_retry_with_outcomes (MimesendRetry *self, MimesendRetryFlags outcomes)
{
  MimesendRetry *copy;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail ((outcomes & ~7u) == 0, NULL);
  copy = retry_copy (self);
  copy->outcomes = outcomes;
  return copy;
}

/**
 * mimesend_retry_with_delay:
 * @self: a policy
 * @first: seconds ahead of the second attempt
 * @most: seconds that a wait is never longer than
 *
 * Each wait is twice the one before, and shortened at random by up to a half, so that many clients that failed together do
 * not come back together.
 *
 * Returns: (transfer full): the same policy with other waits
 *
 * Since: 0.1
 */
MimesendRetry *
mimesend_retry_with_delay (MimesendRetry *self, double first, double most)
{
  MimesendRetry *copy;

  g_return_val_if_fail (self != NULL && first >= 0 && most >= 0, NULL);
  copy = retry_copy (self);
  copy->first_us = mimesend_seconds_to_us (first);
  copy->most_us = mimesend_seconds_to_us (most);
  return copy;
}

/**
 * mimesend_retry_with_deadline:
 * @self: a policy
 * @deadline: seconds from the beginning of the first attempt; 0: none
 *
 * No attempt begins after it. An attempt under way is not cut short: that is what #MimesendSession:deadline does, which
 * holds over all attempts, too.
 *
 * Returns: (transfer full): the same policy with that deadline
 *
 * Since: 0.1
 */
MimesendRetry *
mimesend_retry_with_deadline (MimesendRetry *self, double deadline)
{
  MimesendRetry *copy;

  g_return_val_if_fail (self != NULL && deadline >= 0, NULL);
  copy = retry_copy (self);
  copy->deadline_us = mimesend_seconds_to_us (deadline);
  return copy;
}

/**
 * mimesend_retry_get_attempts:
 * @self: a policy
 *
 * Gets how often a message is tried, the first time included.
 *
 * Returns: how often a message is tried in all
 *
 * Since: 0.1
 */
guint
mimesend_retry_get_attempts (MimesendRetry *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->attempts;
}

/**
 * mimesend_retry_get_outcomes:
 * @self: a policy
 *
 * Gets the outcomes after which a message is tried again.
 *
 * Returns: which outcomes are worth another attempt
 *
 * Since: 0.1
 */
MimesendRetryFlags
mimesend_retry_get_outcomes (MimesendRetry *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_RETRY_NOTHING);
  return self->outcomes;
}

/**
 * mimesend_retry_get_first_delay:
 * @self: a policy
 *
 * Gets the first wait; each further one is twice as long.
 *
 * Returns: seconds ahead of the second attempt
 *
 * Since: 0.1
 */
double
mimesend_retry_get_first_delay (MimesendRetry *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return mimesend_seconds_from_us (self->first_us);
}

/**
 * mimesend_retry_get_most_delay:
 * @self: a policy
 *
 * Gets the longest wait.
 *
 * Returns: seconds that no wait is longer than
 *
 * Since: 0.1
 */
double
mimesend_retry_get_most_delay (MimesendRetry *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return mimesend_seconds_from_us (self->most_us);
}

/**
 * mimesend_retry_get_deadline:
 * @self: a policy
 *
 * Gets the time after which no further attempt begins.
 *
 * Returns: seconds after which no attempt begins; 0: none
 *
 * Since: 0.1
 */
double
mimesend_retry_get_deadline (MimesendRetry *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return mimesend_seconds_from_us (self->deadline_us);
}

gint64
mimesend_retry_delay_us (MimesendRetry *self, guint attempts_made, double random)
{
  gint64 us = self->first_us;

  for (guint i = 1; i < attempts_made && us > 0 && us < self->most_us; i++)
    us *= 2;
  us = MIN (us, self->most_us);
  return (gint64)((double)us * (1.0 - random / 2));
}

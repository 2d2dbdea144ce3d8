/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a retry policy makes of a receipt. A session (retry.c) or the caller acts on it. */
#include "octets/seconds.h"
#include "values/retry-private.h"

#include "values/receipt-private.h"
#include "values/retry.h"

static MimesendRetryFlags
failure_kind_of (const MimesendReceiptRecipient *recipient, MimesendOutcome whole)
{
  switch (recipient->outcome)
    {
    case MIMESEND_OUTCOME_DEFERRED:
      return recipient->words.code != 0 ? MIMESEND_RETRY_DEFERRED : MIMESEND_RETRY_UNREACHED;
    case MIMESEND_OUTCOME_IN_DOUBT:
      return MIMESEND_RETRY_IN_DOUBT_MAY_SEND_TWICE;
    case MIMESEND_OUTCOME_NOT_TRIED: /* cancelled, content, certificate: another attempt would fail the same way */
      return recipient->held_back && whole == MIMESEND_OUTCOME_DEFERRED ? MIMESEND_RETRY_DEFERRED
                                                                        : MIMESEND_RETRY_NOTHING;
    case MIMESEND_OUTCOME_ACCEPTED:
    case MIMESEND_OUTCOME_PARTIAL:
    case MIMESEND_OUTCOME_REFUSED:
    default:
      return MIMESEND_RETRY_NOTHING;
    }
}

GArray *
mimesend_retry_find (MimesendRetry *self, MimesendReceipt *receipt)
{
  MimesendRetryFlags outcomes = mimesend_retry_get_outcomes (self);
  MimesendOutcome whole = mimesend_receipt_get_outcome (receipt);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (guint));

  /* All or none, and one recipient is refused for good: retrying the others is pointless. */
  if (receipt->all_or_none && whole == MIMESEND_OUTCOME_REFUSED)
    return found;
  for (guint i = 0; i < receipt->n_recipients; i++)
    if ((outcomes & failure_kind_of (&receipt->recipients[i], whole)) != 0)
      g_array_append_val (found, i);
  return found;
}

/**
 * mimesend_retry_get_recipients:
 * @self: a policy
 * @receipt: how it stands
 *
 * The recipients that another attempt is for: never one that the message was accepted for.
 *
 * Returns: (transfer full) (array zero-terminated=1): their addresses; may be empty
 *
 * Since: 0.1
 */
char **
mimesend_retry_get_recipients (MimesendRetry *self, MimesendReceipt *receipt)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GArray) found = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (receipt != NULL, NULL);
  found = mimesend_retry_find (self, receipt);
  for (guint i = 0; i < found->len; i++)
    g_strv_builder_add (builder, mimesend_receipt_get_recipient (receipt, g_array_index (found, guint, i)));
  return g_strv_builder_end (builder);
}

gint64
mimesend_retry_next_us (MimesendRetry *self, MimesendReceipt *receipt, guint attempts_made, gint64 elapsed_us)
{
  gint64 deadline_us = mimesend_seconds_to_us (mimesend_retry_get_deadline (self));
  gint64 delay;
  g_autoptr (GArray) found = mimesend_retry_find (self, receipt);

  if (found->len == 0 || attempts_made >= mimesend_retry_get_attempts (self))
    return -1;
  delay = mimesend_retry_delay_us (self, attempts_made, g_random_double ());
  if (deadline_us > 0 && elapsed_us + delay >= deadline_us)
    return -1;
  return delay;
}

/**
 * mimesend_retry_next:
 * @self: a policy
 * @receipt: the receipt after @attempts_made attempts
 * @attempts_made: how many attempts were made
 * @elapsed: seconds since the first attempt began
 *
 * For callers that wait themselves, as a queue does. A #MimesendSession that has a policy waits by itself.
 *
 * Returns: in how many seconds the next attempt is due; −1: there is none
 *
 * Since: 0.1
 */
double
mimesend_retry_next (MimesendRetry *self, MimesendReceipt *receipt, guint attempts_made, double elapsed)
{
  g_return_val_if_fail (self != NULL && receipt != NULL && elapsed >= 0, -1);
  return mimesend_seconds_from_us (
      mimesend_retry_next_us (self, receipt, attempts_made, mimesend_seconds_to_us (elapsed)));
}

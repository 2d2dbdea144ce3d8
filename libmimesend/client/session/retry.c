/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes the attempts of a delivery. All write the same receipt, and each is only for the recipients that the policy
 * retries. */
#include "client/session/retry.h"

#include "client/delivery/delivery-private.h"
#include "client/session/transport.h"
#include "values/retry-private.h"
#include "client/drive/trace.h"
#include "net/server/server.h"

typedef struct
{
  MimesendPolicy *policy; /* borrowed, like the next two: the session's, valid until done */
  MimesendRunner *runner;
  const guint *n_under_way;
  MimesendRetry *retry;
  int io_priority;
  GCancellable *cancellable;
  MimesendDeliveryDone done;
  gpointer data;
  gint64 begun_us;
  guint attempts;
  MimesendDelivery *next; /* the next attempt, waiting for its time */
  GSource *wait;
} RetriedDelivery;

static void attempt_done (MimesendDelivery *delivery, gpointer data);

static void
retried_delivery_free (RetriedDelivery *self)
{
  mimesend_retry_unref (self->retry);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->next, mimesend_delivery_free);
  g_free (self);
}

/* A recipient that may have the message from an earlier attempt may have it still, whatever the last one came to. */
static void
keep_doubt (MimesendReceipt *receipt)
{
  for (guint i = 0; i < receipt->n_recipients; i++)
    {
      MimesendReceiptRecipient *r = &receipt->recipients[i];

      if (!r->was_in_doubt || r->outcome == MIMESEND_OUTCOME_ACCEPTED ||
          r->outcome == MIMESEND_OUTCOME_IN_DOUBT)
        continue;
      r->outcome = MIMESEND_OUTCOME_IN_DOUBT;
      mimesend_receipt_set_words (receipt, &r->words, NULL, "an attempt before the last was left in doubt",
                                  MIMESEND_WORDS_SHORT);
      g_clear_error (&receipt->failure); /* the last attempt's error, which decides nothing */
    }
}

static void
retried_delivery_finish (RetriedDelivery *self, MimesendDelivery *delivery)
{
  keep_doubt (mimesend_delivery_get_receipt (delivery));
  self->done (delivery, self->data);
  retried_delivery_free (self);
}

static void
retry_attempt (RetriedDelivery *self, MimesendDelivery *delivery)
{
  self->attempts++;
  mimesend_delivery_get_receipt (delivery)->attempts = self->attempts;
  mimesend_transport_deliver (self->policy, self->runner, delivery, self->io_priority, self->cancellable,
                              attempt_done, self);
}

/* (transfer full): a delivery of the same message for those recipients. */
static MimesendDelivery *
delivery_after (MimesendDelivery *last, const GArray *recipients, gint64 begun_us)
{
  MimesendDelivery *self =
      mimesend_delivery_new (last->envelope, last->content, last->flags, last->never_block, NULL);

  mimesend_receipt_unref (self->receipt);
  self->receipt = mimesend_receipt_ref (last->receipt);
  g_set_object (&self->pull, last->pull);
  self->hold = last->hold != NULL ? mimesend_hold_ref (last->hold) : NULL;
  self->content_used = last->content_used;
  self->wrapped = last->wrapped;
  self->total = last->total;
  self->seven_bit = last->seven_bit;
  self->prepared = last->prepared;
  self->wire = last->wire;
  self->begun_us = begun_us;
  for (self->left.n = 0; self->left.n < recipients->len; self->left.n++)
    self->left.at[self->left.n] = g_array_index (recipients, guint, self->left.n);
  return self;
}

/* Resets the outcomes of these recipients. */
static void
forget_outcomes (MimesendDelivery *delivery)
{
  for (guint i = 0; i < delivery->left.n; i++)
    {
      MimesendReceiptRecipient *r = mimesend_delivery_recipient (delivery, delivery->left.at[i]);

      r->was_in_doubt |= r->outcome == MIMESEND_OUTCOME_IN_DOUBT;
      r->outcome = MIMESEND_OUTCOME_NOT_TRIED;
      r->held_back = FALSE;
      mimesend_receipt_set_words (delivery->receipt, &r->words, NULL, NULL, 0);
    }
  g_clear_error (&delivery->receipt->failure);
}

/* Cancelled while it waited: the outcomes stand, and nothing more is done. */
static void
retry_give_up (RetriedDelivery *self, GError *reason)
{
  MimesendDelivery *delivery = g_steal_pointer (&self->next);

  g_clear_error (&delivery->receipt->failure);
  delivery->receipt->failure = g_error_copy (reason);
  if (delivery->receipt->n_transactions == 0) /* no server was asked */
    delivery->error = reason;
  else
    g_error_free (reason);
  retried_delivery_finish (self, delivery);
  mimesend_delivery_free (delivery);
}

static gboolean
retry_wait_over_cb (gpointer data)
{
  RetriedDelivery *self = data;

  g_clear_pointer (&self->wait, g_source_unref);
  if (g_cancellable_is_cancelled (self->cancellable))
    retry_give_up (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                              "it was cancelled between two attempts"));
  else
    {
      forget_outcomes (self->next);
      retry_attempt (self, g_steal_pointer (&self->next));
    }
  return G_SOURCE_REMOVE;
}

static void
retry_wait (RetriedDelivery *self, gint64 delay_us)
{
  mimesend_trace_note (self->policy, self->policy->n_connections, "trying again in %" G_GINT64_FORMAT " ms",
                       delay_us / 1000);
  self->wait = g_timeout_source_new (0);
  g_source_set_ready_time (self->wait, g_get_monotonic_time () + delay_us);
  g_source_set_priority (self->wait, self->io_priority);
  g_source_set_callback (self->wait, retry_wait_over_cb, self, NULL);
  if (self->cancellable != NULL)
    {
      GSource *cancelled = g_cancellable_source_new (self->cancellable);

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (self->wait, cancelled);
      g_source_unref (cancelled);
    }
  g_source_attach (self->wait, g_main_context_get_thread_default ());
}

/* −1: there is no further attempt. */
static gint64
next_delay (RetriedDelivery *self, MimesendDelivery *delivery)
{
  gint64 elapsed_us = g_get_monotonic_time () - self->begun_us;
  gint64 deadline_us = self->policy->deadline_us;
  gint64 delay = mimesend_retry_next_us (self->retry, delivery->receipt, self->attempts, elapsed_us);

  if (delay < 0 || mimesend_transport_takes_back (self->policy, delivery) ||
      (deadline_us > 0 && elapsed_us + delay >= deadline_us) ||
      g_cancellable_is_cancelled (self->cancellable))
    return -1;
  if (delivery->content_used && !mimesend_pull_can_rewind (delivery->pull))
    {
      mimesend_receipt_warn (delivery->receipt,
                             "not tried again: the content can be read only once, and was begun");
      return -1;
    }
  return delay;
}

static void
attempt_done (MimesendDelivery *delivery, gpointer data)
{
  RetriedDelivery *self = data;
  gint64 delay = next_delay (self, delivery);
  g_autoptr (GArray) recipients = NULL;

  if (delay < 0)
    {
      retried_delivery_finish (self, delivery);
      return;
    }
  if (mimesend_delivery_get_error (delivery) != NULL && *self->n_under_way == 1)
    self->policy->server =
        self->policy->first; /* no server of the list could be reached: start again with the first */
  recipients = mimesend_retry_find (self->retry, delivery->receipt);
  self->next = delivery_after (delivery, recipients, self->begun_us);
  retry_wait (self, delay);
}

void
mimesend_retry_deliver (MimesendPolicy *policy,
                        MimesendRunner *runner,
                        const guint *n_under_way,
                        MimesendRetry *retry,
                        MimesendDelivery *delivery,
                        int io_priority,
                        GCancellable *cancellable,
                        MimesendDeliveryDone done,
                        gpointer data)
{
  RetriedDelivery *self = g_new0 (RetriedDelivery, 1);

  self->policy = policy;
  self->runner = runner;
  self->n_under_way = n_under_way;
  self->retry = mimesend_retry_ref (retry);
  self->io_priority = io_priority;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->done = done;
  self->data = data;
  self->begun_us = g_get_monotonic_time ();
  delivery->begun_us = self->begun_us;
  retry_attempt (self, delivery);
}

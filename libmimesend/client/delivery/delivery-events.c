/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handles the core's events for a message: recipients, the transaction, and what follows. */
#include "client/delivery/delivery-private.h"

#include <string.h>

#include "client/drive/error-map.h"
#include "values/from-core.h"
#include "mimesend-error.h"

#define RECONNECTS_MAX 3

static void
note_recipient (MimesendDelivery *self, const MimesendSmtpEvent *event)
{
  guint index = self->current.at[event->recipient];
  MimesendReceiptRecipient *r = mimesend_delivery_recipient (self, index);

  r->transaction = (int)self->receipt->n_transactions;
  r->outcome = mimesend_outcome_from_core (event->outcome);
  mimesend_receipt_set_words (self->receipt, &r->words, event->reply, event->words, MIMESEND_WORDS_SHORT);
  if (event->outcome == MIMESEND_SMTP_REFUSED || event->outcome == MIMESEND_SMTP_DEFERRED)
    self->refused_at_rcpt |= event->stage == MIMESEND_SMTP_STAGE_RCPT;
  if (event->outcome != MIMESEND_SMTP_NOT_TRIED)
    return;
  r->held_back = event->failure == MIMESEND_SMTP_FAILURE_ALL_OR_NOTHING;
  if (event->stopped && (self->flags & MIMESEND_SEND_SERVE_ACCEPTED))
    {
      self->left.at[self->left.n++] = index;
      self->n_stopped++;
      self->stop_by_reply |= event->reply != NULL && event->reply->code != 421;
    }
  else if (event->stopped || mimesend_error_map_is_passing (event->failure, self->reason))
    r->outcome = MIMESEND_OUTCOME_DEFERRED; /* lost before the end of the data: trying again later is safe */
}

/* What was lost with the connection is only put off, and what was accepted needs no words: where recipients were refused,
 * their refusals are the outcome. */
static MimesendStage
deciding_stage (MimesendDelivery *self, const MimesendSmtpEvent *event)
{
  MimesendOutcome outcome = mimesend_receipt_get_outcome (self->receipt);

  if (self->refused_at_rcpt &&
      (outcome == MIMESEND_OUTCOME_PARTIAL ||
       (outcome == MIMESEND_OUTCOME_REFUSED && mimesend_error_map_is_passing (event->failure, self->reason))))
    return MIMESEND_STAGE_RCPT;
  return mimesend_stage_from_core (event->stage);
}

static void
note_transaction (MimesendDelivery *self, const MimesendSmtpEvent *event, MimesendDrive *drive)
{
  MimesendReceipt *receipt = self->receipt;
  MimesendReceiptTransaction *transaction = mimesend_receipt_add_transaction (receipt);
  gsize longest = mimesend_smtp_client_get_longest_line (mimesend_drive_get_core (drive), event->transaction);

  mimesend_receipt_set_words (receipt, &transaction->words, event->reply, event->words, MIMESEND_WORDS_SHORT);
  if (event->reply != NULL && event->reply->code / 100 == 2)
    transaction->queue_id = mimesend_receipt_find_queue_id (event->reply->text);
  mimesend_receipt_set_words (receipt, &receipt->last, event->reply, event->words, MIMESEND_WORDS_FULL);
  receipt->stage = deciding_stage (self, event);
  self->octets =
      mimesend_smtp_client_get_content_octets (mimesend_drive_get_core (drive), event->transaction);
  receipt->octets += self->octets;
  receipt->used |= mimesend_smtp_client_get_used (mimesend_drive_get_core (drive), event->transaction);
  mimesend_smtp_client_add_times (mimesend_drive_get_core (drive), event->transaction, event->stage,
                                  receipt->stage_us);
  if (event->outcome != MIMESEND_SMTP_ACCEPTED)
    mimesend_delivery_keep_dialogue (self, drive);
  if (longest > 998)
    mimesend_receipt_warn (
        receipt, "a line of %" G_GSIZE_FORMAT " octets was sent as it is; RFC 5322 allows 998", longest);
}

static void
note_failure (MimesendDelivery *self, const MimesendSmtpEvent *event)
{
  GError *failure = NULL;

  if (event->outcome == MIMESEND_SMTP_ACCEPTED)
    return;
  if (self->content_error != NULL && event->failure == MIMESEND_SMTP_FAILURE_CONTENT)
    failure = g_error_copy (self->content_error);
  else if (self->reason != NULL && event->failure == MIMESEND_SMTP_FAILURE_ABORTED)
    failure = g_error_copy (self->reason);
  else
    failure = mimesend_error_map_to_error (event);
  if (failure != NULL)
    {
      g_clear_error (&self->receipt->failure);
      self->receipt->failure = failure;
    }
}

/* Nothing was carried out: sends all of it again, before the recipients without a transaction so far. */
static void
take_back (MimesendDelivery *self)
{
  self->left.n -= self->n_stopped; /* those stand there already, as the last */
  memmove (self->left.at + self->current.n, self->left.at, self->left.n * sizeof (guint));
  memcpy (self->left.at, self->current.at, self->current.n * sizeof (guint));
  self->left.n += self->current.n;
  for (guint i = 0; i < self->current.n; i++)
    mimesend_receipt_set_words (
        self->receipt, &mimesend_delivery_recipient (self, self->current.at[i])->words, NULL, NULL, 0);
  g_clear_error (&self->receipt->failure);
  self->receipt->octets -= self->octets;
  self->octets = 0;
  mimesend_receipt_drop_transaction (self->receipt);
}

/* … on a new connection. */
static MimesendDeliveryNext
try_again (MimesendDelivery *self)
{
  if (++self->reconnects > RECONNECTS_MAX)
    return MIMESEND_DELIVERY_DONE;
  take_back (self);
  return MIMESEND_DELIVERY_RECONNECT;
}

/* The message itself was refused: the next recipients would be refused alike. */
static MimesendDeliveryNext
refuse_rest (MimesendDelivery *self, MimesendOutcome outcome)
{
  for (guint i = 0; i < self->left.n; i++)
    {
      MimesendReceiptRecipient *r = mimesend_delivery_recipient (self, self->left.at[i]);

      r->outcome = outcome;
      mimesend_receipt_copy_words (self->receipt, &r->words, &self->receipt->last);
    }
  self->left.n = 0;
  return MIMESEND_DELIVERY_DONE;
}

/* The server takes no more recipients in this transaction. After a reply that says so the next transaction takes the rest; after
 * a lost connection, or too many refusals, a new connection is needed. */
static MimesendDeliveryNext
after_stop (MimesendDelivery *self)
{
  gboolean got_on = self->n_stopped < self->current.n;

  if (got_on)
    self->reconnects = 0;
  if (got_on && self->stop_by_reply)
    return MIMESEND_DELIVERY_NEXT;
  if (!self->stop_by_reply && ++self->reconnects <= RECONNECTS_MAX)
    return MIMESEND_DELIVERY_RECONNECT;
  mimesend_delivery_settle_rest (self, MIMESEND_OUTCOME_DEFERRED,
                                 "the server takes no more recipients for now");
  return MIMESEND_DELIVERY_DONE;
}

/* Failures that the next transaction would meet, too. */
static gboolean
is_no_reply (MimesendSmtpFailure failure)
{
  return failure != MIMESEND_SMTP_FAILURE_NONE && failure != MIMESEND_SMTP_FAILURE_REPLY;
}

/* The transaction is over: decides about the recipients that it did not serve. */
static MimesendDeliveryNext
after_transaction (MimesendDelivery *self, const MimesendSmtpEvent *event)
{
  gboolean refused = event->outcome == MIMESEND_SMTP_REFUSED || event->outcome == MIMESEND_SMTP_DEFERRED;
  gboolean untouched = event->outcome == MIMESEND_SMTP_NOT_TRIED;

  /* It was not about this message. No limit is needed, as each connection settles at least one message. */
  if (event->again != MIMESEND_SMTP_AGAIN_NO)
    {
      take_back (self);
      return event->again == MIMESEND_SMTP_AGAIN_HERE ? MIMESEND_DELIVERY_NEXT : MIMESEND_DELIVERY_RECONNECT;
    }
  /* The server had closed an idle connection, which only MAIL showed: nothing was carried out. */
  if (self->reused && untouched && event->stage == MIMESEND_SMTP_STAGE_MAIL &&
      event->failure == MIMESEND_SMTP_FAILURE_CLOSED)
    return try_again (self);
  /* The connection was dropped by the cancel of another message in the window. */
  if (event->failure == MIMESEND_SMTP_FAILURE_ABORTED && self->reason == NULL && untouched)
    {
      take_back (self);
      return MIMESEND_DELIVERY_RECONNECT;
    }
  if (self->left.n == 0)
    return MIMESEND_DELIVERY_DONE;
  if (self->n_stopped > 0)
    return after_stop (self);
  if (is_no_reply (event->failure))
    {
      mimesend_delivery_settle_rest (self,
                                     mimesend_error_map_is_passing (event->failure, self->reason) && untouched
                                         ? MIMESEND_OUTCOME_DEFERRED
                                         : MIMESEND_OUTCOME_NOT_TRIED,
                                     event->words);
      return MIMESEND_DELIVERY_DONE;
    }
  if (refused && event->stage != MIMESEND_SMTP_STAGE_RCPT)
    return refuse_rest (self, mimesend_outcome_from_core (event->outcome));
  return MIMESEND_DELIVERY_NEXT;
}

MimesendDeliveryNext
mimesend_delivery_event (MimesendDelivery *self, const MimesendSmtpEvent *event, MimesendDrive *drive)
{
  MimesendDeliveryNext next;

  if (event->type == MIMESEND_SMTP_EVENT_RECIPIENT)
    note_recipient (self, event);
  if (event->type != MIMESEND_SMTP_EVENT_SETTLED)
    return MIMESEND_DELIVERY_GOES_ON;

  note_transaction (self, event, drive);
  note_failure (self, event);
  self->transaction = 0;
  next = after_transaction (self, event);
  if (self->feed != NULL)
    mimesend_feed_close (self->feed);
  return next;
}

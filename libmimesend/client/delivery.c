/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message, from the envelope to the receipt: what is kept of it. What goes into each transaction is
 * delivery-begin.c's, what came of it delivery-events.c's; the rules of the dialogue are the core's. */
#include "client/delivery-private.h"
#include "client/missing-headers.h"

#include "mimesend-error.h"

MimesendDelivery *
mimesend_delivery_new (MimesendEnvelope *envelope,
                       MimesendContent *content,
                       MimesendSendFlags flags,
                       gboolean never_block)
{
  MimesendDelivery *self = g_new0 (MimesendDelivery, 1);
  gboolean add_headers = (flags & MIMESEND_SEND_ADD_MISSING_HEADERS) != 0;

  self->envelope = mimesend_envelope_ref (envelope);
  self->content = add_headers
                      ? mimesend_missing_headers_new (content, mimesend_envelope_get_reverse_path (envelope))
                      : g_object_ref (content);
  self->pull = mimesend_pull_new_for_content (self->content);
  self->flags = flags & ~(guint)MIMESEND_SEND_ADD_MISSING_HEADERS; /* not again with the next attempt */
  self->total = -1;
  self->never_block = never_block;
  self->receipt = mimesend_receipt_new (mimesend_envelope_get_recipients (envelope));
  self->receipt->all_or_none = (flags & MIMESEND_SEND_SERVE_ACCEPTED) == 0;
  self->current = g_array_new (FALSE, FALSE, sizeof (guint));
  self->left = g_queue_new ();
  for (guint i = 0; i < mimesend_envelope_get_n_recipients (envelope); i++)
    g_queue_push_tail (self->left, GUINT_TO_POINTER (i));
  return self;
}

void
mimesend_delivery_free (MimesendDelivery *self)
{
  if (self == NULL)
    return;
  mimesend_feed_free (self->feed);
  mimesend_envelope_unref (self->envelope);
  g_object_unref (self->pull);
  g_object_unref (self->content);
  mimesend_receipt_unref (self->receipt);
  g_queue_free (self->left);
  g_array_unref (self->current);
  g_clear_error (&self->content_error);
  g_clear_error (&self->reason);
  g_clear_error (&self->error);
  g_free (self);
}

MimesendReceiptRecipient *
mimesend_delivery_recipient (MimesendDelivery *self, guint i)
{
  return &g_array_index (self->receipt->recipients, MimesendReceiptRecipient, i);
}

/* --- what is said of the connection --- */

static void
set_string (char **place, const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

void
mimesend_delivery_describe (MimesendDelivery *self, const MimesendPolicy *policy, MimesendDrive *drive)
{
  MimesendReceipt *receipt = self->receipt;
  MimesendWire *wire;
  MimesendTls *tls;

  set_string (&receipt->server, policy->server->text);
  set_string (&receipt->host, policy->server->host);
  if (drive == NULL)
    return;
  wire = mimesend_drive_get_wire (drive);
  tls = wire->tls;
  set_string (&receipt->address, wire->connected->peer);
  receipt->port = wire->connected->peer_port;
  mimesend_drive_add_times (drive, receipt->stage_us);
  set_string (&receipt->mechanism, mimesend_drive_get_mechanism (drive));
  if (tls != NULL && !wire->shaking)
    {
      set_string (&receipt->tls_version, mimesend_tls_get_version (tls));
      set_string (&receipt->tls_cipher, mimesend_tls_get_cipher (tls));
      set_string (&receipt->tls_reason, mimesend_tls_get_reason (tls));
      receipt->tls_verified = mimesend_tls_is_verified (tls);
    }
}

void
mimesend_delivery_keep_dialogue (MimesendDelivery *self, MimesendDrive *drive)
{
  mimesend_receipt_set_dialogue (self->receipt,
                                 mimesend_smtp_client_get_recent (mimesend_drive_get_core (drive)));
}

/* Everything that has no outcome gets this one. */
void
mimesend_delivery_settle_rest (MimesendDelivery *self, MimesendOutcome outcome, const char *words)
{
  gpointer i;

  while (!g_queue_is_empty (self->left))
    {
      i = g_queue_pop_head (self->left);
      mimesend_delivery_recipient (self, GPOINTER_TO_UINT (i))->outcome = outcome;
      if (mimesend_delivery_recipient (self, GPOINTER_TO_UINT (i))->words.text == NULL)
        mimesend_receipt_set_words (&mimesend_delivery_recipient (self, GPOINTER_TO_UINT (i))->words, NULL,
                                    words, MIMESEND_WORDS_SHORT);
    }
}

guint64
mimesend_delivery_get_transaction (MimesendDelivery *self)
{
  return self->transaction;
}

MimesendFeed *
mimesend_delivery_get_feed (MimesendDelivery *self)
{
  self->content_used = TRUE;
  return self->feed;
}

void
mimesend_delivery_content_failed (MimesendDelivery *self, const GError *error)
{
  g_clear_error (&self->content_error);
  self->content_error = g_error_copy (error);
}

void
mimesend_delivery_set_reason (MimesendDelivery *self, GError *reason)
{
  if (self->reason == NULL)
    self->reason = reason;
  else
    g_error_free (reason);
}

void
mimesend_delivery_fail (MimesendDelivery *self,
                        GError *error,
                        MimesendStage stage,
                        const MimesendSmtpReply *reply)
{
  MimesendOutcome outcome = MIMESEND_OUTCOME_NOT_TRIED;

  if (g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED) ||
      g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT))
    outcome = MIMESEND_OUTCOME_DEFERRED;
  else if (g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED))
    outcome = MIMESEND_OUTCOME_REFUSED;
  mimesend_receipt_set_words (&self->receipt->last, reply, error->message, MIMESEND_WORDS_FULL);
  self->receipt->stage = stage;
  for (GList *link = reply != NULL ? self->left->head : NULL; link != NULL; link = link->next)
    mimesend_receipt_set_words (&mimesend_delivery_recipient (self, GPOINTER_TO_UINT (link->data))->words,
                                reply, NULL, MIMESEND_WORDS_SHORT);
  mimesend_delivery_settle_rest (self, outcome, error->message);
  /* With recipients served already this is the rest's fate, not the message's. */
  if (self->receipt->transactions->len > 0)
    {
      mimesend_receipt_warn (self->receipt, "%s", error->message);
      g_error_free (error);
      return;
    }
  g_clear_error (&self->receipt->failure);
  self->receipt->failure = g_error_copy (error);
  g_clear_error (&self->error);
  self->error = error;
}

void
mimesend_delivery_count_octets (MimesendDelivery *self, gsize n)
{
  self->receipt->octets += n;
}

void
mimesend_delivery_settle (
    MimesendDelivery *self, MimesendOutcome outcome, MimesendStage stage, const char *words, GError *failure)
{
  if (self->may_again && self->feed != NULL && mimesend_pull_can_rewind (self->pull))
    mimesend_feed_stop (self->feed);
  g_clear_pointer (&self->feed, mimesend_feed_free);
  if (words != NULL && *words == '\0')
    words = NULL;
  if (stage == MIMESEND_STAGE_END_OF_DATA) /* the message was given to it, once, for all */
    {
      MimesendReceiptTransaction transaction = { 0 };

      mimesend_receipt_set_words (&transaction.words, NULL, words, MIMESEND_WORDS_SHORT);
      for (GList *link = self->left->head; link != NULL; link = link->next)
        mimesend_delivery_recipient (self, GPOINTER_TO_UINT (link->data))->transaction =
            (int)self->receipt->transactions->len;
      g_array_append_val (self->receipt->transactions, transaction);
    }
  mimesend_delivery_settle_rest (self, outcome, words);
  mimesend_receipt_set_words (&self->receipt->last, NULL, words, MIMESEND_WORDS_FULL);
  self->receipt->stage = stage;
  g_clear_error (&self->receipt->failure);
  self->receipt->failure = failure;
}

const char *
mimesend_delivery_get_reverse_path (MimesendDelivery *self)
{
  return mimesend_envelope_get_reverse_path (self->envelope);
}

const char *const *
mimesend_delivery_get_recipients (MimesendDelivery *self)
{
  return mimesend_envelope_get_recipients (self->envelope);
}

void
mimesend_delivery_get_progress (MimesendDelivery *self, MimesendDrive *drive, guint64 *octets, gint64 *total)
{
  *total = self->total;
  *octets = self->octets;
  if (self->transaction != 0 && drive != NULL)
    *octets = mimesend_smtp_client_get_content_octets (mimesend_drive_get_core (drive), self->transaction);
}

const char *
mimesend_delivery_get_recipient (MimesendDelivery *self, guint recipient)
{
  return mimesend_delivery_recipient (self, g_array_index (self->current, guint, recipient))->address;
}

MimesendEnvelope *
mimesend_delivery_get_envelope (MimesendDelivery *self)
{
  return self->envelope;
}

void
mimesend_delivery_set_begun (MimesendDelivery *self, gint64 begun_us)
{
  self->begun_us = begun_us;
}

gint64
mimesend_delivery_get_begun (MimesendDelivery *self)
{
  return self->begun_us;
}

gboolean
mimesend_delivery_was_begun (MimesendDelivery *self)
{
  return self->content_used || self->receipt->transactions->len > 0;
}

MimesendReceipt *
mimesend_delivery_get_receipt (MimesendDelivery *self)
{
  return self->receipt;
}

const GError *
mimesend_delivery_get_error (MimesendDelivery *self)
{
  return self->error;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message, from the envelope to the receipt. delivery-begin.c begins each transaction, delivery-events.c handles its
 * events. */
#include "client/delivery/delivery-private.h"
#include "values/passing.h"

#include "client/drive/error-map.h"
#include "client/delivery/missing-headers.h"
#include "secure/dkim-content.h"

#include <string.h>

#include "mimesend-error.h"

static MimesendContent *
add_missing (MimesendContent *content, gpointer envelope)
{
  return mimesend_missing_headers_new (content, mimesend_envelope_get_reverse_path (envelope));
}

/* (transfer full): what is added to a message is signed, too, also where the caller signed it. */
static MimesendContent *
wrap_content (MimesendContent *content, MimesendEnvelope *envelope, MimesendSendFlags flags, GPtrArray *dkims)
{
  g_autoptr (MimesendContent) whole = NULL;

  if (flags & MIMESEND_SEND_ADD_MISSING_HEADERS)
    {
      whole = mimesend_dkim_content_rewrap (content, add_missing, envelope);
      if (whole == NULL)
        whole = add_missing (content, envelope);
    }
  else
    whole = g_object_ref (content);
  return dkims == NULL || mimesend_content_is_signed (whole) ? g_steal_pointer (&whole)
                                                             : mimesend_dkim_content_new (whole, dkims, NULL);
}

MimesendDelivery *
mimesend_delivery_new (MimesendEnvelope *envelope,
                       MimesendContent *content,
                       MimesendSendFlags flags,
                       gboolean never_block,
                       GPtrArray *dkims)
{
  guint n = mimesend_envelope_get_n_recipients (envelope);
  MimesendDelivery *self = g_malloc (sizeof (MimesendDelivery) + 2 * n * sizeof (guint));

  memset (self, 0, sizeof *self);
  self->envelope = mimesend_envelope_ref (envelope);
  self->content = wrap_content (content, envelope, flags, dkims);
  self->pull = mimesend_pull_new_for_content (self->content);
  self->wrapped = MIMESEND_CONTENT (self->pull) != content;
  self->flags = flags & ~(guint)MIMESEND_SEND_ADD_MISSING_HEADERS; /* not again with the next attempt */
  if (mimesend_content_is_signed (
          self->content)) /* seven bits, which need no BODY=BINARYMIME of any server */
    self->flags &= ~(guint)MIMESEND_SEND_ALLOW_BINARYMIME;
  self->total = -1;
  self->smtputf8 = TRUE;
  self->never_block = never_block;
  self->receipt = mimesend_receipt_new (mimesend_envelope_get_recipients (envelope));
  self->receipt->message_id = mimesend_content_dup_message_id (content);
  self->receipt->all_or_none = (flags & MIMESEND_SEND_SERVE_ACCEPTED) == 0;
  self->left.at = (guint *)(self + 1);
  self->current.at = self->left.at + n;
  while (self->left.n < n)
    {
      self->left.at[self->left.n] = self->left.n;
      self->left.n++;
    }
  return self;
}

gboolean
mimesend_delivery_hold (MimesendDelivery *self, GError **error)
{
  if (self->hold == NULL)
    self->hold = mimesend_hold_new (self->pull, error);
  return self->hold != NULL;
}

void
mimesend_delivery_release (MimesendDelivery *self)
{
  g_clear_pointer (&self->feed, mimesend_feed_free);
  g_clear_pointer (&self->hold, mimesend_hold_unref);
}

void
mimesend_delivery_refuse (MimesendDelivery *self, GError *error)
{
  mimesend_receipt_set_words (self->receipt, &self->receipt->last, NULL, error->message, MIMESEND_WORDS_FULL);
  mimesend_delivery_settle_rest (self, MIMESEND_OUTCOME_NOT_TRIED, error->message);
  self->receipt->stage = MIMESEND_STAGE_CONTENT;
  g_clear_error (&self->receipt->failure);
  self->receipt->failure = error;
}

void
mimesend_delivery_free (MimesendDelivery *self)
{
  if (self == NULL)
    return;
  mimesend_delivery_release (self);
  mimesend_envelope_unref (self->envelope);
  g_object_unref (self->pull);
  g_object_unref (self->content);
  mimesend_receipt_unref (self->receipt);
  g_clear_error (&self->content_error);
  g_clear_error (&self->reason);
  g_clear_error (&self->error);
  g_free (self);
}

MimesendReceiptRecipient *
mimesend_delivery_recipient (MimesendDelivery *self, guint i)
{
  return &self->receipt->recipients[i];
}

/* --- the connection --- */

void
mimesend_delivery_describe (MimesendDelivery *self, const MimesendPolicy *policy, MimesendDrive *drive)
{
  MimesendReceiptPeer *peer;

  if (drive != NULL)
    {
      mimesend_drive_add_times (drive, self->receipt->stage_us);
      peer = mimesend_drive_describe (drive);
    }
  else
    {
      peer = mimesend_receipt_peer_new ();
      peer->server = g_strdup (policy->server->text);
      peer->host = g_strdup (policy->server->host);
    }
  mimesend_receipt_take_peer (self->receipt, peer);
}

void
mimesend_delivery_keep_dialogue (MimesendDelivery *self, MimesendDrive *drive)
{
  mimesend_receipt_set_dialogue (self->receipt,
                                 mimesend_smtp_client_get_recent (mimesend_drive_get_core (drive)));
}

/* Sets the outcome of all recipients that have none. */
void
mimesend_delivery_settle_rest (MimesendDelivery *self, MimesendOutcome outcome, const char *words)
{
  for (guint i = 0; i < self->left.n; i++)
    {
      MimesendReceiptRecipient *r = mimesend_delivery_recipient (self, self->left.at[i]);

      r->outcome = outcome;
      if (r->words.text == NULL)
        mimesend_receipt_set_words (self->receipt, &r->words, NULL, words, MIMESEND_WORDS_SHORT);
    }
  self->left.n = 0;
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

  if (g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED) || mimesend_error_is_passing (error))
    outcome = MIMESEND_OUTCOME_DEFERRED;
  else if (g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED))
    outcome = MIMESEND_OUTCOME_REFUSED;
  mimesend_receipt_set_words (self->receipt, &self->receipt->last, reply, error->message,
                              MIMESEND_WORDS_FULL);
  self->receipt->stage = stage;
  for (guint i = 0; reply != NULL && i < self->left.n; i++)
    mimesend_receipt_set_words (self->receipt, &mimesend_delivery_recipient (self, self->left.at[i])->words,
                                reply, NULL, MIMESEND_WORDS_SHORT);
  mimesend_delivery_settle_rest (self, outcome, error->message);
  /* If recipients were served already, this is the fate of the rest alone. */
  if (self->receipt->n_transactions > 0)
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

/* Warns of problems in the header of raw content, which is sent unchanged. */
static void
warn_of_header (MimesendDelivery *self)
{
  const MimesendHeaderWatch *header = mimesend_feed_get_header (self->feed);
  guint has = header->flags;

  if (header->settled && header->offset == 0)
    mimesend_receipt_warn (self->receipt, "the message is empty: it has neither a header nor a body");
  else if (header->settled && !(has & MIMESEND_HEADER_HAS_FIELD))
    mimesend_receipt_warn (self->receipt, "the message has no header: all of it is taken for the body");
  if (has & MIMESEND_HEADER_HAS_MBOX_LINE)
    mimesend_receipt_warn (
        self->receipt,
        "the message begins with a line of mbox (\"From \"), which is no header field: servers may "
        "take the header behind it for the body; leave it out");
  if (has & MIMESEND_HEADER_HAS_BOM)
    mimesend_receipt_warn (
        self->receipt,
        "the message begins with a byte order mark, which servers take for a part of its first "
        "line: leave it out");
  if (has & MIMESEND_HEADER_HAS_BCC)
    mimesend_receipt_warn (self->receipt,
                           "the header has a Bcc field, which every recipient can read: leave it out, and "
                           "name those as recipients");
  if ((has & MIMESEND_HEADER_HAS_EIGHT_BIT) && !self->smtputf8 && !mimesend_pull_names_utf8 (self->pull))
    mimesend_receipt_warn (
        self->receipt,
        "the header has octets above 127, and SMTPUTF8 was not asked for: servers may refuse or "
        "change it; write them as encoded words (RFC 2047)");
}

static void
take_warnings (MimesendDelivery *self)
{
  const char *const *warnings = mimesend_pull_get_warnings (self->pull);

  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++)
    mimesend_receipt_warn (self->receipt, "%s", warnings[i]);
}

gboolean
mimesend_delivery_leave (MimesendDelivery *self)
{
  if (self->feed == NULL)
    return TRUE;
  mimesend_feed_close (self->feed);
  if (!mimesend_feed_has_left (self->feed))
    return FALSE;
  warn_of_header (self);
  g_clear_pointer (&self->feed, mimesend_feed_free);
  take_warnings (self);
  return TRUE;
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
  if (self->feed != NULL)
    mimesend_feed_close (self->feed);
  if (words != NULL && *words == '\0')
    words = NULL;
  if (stage == MIMESEND_STAGE_END_OF_DATA) /* the message was given to it, once, for all */
    {
      MimesendReceiptTransaction *transaction = mimesend_receipt_add_transaction (self->receipt);

      mimesend_receipt_set_words (self->receipt, &transaction->words, NULL, words, MIMESEND_WORDS_SHORT);
      for (guint i = 0; i < self->left.n; i++)
        mimesend_delivery_recipient (self, self->left.at[i])->transaction =
            (int)self->receipt->n_transactions - 1;
    }
  mimesend_delivery_settle_rest (self, outcome, words);
  mimesend_receipt_set_words (self->receipt, &self->receipt->last, NULL, words, MIMESEND_WORDS_FULL);
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
  return mimesend_delivery_recipient (self, self->current.at[recipient])->address;
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
  return self->content_used || self->receipt->n_transactions > 0;
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

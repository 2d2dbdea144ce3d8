/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of one message after the server was asked: a value. */
#include "client/receipt-private.h"

#include "client/boxed.h"

#include <string.h>

MIMESEND_DEFINE_BOXED (MimesendReceipt, mimesend_receipt)

static void
words_clear (MimesendWords *self)
{
  g_clear_pointer (&self->enhanced, g_free);
  g_clear_pointer (&self->text, g_free);
}

static void
recipient_clear (gpointer data)
{
  MimesendReceiptRecipient *self = data;

  g_free (self->address);
  words_clear (&self->words);
}

static void
transaction_clear (gpointer data)
{
  MimesendReceiptTransaction *self = data;

  words_clear (&self->words);
  g_free (self->queue_id);
}

MimesendReceipt *
mimesend_receipt_new (const char *const *recipients)
{
  MimesendReceipt *self = g_new0 (MimesendReceipt, 1);

  g_atomic_ref_count_init (&self->refs);
  self->recipients = g_array_new (FALSE, TRUE, sizeof (MimesendReceiptRecipient));
  self->transactions = g_array_new (FALSE, TRUE, sizeof (MimesendReceiptTransaction));
  g_array_set_clear_func (self->recipients, recipient_clear);
  g_array_set_clear_func (self->transactions, transaction_clear);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->warnings, NULL);
  for (guint i = 0; recipients[i] != NULL; i++)
    {
      MimesendReceiptRecipient recipient = { .address = g_strdup (recipients[i]), .transaction = -1 };

      g_array_append_val (self->recipients, recipient);
    }
  return self;
}

/**
 * mimesend_receipt_ref:
 * @self: a receipt
 *
 * Returns: (transfer full): @self
 */
MimesendReceipt *
mimesend_receipt_ref (MimesendReceipt *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_receipt_unref:
 * @self: (transfer full) (nullable): a receipt
 */
void
mimesend_receipt_unref (MimesendReceipt *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_error (&self->failure);
  g_free (self->server);
  g_free (self->host);
  g_free (self->address);
  g_free (self->tls_version);
  g_free (self->tls_cipher);
  g_free (self->tls_reason);
  g_free (self->mechanism);
  g_free (self->message_id);
  g_array_unref (self->recipients);
  g_array_unref (self->transactions);
  g_ptr_array_unref (self->warnings);
  words_clear (&self->last);
  g_free (self);
}

void
mimesend_receipt_warn (MimesendReceipt *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_insert (self->warnings, (int)self->warnings->len - 1, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

void
mimesend_receipt_set_words (MimesendWords *words, const MimesendSmtpReply *reply, const char *ours)
{
  words_clear (words);
  words->code = reply != NULL ? reply->code : 0;
  words->enhanced = reply != NULL && reply->enhanced[0] != '\0' ? g_strdup (reply->enhanced) : NULL;
  words->text = g_strdup (reply != NULL ? reply->text : ours);
}

void
mimesend_receipt_copy_words (MimesendWords *to, const MimesendWords *from)
{
  words_clear (to);
  to->code = from->code;
  to->enhanced = g_strdup (from->enhanced);
  to->text = g_strdup (from->text);
}

static const MimesendReceiptRecipient *
recipient_at (MimesendReceipt *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->recipients->len, NULL);
  return &g_array_index (self->recipients, MimesendReceiptRecipient, i);
}

static const MimesendReceiptTransaction *
transaction_at (MimesendReceipt *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->transactions->len, NULL);
  return &g_array_index (self->transactions, MimesendReceiptTransaction, i);
}

/**
 * mimesend_receipt_get_outcome:
 * @self: a receipt
 *
 * The message's outcome over all recipients: in doubt where any recipient is; accepted where all are; partial
 * where some are; refused where any is; deferred where any is; else not tried.
 *
 * Returns: the outcome
 */
MimesendOutcome
mimesend_receipt_get_outcome (MimesendReceipt *self)
{
  guint n[MIMESEND_OUTCOME_IN_DOUBT + 1] = { 0 };

  for (guint i = 0; i < self->recipients->len; i++)
    n[recipient_at (self, i)->outcome]++;
  if (n[MIMESEND_OUTCOME_IN_DOUBT] > 0)
    return MIMESEND_OUTCOME_IN_DOUBT;
  if (n[MIMESEND_OUTCOME_ACCEPTED] == self->recipients->len && self->recipients->len > 0)
    return MIMESEND_OUTCOME_ACCEPTED;
  if (n[MIMESEND_OUTCOME_ACCEPTED] > 0)
    return MIMESEND_OUTCOME_PARTIAL;
  if (n[MIMESEND_OUTCOME_REFUSED] > 0)
    return MIMESEND_OUTCOME_REFUSED;
  return n[MIMESEND_OUTCOME_DEFERRED] > 0 ? MIMESEND_OUTCOME_DEFERRED : MIMESEND_OUTCOME_NOT_TRIED;
}

/**
 * mimesend_receipt_get_stage:
 * @self: a receipt
 *
 * Returns: where the session stood when the outcome was decided
 */
MimesendStage
mimesend_receipt_get_stage (MimesendReceipt *self)
{
  return self->stage;
}

/**
 * mimesend_receipt_get_reply:
 * @self: a receipt
 *
 * The server's words that decided: after success those to the end of the data ("2.0.0 Ok: queued as 4F2…"
 * without the codes, which have getters of their own). Untrusted: escape controls before showing them.
 *
 * Returns: (nullable): the text, or %NULL if the server said nothing that decided
 */
const char *
mimesend_receipt_get_reply (MimesendReceipt *self)
{
  return self->last.code != 0 ? self->last.text : NULL;
}

/**
 * mimesend_receipt_get_code:
 * @self: a receipt
 *
 * Returns: the reply code that decided (RFC 5321 4.2), or 0
 */
guint
mimesend_receipt_get_code (MimesendReceipt *self)
{
  return self->last.code;
}

/**
 * mimesend_receipt_get_enhanced_code:
 * @self: a receipt
 *
 * Returns: (nullable): the enhanced status code that decided (RFC 3463)
 */
const char *
mimesend_receipt_get_enhanced_code (MimesendReceipt *self)
{
  return self->last.enhanced;
}

/**
 * mimesend_receipt_get_queue_id:
 * @self: a receipt
 *
 * Returns: (nullable): the name that the server gave the message, of the first accepted transaction, where
 * its words have one in a form that is known
 */
const char *
mimesend_receipt_get_queue_id (MimesendReceipt *self)
{
  for (guint i = 0; i < self->transactions->len; i++)
    if (transaction_at (self, i)->queue_id != NULL)
      return transaction_at (self, i)->queue_id;
  return NULL;
}

/**
 * mimesend_receipt_get_message_id:
 * @self: a receipt
 *
 * Returns: (nullable): the Message-ID of a letter, with its angle brackets; %NULL for raw content
 */
const char *
mimesend_receipt_get_message_id (MimesendReceipt *self)
{
  return self->message_id;
}

/**
 * mimesend_receipt_get_octets:
 * @self: a receipt
 *
 * Returns: how many octets of content went to the server, over all transactions, with CRLF line ends
 */
guint64
mimesend_receipt_get_octets (MimesendReceipt *self)
{
  return self->octets;
}

/**
 * mimesend_receipt_get_server:
 * @self: a receipt
 *
 * Returns: (nullable): the server as it was named, without secrets
 */
const char *
mimesend_receipt_get_server (MimesendReceipt *self)
{
  return self->server;
}

/**
 * mimesend_receipt_get_host:
 * @self: a receipt
 *
 * Returns: (nullable): its host name, as written
 */
const char *
mimesend_receipt_get_host (MimesendReceipt *self)
{
  return self->host;
}

/**
 * mimesend_receipt_get_address:
 * @self: a receipt
 *
 * Returns: (nullable): the numeric address (or the path) of the peer that was reached
 */
const char *
mimesend_receipt_get_address (MimesendReceipt *self)
{
  return self->address;
}

/**
 * mimesend_receipt_get_port:
 * @self: a receipt
 *
 * Returns: the peer's port, or 0
 */
guint16
mimesend_receipt_get_port (MimesendReceipt *self)
{
  return self->port;
}

/**
 * mimesend_receipt_get_tls_version:
 * @self: a receipt
 *
 * Returns: (nullable): "TLS1.3" and the like; %NULL: the connection was in the clear
 */
const char *
mimesend_receipt_get_tls_version (MimesendReceipt *self)
{
  return self->tls_version;
}

/**
 * mimesend_receipt_get_tls_cipher:
 * @self: a receipt
 *
 * Returns: (nullable): the cipher
 */
const char *
mimesend_receipt_get_tls_cipher (MimesendReceipt *self)
{
  return self->tls_cipher;
}

/**
 * mimesend_receipt_get_tls_verified:
 * @self: a receipt
 *
 * Returns: whether TLS stood and the certificate was verified against the trust and the name
 */
gboolean
mimesend_receipt_get_tls_verified (MimesendReceipt *self)
{
  return self->tls_verified;
}

/**
 * mimesend_receipt_get_tls_reason:
 * @self: a receipt
 *
 * Returns: (nullable): why it could not be verified, or why the connection stayed in the clear
 */
const char *
mimesend_receipt_get_tls_reason (MimesendReceipt *self)
{
  return self->tls_reason;
}

/**
 * mimesend_receipt_get_mechanism:
 * @self: a receipt
 *
 * Returns: (nullable): the SASL mechanism of the login; %NULL: none
 */
const char *
mimesend_receipt_get_mechanism (MimesendReceipt *self)
{
  return self->mechanism;
}

/**
 * mimesend_receipt_get_n_recipients:
 * @self: a receipt
 *
 * Returns: how many recipients the envelope had, each once
 */
guint
mimesend_receipt_get_n_recipients (MimesendReceipt *self)
{
  return self->recipients->len;
}

/**
 * mimesend_receipt_get_recipient:
 * @self: a receipt
 * @i: which, in the envelope's order
 *
 * Returns: its address
 */
const char *
mimesend_receipt_get_recipient (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient = recipient_at (self, i);

  return recipient != NULL ? recipient->address : NULL;
}

/**
 * mimesend_receipt_get_recipient_outcome:
 * @self: a receipt
 * @i: which recipient
 *
 * Returns: its outcome; never %MIMESEND_OUTCOME_PARTIAL
 */
MimesendOutcome
mimesend_receipt_get_recipient_outcome (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient = recipient_at (self, i);

  return recipient != NULL ? recipient->outcome : MIMESEND_OUTCOME_NOT_TRIED;
}

/**
 * mimesend_receipt_get_recipient_code:
 * @self: a receipt
 * @i: which recipient
 *
 * Returns: the reply code that decided for it, or 0
 */
guint
mimesend_receipt_get_recipient_code (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient = recipient_at (self, i);

  return recipient != NULL ? recipient->words.code : 0;
}

/**
 * mimesend_receipt_get_recipient_enhanced_code:
 * @self: a receipt
 * @i: which recipient
 *
 * Returns: (nullable): the enhanced status code that decided for it
 */
const char *
mimesend_receipt_get_recipient_enhanced_code (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient = recipient_at (self, i);

  return recipient != NULL ? recipient->words.enhanced : NULL;
}

/**
 * mimesend_receipt_get_recipient_reply:
 * @self: a receipt
 * @i: which recipient
 *
 * Returns: (nullable): the server's words about it (untrusted), or ours where the code is 0
 */
const char *
mimesend_receipt_get_recipient_reply (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient = recipient_at (self, i);

  return recipient != NULL ? recipient->words.text : NULL;
}

/**
 * mimesend_receipt_get_recipient_transaction:
 * @self: a receipt
 * @i: which recipient
 *
 * Returns: the index of the transaction that named it, or −1
 */
int
mimesend_receipt_get_recipient_transaction (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient = recipient_at (self, i);

  return recipient != NULL ? recipient->transaction : -1;
}

/**
 * mimesend_receipt_get_retry:
 * @self: a receipt
 *
 * The recipients that do not have the message for certain and may be tried again: deferred or not tried.
 *
 * Returns: (transfer full) (array zero-terminated=1): their addresses
 */
char **
mimesend_receipt_get_retry (MimesendReceipt *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->recipients->len; i++)
    {
      const MimesendReceiptRecipient *recipient = recipient_at (self, i);

      if (recipient->outcome == MIMESEND_OUTCOME_DEFERRED || recipient->outcome == MIMESEND_OUTCOME_NOT_TRIED)
        g_strv_builder_add (builder, recipient->address);
    }
  return g_strv_builder_end (builder);
}

/**
 * mimesend_receipt_get_n_transactions:
 * @self: a receipt
 *
 * Returns: in how many transactions (MAIL … end of the data) the recipients were served
 */
guint
mimesend_receipt_get_n_transactions (MimesendReceipt *self)
{
  return self->transactions->len;
}

/**
 * mimesend_receipt_get_transaction_code:
 * @self: a receipt
 * @i: which transaction
 *
 * Returns: the reply code that ended it, or 0
 */
guint
mimesend_receipt_get_transaction_code (MimesendReceipt *self, guint i)
{
  const MimesendReceiptTransaction *transaction = transaction_at (self, i);

  return transaction != NULL ? transaction->words.code : 0;
}

/**
 * mimesend_receipt_get_transaction_enhanced_code:
 * @self: a receipt
 * @i: which transaction
 *
 * Returns: (nullable): the enhanced status code that ended it
 */
const char *
mimesend_receipt_get_transaction_enhanced_code (MimesendReceipt *self, guint i)
{
  const MimesendReceiptTransaction *transaction = transaction_at (self, i);

  return transaction != NULL ? transaction->words.enhanced : NULL;
}

/**
 * mimesend_receipt_get_transaction_reply:
 * @self: a receipt
 * @i: which transaction
 *
 * Returns: (nullable): the server's words that ended it (untrusted), or ours where the code is 0
 */
const char *
mimesend_receipt_get_transaction_reply (MimesendReceipt *self, guint i)
{
  const MimesendReceiptTransaction *transaction = transaction_at (self, i);

  return transaction != NULL ? transaction->words.text : NULL;
}

/**
 * mimesend_receipt_get_transaction_queue_id:
 * @self: a receipt
 * @i: which transaction
 *
 * Returns: (nullable): the server's name for the message in this transaction
 */
const char *
mimesend_receipt_get_transaction_queue_id (MimesendReceipt *self, guint i)
{
  const MimesendReceiptTransaction *transaction = transaction_at (self, i);

  return transaction != NULL ? transaction->queue_id : NULL;
}

/**
 * mimesend_receipt_get_warnings:
 * @self: a receipt
 *
 * What did not change the outcome and should be known: an unverified certificate, a line over 998 octets.
 *
 * Returns: (transfer none) (array zero-terminated=1): sentences
 */
const char *const *
mimesend_receipt_get_warnings (MimesendReceipt *self)
{
  return (const char *const *)self->warnings->pdata;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A receipt, recipient by recipient and transaction by transaction. */
#include "values/receipt-private.h"

static const MimesendReceiptRecipient *
recipient_at (MimesendReceipt *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->n_recipients, NULL);
  return &self->recipients[i];
}

static const MimesendReceiptTransaction *
transaction_at (MimesendReceipt *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->n_transactions, NULL);
  return &self->transactions[i];
}

/**
 * mimesend_receipt_get_outcome:
 * @self: a receipt
 *
 * The message's outcome over all recipients: in doubt where any recipient is; accepted where all are; partial
 * where some are; refused where any is; deferred where any is; else not tried.
 *
 * Returns: the outcome
 *
 * Since: 0.1
 */
MimesendOutcome
mimesend_receipt_get_outcome (MimesendReceipt *self)
{
  guint n[MIMESEND_OUTCOME_IN_DOUBT + 1] = { 0 };

  g_return_val_if_fail (self != NULL, MIMESEND_OUTCOME_NOT_TRIED);
  for (guint i = 0; i < self->n_recipients; i++)
    n[recipient_at (self, i)->outcome]++;
  if (n[MIMESEND_OUTCOME_IN_DOUBT] > 0)
    return MIMESEND_OUTCOME_IN_DOUBT;
  if (n[MIMESEND_OUTCOME_ACCEPTED] == self->n_recipients && self->n_recipients > 0)
    return MIMESEND_OUTCOME_ACCEPTED;
  if (n[MIMESEND_OUTCOME_ACCEPTED] > 0)
    return MIMESEND_OUTCOME_PARTIAL;
  if (n[MIMESEND_OUTCOME_REFUSED] > 0)
    return MIMESEND_OUTCOME_REFUSED;
  return n[MIMESEND_OUTCOME_DEFERRED] > 0 ? MIMESEND_OUTCOME_DEFERRED : MIMESEND_OUTCOME_NOT_TRIED;
}

/**
 * mimesend_receipt_get_n_recipients:
 * @self: a receipt
 *
 * Counts the recipients; the functions of one recipient take an index below it.
 *
 * Returns: how many recipients the envelope had, each once
 *
 * Since: 0.1
 */
guint
mimesend_receipt_get_n_recipients (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n_recipients;
}

/**
 * mimesend_receipt_get_recipient:
 * @self: a receipt
 * @i: which, in the envelope's order
 *
 * Gets a recipient.
 *
 * Returns: its address
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_recipient (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient;

  g_return_val_if_fail (self != NULL, NULL);
  recipient = recipient_at (self, i);
  return recipient != NULL ? recipient->address : NULL;
}

/**
 * mimesend_receipt_get_recipient_outcome:
 * @self: a receipt
 * @i: which recipient
 *
 * Gets what became of the message for one recipient.
 *
 * Returns: its outcome; never %MIMESEND_OUTCOME_PARTIAL
 *
 * Since: 0.1
 */
MimesendOutcome
mimesend_receipt_get_recipient_outcome (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient;

  g_return_val_if_fail (self != NULL, MIMESEND_OUTCOME_NOT_TRIED);
  recipient = recipient_at (self, i);
  return recipient != NULL ? recipient->outcome : MIMESEND_OUTCOME_NOT_TRIED;
}

/**
 * mimesend_receipt_get_recipient_code:
 * @self: a receipt
 * @i: which recipient
 *
 * Gets the server's reply code for one recipient.
 *
 * Returns: the reply code that decided for it, or 0
 *
 * Since: 0.1
 */
guint
mimesend_receipt_get_recipient_code (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient;

  g_return_val_if_fail (self != NULL, 0);
  recipient = recipient_at (self, i);
  return recipient != NULL ? recipient->words.code : 0;
}

/**
 * mimesend_receipt_get_recipient_enhanced_code:
 * @self: a receipt
 * @i: which recipient
 *
 * Gets the server's enhanced status code for one recipient (RFC 3463).
 *
 * Returns: (nullable): the enhanced status code that decided for it
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_recipient_enhanced_code (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient;

  g_return_val_if_fail (self != NULL, NULL);
  recipient = recipient_at (self, i);
  return recipient != NULL ? mimesend_words_get_enhanced (&recipient->words) : NULL;
}

/**
 * mimesend_receipt_get_recipient_reply:
 * @self: a receipt
 * @i: which recipient
 *
 * Gets what was said of one recipient, or of the message as far as it is for it.
 *
 * Returns: (nullable): the server's words about it (untrusted), or ours where the code is 0
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_recipient_reply (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient;

  g_return_val_if_fail (self != NULL, NULL);
  recipient = recipient_at (self, i);
  return recipient != NULL ? recipient->words.text : NULL;
}

/**
 * mimesend_receipt_get_recipient_transaction:
 * @self: a receipt
 * @i: which recipient
 *
 * Gets the transaction that one recipient was part of.
 *
 * Returns: the index of the transaction that named it, or −1
 *
 * Since: 0.1
 */
int
mimesend_receipt_get_recipient_transaction (MimesendReceipt *self, guint i)
{
  const MimesendReceiptRecipient *recipient;

  g_return_val_if_fail (self != NULL, -1);
  recipient = recipient_at (self, i);
  return recipient != NULL ? recipient->transaction : -1;
}

/**
 * mimesend_receipt_get_retry:
 * @self: a receipt
 *
 * The recipients that do not have the message for certain and may be tried again: deferred or not tried.
 *
 * Returns: (transfer full) (array zero-terminated=1): their addresses
 *
 * Since: 0.1
 */
char **
mimesend_receipt_get_retry (MimesendReceipt *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (self != NULL, NULL);
  for (guint i = 0; i < self->n_recipients; i++)
    {
      const MimesendReceiptRecipient *recipient = recipient_at (self, i);

      if (recipient->outcome == MIMESEND_OUTCOME_DEFERRED || recipient->outcome == MIMESEND_OUTCOME_NOT_TRIED)
        g_strv_builder_add (builder, recipient->address);
    }
  return g_strv_builder_end (builder);
}

/**
 * mimesend_receipt_get_queue_id:
 * @self: a receipt
 *
 * Gets what the server calls the message, for its administrator; the words are the server's, and untrusted.
 *
 * Returns: (nullable): the name that the server gave the message, where its words have one in a form that is known; of several
 *   transactions that of the last accepted one, whose words mimesend_receipt_get_reply() is, unless a later one was refused
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_queue_id (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  for (guint i = self->n_transactions; i > 0; i--)
    if (transaction_at (self, i - 1)->queue_id != NULL)
      return transaction_at (self, i - 1)->queue_id;
  return NULL;
}

/**
 * mimesend_receipt_get_n_transactions:
 * @self: a receipt
 *
 * Counts the transactions; the functions of one transaction take an index below it.
 *
 * Returns: in how many transactions (MAIL … end of the data) the recipients were served
 *
 * Since: 0.1
 */
guint
mimesend_receipt_get_n_transactions (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n_transactions;
}

/**
 * mimesend_receipt_get_transaction_code:
 * @self: a receipt
 * @i: which transaction
 *
 * Gets the server's reply code for one transaction.
 *
 * Returns: the reply code that ended it, or 0
 *
 * Since: 0.1
 */
guint
mimesend_receipt_get_transaction_code (MimesendReceipt *self, guint i)
{
  const MimesendReceiptTransaction *transaction;

  g_return_val_if_fail (self != NULL, 0);
  transaction = transaction_at (self, i);
  return transaction != NULL ? transaction->words.code : 0;
}

/**
 * mimesend_receipt_get_transaction_enhanced_code:
 * @self: a receipt
 * @i: which transaction
 *
 * Gets the server's enhanced status code for one transaction (RFC 3463).
 *
 * Returns: (nullable): the enhanced status code that ended it
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_transaction_enhanced_code (MimesendReceipt *self, guint i)
{
  const MimesendReceiptTransaction *transaction;

  g_return_val_if_fail (self != NULL, NULL);
  transaction = transaction_at (self, i);
  return transaction != NULL ? mimesend_words_get_enhanced (&transaction->words) : NULL;
}

/**
 * mimesend_receipt_get_transaction_reply:
 * @self: a receipt
 * @i: which transaction
 *
 * Gets what the server said at the end of one transaction.
 *
 * Returns: (nullable): the server's words that ended it (untrusted), or ours where the code is 0
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_transaction_reply (MimesendReceipt *self, guint i)
{
  const MimesendReceiptTransaction *transaction;

  g_return_val_if_fail (self != NULL, NULL);
  transaction = transaction_at (self, i);
  return transaction != NULL ? transaction->words.text : NULL;
}

/**
 * mimesend_receipt_get_transaction_queue_id:
 * @self: a receipt
 * @i: which transaction
 *
 * Gets what the server calls the message of one transaction; untrusted, as its other words.
 *
 * Returns: (nullable): the server's name for the message in this transaction
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_transaction_queue_id (MimesendReceipt *self, guint i)
{
  const MimesendReceiptTransaction *transaction;

  g_return_val_if_fail (self != NULL, NULL);
  transaction = transaction_at (self, i);
  return transaction != NULL ? transaction->queue_id : NULL;
}

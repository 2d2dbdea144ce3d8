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
  g_strfreev (self->dialogue);
  g_free (self->extensions);
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

/* Not longer than that, and valid UTF-8: what a server says need be neither, and a string of a binding has to be. */
static char *
cut (const char *text, gsize most)
{
  g_autofree char *whole = NULL;
  gsize n = most;

  if (text == NULL || strlen (text) <= most)
    return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  while (n > 0 && ((guchar)text[n] & 0xc0) == 0x80) /* not within a character */
    n--;
  whole = g_utf8_make_valid (text, (gssize)n);
  return g_strconcat (whole, "…", NULL);
}

void
mimesend_receipt_set_words (MimesendWords *words,
                            const MimesendSmtpReply *reply,
                            const char *ours,
                            gsize most)
{
  words_clear (words);
  words->code = reply != NULL ? reply->code : 0;
  words->enhanced = reply != NULL && reply->enhanced[0] != '\0' ? g_strdup (reply->enhanced) : NULL;
  words->text = cut (reply != NULL ? reply->text : ours, most);
}

void
mimesend_receipt_copy_words (MimesendWords *to, const MimesendWords *from)
{
  words_clear (to);
  to->code = from->code;
  to->enhanced = g_strdup (from->enhanced);
  to->text = cut (from->text, MIMESEND_WORDS_SHORT);
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
 * Returns: how many octets of content went to the server, over all transactions, with CRLF line ends, without the
 *   dots that DATA doubles
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
 * mimesend_receipt_get_attempts:
 * @self: a receipt
 *
 * Returns: how often the message was tried; more than once only by a #MimesendRetry
 */
guint
mimesend_receipt_get_attempts (MimesendReceipt *self)
{
  return MAX (self->attempts, 1);
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receipt: what is known of one message after an attempt to send it. An immutable value. */
#include "values/receipt-private.h"

#include "octets/boxed.h"

#include <string.h>

MIMESEND_DEFINE_BOXED (MimesendReceipt, mimesend_receipt)

static void
words_clear (MimesendWords *self)
{
  g_clear_pointer (&self->text, g_ref_string_release);
}

static void
transaction_clear (MimesendReceiptTransaction *self)
{
  words_clear (&self->words);
  g_clear_pointer (&self->queue_id, g_free);
}

/* One allocation for the receipt, its recipients and their addresses. */
MimesendReceipt *
mimesend_receipt_new (const char *const *recipients)
{
  guint n = g_strv_length ((char **)recipients);
  gsize head = sizeof (MimesendReceipt) + n * sizeof (MimesendReceiptRecipient), size = head;
  MimesendReceipt *self;
  char *place;

  for (guint i = 0; i < n; i++)
    size += strlen (recipients[i]) + 1;
  self = g_malloc (size);
  memset (self, 0, head);
  g_atomic_ref_count_init (&self->refs);
  self->recipients = (MimesendReceiptRecipient *)(self + 1);
  self->n_recipients = n;
  self->transactions = &self->first;
  place = (char *)self + head;
  for (guint i = 0; i < n; i++)
    {
      gsize length = strlen (recipients[i]) + 1;

      self->recipients[i].address = memcpy (place, recipients[i], length);
      self->recipients[i].transaction = -1;
      place += length;
    }
  return self;
}

/* --- what is said of the connection --- */

MimesendReceiptPeer *
mimesend_receipt_peer_new (void)
{
  return g_atomic_rc_box_new0 (MimesendReceiptPeer);
}

static void
peer_clear (gpointer data)
{
  MimesendReceiptPeer *self = data;

  g_free (self->server);
  g_free (self->host);
  g_free (self->address);
  g_free (self->tls_version);
  g_free (self->tls_cipher);
  g_free (self->tls_reason);
  g_free (self->mechanism);
}

void
mimesend_receipt_peer_unref (MimesendReceiptPeer *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, peer_clear);
}

void
mimesend_receipt_take_peer (MimesendReceipt *self, MimesendReceiptPeer *peer)
{
  mimesend_receipt_peer_unref (self->peer);
  self->peer = peer;
}

/* --- transactions --- */

MimesendReceiptTransaction *
mimesend_receipt_add_transaction (MimesendReceipt *self)
{
  guint n = self->n_transactions++;
  MimesendReceiptTransaction *added;

  if (n == 1 && self->transactions == &self->first)
    {
      self->transactions = g_new (MimesendReceiptTransaction, 2);
      self->transactions[0] = self->first;
    }
  else if (n > 1 && (n & (n - 1)) == 0) /* full: its length is a power of two */
    self->transactions = g_renew (MimesendReceiptTransaction, self->transactions, 2 * (gsize)n);
  added = &self->transactions[n];
  *added = (MimesendReceiptTransaction){ 0 };
  return added;
}

void
mimesend_receipt_drop_transaction (MimesendReceipt *self)
{
  transaction_clear (&self->transactions[--self->n_transactions]);
}

/**
 * mimesend_receipt_ref:
 * @self: a receipt
 *
 * Takes a reference; mimesend_receipt_unref() gives it back. Any thread may call it.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
MimesendReceipt *
mimesend_receipt_ref (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_receipt_unref:
 * @self: (transfer full) (nullable): a receipt
 *
 * Gives a reference back; with the last one the receipt is freed. Any thread may call it.
 *
 * Since: 0.1
 */
void
mimesend_receipt_unref (MimesendReceipt *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_error (&self->failure);
  mimesend_receipt_peer_unref (self->peer);
  g_free (self->message_id);
  g_strfreev (self->dialogue);
  g_free (self->extensions);
  for (guint i = 0; i < self->n_recipients; i++)
    words_clear (&self->recipients[i].words);
  for (guint i = 0; i < self->n_transactions; i++)
    transaction_clear (&self->transactions[i]);
  if (self->transactions != &self->first)
    g_free (self->transactions);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  words_clear (&self->last);
  g_clear_pointer (&self->said, g_ref_string_release);
  g_free (self);
}

void
mimesend_receipt_warn (MimesendReceipt *self, const char *format, ...)
{
  g_autofree char *warning = NULL;
  va_list arguments;

  va_start (arguments, format);
  warning = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (self->warnings != NULL && g_strv_contains ((const char *const *)self->warnings->pdata, warning))
    return;
  if (self->warnings == NULL)
    {
      self->warnings = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (self->warnings, NULL);
    }
  g_ptr_array_insert (self->warnings, (int)self->warnings->len - 1, g_steal_pointer (&warning));
}

/* Cut to `most` octets and made valid UTF-8, which strings of bindings must be. */
static char *
cut_text (const char *text, gsize most)
{
  g_autofree char *whole = NULL, *shortened = NULL;
  gsize n = most;

  if (strlen (text) <= most)
    {
      if (g_utf8_validate (text, -1, NULL))
        return g_ref_string_new (text);
      whole = g_utf8_make_valid (text, -1);
      return g_ref_string_new (whole);
    }
  while (n > 0 && ((guchar)text[n] & 0xc0) == 0x80) /* not within a character */
    n--;
  whole = g_utf8_make_valid (text, (gssize)n);
  shortened = g_strconcat (whole, "...", NULL);
  return g_ref_string_new (shortened);
}

/* Many recipients get the same reply, as do their transaction and the message: one copy is shared. */
static char *
receipt_keep_text (MimesendReceipt *self, const char *text, gsize most)
{
  if (self->said != NULL && strcmp (self->said, text) == 0 && g_ref_string_length (self->said) <= most)
    return g_ref_string_acquire (self->said);
  g_clear_pointer (&self->said, g_ref_string_release);
  self->said = cut_text (text, most);
  return g_ref_string_acquire (self->said);
}

void
mimesend_receipt_set_words (
    MimesendReceipt *self, MimesendWords *words, const MimesendSmtpReply *reply, const char *ours, gsize most)
{
  const char *text = reply != NULL ? reply->text : ours;

  words_clear (words);
  words->code = reply != NULL ? reply->code : 0;
  words->enhanced[0] = '\0';
  if (reply != NULL)
    memcpy (words->enhanced, reply->enhanced, sizeof words->enhanced);
  words->text = text != NULL ? receipt_keep_text (self, text, most) : NULL;
}

void
mimesend_receipt_copy_words (MimesendReceipt *self, MimesendWords *to, const MimesendWords *from)
{
  words_clear (to);
  *to = *from;
  to->text = from->text != NULL ? receipt_keep_text (self, from->text, MIMESEND_WORDS_SHORT) : NULL;
}

const char *
mimesend_words_get_enhanced (const MimesendWords *self)
{
  return self->enhanced[0] != '\0' ? self->enhanced : NULL;
}

/**
 * mimesend_receipt_get_stage:
 * @self: a receipt
 *
 * Gets the stage in which the outcome was decided.
 *
 * Returns: where the session stood when the outcome was decided
 *
 * Since: 0.1
 */
MimesendStage
mimesend_receipt_get_stage (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_STAGE_NONE);
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
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_reply (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->last.code != 0 ? self->last.text : NULL;
}

/**
 * mimesend_receipt_get_code:
 * @self: a receipt
 *
 * Gets the server's reply code for the message.
 *
 * Returns: the reply code that decided (RFC 5321 4.2), or 0
 *
 * Since: 0.1
 */
guint
mimesend_receipt_get_code (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->last.code;
}

/**
 * mimesend_receipt_get_enhanced_code:
 * @self: a receipt
 *
 * Gets the server's enhanced status code for the message.
 *
 * Returns: (nullable): the enhanced status code that decided (RFC 3463)
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_enhanced_code (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return mimesend_words_get_enhanced (&self->last);
}

/**
 * mimesend_receipt_get_message_id:
 * @self: a receipt
 *
 * Gets the identifier that the message bears, by which it is found again (RFC 5322 3.6.4).
 *
 * Returns: (nullable): the Message-ID of a letter or a tree, with its angle brackets; %NULL for octets, which are not looked into
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_message_id (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->message_id;
}

/**
 * mimesend_receipt_get_octets:
 * @self: a receipt
 *
 * Counts what was sent of the message.
 *
 * Returns: how many octets of content went to the server, over all transactions, with CRLF line ends, without the
 *   dots that DATA doubles
 *
 * Since: 0.1
 */
guint64
mimesend_receipt_get_octets (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->octets;
}

/**
 * mimesend_receipt_get_server:
 * @self: a receipt
 *
 * Gets the server as the caller named it. mimesend_receipt_get_host() and mimesend_receipt_get_address() tell which host
 * was reached.
 *
 * Returns: (nullable): the server as it was named, without secrets
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_server (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->peer != NULL ? self->peer->server : NULL;
}

/**
 * mimesend_receipt_get_host:
 * @self: a receipt
 *
 * Gets the host that was connected to; of several servers, the one that was reached.
 *
 * Returns: (nullable): its host name, as written
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_host (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->peer != NULL ? self->peer->host : NULL;
}

/**
 * mimesend_receipt_get_address:
 * @self: a receipt
 *
 * Gets the peer's own address: the one that was connected to, of several that the name may have.
 *
 * Returns: (nullable): the numeric address (or the path) of the peer that was reached
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_address (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->peer != NULL ? self->peer->address : NULL;
}

/**
 * mimesend_receipt_get_port:
 * @self: a receipt
 *
 * Gets the port that was connected to.
 *
 * Returns: the peer's port, or 0
 *
 * Since: 0.1
 */
guint16
mimesend_receipt_get_port (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->peer != NULL ? self->peer->port : 0;
}

/**
 * mimesend_receipt_get_tls_version:
 * @self: a receipt
 *
 * Gets the version of TLS that was spoken.
 *
 * Returns: (nullable): "TLS1.3" and the like; %NULL: the connection was in the clear
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_tls_version (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->peer != NULL ? self->peer->tls_version : NULL;
}

/**
 * mimesend_receipt_get_tls_cipher:
 * @self: a receipt
 *
 * Gets the cipher suite of the connection.
 *
 * Returns: (nullable): the cipher
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_tls_cipher (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->peer != NULL ? self->peer->tls_cipher : NULL;
}

/**
 * mimesend_receipt_get_tls_verified:
 * @self: a receipt
 *
 * Tells whether the server proved its identity.
 *
 * Returns: whether TLS stood and the certificate was verified against the trust and the name
 *
 * Since: 0.1
 */
gboolean
mimesend_receipt_get_tls_verified (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->peer != NULL ? self->peer->tls_verified : FALSE;
}

/**
 * mimesend_receipt_get_tls_reason:
 * @self: a receipt
 *
 * Gets, in words, what is wrong with the protection of the connection.
 *
 * Returns: (nullable): why it could not be verified, or why the connection stayed in the clear; %NULL: it was verified, or no
 *   server was reached, or it is a program
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_tls_reason (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->peer != NULL ? self->peer->tls_reason : NULL;
}

/**
 * mimesend_receipt_get_mechanism:
 * @self: a receipt
 *
 * Gets how the session logged in.
 *
 * Returns: (nullable): the SASL mechanism of the login; %NULL: none
 *
 * Since: 0.1
 */
const char *
mimesend_receipt_get_mechanism (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->peer != NULL ? self->peer->mechanism : NULL;
}

/**
 * mimesend_receipt_get_attempts:
 * @self: a receipt
 *
 * Counts the attempts.
 *
 * Returns: how often the message was tried; more than once only by a #MimesendRetry
 *
 * Since: 0.1
 */
guint
mimesend_receipt_get_attempts (MimesendReceipt *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return MAX (self->attempts, 1);
}

/**
 * mimesend_receipt_get_warnings:
 * @self: a receipt
 *
 * What did not change the outcome and should be known: an unverified certificate, a line over 998 octets.
 *
 * Returns: (transfer none) (array zero-terminated=1): sentences
 *
 * Since: 0.1
 */
const char *const *
mimesend_receipt_get_warnings (MimesendReceipt *self)
{
  static const char *const none[] = { NULL };

  g_return_val_if_fail (self != NULL, NULL);
  return self->warnings != NULL ? (const char *const *)self->warnings->pdata : none;
}

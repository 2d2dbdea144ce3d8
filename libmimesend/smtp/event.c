/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What happened, in order, until somebody reads it. */
#include "smtp/client-private.h"

#include <string.h>

MimesendSmtpReply *
mimesend_smtp_reply_box (const MimesendSmtpReply *reply)
{
  MimesendSmtpReply *box;

  if (reply == NULL)
    return NULL;
  box = g_rc_box_new (MimesendSmtpReply);
  mimesend_smtp_reply_copy (box, reply);
  return box;
}

void
mimesend_smtp_reply_unbox (MimesendSmtpReply *reply)
{
  if (reply != NULL)
    g_rc_box_release_full (reply, (GDestroyNotify)mimesend_smtp_reply_clear);
}

/* A counted copy; NULL stays NULL. */
char *
mimesend_smtp_words_box (const char *words)
{
  char *box = NULL;

  if (words != NULL)
    {
      gsize n = strlen (words) + 1;

      box = g_rc_box_alloc (n);
      memcpy (box, words, n);
    }
  return box;
}

MimesendSmtpRecord *
mimesend_smtp_event_raise (MimesendSmtpClient *self, MimesendSmtpEventType type)
{
  MimesendSmtpRecord *record = g_new0 (MimesendSmtpRecord, 1);

  record->event.type = type;
  if (self->last_record != NULL)
    self->last_record->next = record;
  else
    self->first_record = record;
  self->last_record = record;
  return record;
}

void
mimesend_smtp_record_set_fate (MimesendSmtpRecord *record, const MimesendSmtpFate *fate)
{
  record->event.outcome = fate->outcome;
  record->event.failure = fate->failure;
  record->event.stage = fate->stage;
  record->event.stopped = fate->stopped;
  record->reply = fate->reply != NULL ? g_rc_box_acquire (fate->reply) : NULL;
  record->words = fate->words != NULL ? g_rc_box_acquire (fate->words) : NULL;
  record->event.reply = record->reply;
  record->event.words = record->words;
}

void
mimesend_smtp_record_free (MimesendSmtpRecord *record)
{
  if (record == NULL)
    return;
  mimesend_smtp_reply_unbox (record->reply);
  g_clear_pointer (&record->words, g_rc_box_release);
  g_clear_pointer (&record->event.challenge, g_bytes_unref);
  g_clear_pointer (&record->txn, mimesend_smtp_transaction_free);
  g_free (record);
}

gboolean
mimesend_smtp_client_next_event (MimesendSmtpClient *self, MimesendSmtpEvent *event)
{
  g_clear_pointer (&self->current, mimesend_smtp_record_free);
  if (self->first_record == NULL)
    return FALSE;
  self->current = self->first_record;
  self->first_record = self->current->next;
  if (self->first_record == NULL)
    self->last_record = NULL;
  *event = self->current->event;
  return TRUE;
}

/* A transaction that is in flight, or whose SETTLED was not read past. */
static MimesendSmtpTxn *
find_transaction (MimesendSmtpClient *self, guint64 id)
{
  if (self->current != NULL && self->current->txn != NULL && self->current->txn->id == id)
    return self->current->txn;
  for (guint i = 0; i < self->n_txns; i++)
    if (self->txns[i]->id == id)
      return self->txns[i];
  for (MimesendSmtpRecord *record = self->first_record; record != NULL; record = record->next)
    if (record->txn != NULL && record->txn->id == id)
      return record->txn;
  return NULL;
}

/* Octets of the content that were queued for the wire, line ends CRLF and dots doubled. Known until the event
 * after SETTLED is read. */
guint64
mimesend_smtp_client_get_content_octets (MimesendSmtpClient *self, guint64 transaction)
{
  MimesendSmtpTxn *txn = find_transaction (self, transaction);

  return txn != NULL ? txn->content_octets : 0;
}

gsize
mimesend_smtp_client_get_longest_line (MimesendSmtpClient *self, guint64 transaction)
{
  MimesendSmtpTxn *txn = find_transaction (self, transaction);

  return txn != NULL ? txn->crlf.longest_line : 0;
}

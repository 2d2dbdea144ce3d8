/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The queue of events, in order, until the driver takes them. */
#include "smtp/client-private.h"

#include <string.h>

/* A counted reply, shared by all recipients it decides for; long texts are cut. */
typedef struct
{
  MimesendSmtpReply reply; /* the first: the pointer is the same */
  guint refs;
  char text[];
} Box;

MimesendSmtpReply *
mimesend_smtp_reply_box (const MimesendSmtpReply *reply)
{
  Box *box;
  gsize n;

  if (reply == NULL)
    return NULL;
  n = strnlen (reply->text, MIMESEND_SMTP_KEPT_MAX);
  box = g_malloc (sizeof (Box) + n + 1);
  box->refs = 1;
  box->reply = *reply;
  box->reply.text = box->text;
  memcpy (box->text, reply->text, n);
  box->text[n] = '\0';
  return &box->reply;
}

MimesendSmtpReply *
mimesend_smtp_reply_acquire (MimesendSmtpReply *box)
{
  if (box != NULL)
    ((Box *)box)->refs++;
  return box;
}

void
mimesend_smtp_reply_unbox (MimesendSmtpReply *box)
{
  if (box != NULL && --((Box *)box)->refs == 0)
    g_free (box);
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
  MimesendSmtpRecord *record;

  if (self->n_records == self->records_allocated)
    {
      self->records_allocated = MAX (16, self->records_allocated * 2);
      self->records = g_renew (MimesendSmtpRecord, self->records, self->records_allocated);
    }
  record = &self->records[self->n_records++];
  *record = (MimesendSmtpRecord){ .event.type = type };
  return record;
}

void
mimesend_smtp_record_set_fate (MimesendSmtpRecord *record, const MimesendSmtpFate *fate)
{
  record->event.outcome = fate->outcome;
  record->event.failure = fate->failure;
  record->event.stage = fate->stage;
  record->event.stopped = fate->stopped;
  record->event.again = fate->again;
  record->reply = mimesend_smtp_reply_acquire (fate->reply);
  record->words = fate->words != NULL ? g_rc_box_acquire (fate->words) : NULL;
  record->event.reply = record->reply;
  record->event.words = record->words;
}

static void
record_clear (MimesendSmtpRecord *record)
{
  g_clear_pointer (&record->reply, mimesend_smtp_reply_unbox);
  g_clear_pointer (&record->words, g_rc_box_release);
  g_clear_pointer (&record->event.challenge, g_bytes_unref);
  g_clear_pointer (&record->txn, mimesend_smtp_transaction_free);
}

void
mimesend_smtp_events_clear (MimesendSmtpClient *self)
{
  record_clear (&self->current);
  for (guint i = self->next_record; i < self->n_records; i++)
    record_clear (&self->records[i]);
  g_clear_pointer (&self->records, g_free);
  self->next_record = self->n_records = self->records_allocated = 0;
}

gboolean
mimesend_smtp_client_next_event (MimesendSmtpClient *self, MimesendSmtpEvent *event)
{
  record_clear (&self->current);
  if (self->next_record == self->n_records)
    return FALSE;
  self->current = self->records[self->next_record++];
  if (self->next_record == self->n_records)
    self->next_record = self->n_records = 0;
  *event = self->current.event;
  return TRUE;
}

gboolean
mimesend_smtp_client_has_event (MimesendSmtpClient *self)
{
  return self->next_record < self->n_records;
}

/* (nullable): a transaction in flight, or whose SETTLED event is the current one. */
MimesendSmtpTxn *
mimesend_smtp_find_transaction (MimesendSmtpClient *self, guint64 id)
{
  if (self->current.txn != NULL && self->current.txn->id == id)
    return self->current.txn;
  for (guint i = 0; i < self->n_txns; i++)
    if (self->txns[i]->id == id)
      return self->txns[i];
  for (guint i = self->next_record; i < self->n_records; i++)
    if (self->records[i].txn != NULL && self->records[i].txn->id == id)
      return self->records[i].txn;
  return NULL;
}

/* Octets of the content that were queued for the wire, line ends CRLF and dots doubled. Known until the event
 * after SETTLED is read. */
guint64
mimesend_smtp_client_get_content_octets (MimesendSmtpClient *self, guint64 transaction)
{
  MimesendSmtpTxn *txn = mimesend_smtp_find_transaction (self, transaction);

  return txn != NULL ? txn->content_octets - txn->crlf.doubled : 0;
}

gsize
mimesend_smtp_client_get_longest_line (MimesendSmtpClient *self, guint64 transaction)
{
  MimesendSmtpTxn *txn = mimesend_smtp_find_transaction (self, transaction);

  return txn != NULL ? txn->crlf.longest_line : 0;
}

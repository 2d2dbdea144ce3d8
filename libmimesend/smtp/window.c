/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The window: the replies that are due, and how many messages may be in flight.
 *
 * Replies are matched by order alone: each belongs to the oldest command without one. So every command pushes one entry
 * when it is queued, and nothing else decides what a reply means. */
#include "smtp/client-private.h"

#include <string.h>

MimesendSmtpStage
mimesend_smtp_due_stage (MimesendSmtpDueKind kind)
{
  static const MimesendSmtpStage stages[] = {
    [DUE_GREETING] = MIMESEND_SMTP_STAGE_GREETING, [DUE_EHLO] = MIMESEND_SMTP_STAGE_HELLO,
    [DUE_HELO] = MIMESEND_SMTP_STAGE_HELLO,        [DUE_STARTTLS] = MIMESEND_SMTP_STAGE_TLS,
    [DUE_AUTH] = MIMESEND_SMTP_STAGE_AUTH,         [DUE_AUTH_CANCEL] = MIMESEND_SMTP_STAGE_AUTH,
    [DUE_MAIL] = MIMESEND_SMTP_STAGE_MAIL,         [DUE_RCPT] = MIMESEND_SMTP_STAGE_RCPT,
    [DUE_DATA] = MIMESEND_SMTP_STAGE_DATA,         [DUE_CHUNK] = MIMESEND_SMTP_STAGE_CONTENT,
    [DUE_END] = MIMESEND_SMTP_STAGE_END_OF_DATA,   [DUE_NOBODY] = MIMESEND_SMTP_STAGE_RESET,
    [DUE_RESET] = MIMESEND_SMTP_STAGE_RESET,       [DUE_NOOP] = MIMESEND_SMTP_STAGE_MAIL,
    [DUE_VRFY] = MIMESEND_SMTP_STAGE_RCPT,         [DUE_QUESTION] = MIMESEND_SMTP_STAGE_MAIL,
    [DUE_QUIT] = MIMESEND_SMTP_STAGE_QUIT,
  };

  return stages[kind];
}

/* Expects a reply to the command (or end mark) queued last. */
void
mimesend_smtp_window_expect (MimesendSmtpClient *self,
                             MimesendSmtpDueKind kind,
                             MimesendSmtpTxn *txn,
                             guint recipient)
{
  MimesendSmtpDue *due;

  if (self->due_n == self->due_allocated)
    {
      guint wanted = MAX (16, self->due_allocated * 2);
      MimesendSmtpDue *grown = g_new (MimesendSmtpDue, wanted);

      for (guint i = 0; i < self->due_n; i++)
        grown[i] = self->due_ring[(self->due_head + i) & (self->due_allocated - 1)];
      g_free (self->due_ring);
      self->due_ring = grown;
      self->due_allocated = wanted;
      self->due_head = 0;
    }
  due = &self->due_ring[(self->due_head + self->due_n++) & (self->due_allocated - 1)];
  due->kind = kind;
  due->txn = txn;
  due->recipient = recipient;
  due->at = self->out.queued;
  if (txn != NULL)
    txn->n_due++;
  if (self->due_n == 1)
    self->answered = TRUE;
}

MimesendSmtpDue *
mimesend_smtp_window_first (MimesendSmtpClient *self)
{
  return self->due_n > 0 ? &self->due_ring[self->due_head] : NULL;
}

/* Nothing follows a NOOP ahead of its reply: it was sent to learn whether anything may. */
gboolean
mimesend_smtp_window_is_asking (MimesendSmtpClient *self)
{
  return self->due_n > 0 && self->due_ring[self->due_head].kind == DUE_NOOP;
}

gboolean
mimesend_smtp_window_is_due (MimesendSmtpClient *self)
{
  return self->due_n > 0 && self->due_ring[self->due_head].at <= self->out.sent;
}

void
mimesend_smtp_window_pop (MimesendSmtpClient *self)
{
  MimesendSmtpDue *first = mimesend_smtp_window_first (self);

  if (first->txn != NULL)
    first->txn->n_due--;
  self->due_head = (self->due_head + 1) & (self->due_allocated - 1);
  self->due_n--;
}

guint
mimesend_smtp_window_count (const MimesendSmtpClient *self)
{
  return self->due_n;
}

void
mimesend_smtp_window_clear (MimesendSmtpClient *self)
{
  self->due_n = self->due_head = 0;
}

static guint
window_size (const MimesendSmtpClient *self)
{
  if (!mimesend_smtp_client_may_pipeline (self))
    return 1;
  return CLAMP (self->setup.window, 1, MIMESEND_SMTP_WINDOW_MAX);
}

static guint
n_unbegun (const MimesendSmtpClient *self)
{
  guint n = self->n_txns - self->writer;

  return n > 0 && self->txns[self->writer]->step != STEP_BEGIN ? n - 1 : n;
}

/* May one more message be submitted? One that may block never stands behind another: while it is waited for,
 * the replies of the others would be late. */
gboolean
mimesend_smtp_window_has_room (const MimesendSmtpClient *self, gboolean may_block)
{
  guint mail_max = mimesend_smtp_transactions_mail_max (self);

  if (self->phase != PHASE_READY || self->quit_wanted || self->hello_wanted || self->question.open ||
      self->leaving || self->write_failed)
    return FALSE;
  if (mimesend_smtp_transactions_worn_out (self) ||
      (mail_max > 0 && self->n_mails + n_unbegun (self) >= mail_max))
    return FALSE;
  if (self->n_txns == 0)
    return TRUE;
  return !may_block && self->n_txns < window_size (self) &&
         self->out.queued - self->txns[0]->begin_at < MIMESEND_SMTP_FLIGHT_MAX;
}

gboolean
mimesend_smtp_client_has_room (MimesendSmtpClient *self, gboolean may_block)
{
  return mimesend_smtp_window_has_room (self, may_block);
}

/* May the commands of the message at `index` follow now? All that the one ahead has to say must be queued. */
gboolean
mimesend_smtp_window_may_follow (MimesendSmtpClient *self, guint index)
{
  return index == 0 || (self->txns[index - 1]->step == STEP_ENDED && !self->txns[index - 1]->has_fate);
}

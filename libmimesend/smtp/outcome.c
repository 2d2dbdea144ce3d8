/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How it ended: exactly one outcome for each recipient and one for the transaction.
 *
 * A recipient ends by a reply of its own (RCPT, or LMTP's reply after the data) or shares the fate of the
 * transaction. REFUSED and DEFERRED are only ever said by a reply (or, for what the server announced that it
 * does not take, by its EHLO). Everything that was given up before the end mark is NOT_TRIED with its reason;
 * from the first octet of the end mark on, only a reply settles it, and without one it is IN_DOUBT. */
#include "smtp/client-private.h"

#include <string.h>

static void
fate_clear (MimesendSmtpFate *fate)
{
  g_clear_pointer (&fate->reply, mimesend_smtp_reply_unbox);
  g_clear_pointer (&fate->words, g_rc_box_release);
}

static void
fate_set (MimesendSmtpFate *fate,
          MimesendSmtpOutcome outcome,
          MimesendSmtpFailure failure,
          MimesendSmtpStage stage,
          MimesendSmtpReply *reply,
          const char *words)
{
  fate_clear (fate);
  fate->outcome = outcome;
  fate->failure = failure;
  fate->stage = stage;
  fate->reply = mimesend_smtp_reply_acquire (reply);
  fate->words = mimesend_smtp_words_box (words);
}

/* Sets the fate of a transaction, of which no more is written. The first fate stays. */
void
mimesend_smtp_transaction_doom (MimesendSmtpTxn *txn,
                                MimesendSmtpOutcome outcome,
                                MimesendSmtpFailure failure,
                                MimesendSmtpStage stage,
                                MimesendSmtpReply *reply,
                                const char *words)
{
  if (txn->has_fate)
    return;
  fate_set (&txn->fate, outcome, failure, stage, reply, words);
  txn->has_fate = TRUE;
}

void
mimesend_smtp_recipient_end (MimesendSmtpTxn *txn,
                             guint i,
                             MimesendSmtpOutcome outcome,
                             MimesendSmtpFailure failure,
                             MimesendSmtpStage stage,
                             MimesendSmtpReply *reply,
                             const char *words,
                             gboolean stopped)
{
  MimesendSmtpRecipient *recipient = &txn->rcpt[i];

  if (recipient->done)
    return;
  fate_set (&recipient->fate, outcome, failure, stage, reply, words);
  recipient->fate.stopped = stopped;
  recipient->done = TRUE;
}

MimesendSmtpOutcome
mimesend_smtp_outcome_of_code (guint code)
{
  return code / 100 == 5 ? MIMESEND_SMTP_REFUSED : MIMESEND_SMTP_DEFERRED;
}

/* With 421 to the end of a message a server may say why it closes, and not what became of the message. Dovecot 2.3 that is told
 * to stop while it reads the end over LMTP says 421 4.3.2 and has delivered it. Its submission service passes a message on, and
 * says 421 4.3.2 where it is told to stop, and 421 4.4.0 where the server behind it is lost, while that one has the message. So
 * over LMTP 421 tells nothing, and over SMTP that of a system that stops (RFC 3463 3.4: X.3.2) or of a network (3.5: X.4.z).
 * Others judge: Exim that gets SIGTERM says 421 without such a code, and keeps nothing; X.7.z is a policy. */
MimesendSmtpOutcome
mimesend_smtp_outcome_at_the_end (const MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  if (reply->code == 421 && (self->setup.lmtp || strcmp (reply->enhanced, "4.3.2") == 0 ||
                             g_str_has_prefix (reply->enhanced, "4.4.")))
    return MIMESEND_SMTP_IN_DOUBT;
  return mimesend_smtp_outcome_of_code (reply->code);
}

/* Whether the first octet of the end mark was sent. */
gboolean
mimesend_smtp_transaction_end_begun (MimesendSmtpClient *self, const MimesendSmtpTxn *txn)
{
  return self->out.sent > txn->doubt_at;
}

gboolean
mimesend_smtp_transactions_end_is_open (MimesendSmtpClient *self)
{
  for (guint i = 0; i < self->n_txns; i++)
    if (!self->txns[i]->has_fate && mimesend_smtp_transaction_end_begun (self, self->txns[i]))
      return TRUE;
  return FALSE;
}

void
mimesend_smtp_transaction_free (MimesendSmtpTxn *txn)
{
  for (guint i = 0; i < txn->n; i++)
    fate_clear (&txn->rcpt[i].fate);
  fate_clear (&txn->fate);
  mimesend_smtp_reply_unbox (txn->last_reply);
  mimesend_piece_clear (&txn->held);
  g_strfreev (txn->originals);
  g_free (txn->parameter_id);
  g_free (txn);
}

/* The outcome of the transaction: its fate, if that decided for a recipient, else the sum of the recipients' outcomes.
 */
static void
sum_up (MimesendSmtpTxn *txn, MimesendSmtpFate *whole)
{
  guint n[MIMESEND_SMTP_IN_DOUBT + 1] = { 0 };
  const MimesendSmtpFate *worst = NULL, *good = NULL;
  gboolean shared = FALSE, stopped = FALSE;

  for (guint i = 0; i < txn->n; i++)
    {
      const MimesendSmtpFate *fate = &txn->rcpt[i].fate;
      MimesendSmtpOutcome outcome = fate->outcome;

      n[outcome]++;
      stopped |= fate->stopped;
      shared |= !txn->rcpt[i].done;
      if (outcome == MIMESEND_SMTP_ACCEPTED && good == NULL)
        good = fate;
      if (txn->rcpt[i].done && outcome != MIMESEND_SMTP_ACCEPTED &&
          (worst == NULL || (worst->outcome != MIMESEND_SMTP_REFUSED && outcome == MIMESEND_SMTP_REFUSED)))
        worst = fate;
    }

  *whole = (MimesendSmtpFate){ .stage = MIMESEND_SMTP_STAGE_END_OF_DATA };
  if (txn->fate.again != MIMESEND_SMTP_AGAIN_NO)
    {
      *whole = txn->fate;
      return;
    }
  if (good != NULL && n[MIMESEND_SMTP_IN_DOUBT] == 0)
    whole->reply = good->reply;
  else if (shared && txn->fate.failure != MIMESEND_SMTP_FAILURE_ALL_OR_NOTHING)
    *whole = txn->fate;
  else if (worst != NULL)
    *whole = *worst;
  whole->stopped = stopped;

  if (n[MIMESEND_SMTP_IN_DOUBT] > 0)
    whole->outcome = MIMESEND_SMTP_IN_DOUBT;
  else if (n[MIMESEND_SMTP_ACCEPTED] > 0)
    whole->outcome = n[MIMESEND_SMTP_ACCEPTED] == txn->n ? MIMESEND_SMTP_ACCEPTED : MIMESEND_SMTP_PARTIAL;
  else if (worst != NULL && whole->reply == worst->reply && worst->stopped && worst->reply != NULL)
    whole->outcome = mimesend_smtp_outcome_of_code (whole->reply->code); /* "too many" under all or nothing */
}

static void
raise_outcomes (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  MimesendSmtpFate whole;
  MimesendSmtpRecord *record;

  txn->at[MARK_SETTLED] = self->now_us;
  for (guint i = 0; i < txn->n; i++)
    if (!txn->rcpt[i].done)
      {
        fate_set (&txn->rcpt[i].fate, txn->fate.outcome, txn->fate.failure, txn->fate.stage, txn->fate.reply,
                  NULL);
        txn->rcpt[i].fate.words = txn->fate.words != NULL ? g_rc_box_acquire (txn->fate.words) : NULL;
        txn->rcpt[i].fate.stopped = txn->fate.stopped;
        txn->rcpt[i].fate.again = txn->fate.again;
      }
  sum_up (txn, &whole);
  for (guint i = 0; i < txn->n; i++)
    {
      record = mimesend_smtp_event_raise (self, MIMESEND_SMTP_EVENT_RECIPIENT);
      record->event.transaction = txn->id;
      record->event.recipient = i;
      mimesend_smtp_record_set_fate (record, &txn->rcpt[i].fate);
    }
  record = mimesend_smtp_event_raise (self, MIMESEND_SMTP_EVENT_SETTLED);
  record->event.transaction = txn->id;
  mimesend_smtp_record_set_fate (record, &whole);
  record->event.chunking = txn->chunking && txn->step != STEP_BEGIN;
  record->event.behind = txn->behind;
  record->event.mail_taken = txn->mail_taken;
  record->event.mails_before = txn->mails_before;
  record->txn = txn;
}

/* Whether the end of the data also ended the transaction; otherwise RSET must precede the next MAIL. */
static gboolean
is_clean (const MimesendSmtpTxn *txn)
{
  if (txn->step == STEP_BEGIN)
    return TRUE;
  if (txn->last_reply == NULL)
    return FALSE;
  return !txn->chunking ||
         txn->last_reply->code / 100 == 2; /* RFC 3030 2: after a refused BDAT only RSET helps */
}

/* Ends the oldest transaction: raises its events and removes it from the window. */
void
mimesend_smtp_transaction_settle_first (MimesendSmtpClient *self)
{
  MimesendSmtpTxn *txn = self->txns[0];

  if (!is_clean (txn) && (self->n_txns == 1 || self->txns[1]->step == STEP_BEGIN))
    self->reset_needed = TRUE;
  mimesend_smtp_data_forget (self, txn);
  raise_outcomes (self, txn);

  self->n_txns--;
  memmove (self->txns, self->txns + 1, self->n_txns * sizeof self->txns[0]);
  if (self->writer > 0)
    self->writer--;
}

/* Whether the connection had carried other messages before this one. */
static gboolean
connection_is_used (const MimesendSmtpClient *self, const MimesendSmtpTxn *txn)
{
  return self->n_carried > (txn->mail_taken ? 1 : 0);
}

static gboolean
any_is_done (const MimesendSmtpTxn *txn)
{
  for (guint i = 0; i < txn->n; i++)
    if (txn->rcpt[i].done)
      return TRUE;
  return FALSE;
}

/* TRUE if the connection ended at a command of the message, before its content, after it had carried other messages. The cause is
 * then likelier the connection than this message: it goes first over another connection, and gets its outcome there. A 421
 * always counts as such, a lost connection only before MAIL was accepted. Where recipients have their outcomes already, the
 * others are `stopped`. */
static gboolean
is_met_ahead_of_content (const MimesendSmtpClient *self,
                         const MimesendSmtpTxn *txn,
                         MimesendSmtpFailure failure,
                         MimesendSmtpStage stage)
{
  gboolean by_reply = failure == MIMESEND_SMTP_FAILURE_REPLY;

  switch (stage)
    {
    case MIMESEND_SMTP_STAGE_MAIL:
    case MIMESEND_SMTP_STAGE_RESET:
      return (by_reply || failure == MIMESEND_SMTP_FAILURE_CLOSED) && !txn->mail_taken && self->n_carried > 0;
    case MIMESEND_SMTP_STAGE_RCPT:
    case MIMESEND_SMTP_STAGE_DATA:
      return by_reply && connection_is_used (self, txn) && !any_is_done (txn);
    default:
      return FALSE;
    }
}

/* The outcome of the message whose command was answered by a reply that ends the connection. */
static MimesendSmtpOutcome
outcome_of_last_reply (MimesendSmtpClient *self,
                       const MimesendSmtpTxn *txn,
                       MimesendSmtpStage stage,
                       const MimesendSmtpReply *reply)
{
  if (stage == MIMESEND_SMTP_STAGE_RCPT || (stage == MIMESEND_SMTP_STAGE_MAIL && self->n_carried > 0) ||
      is_met_ahead_of_content (self, txn, MIMESEND_SMTP_FAILURE_REPLY, stage))
    return MIMESEND_SMTP_NOT_TRIED;
  if (stage == MIMESEND_SMTP_STAGE_END_OF_DATA && mimesend_smtp_transaction_end_begun (self, txn))
    return mimesend_smtp_outcome_at_the_end (self, reply);
  return mimesend_smtp_outcome_of_code (reply->code);
}

/* Whether the message may be sent over another connection at once: not if the failure is its own. */
static gboolean
is_to_go_again (MimesendSmtpClient *self,
                const MimesendSmtpTxn *txn,
                gboolean is_answered,
                MimesendSmtpFailure failure,
                MimesendSmtpStage stage)
{
  gboolean at_mail = stage == MIMESEND_SMTP_STAGE_MAIL || stage == MIMESEND_SMTP_STAGE_RESET;

  if (failure == MIMESEND_SMTP_FAILURE_ABORTED)
    return FALSE;
  if (!is_answered)
    return TRUE;
  if (is_met_ahead_of_content (self, txn, failure, stage))
    return TRUE;
  if (at_mail && !txn->mail_taken)
    return failure == MIMESEND_SMTP_FAILURE_TIMEOUT && txn->behind;
  return txn->trial && failure != MIMESEND_SMTP_FAILURE_REPLY;
}

/* The connection is over, and nothing decided of this message so far. is_answered: the reply, or its absence, is that to a
 * command of its own. */
void
mimesend_smtp_transaction_end_with (MimesendSmtpClient *self,
                                    MimesendSmtpTxn *txn,
                                    gboolean is_answered,
                                    MimesendSmtpFailure failure,
                                    MimesendSmtpStage stage,
                                    MimesendSmtpReply *reply,
                                    const char *words)
{
  g_autofree char *at_the_end = mimesend_smtp_stage_reword (words, stage, MIMESEND_SMTP_STAGE_END_OF_DATA);
  gboolean by_reply = failure == MIMESEND_SMTP_FAILURE_REPLY;
  gboolean in_doubt = mimesend_smtp_transaction_end_begun (self, txn);
  MimesendSmtpOutcome outcome = in_doubt ? MIMESEND_SMTP_IN_DOUBT : MIMESEND_SMTP_NOT_TRIED;
  MimesendSmtpStage its_stage;

  if (by_reply && self->leaving) /* commands after a 421 are not carried out */
    outcome = MIMESEND_SMTP_NOT_TRIED;
  /* once the end mark is on its way, another reply to what came before it settles nothing */
  if (by_reply && is_answered && (!in_doubt || self->leaving || stage == MIMESEND_SMTP_STAGE_END_OF_DATA))
    outcome = outcome_of_last_reply (self, txn, stage, reply);
  its_stage = outcome == MIMESEND_SMTP_IN_DOUBT ? MIMESEND_SMTP_STAGE_END_OF_DATA
              : is_answered                     ? stage
                                                : MIMESEND_SMTP_STAGE_NONE;
  mimesend_smtp_transaction_doom (txn, outcome, failure, its_stage, reply,
                                  outcome == MIMESEND_SMTP_IN_DOUBT ? at_the_end : words);
  if (outcome != MIMESEND_SMTP_NOT_TRIED)
    return;
  if (is_to_go_again (self, txn, is_answered, failure, stage))
    txn->fate.again = MIMESEND_SMTP_AGAIN_ELSEWHERE;
  else
    txn->fate.stopped =
        by_reply || (failure == MIMESEND_SMTP_FAILURE_CLOSED && stage == MIMESEND_SMTP_STAGE_RCPT);
}

/* What answers nothing that was said leaves no reply before it certain: a message whose end has gone out is not sent again for
 * a refusal of its MAIL. */
static void
doubt_order (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  if (txn->fate.again == MIMESEND_SMTP_AGAIN_NO || !mimesend_smtp_transaction_end_begun (self, txn))
    return;
  txn->fate.outcome = MIMESEND_SMTP_IN_DOUBT;
  txn->fate.again = MIMESEND_SMTP_AGAIN_NO;
}

/* Ends the connection: each message in flight gets its outcome. */
void
mimesend_smtp_transactions_drop (MimesendSmtpClient *self,
                                 MimesendSmtpFailure failure,
                                 MimesendSmtpStage stage,
                                 MimesendSmtpReply *reply,
                                 const char *words)
{
  gboolean is_answered = !self->leaving && !(failure == MIMESEND_SMTP_FAILURE_REPLY && self->reply_taken);

  for (; self->n_txns > 0; is_answered = FALSE)
    {
      if (!self->txns[0]->has_fate)
        mimesend_smtp_transaction_end_with (self, self->txns[0], is_answered, failure, stage, reply, words);
      else if (failure == MIMESEND_SMTP_FAILURE_PROTOCOL)
        doubt_order (self, self->txns[0]);
      mimesend_smtp_transaction_settle_first (self);
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handles the replies to a transaction's commands. */
#include "smtp/client-private.h"

#include <string.h>

/* While content is being written a server may refuse it before it has seen the end (RFC 5321 4.2.5 does not
 * foresee it, servers do it): then its 4yz or 5yz is the answer, although nothing was due. */
gboolean
mimesend_smtp_transaction_takes_refusal (MimesendSmtpClient *self)
{
  const MimesendSmtpDue *first = mimesend_smtp_window_first (self);

  if (self->n_txns == 0)
    return FALSE;
  return first == NULL ? self->txns[0]->step == STEP_CONTENT
                       : first->txn == self->txns[0] && (first->kind == DUE_END || first->kind == DUE_CHUNK);
}

/* RFC 5321 4.5.3.1.10 says 452, or 552 from before it; enhanced codes are clearer (RFC 3463 3.6: X.5.3). A
 * mailbox that is full or a disk without room bears another enhanced code. Where no recipient was taken yet,
 * there cannot be too many. */
static gboolean
is_too_many (const MimesendSmtpTxn *txn, const MimesendSmtpReply *reply)
{
  g_autofree char *text = NULL;

  if (txn->n_accepted == 0)
    return FALSE;
  if (reply->enhanced[0] != '\0')
    return strcmp (reply->enhanced + 1, ".5.3") == 0;
  if (reply->code != 552)
    return reply->code == 452;
  text = g_ascii_strdown (reply->text, -1);
  return strstr (text, "too many") != NULL;
}

/* Settles the recipients whose RCPT was not written: they are not asked any more. */
static void
stop_asking (MimesendSmtpTxn *txn, MimesendSmtpReply *reply, const char *words)
{
  for (; txn->next_rcpt < txn->n; txn->next_rcpt++)
    mimesend_smtp_recipient_end (txn, txn->next_rcpt, MIMESEND_SMTP_NOT_TRIED,
                                 reply != NULL ? MIMESEND_SMTP_FAILURE_REPLY : MIMESEND_SMTP_FAILURE_NONE,
                                 MIMESEND_SMTP_STAGE_RCPT, reply, words, TRUE);
  if (txn->step == STEP_RCPT)
    txn->step = STEP_DATA;
}

static void
refused_recipient (MimesendSmtpClient *self, MimesendSmtpTxn *txn, guint i, MimesendSmtpReply *reply)
{
  if (is_too_many (txn, reply))
    {
      mimesend_smtp_recipient_end (txn, i, MIMESEND_SMTP_NOT_TRIED, MIMESEND_SMTP_FAILURE_REPLY,
                                   MIMESEND_SMTP_STAGE_RCPT, reply, NULL, TRUE);
      stop_asking (txn, reply, NULL);
      return;
    }
  mimesend_smtp_recipient_end (txn, i, mimesend_smtp_outcome_of_code (reply->code),
                               MIMESEND_SMTP_FAILURE_REPLY, MIMESEND_SMTP_STAGE_RCPT, reply, NULL, FALSE);
  self->n_refusals++;
  mimesend_smtp_transactions_become_wary (self);
  if (txn->all_or_nothing)
    mimesend_smtp_transaction_doom (txn, MIMESEND_SMTP_NOT_TRIED, MIMESEND_SMTP_FAILURE_ALL_OR_NOTHING,
                                    MIMESEND_SMTP_STAGE_RCPT, NULL,
                                    "another recipient was refused, and all or none were to get the message");
  else if (mimesend_smtp_transactions_refused_enough (self))
    stop_asking (txn, NULL, "the server refused so many recipients on this connection that it may drop it");
}

static void
on_rcpt (MimesendSmtpClient *self, MimesendSmtpTxn *txn, guint i, const MimesendSmtpReply *reply)
{
  MimesendSmtpReply *box;

  if (!txn->silent)
    {
      MimesendSmtpRecord *record = mimesend_smtp_event_raise (self, MIMESEND_SMTP_EVENT_RCPT_REPLY);

      record->event.transaction = txn->id;
      record->event.recipient = i;
      record->event.stage = MIMESEND_SMTP_STAGE_RCPT;
      record->reply = mimesend_smtp_reply_box (reply);
      record->event.reply = record->reply;
    }

  txn->at[MARK_RCPT] = self->now_us;
  txn->rcpt_outstanding--;
  if (reply->code / 100 == 2)
    {
      txn->rcpt[i].accepted = TRUE;
      txn->n_accepted++;
      return;
    }
  if (txn->trial && mimesend_smtp_is_out_of_place (reply))
    mimesend_smtp_give_back (self, txn, MIMESEND_SMTP_STAGE_RCPT, reply, MIMESEND_SMTP_AGAIN_ELSEWHERE);
  if (txn->fate.again != MIMESEND_SMTP_AGAIN_NO)
    return;
  box = mimesend_smtp_reply_box (reply);
  /* after a refused MAIL these refusals follow from it */
  if (!txn->has_fate || txn->fate.stage != MIMESEND_SMTP_STAGE_MAIL)
    refused_recipient (self, txn, i, box);

  /* no recipient is left: everything written is answered, and no more is written */
  if (txn->rcpt_outstanding == 0 && txn->next_rcpt == txn->n && txn->n_accepted == 0)
    mimesend_smtp_transaction_doom (txn, MIMESEND_SMTP_NOT_TRIED, MIMESEND_SMTP_FAILURE_REPLY,
                                    MIMESEND_SMTP_STAGE_RCPT, box, NULL);
  mimesend_smtp_reply_unbox (box);
}

static void
refuse_whole (MimesendSmtpClient *self,
              MimesendSmtpTxn *txn,
              MimesendSmtpStage stage,
              const MimesendSmtpReply *reply)
{
  MimesendSmtpReply *box;

  if (txn->trial && mimesend_smtp_is_out_of_place (reply))
    {
      mimesend_smtp_give_back (self, txn, stage, reply, MIMESEND_SMTP_AGAIN_ELSEWHERE);
      return;
    }
  box = mimesend_smtp_reply_box (reply);
  mimesend_smtp_transaction_doom (txn, mimesend_smtp_outcome_of_code (reply->code),
                                  MIMESEND_SMTP_FAILURE_REPLY, stage, box, NULL);
  mimesend_smtp_reply_unbox (box);
}

/* No command takes back a 354, except where no recipient is left: RFC 2920 3.1 has the client send the dot alone. */
static void
on_unwanted_go (MimesendSmtpClient *self, MimesendSmtpTxn *txn, const MimesendSmtpReply *reply)
{
  guint8 *dot;

  if (txn->n_accepted > 0 || self->setup.lmtp || txn->fate.again != MIMESEND_SMTP_AGAIN_NO)
    {
      gboolean ours = txn->fate.failure != MIMESEND_SMTP_FAILURE_REPLY;

      mimesend_smtp_client_drop (self, ours ? txn->fate.failure : MIMESEND_SMTP_FAILURE_PROTOCOL,
                                 MIMESEND_SMTP_STAGE_DATA, reply,
                                 "the server asked for the data of a message that must not be sent any more");
      return;
    }
  dot = mimesend_smtp_output_reserve (&self->out, 3);
  memcpy (dot, ".\r\n", 3);
  mimesend_smtp_trace_command (self->trace, dot, 1, 0);
  mimesend_smtp_output_commit (&self->out, 3, MIMESEND_SMTP_QUEUE_GATE);
  mimesend_smtp_window_expect (self, DUE_NOBODY, txn, 0);
}

static void
on_go (MimesendSmtpClient *self, MimesendSmtpTxn *txn, const MimesendSmtpReply *reply)
{
  if (reply->code / 100 == 2 || (reply->code / 100 == 3 && reply->code != 354))
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, MIMESEND_SMTP_STAGE_DATA, reply,
                               "the answer to DATA is neither 354 nor a refusal");
  else if (reply->code != 354)
    refuse_whole (self, txn, MIMESEND_SMTP_STAGE_DATA, reply);
  else if (txn->has_fate)
    on_unwanted_go (self, txn, reply);
  else
    {
      txn->at[MARK_GO] = self->now_us;
      txn->step = STEP_CONTENT;
      self->moved = TRUE;
    }
}

/* LMTP (RFC 2033 4.2): one reply for each accepted recipient, in order. FALSE: more are due. */
static gboolean
on_lmtp_answer (MimesendSmtpClient *self, MimesendSmtpTxn *txn, MimesendSmtpReply *box)
{
  MimesendSmtpOutcome outcome =
      box->code / 100 == 2 ? MIMESEND_SMTP_ACCEPTED : mimesend_smtp_outcome_at_the_end (self, box);

  for (; txn->next_answer < txn->n; txn->next_answer++)
    if (txn->rcpt[txn->next_answer].accepted)
      {
        mimesend_smtp_recipient_end (txn, txn->next_answer, outcome,
                                     outcome == MIMESEND_SMTP_ACCEPTED ? MIMESEND_SMTP_FAILURE_NONE
                                                                       : MIMESEND_SMTP_FAILURE_REPLY,
                                     MIMESEND_SMTP_STAGE_END_OF_DATA, box, NULL, FALSE);
        if (box->code == 421)
          continue; /* a 421 also covers the recipients after it: no more replies come */
        txn->next_answer++;
        break;
      }
  for (guint i = txn->next_answer; i < txn->n; i++)
    if (txn->rcpt[i].accepted)
      return FALSE;
  return TRUE;
}

/* The only place where a message is accepted. */
static void
on_end (MimesendSmtpClient *self, MimesendSmtpTxn *txn, const MimesendSmtpReply *reply)
{
  MimesendSmtpReply *box = mimesend_smtp_reply_box (reply);
  gboolean good = reply->code / 100 == 2;

  mimesend_smtp_reply_unbox (txn->last_reply);
  txn->last_reply = box;
  if (txn->trial && !txn->has_fate && mimesend_smtp_is_out_of_place (reply))
    {
      mimesend_smtp_window_pop (self);
      refuse_whole (self, txn, MIMESEND_SMTP_STAGE_END_OF_DATA, reply);
      return;
    }
  if (self->setup.lmtp && !(good && txn->has_fate))
    {
      if (on_lmtp_answer (self, txn, box))
        mimesend_smtp_window_pop (self);
      return;
    }
  mimesend_smtp_window_pop (self);
  if (!good)
    mimesend_smtp_transaction_doom (txn, mimesend_smtp_outcome_at_the_end (self, reply),
                                    MIMESEND_SMTP_FAILURE_REPLY, MIMESEND_SMTP_STAGE_END_OF_DATA, box, NULL);
  else if (!txn->has_fate)
    mimesend_smtp_transaction_doom (txn, MIMESEND_SMTP_ACCEPTED, MIMESEND_SMTP_FAILURE_NONE,
                                    MIMESEND_SMTP_STAGE_END_OF_DATA, box, NULL);
  else if (txn->n_accepted > 0 || txn->fate.again != MIMESEND_SMTP_AGAIN_NO)
    {
      /* a MAIL or a chunk was refused, and then the message accepted: what the server keeps is unknown */
      txn->fate.outcome = MIMESEND_SMTP_IN_DOUBT;
      txn->fate.again = MIMESEND_SMTP_AGAIN_NO;
      mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, MIMESEND_SMTP_STAGE_END_OF_DATA, reply,
                                 "the server accepted a message of which it had refused a part");
    }
}

static void
on_mail (MimesendSmtpClient *self, MimesendSmtpTxn *txn, const MimesendSmtpReply *reply)
{
  txn->at[MARK_MAIL] = self->now_us;
  txn->mail_answered = TRUE;
  txn->mail_taken = reply->code / 100 == 2;
  if (txn->mail_taken)
    self->n_carried++;
  else
    mimesend_smtp_mail_refused (self, txn, reply);
}

/* Reached when a command can neither be completed nor taken back: the connection takes no more. For a message whose MAIL
 * left with RSET the reply to RSET decides. */
static void
on_reset_refused (MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  self->reset_refused = TRUE;
  if (self->n_txns > 0 && self->txns[0]->step != STEP_BEGIN)
    {
      mimesend_smtp_give_back_unbegun (self, MIMESEND_SMTP_AGAIN_ELSEWHERE);
      self->quit_wanted = TRUE;
      return;
    }
  self->reply_taken = TRUE;
  mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_REPLY, MIMESEND_SMTP_STAGE_RESET, reply, NULL);
}

/* `due` was taken from the queue, except DUE_END, which may stand for several replies. */
void
mimesend_smtp_transaction_on_reply (MimesendSmtpClient *self,
                                    const MimesendSmtpDue *due,
                                    const MimesendSmtpReply *reply)
{
  MimesendSmtpStage stage = mimesend_smtp_due_stage (due->kind);
  MimesendSmtpTxn *txn = due->txn;

  if (reply->code / 100 == 3 && due->kind != DUE_DATA)
    {
      mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, stage, reply,
                                 "the server asks for more where there is no more");
      return;
    }
  switch (due->kind)
    {
    case DUE_MAIL:
      on_mail (self, txn, reply);
      break;
    case DUE_CHUNK:
      txn->chunks_outstanding--;
      if (reply->code / 100 != 2)
        refuse_whole (self, txn, stage, reply);
      break;
    case DUE_RCPT:
      on_rcpt (self, txn, due->recipient, reply);
      break;
    case DUE_DATA:
      on_go (self, txn, reply);
      break;
    case DUE_END:
      on_end (self, txn, reply);
      break;
    case DUE_NOOP:
      break; /* any reply shows that the server still answers */
    case DUE_RESET:
      if (reply->code / 100 != 2)
        on_reset_refused (self, reply);
      break;
    case DUE_NOBODY:
    default:
      break;
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What says nothing of a message although it met it: the place where its MAIL stood, a limit of the connection, the farewell
 * of the server. Such a message is given back, to be sent once more.
 *
 * Its MAIL left ahead of the reply to the end of the message before it (RFC 2920 allows that). Some servers take commands
 * there for an attack, or throw them away with the rest of the packet: they answer 500, 502 or 503, or not at all. And some
 * take so many messages a connection and answer MAIL with 4yz from then on. Nothing of a message was carried out whose MAIL
 * was not taken, so both are safe; the first message of a connection is refused for itself.
 *
 * 421 is the last that a server says (RFC 5321 3.8): what left behind the command that it answers is not carried out. Where
 * that includes the end of a message, the server is heard to its end all the same: one that answers on goes by its word. */
#include "smtp/client-private.h"

#include <string.h>

/* The command is not taken here, whatever it says: 500, 502 and 503 (RFC 5321 4.2.3), X.5.0 and X.5.1 (RFC 3463 3.6), or
 * words about synchronization. */
gboolean
mimesend_smtp_is_out_of_place (const MimesendSmtpReply *reply)
{
  g_autofree char *text = NULL;

  if (reply->code / 100 != 5)
    return FALSE;
  if (reply->code == 500 || reply->code == 502 || reply->code == 503 ||
      strcmp (reply->enhanced, "5.5.0") == 0 || strcmp (reply->enhanced, "5.5.1") == 0)
    return TRUE;
  text = g_ascii_strdown (reply->text, -1);
  return strstr (text, "pipelin") != NULL || strstr (text, "synchroni") != NULL;
}

/* Gives back the messages of which nothing was written. */
void
mimesend_smtp_give_back_unbegun (MimesendSmtpClient *self, MimesendSmtpAgain again)
{
  for (guint i = self->writer; i < self->n_txns; i++)
    if (self->txns[i]->step == STEP_BEGIN && !self->txns[i]->has_fate)
      {
        mimesend_smtp_transaction_doom (self->txns[i], MIMESEND_SMTP_NOT_TRIED, MIMESEND_SMTP_FAILURE_NONE,
                                        MIMESEND_SMTP_STAGE_NONE, NULL, NULL);
        self->txns[i]->fate.again = again;
      }
}

/* Gives back the later messages too, so that they stay in order. */
void
mimesend_smtp_give_back (MimesendSmtpClient *self,
                         MimesendSmtpTxn *txn,
                         MimesendSmtpStage stage,
                         const MimesendSmtpReply *reply,
                         MimesendSmtpAgain again)
{
  MimesendSmtpReply *box = mimesend_smtp_reply_box (reply);

  if (!txn->has_fate)
    {
      mimesend_smtp_transaction_doom (txn, MIMESEND_SMTP_NOT_TRIED, MIMESEND_SMTP_FAILURE_REPLY, stage, box,
                                      NULL);
      txn->fate.again = again;
    }
  mimesend_smtp_reply_unbox (box);
  mimesend_smtp_give_back_unbegun (self, again);
  if (again == MIMESEND_SMTP_AGAIN_ELSEWHERE)
    self->quit_wanted = TRUE;
}

void
mimesend_smtp_mail_refused (MimesendSmtpClient *self, MimesendSmtpTxn *txn, const MimesendSmtpReply *reply)
{
  MimesendSmtpReply *box;

  if (txn->behind && mimesend_smtp_is_out_of_place (reply))
    mimesend_smtp_give_back (self, txn, MIMESEND_SMTP_STAGE_MAIL, reply, MIMESEND_SMTP_AGAIN_HERE);
  else if ((self->n_carried > 0 && (reply->code / 100 == 4 || mimesend_smtp_is_out_of_place (reply))) ||
           (self->reset_refused && mimesend_smtp_is_out_of_place (reply)))
    mimesend_smtp_give_back (self, txn, MIMESEND_SMTP_STAGE_MAIL, reply, MIMESEND_SMTP_AGAIN_ELSEWHERE);
  else
    {
      box = mimesend_smtp_reply_box (reply);
      mimesend_smtp_transaction_doom (txn, mimesend_smtp_outcome_of_code (reply->code),
                                      MIMESEND_SMTP_FAILURE_REPLY, MIMESEND_SMTP_STAGE_MAIL, box, NULL);
      mimesend_smtp_reply_unbox (box);
      mimesend_smtp_transactions_become_wary (self);
    }
}

/* --- silence */

/* The message to whose commands the next reply belongs; NULL: none. RSET stands ahead of the MAIL that it was written for. */
static MimesendSmtpTxn *
txn_due (MimesendSmtpClient *self)
{
  const MimesendSmtpDue *first = mimesend_smtp_window_first (self);

  if (first == NULL)
    return NULL;
  return first->kind == DUE_RESET && self->n_txns > 0 ? self->txns[0] : first->txn;
}

/* Commands after the end of a message get no reply, or no more: the server dropped them. Closing soon loses nothing, unless
 * the end of another message was sent. */
gboolean
mimesend_smtp_is_ignored_behind (MimesendSmtpClient *self)
{
  const MimesendSmtpTxn *txn = txn_due (self);

  return txn != NULL && txn->behind &&
         (!txn->mail_answered || (txn->has_fate && txn->fate.again != MIMESEND_SMTP_AGAIN_NO)) &&
         !mimesend_smtp_transactions_end_is_open (self);
}

gboolean
mimesend_smtp_is_trial_silent (MimesendSmtpClient *self)
{
  const MimesendSmtpTxn *txn = txn_due (self);

  return txn != NULL && txn->trial && txn->step != STEP_ENDED &&
         !mimesend_smtp_transactions_end_is_open (self);
}

/* --- 421 */

/* Everything that is answered by it, or was not sent to its end, is decided by it. What is left open (the end of a message
 * has gone out behind the command that it answers) waits for the server to close, or to say more. */
void
mimesend_smtp_on_farewell (MimesendSmtpClient *self, MimesendSmtpDueKind kind, const MimesendSmtpReply *reply)
{
  MimesendSmtpStage stage = mimesend_smtp_due_stage (kind);
  MimesendSmtpReply *box = mimesend_smtp_reply_box (reply);
  gboolean for_first = kind != DUE_END && kind != DUE_RESET; /* of an end it is the answer, which was taken */

  self->leaving = TRUE;
  if (self->farewell == NULL)
    {
      self->farewell = mimesend_smtp_reply_acquire (box);
      self->farewell_stage = stage;
    }
  for (guint i = 0; i < self->n_txns; i++)
    {
      MimesendSmtpTxn *txn = self->txns[i];

      if (!txn->has_fate && ((i == 0 && for_first) || !mimesend_smtp_transaction_end_begun (self, txn)))
        mimesend_smtp_transaction_end_with (self, txn, i == 0 && for_first, MIMESEND_SMTP_FAILURE_REPLY,
                                            stage, box, NULL);
    }
  mimesend_smtp_reply_unbox (box);
  mimesend_smtp_go_on_leaving (self);
}

/* Whether to wait for another reply. The message whose command was answered will not be sent; but if its end was sent and
 * the server accepts it after all, the outcome would be unknown. */
static gboolean
farewell_is_open (MimesendSmtpClient *self)
{
  for (guint i = 0; i < self->n_txns; i++)
    if (mimesend_smtp_transaction_end_begun (self, self->txns[i]) &&
        (!self->txns[i]->has_fate || self->txns[i]->fate.outcome == MIMESEND_SMTP_NOT_TRIED))
      return TRUE;
  return FALSE;
}

void
mimesend_smtp_go_on_leaving (MimesendSmtpClient *self)
{
  if (self->leaving && self->phase != PHASE_CLOSED && !farewell_is_open (self))
    mimesend_smtp_end_farewell (self);
}

/* No more replies will come: commands without a reply were not carried out. */
void
mimesend_smtp_end_farewell (MimesendSmtpClient *self)
{
  MimesendSmtpReply *box = g_steal_pointer (&self->farewell);

  mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_REPLY, self->farewell_stage, box, NULL);
  mimesend_smtp_reply_unbox (box);
}

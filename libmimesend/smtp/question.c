/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks a server without a message: whether it knows a mailbox (VRFY), and whether it supports a way of sending that failed
 * before. Each group is sent after the replies to the previous one:
 *
 *   behind     RSET · MAIL RSET MAIL RSET    what leaves ahead of its replies when messages are in flight, but for the messages
 *   chunking   RSET · BDAT 0 LAST · RSET     with no transaction open: 503: BDAT is known; 500: it is not
 *
 * Nothing of this can become a message, since no recipient is ever named; RSET comes first in case that one was. */
#include "smtp/client-private.h"

/* The command that a reply due answers: its `recipient`. */
typedef enum
{
  ASKED_RSET,
  ASKED_MAIL,
  ASKED_BDAT
} Asked;

/* Whether a command outside a message can be sent now. */
static gboolean
is_quiet (const MimesendSmtpClient *self)
{
  return self->phase == PHASE_READY && self->n_txns == 0 && mimesend_smtp_window_count (self) == 0 &&
         !self->quit_wanted && !self->hello_wanted && !self->write_failed && !self->leaving;
}

gboolean
mimesend_smtp_client_verify (MimesendSmtpClient *self, const char *mailbox, gboolean whole)
{
  if (!is_quiet (self) ||
      mimesend_smtp_command_vrfy (&self->out, mailbox, whole, MIMESEND_SMTP_QUEUE_GATE) != NULL)
    return FALSE;
  mimesend_smtp_window_expect (self, DUE_VRFY, NULL, 0);
  self->moved = TRUE;
  return TRUE;
}

void
mimesend_smtp_on_verified (MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  MimesendSmtpRecord *record = mimesend_smtp_event_raise (self, MIMESEND_SMTP_EVENT_VERIFIED);
  MimesendSmtpFate fate = { .stage = MIMESEND_SMTP_STAGE_RCPT, .reply = mimesend_smtp_reply_box (reply) };

  mimesend_smtp_record_set_fate (record, &fate);
  mimesend_smtp_reply_unbox (fate.reply);
}

/* --- ways of sending */

static MimesendSmtpQueueFlags
gate_of_first (const MimesendSmtpClient *self)
{
  return mimesend_smtp_window_count (self) == 0 ? MIMESEND_SMTP_QUEUE_GATE : MIMESEND_SMTP_QUEUE_PLAIN;
}

static void
ask_rset (MimesendSmtpClient *self)
{
  mimesend_smtp_command_plain (&self->out, MIMESEND_SMTP_RSET, gate_of_first (self));
  mimesend_smtp_window_expect (self, DUE_QUESTION, NULL, ASKED_RSET);
}

static void
ask_mail (MimesendSmtpClient *self)
{
  MimesendSmtpMail mail = { .reverse_path = "", .size = -1, .more = "" };

  mimesend_smtp_command_mail (&self->out, &mail, gate_of_first (self));
  mimesend_smtp_window_expect (self, DUE_QUESTION, NULL, ASKED_MAIL);
  self->n_mails++;
}

/* FALSE: there is no further group. */
static gboolean
ask_next (MimesendSmtpClient *self)
{
  guint group = self->question.n_groups++;

  if (group == 1 && self->question.about == MIMESEND_SMTP_QUESTION_BEHIND)
    for (guint i = 0; i < 2; i++)
      {
        ask_mail (self);
        ask_rset (self);
      }
  else if (group == 1)
    {
      mimesend_smtp_command_bdat (&self->out, 0, TRUE, gate_of_first (self));
      mimesend_smtp_window_expect (self, DUE_QUESTION, NULL, ASKED_BDAT);
    }
  else if (group == 0 || (group == 2 && self->question.about == MIMESEND_SMTP_QUESTION_CHUNKING))
    ask_rset (self);
  else
    return FALSE;
  return TRUE;
}

gboolean
mimesend_smtp_client_question (MimesendSmtpClient *self, MimesendSmtpQuestion about)
{
  guint mail_max = mimesend_smtp_transactions_mail_max (self);

  if (!is_quiet (self) || mimesend_smtp_transactions_worn_out (self) ||
      (mail_max > 0 && self->n_mails + 2 >= mail_max))
    return FALSE;
  self->question = (MimesendSmtpAsked){ .open = TRUE, .about = about, .holds = TRUE };
  ask_next (self);
  self->moved = TRUE;
  return TRUE;
}

/* Whether the reply shows that the command was read and is known; a refusal of the null reverse-path, or of a chunk without
 * a transaction, does. */
static gboolean
is_to_the_point (Asked asked, const MimesendSmtpReply *reply)
{
  gboolean unknown = reply->code == 500 || reply->code == 502;

  switch (asked)
    {
    case ASKED_MAIL:
      return !unknown && reply->code != 503;
    case ASKED_BDAT:
      return !unknown;
    case ASKED_RSET:
    default:
      return reply->code / 100 == 2;
    }
}

void
mimesend_smtp_question_on_reply (MimesendSmtpClient *self,
                                 const MimesendSmtpDue *due,
                                 const MimesendSmtpReply *reply)
{
  Asked asked = (Asked)due->recipient;

  if (reply->code / 100 == 3)
    {
      mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, mimesend_smtp_due_stage (due->kind),
                                 reply, "the server asks for more where there is no more");
      return;
    }
  self->question.holds &= is_to_the_point (asked, reply);
  self->reset_needed = asked != ASKED_RSET || reply->code / 100 != 2;
  if (mimesend_smtp_window_count (self) > 0 || (self->question.holds && ask_next (self)))
    return;
  self->question.open = FALSE;
  self->moved = TRUE;
  mimesend_smtp_event_raise (self, MIMESEND_SMTP_EVENT_ANSWERED)->event.holds = self->question.holds;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stage of the session, what it wants now, and its time-outs. */
#include "smtp/client-private.h"

#define NOOP_US (30 * G_TIME_SPAN_SECOND) /* a live server answers NOOP at once */
#define BEHIND_US                                                                                            \
  (30 * G_TIME_SPAN_SECOND) /* as is what stands behind the end of a message, if the server reads on */
#define TRIAL_US    (10 * G_TIME_SPAN_SECOND) /* the server failed to answer before */
#define FAREWELL_US (5 * G_TIME_SPAN_SECOND)  /* a server closes after 421 */

/* The current stage, for messages and for the time-out. */
MimesendSmtpStage
mimesend_smtp_client_stage (MimesendSmtpClient *self)
{
  const MimesendSmtpDue *first = mimesend_smtp_window_first (self);
  const MimesendSmtpTxn *txn = mimesend_smtp_transactions_writer (self);

  if (first != NULL && first->kind == DUE_END && !mimesend_smtp_window_is_due (self) &&
      !mimesend_smtp_transaction_end_begun (self, first->txn))
    return MIMESEND_SMTP_STAGE_CONTENT;
  if (first != NULL)
    return mimesend_smtp_due_stage (first->kind);
  if (self->phase == PHASE_TLS)
    return MIMESEND_SMTP_STAGE_TLS;
  if (self->phase == PHASE_LOGIN)
    return MIMESEND_SMTP_STAGE_AUTH;
  if (txn != NULL)
    return txn->step == STEP_CONTENT ? MIMESEND_SMTP_STAGE_CONTENT : MIMESEND_SMTP_STAGE_MAIL;
  return MIMESEND_SMTP_STAGE_NONE;
}

static gboolean
output_waits (MimesendSmtpClient *self)
{
  return !self->write_failed && mimesend_smtp_output_backlog (&self->out) > 0 &&
         (mimesend_smtp_client_gates_open (self) || !mimesend_smtp_output_at_gate (&self->out));
}

static gint64
timeout_of (MimesendSmtpClient *self, MimesendSmtpStage stage)
{
  return self->setup.timeout_us[stage] > 0 ? self->setup.timeout_us[stage]
                                           : mimesend_smtp_stage_timeout_us (stage);
}

/* The time-out of a reply that is due. */
static gint64
reply_patience (MimesendSmtpClient *self, MimesendSmtpStage stage)
{
  gint64 timeout = timeout_of (self, stage);

  if (self->leaving)
    return FAREWELL_US;
  if (mimesend_smtp_window_is_asking (self))
    return MIN (timeout, NOOP_US);
  if (self->question.open || mimesend_smtp_is_trial_silent (self))
    return MIN (timeout, TRIAL_US);
  if (mimesend_smtp_is_ignored_behind (self))
    return MIN (timeout, BEHIND_US);
  return timeout;
}

/* What is waited for, and until when. A reply that is due has its own time, counted from when it became due
 * or from the last whole reply: octets that drip in do not count. Else it is our output that does not move,
 * or the content. */
static gint64
deadline_now (MimesendSmtpClient *self, MimesendSmtpStage *stage)
{
  const MimesendSmtpTxn *txn = mimesend_smtp_transactions_writer (self);

  *stage = mimesend_smtp_client_stage (self);
  if (self->phase == PHASE_CLOSED)
    return G_MAXINT64;
  if (mimesend_smtp_window_is_due (self) || self->leaving)
    return self->answered_us + reply_patience (self, *stage);
  if (self->phase == PHASE_LOGIN && self->challenge_open)
    return G_MAXINT64; /* the mechanism that makes the response has its own time-out */
  if (txn != NULL && txn->step == STEP_CONTENT)
    *stage = MIMESEND_SMTP_STAGE_CONTENT;
  if (self->phase == PHASE_TLS || mimesend_smtp_output_backlog (&self->out) > 0 ||
      *stage == MIMESEND_SMTP_STAGE_CONTENT || self->write_failed ||
      mimesend_smtp_reply_reader_get_pending (self->reader) > 0)
    return self->moved_us + (self->phase == PHASE_QUIT || self->phase == PHASE_TLS
                                 ? timeout_of (self, *stage)
                                 : timeout_of (self, MIMESEND_SMTP_STAGE_CONTENT));
  return G_MAXINT64;
}

static void
time_out (MimesendSmtpClient *self, MimesendSmtpStage stage, gint64 waited_us)
{
  gboolean by_content = mimesend_smtp_client_content_due (self, NULL) > 0 &&
                        mimesend_smtp_output_backlog (&self->out) == 0 && !mimesend_smtp_window_is_due (self);
  g_autofree char *words = g_strdup_printf (
      "%s for %" G_GINT64_FORMAT " s (%s)", by_content ? "the content gave nothing" : "nothing happened",
      waited_us / G_TIME_SPAN_SECOND, mimesend_smtp_stage_words (stage));

  if (self->leaving)
    mimesend_smtp_end_farewell (self);
  else if (mimesend_smtp_window_is_asking (self))
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_CLOSED, stage, NULL, words);
  else if (self->phase == PHASE_QUIT) /* QUIT's reply does not matter */
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_NONE, stage, NULL, NULL);
  else
    mimesend_smtp_client_drop (
        self, by_content ? MIMESEND_SMTP_FAILURE_CONTENT : MIMESEND_SMTP_FAILURE_TIMEOUT, stage, NULL, words);
}

static MimesendSmtpWant
wants_now (MimesendSmtpClient *self)
{
  MimesendSmtpWant want = MIMESEND_SMTP_WANT_INPUT;

  if (self->phase == PHASE_CLOSED)
    return MIMESEND_SMTP_WANT_CLOSE;
  if (self->leaving)
    return want;
  if (self->phase == PHASE_TLS)
    return self->out.fresh ? MIMESEND_SMTP_WANT_TLS : MIMESEND_SMTP_WANT_IDLE;
  if (self->phase == PHASE_LOGIN && self->challenge_open)
    want |= MIMESEND_SMTP_WANT_AUTH;
  if (output_waits (self))
    want |= MIMESEND_SMTP_WANT_OUTPUT;
  else if (!self->write_failed && mimesend_smtp_output_at_gate (&self->out) && !self->out.fresh)
    want |= MIMESEND_SMTP_WANT_IDLE;
  if (mimesend_smtp_client_content_due (self, NULL) > 0)
    want |= MIMESEND_SMTP_WANT_CONTENT;
  return want;
}

MimesendSmtpWant
mimesend_smtp_client_poll (MimesendSmtpClient *self, gint64 now_us, gint64 *deadline_us)
{
  MimesendSmtpStage stage;
  gint64 deadline;

  self->now_us = now_us;
  mimesend_smtp_times_pass (self);
  if (self->answered)
    self->answered_us = now_us;
  if (self->moved || self->answered)
    self->moved_us = now_us;
  self->answered = self->moved = FALSE;

  deadline = deadline_now (self, &stage);
  if (deadline <= now_us)
    {
      time_out (self, stage,
                now_us - (mimesend_smtp_window_is_due (self) ? self->answered_us : self->moved_us));
      deadline = G_MAXINT64;
    }
  if (deadline_us != NULL)
    *deadline_us = deadline;
  return wants_now (self);
}

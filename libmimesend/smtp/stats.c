/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics of a session and its transactions: the time of each stage, and the extensions used. */
#include "smtp/client-private.h"

static MimesendSmtpStage
stage_of_phase (MimesendSmtpPhase phase)
{
  static const MimesendSmtpStage stages[] = {
    [PHASE_GREETING] = MIMESEND_SMTP_STAGE_GREETING, [PHASE_HELLO] = MIMESEND_SMTP_STAGE_HELLO,
    [PHASE_STARTTLS] = MIMESEND_SMTP_STAGE_TLS,      [PHASE_TLS] = MIMESEND_SMTP_STAGE_TLS,
    [PHASE_LOGIN] = MIMESEND_SMTP_STAGE_AUTH,        [PHASE_READY] = MIMESEND_SMTP_STAGE_NONE,
    [PHASE_QUIT] = MIMESEND_SMTP_STAGE_NONE,         [PHASE_CLOSED] = MIMESEND_SMTP_STAGE_NONE,
  };

  return stages[phase];
}

/* The stage of the session that was left since the last call. One that was passed within a tick of the clock has been
 * passed all the same. */
void
mimesend_smtp_times_pass (MimesendSmtpClient *self)
{
  MimesendSmtpTimes *times = &self->times;
  MimesendSmtpStage stage = stage_of_phase (self->phase);

  if (times->since_us != 0 && stage == times->stage)
    return;
  if (times->since_us != 0)
    times->us[times->stage] += MAX (self->now_us - times->since_us, 1);
  times->stage = stage;
  times->since_us = self->now_us;
}

/* What was there at once is an answer to the stage that is under way, however soon it came. */
void
mimesend_smtp_client_set_now (MimesendSmtpClient *self, gint64 now_us)
{
  self->now_us = now_us;
  mimesend_smtp_times_pass (self);
}

void
mimesend_smtp_client_add_session_times (MimesendSmtpClient *self, gint64 us[MIMESEND_SMTP_N_STAGES])
{
  static const MimesendSmtpStage stages[] = { MIMESEND_SMTP_STAGE_GREETING, MIMESEND_SMTP_STAGE_HELLO,
                                              MIMESEND_SMTP_STAGE_TLS, MIMESEND_SMTP_STAGE_AUTH };

  mimesend_smtp_times_pass (self);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    us[stages[i]] += self->times.us[stages[i]];
}

/* The marks in order; with pipelining one may come ahead of the one before it, and then takes no time of its own. */
void
mimesend_smtp_client_add_times (MimesendSmtpClient *self,
                                guint64 transaction,
                                MimesendSmtpStage last,
                                gint64 us[MIMESEND_SMTP_N_STAGES])
{
  static const MimesendSmtpStage stages[] = {
    [MARK_MAIL] = MIMESEND_SMTP_STAGE_MAIL,
    [MARK_RCPT] = MIMESEND_SMTP_STAGE_RCPT,
    [MARK_GO] = MIMESEND_SMTP_STAGE_DATA,
    [MARK_CONTENT] = MIMESEND_SMTP_STAGE_CONTENT,
  };
  const MimesendSmtpTxn *txn = mimesend_smtp_find_transaction (self, transaction);
  gint64 at;

  if (txn == NULL || txn->at[MARK_BEGUN] == 0)
    return;
  at = txn->at[MARK_BEGUN];
  for (guint mark = MARK_MAIL; mark < MARK_SETTLED; mark++)
    if (txn->at[mark] > at)
      {
        us[stages[mark]] += txn->at[mark] - at;
        at = txn->at[mark];
      }
  us[last] += MAX (txn->at[MARK_SETTLED] - at, 0);
}

/* Records the extensions that a message uses, when its MAIL is written. */
void
mimesend_smtp_note_used (MimesendSmtpClient *self, MimesendSmtpTxn *txn, MimesendSmtpBody body)
{
  const MimesendSmtpParameters *parameters = &txn->parameters;
  guint used = self->capabilities.offered & MIMESEND_SMTP_ENHANCEDSTATUSCODES;

  if (mimesend_smtp_client_may_pipeline (self))
    used |= MIMESEND_SMTP_PIPELINING;
  if (txn->chunking)
    used |= MIMESEND_SMTP_CHUNKING;
  if (body != MIMESEND_SMTP_BODY_NONE)
    used |= body == MIMESEND_SMTP_BODY_BINARYMIME ? MIMESEND_SMTP_BINARYMIME : MIMESEND_SMTP_8BITMIME;
  if (txn->smtputf8)
    used |= MIMESEND_SMTP_SMTPUTF8;
  if (txn->size >= 0)
    used |= MIMESEND_SMTP_SIZE;
  if (self->setup.login)
    used |= MIMESEND_SMTP_AUTH;
  if (parameters->returns != 0 || parameters->id != NULL || parameters->notify != 0 || txn->originals != NULL)
    used |= MIMESEND_SMTP_DSN;
  if (parameters->require_tls)
    used |= MIMESEND_SMTP_REQUIRETLS;
  if (parameters->by_seconds > 0)
    used |= MIMESEND_SMTP_DELIVERBY;
  if (parameters->has_priority)
    used |= MIMESEND_SMTP_MT_PRIORITY;
  if (parameters->hold_seconds > 0 || parameters->hold_until != NULL)
    used |= MIMESEND_SMTP_FUTURERELEASE;
  if (self->capabilities.rcpt_max > 0 || self->capabilities.mail_max > 0 || self->capabilities.domain_max > 0)
    used |= MIMESEND_SMTP_LIMITS;
  txn->used = used & self->capabilities.offered;
  if (self->tls_active && !self->setup.tls_active) /* under TLS it is not offered any more */
    txn->used |= MIMESEND_SMTP_STARTTLS;
}

guint
mimesend_smtp_client_get_used (MimesendSmtpClient *self, guint64 transaction)
{
  const MimesendSmtpTxn *txn = mimesend_smtp_find_transaction (self, transaction);

  return txn != NULL ? txn->used : 0;
}

char **
mimesend_smtp_client_get_recent (MimesendSmtpClient *self)
{
  return mimesend_smtp_trace_recent (self->trace);
}

gint64
mimesend_smtp_client_get_begun (MimesendSmtpClient *self, guint64 transaction)
{
  const MimesendSmtpTxn *txn = mimesend_smtp_find_transaction (self, transaction);

  return txn != NULL ? txn->at[MARK_BEGUN] : 0;
}

gint64
mimesend_smtp_client_get_now (MimesendSmtpClient *self)
{
  return self->now_us;
}

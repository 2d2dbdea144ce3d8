/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the commands of a transaction: MAIL, RCPT…, DATA or the first BDAT. answer.c handles the replies, data.c the
 * content. */
#include "smtp/client-private.h"

#include <string.h>

#define RCPT_GROUP   50
#define REFUSALS_MAX 20
#define WARY         32 /* messages that wait for RCPT's replies after a refusal */

static char *
put_address (char **place, const char *address)
{
  gsize n = strlen (address) + 1;
  char *copy = memcpy (*place, address, n);

  *place += n;
  return copy;
}

/* One allocation for the structure, its recipients, and the addresses. */
static MimesendSmtpTxn *
transaction_new (const char *reverse_path, const char *const *recipients, guint n)
{
  const gsize head = sizeof (MimesendSmtpTxn) + n * (sizeof (MimesendSmtpRecipient) + sizeof (char *));
  gsize size = head + strlen (reverse_path) + 1;
  MimesendSmtpTxn *txn;
  char *place;

  for (guint i = 0; i < n; i++)
    size += strlen (recipients[i]) + 1;
  txn = g_malloc (size);
  memset (txn, 0, head);
  txn->n = n;
  txn->rcpt = (MimesendSmtpRecipient *)(txn + 1);
  txn->recipients = (char **)(txn->rcpt + n);
  place = (char *)txn + head;
  txn->reverse_path = put_address (&place, reverse_path);
  for (guint i = 0; i < n; i++)
    txn->recipients[i] = put_address (&place, recipients[i]);
  return txn;
}

guint64
mimesend_smtp_client_submit (MimesendSmtpClient *self, const MimesendSmtpTransaction *transaction)
{
  MimesendSmtpTxn *txn;

  g_return_val_if_fail (transaction->reverse_path != NULL, 0);
  g_return_val_if_fail (transaction->recipients != NULL && transaction->recipients[0] != NULL, 0);
  if (!mimesend_smtp_window_has_room (self, transaction->may_block))
    return 0;

  txn = transaction_new (transaction->reverse_path, transaction->recipients,
                         g_strv_length ((char **)transaction->recipients));
  txn->id = ++self->last_id;
  txn->all_or_nothing = transaction->all_or_nothing;
  txn->await_recipients = transaction->await_recipients;
  txn->silent = transaction->silent;
  txn->trial = transaction->trial;
  txn->chunking = mimesend_smtp_client_may_chunk (self);
  txn->size = transaction->size;
  txn->parameters = transaction->parameters;
  txn->parameters.id = txn->parameter_id = g_strdup (transaction->parameters.id);
  txn->originals = g_strdupv ((char **)transaction->originals);
  txn->binary = transaction->binary;
  txn->seven_bit = transaction->seven_bit;
  txn->eight_bit_as_is = transaction->eight_bit_as_is;
  txn->smtputf8 = transaction->smtputf8 || !g_str_is_ascii (txn->reverse_path);
  for (guint i = 0; i < txn->n && !txn->smtputf8; i++)
    txn->smtputf8 = !g_str_is_ascii (txn->recipients[i]);
  txn->doubt_at = G_MAXUINT64;
  txn->begin_at = self->out.queued;

  self->txns[self->n_txns++] = txn;
  self->moved = TRUE;
  mimesend_smtp_transactions_advance (self);
  return txn->id;
}

MimesendSmtpTxn *
mimesend_smtp_transactions_writer (MimesendSmtpClient *self)
{
  return self->writer < self->n_txns ? self->txns[self->writer] : NULL;
}

static guint
refusals_max (const MimesendSmtpClient *self)
{
  return self->setup.refusals_max > 0 ? self->setup.refusals_max : REFUSALS_MAX;
}

/* Servers drop a client that was refused too often (Postfix: the 20th error), and with it all that was
 * accepted. So we stop one short of it. */
gboolean
mimesend_smtp_transactions_refused_enough (const MimesendSmtpClient *self)
{
  return self->n_refusals > 0 && self->n_refusals + 1 >= refusals_max (self);
}

/* Checks what can be known to fail before anything is sent. */
static gboolean
transaction_is_possible (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  const MimesendSmtpCapabilities *caps = &self->capabilities;
  const char *fault = mimesend_smtp_parameters_fault (&txn->parameters, caps, self->tls_active);

  if (fault != NULL)
    mimesend_smtp_transaction_doom (txn, MIMESEND_SMTP_REFUSED, MIMESEND_SMTP_FAILURE_UNSUPPORTED,
                                    MIMESEND_SMTP_STAGE_MAIL, NULL, fault);
  else if (txn->smtputf8 && !mimesend_smtp_capabilities_has (caps, MIMESEND_SMTP_SMTPUTF8))
    mimesend_smtp_transaction_doom (
        txn, MIMESEND_SMTP_REFUSED, MIMESEND_SMTP_FAILURE_UNSUPPORTED, MIMESEND_SMTP_STAGE_MAIL, NULL,
        "an address or a header is not ASCII, and the server does not offer SMTPUTF8");
  else if (txn->size > 0 && caps->size_limit > 0 && (guint64)txn->size > caps->size_limit)
    {
      g_autofree char *words = g_strdup_printf ("the message has %" G_GINT64_FORMAT
                                                " octets, and the server takes %" G_GUINT64_FORMAT " at most",
                                                txn->size, caps->size_limit);

      mimesend_smtp_transaction_doom (txn, MIMESEND_SMTP_REFUSED, MIMESEND_SMTP_FAILURE_UNSUPPORTED,
                                      MIMESEND_SMTP_STAGE_MAIL, NULL, words);
    }
  return !txn->has_fate;
}

/* A command that follows another whose reply is due needs no gate: its own reply is told apart by order. */
static MimesendSmtpQueueFlags
gate_if_alone (const MimesendSmtpClient *self)
{
  return mimesend_smtp_window_count (self) == 0 ? MIMESEND_SMTP_QUEUE_GATE : MIMESEND_SMTP_QUEUE_PLAIN;
}

static void
write_mail (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  const MimesendSmtpCapabilities *caps = &self->capabilities;
  g_autofree char *more = mimesend_smtp_parameters_of_mail (&txn->parameters, caps);
  MimesendSmtpMail mail = { txn->reverse_path, -1, MIMESEND_SMTP_BODY_NONE, txn->smtputf8, more };
  const char *fault;

  txn->behind = self->writer > 0;
  txn->mails_before = self->n_mails;
  if (mimesend_smtp_capabilities_has (caps, MIMESEND_SMTP_SIZE))
    mail.size = txn->size;
  if (mimesend_smtp_capabilities_has (caps, MIMESEND_SMTP_8BITMIME) && !txn->seven_bit)
    mail.body = MIMESEND_SMTP_BODY_8BITMIME;
  txn->binary =
      txn->binary && txn->chunking && mimesend_smtp_capabilities_has (caps, MIMESEND_SMTP_BINARYMIME);
  if (txn->binary)
    mail.body = MIMESEND_SMTP_BODY_BINARYMIME;
  txn->eight_bit_as_is = txn->eight_bit_as_is || mail.body != MIMESEND_SMTP_BODY_NONE ||
                         mimesend_smtp_capabilities_has (caps, MIMESEND_SMTP_8BITMIME);
  mimesend_crlf_init (&txn->crlf, !txn->chunking);

  mimesend_smtp_note_used (self, txn, mail.body);
  txn->at[MARK_BEGUN] = self->now_us;
  self->n_mails++;
  if (self->wary > 0)
    self->wary--;
  txn->begin_at = self->out.queued;
  fault = mimesend_smtp_command_mail (&self->out, &mail, gate_if_alone (self));
  if (fault != NULL)
    {
      g_autofree char *words = g_strconcat ("the sender's address ", fault, NULL);

      mimesend_smtp_transaction_doom (txn, MIMESEND_SMTP_NOT_TRIED, MIMESEND_SMTP_FAILURE_UNSUPPORTED,
                                      MIMESEND_SMTP_STAGE_MAIL, NULL, words);
      return;
    }
  mimesend_smtp_window_expect (self, DUE_MAIL, txn, 0);
  txn->step = STEP_RCPT;
}

/* Writes MAIL. FALSE: not now. */
static gboolean
step_begin (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  gboolean pipeline = mimesend_smtp_client_may_pipeline (self);

  if (!mimesend_smtp_window_may_follow (self, self->writer) ||
      (!pipeline && mimesend_smtp_window_count (self) > 0))
    return FALSE;
  if (!transaction_is_possible (self, txn))
    return TRUE;
  if (self->noop_needed)
    {
      self->noop_needed = FALSE;
      mimesend_smtp_command_plain (&self->out, MIMESEND_SMTP_NOOP, gate_if_alone (self));
      mimesend_smtp_window_expect (self, DUE_NOOP, NULL, 0);
    }
  if (mimesend_smtp_window_is_asking (self))
    return FALSE;
  /* whether the one ahead is refused by its BDAT cannot be known yet: RSET in the same group makes it
   * harmless */
  if (self->reset_needed || (self->writer > 0 && self->txns[self->writer - 1]->chunking))
    {
      txn->after_reset = self->reset_needed;
      self->reset_needed = FALSE;
      mimesend_smtp_command_plain (&self->out, MIMESEND_SMTP_RSET, gate_if_alone (self));
      mimesend_smtp_window_expect (self, DUE_RESET, NULL, 0);
      if (!pipeline)
        return TRUE;
    }
  write_mail (self, txn);
  return TRUE;
}

static void
write_rcpt (MimesendSmtpClient *self, MimesendSmtpTxn *txn, guint i)
{
  g_autofree char *more =
      mimesend_smtp_parameters_of_rcpt (&txn->parameters, &self->capabilities,
                                        txn->originals != NULL ? txn->originals[i] : NULL, txn->smtputf8);
  const char *fault =
      mimesend_smtp_command_rcpt_with (&self->out, txn->recipients[i], more, gate_if_alone (self));

  if (fault == NULL)
    {
      txn->rcpt_outstanding++;
      mimesend_smtp_window_expect (self, DUE_RCPT, txn, i);
    }
  else
    {
      g_autofree char *words = g_strconcat ("the recipient's address ", fault, NULL);

      mimesend_smtp_recipient_end (txn, i, MIMESEND_SMTP_NOT_TRIED, MIMESEND_SMTP_FAILURE_UNSUPPORTED,
                                   MIMESEND_SMTP_STAGE_RCPT, NULL, words, FALSE);
    }
}

/* How many RCPTs may leave together. Once some were refused, no more than would bring us to the limit. */
static guint
group_size (const MimesendSmtpClient *self)
{
  guint group = self->setup.rcpt_group > 0 ? self->setup.rcpt_group : RCPT_GROUP;

  if (!mimesend_smtp_client_may_pipeline (self))
    return 1;
  if (self->n_refusals > 0)
    group = MIN (group, MAX (refusals_max (self), self->n_refusals + 2) - 1 - self->n_refusals);
  return group;
}

static gboolean
step_rcpt (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  if (txn->rcpt_outstanding > 0 || (!mimesend_smtp_client_may_pipeline (self) && txn->n_due > 0))
    return FALSE;
  for (guint left = group_size (self); left > 0 && txn->next_rcpt < txn->n; txn->next_rcpt++)
    {
      write_rcpt (self, txn, txn->next_rcpt);
      left--;
    }
  if (txn->next_rcpt == txn->n)
    txn->step = STEP_DATA;
  return TRUE;
}

/* A message or a recipient was refused: the ones that follow are likelier to be. */
void
mimesend_smtp_transactions_become_wary (MimesendSmtpClient *self)
{
  self->wary = WARY;
}

/* DATA or a chunk behind recipients that are all refused is an error more to those servers that count errors, and some drop
 * the connection at the third, or wait ever longer. Where one reply decides it, that one is worth a round trip, until it was
 * in vain for so many messages. */
static gboolean
recipients_are_doubtful (const MimesendSmtpClient *self, const MimesendSmtpTxn *txn)
{
  return self->wary > 0 && txn->n_accepted == 0 && txn->rcpt_outstanding <= 1;
}

/* Whether the replies to RCPT must be read before DATA or a chunk is sent. With chunks nothing stands between the replies
 * to RCPT and the one to LAST, as 354 does for DATA: a reply too many would be taken for the server's word that it has the
 * message, and a connection lost among the RCPTs would leave it in doubt. So a chunk follows the replies, but for the
 * caller that asked for a window and takes the round trip that is saved with what it costs, once the server is known to
 * answer what stands behind the end of a message. Behind a RSET that was not done it would go to the recipients of the
 * message before, too. */
static gboolean
must_know_recipients (const MimesendSmtpClient *self, const MimesendSmtpTxn *txn)
{
  return !mimesend_smtp_client_may_pipeline (self) || (txn->all_or_nothing && txn->n > 1) ||
         txn->await_recipients || recipients_are_doubtful (self, txn) ||
         (txn->chunking && (self->setup.lmtp || self->setup.window <= 1 || txn->after_reset ||
                            (txn->behind && self->setup.unproven)));
}

/* Whether enough recipients are accepted, as far as is known; all RCPTs were written. */
static gboolean
step_data (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  if (must_know_recipients (self, txn) && txn->n_due > 0)
    return FALSE;
  if (txn->rcpt_outstanding == 0 && txn->n_accepted < (txn->all_or_nothing ? txn->n : 1))
    {
      mimesend_smtp_transaction_doom (
          txn, MIMESEND_SMTP_NOT_TRIED, MIMESEND_SMTP_FAILURE_ALL_OR_NOTHING, MIMESEND_SMTP_STAGE_RCPT, NULL,
          "another recipient was refused, and all or none were to get the message");
      return TRUE;
    }
  if (txn->chunking)
    {
      txn->step = STEP_CONTENT;
      return TRUE;
    }
  mimesend_smtp_command_plain (&self->out, MIMESEND_SMTP_DATA, gate_if_alone (self));
  mimesend_smtp_window_expect (self, DUE_DATA, txn, 0);
  txn->step = STEP_GO;
  return FALSE;
}

/* Advances one transaction. TRUE: something changed, call again. */
static gboolean
advance_one (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  if (txn->has_fate)
    return FALSE; /* waits for replies */
  switch (txn->step)
    {
    case STEP_BEGIN:
      return step_begin (self, txn);
    case STEP_RCPT:
      return step_rcpt (self, txn);
    case STEP_DATA:
      return step_data (self, txn);
    case STEP_CONTENT:
      mimesend_smtp_data_pump (self, txn);
      return txn->step == STEP_ENDED;
    case STEP_GO:
    case STEP_ENDED:
    default:
      return FALSE;
    }
}

static gboolean
is_over (const MimesendSmtpTxn *txn)
{
  return txn->n_due == 0 && (txn->has_fate || txn->step == STEP_ENDED);
}

/* Whether the connection takes no more messages: its limit (RFC 9422, or learnt before) or the limit of refusals is
 * reached. The rest goes over another connection. */
gboolean
mimesend_smtp_transactions_worn_out (const MimesendSmtpClient *self)
{
  guint mail_max = mimesend_smtp_transactions_mail_max (self);

  return mimesend_smtp_transactions_refused_enough (self) || (mail_max > 0 && self->n_mails >= mail_max);
}

guint
mimesend_smtp_transactions_mail_max (const MimesendSmtpClient *self)
{
  guint said = self->capabilities.mail_max, met = self->setup.mail_max;

  return said > 0 && met > 0 ? MIN (said, met) : MAX (said, met);
}

static void
quit_if_wanted (MimesendSmtpClient *self)
{
  if (self->phase == PHASE_READY && mimesend_smtp_transactions_worn_out (self))
    self->quit_wanted = TRUE;
  if (!self->quit_wanted || self->n_txns > 0 || mimesend_smtp_window_count (self) > 0)
    return;
  mimesend_smtp_command_plain (&self->out, MIMESEND_SMTP_QUIT, MIMESEND_SMTP_QUEUE_GATE);
  self->phase = PHASE_QUIT;
  mimesend_smtp_window_expect (self, DUE_QUIT, NULL, 0);
}

/* Writes everything that may be written now. */
void
mimesend_smtp_transactions_advance (MimesendSmtpClient *self)
{
  while (self->phase == PHASE_READY)
    {
      MimesendSmtpTxn *writer;

      if (self->n_txns > 0 && is_over (self->txns[0]))
        {
          mimesend_smtp_transaction_settle_first (self);
          continue;
        }
      writer = mimesend_smtp_transactions_writer (self);
      if (writer != NULL && writer->step == STEP_ENDED)
        {
          self->writer++;
          continue;
        }
      if (!self->write_failed && !self->leaving && writer != NULL && advance_one (self, writer))
        continue;
      /* a transaction whose content cannot be sent is over at once if no reply is due that would end it */
      if (self->n_txns == 0 || !is_over (self->txns[0]))
        break;
    }
  if (self->leaving)
    return;
  if (self->phase == PHASE_READY && mimesend_smtp_hello_repeat (self))
    return;
  if (self->phase == PHASE_LOGIN && self->quit_wanted && mimesend_smtp_login_cancel (self))
    return;
  if (self->phase == PHASE_READY || (self->phase == PHASE_LOGIN && !self->exchange))
    quit_if_wanted (self);
}

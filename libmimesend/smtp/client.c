/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The protocol core of the client.
 *
 * SENDER AND RECEIVER RUN ABREAST
 *
 * The two directions of the connection are two machines that share one queue. The sender appends commands and
 * content to the output whenever what it knows allows it, and for each command that will be answered it puts
 * an entry on the queue of replies due (window.c). The receiver reads replies as they come and hands each to
 * the oldest entry; what it learns (accepted, refused, go ahead) lets the sender advance, or stops it.
 * Neither waits for the other by standing still: replies are read while output is stuck, since a server whose
 * replies are not read stops reading commands.
 *
 * Pipelining (RFC 2920), chunking (RFC 3030) and several messages in flight are then no cases of their own.
 * In lock step the sender appends nothing while an entry is on the queue; with pipelining it appends MAIL,
 * RCPT… and DATA at once; with a window it goes on to the next message. The receiver never notices.
 *
 * THE SESSION (hello.c, login.c)
 *
 *   phase     left by                                   towards
 *   --------  ----------------------------------------  --------------------------------------------------------
 *   GREETING  2yz                                       HELLO (EHLO or LHLO is queued)
 *   HELLO     2yz, TLS wanted and offered               STARTTLS
 *             2yz, TLS required and not offered         CLOSED (TLS)
 *             2yz, else                                 LOGIN where asked for, READY
 *             5yz to EHLO                               HELLO (HELO is queued; LHLO has nothing older)
 *   STARTTLS  2yz, nothing behind it                    TLS; anything behind it: CLOSED (PROTOCOL)
 *   TLS       tls_done ()                               HELLO, everything forgotten
 *             5yz to EHLO, then the end                 CLOSED with that 5yz
 *   LOGIN     334                                       LOGIN (CHALLENGE)
 *             5yz about the mechanism, or given up      LOGIN (CHALLENGE: another one?)
 *             235 after the proof                       READY
 *   READY     quit (), nothing in flight                QUIT
 *             ask_for_more (), nothing in flight        HELLO, and READY again whatever the answer
 *   QUIT      a reply, a time-out, the end              CLOSED
 *   any       4yz, 5yz, 421, broken form, end, time-out CLOSED with the reason
 *
 * A TRANSACTION (transaction.c: written; answer.c: answered; data.c: content; outcome.c: how it ended)
 *
 *   step     what was written   goes on when
 *   -------  -----------------  --------------------------------------------------------------------------------
 *   BEGIN    nothing            the one ahead has ended (and, in lock step, no reply is due); RSET first if needed
 *   RCPT     MAIL               the replies to the last group of RCPTs are in
 *   DATA     all RCPTs          pipelining: at once, unless all or nothing with several recipients; else all replies
 *   GO       DATA               354
 *   CONTENT  354 came, or BDAT  the content is over
 *   ENDED    dot, or BDAT LAST  the reply: only here can a message be accepted
 *
 * A message that met what was not meant for it is given back, to be sent again (give-back.c).
 *
 * A refusal dooms the transaction at any step: nothing more of it is written, the replies to what was written
 * are taken off the queue one by one, then it is settled. Settling happens in one place and in the order of
 * submission, so there is exactly one outcome for each.
 *
 * WHAT A SERVER MIGHT SAY TOO EARLY
 *
 * A reply counts for a command whose last octet has been sent, and never otherwise. That is not enough: a
 * server that says 250 while we write the dot would be believed. So a command that nothing is awaited in front of,
 * and every end mark, stands behind a gate in the output (output.c), which opens only while the driver has
 * just read the input to its end (idle ()) and no part of a reply lies about. What comes while nothing is due
 * is an error of the server, but for 421, and for a refusal while content is on its way.
 *
 * TIME is an argument of poll (). The functions that know that something happened have no clock: they raise a
 * flag, and poll () takes the time of it. */
#include "smtp/client-private.h"

#include <string.h>

#define LEFT  "the server left a connection that had been idle (421)"
#define SLICE 16384 /* octets of input processed at once; limits what a reply can make us keep */

MimesendSmtpClient *
mimesend_smtp_client_new (const MimesendSmtpSetup *setup)
{
  MimesendSmtpClient *self = g_new0 (MimesendSmtpClient, 1);

  self->setup = *setup;
  self->ehlo_name = g_strdup (setup->ehlo_name);
  self->setup.ehlo_name = self->ehlo_name;
  self->tls_active = setup->tls_active;
  self->reader = mimesend_smtp_reply_reader_new ();
  mimesend_smtp_capabilities_init (&self->capabilities);
  mimesend_smtp_output_init (&self->out);
  self->trace = mimesend_smtp_trace_new (setup->trace);
  self->out.trace = self->trace;
  self->moved = TRUE;
  mimesend_smtp_window_expect (self, DUE_GREETING, NULL, 0);
  return self;
}

void
mimesend_smtp_client_free (MimesendSmtpClient *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_txns; i++)
    mimesend_smtp_transaction_free (self->txns[i]);
  mimesend_smtp_events_clear (self);
  mimesend_smtp_login_clear (self);
  mimesend_smtp_reply_unbox (self->hello_refusal);
  mimesend_smtp_output_clear (&self->out);
  mimesend_smtp_trace_free (self->trace);
  mimesend_smtp_reply_reader_free (self->reader);
  g_ptr_array_unref (self->capabilities.mechanisms);
  mimesend_smtp_reply_unbox (self->farewell);
  g_free (self->due_ring);
  g_free (self->write_words);
  g_free (self->read_words);
  g_free (self->ehlo_name);
  g_free (self);
}

gboolean
mimesend_smtp_client_may_pipeline (const MimesendSmtpClient *self)
{
  return !self->setup.no_pipelining &&
         mimesend_smtp_capabilities_has (&self->capabilities, MIMESEND_SMTP_PIPELINING);
}

gboolean
mimesend_smtp_client_may_chunk (const MimesendSmtpClient *self)
{
  return !self->setup.no_chunking &&
         mimesend_smtp_capabilities_has (&self->capabilities, MIMESEND_SMTP_CHUNKING);
}

void
mimesend_smtp_client_set_manner (MimesendSmtpClient *self, const MimesendSmtpManner *manner)
{
  self->setup.window = manner->window;
  self->setup.mail_max = manner->mail_max;
  self->setup.no_pipelining = manner->no_pipelining;
  self->setup.no_chunking = manner->no_chunking;
  self->setup.unproven = manner->unproven;
  if (self->phase == PHASE_READY && mimesend_smtp_transactions_worn_out (self))
    mimesend_smtp_transactions_advance (self); /* the connection has carried its last message: QUIT */
}

/* The session is over: everything in flight is settled, then CLOSED. */
void
mimesend_smtp_client_drop (MimesendSmtpClient *self,
                           MimesendSmtpFailure failure,
                           MimesendSmtpStage stage,
                           const MimesendSmtpReply *reply,
                           const char *words)
{
  MimesendSmtpRecord *record;
  MimesendSmtpFate fate = { .failure = failure, .stage = stage };

  if (self->phase == PHASE_CLOSED)
    return;
  self->phase = PHASE_CLOSED;
  /* a cancelled login is the reason, whatever the reply to "*" */
  if (self->give_up_words != NULL && failure != MIMESEND_SMTP_FAILURE_ABORTED)
    {
      failure = fate.failure = MIMESEND_SMTP_FAILURE_AUTH;
      reply = NULL;
      words = self->give_up_words;
    }
  if (mimesend_smtp_hello_refusal_decides (self, failure, reply))
    {
      failure = fate.failure = MIMESEND_SMTP_FAILURE_REPLY;
      reply = self->hello_refusal;
      words = NULL;
    }
  fate.reply = mimesend_smtp_reply_box (reply);
  fate.words = mimesend_smtp_words_box (words);
  mimesend_smtp_transactions_drop (self, failure, stage, fate.reply, words);

  record = mimesend_smtp_event_raise (self, MIMESEND_SMTP_EVENT_CLOSED);
  mimesend_smtp_record_set_fate (record, &fate);
  mimesend_smtp_reply_unbox (fate.reply);
  g_clear_pointer (&fate.words, g_rc_box_release);

  mimesend_smtp_window_clear (self);
  mimesend_smtp_login_clear (self);
  g_clear_pointer (&self->hello_refusal, mimesend_smtp_reply_unbox);
  mimesend_smtp_output_clear (&self->out);
  mimesend_smtp_output_init (&self->out);
  self->out.trace = self->trace;
}

/* Whether a message was submitted to a connection that had carried others, and nothing of it was sent. */
static gboolean
is_untouched (MimesendSmtpClient *self)
{
  const MimesendSmtpDue *first = mimesend_smtp_window_first (self);

  return self->n_txns > 0 && self->txns[0]->id > 1 && first != NULL && first->txn == self->txns[0] &&
         first->kind == DUE_MAIL;
}

static void
on_unasked (MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  gboolean refusal = reply->code / 100 >= 4;

  if (reply->code == 421 && is_untouched (self))
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_CLOSED, MIMESEND_SMTP_STAGE_MAIL, NULL, LEFT);
  else if (reply->code == 421 ||
           (refusal && (self->write_failed || mimesend_smtp_transaction_takes_refusal (self))))
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_REPLY, mimesend_smtp_client_stage (self), reply,
                               NULL);
  else
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, mimesend_smtp_client_stage (self),
                               refusal ? reply : NULL, "the server sent a reply that was not asked for");
}

static void
client_answer (MimesendSmtpClient *self, const MimesendSmtpDue *due, const MimesendSmtpReply *reply)
{
  switch (due->kind)
    {
    case DUE_GREETING:
    case DUE_EHLO:
    case DUE_HELO:
    case DUE_STARTTLS:
      mimesend_smtp_hello_on_reply (self, due, reply);
      break;
    case DUE_AUTH:
    case DUE_AUTH_CANCEL:
      mimesend_smtp_login_on_reply (self, due, reply);
      break;
    case DUE_VRFY:
      mimesend_smtp_on_verified (self, reply);
      break;
    case DUE_QUESTION:
      mimesend_smtp_question_on_reply (self, due, reply);
      break;
    case DUE_QUIT:
      mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_NONE, MIMESEND_SMTP_STAGE_QUIT, reply, NULL);
      break;
    case DUE_MAIL:
    case DUE_RCPT:
    case DUE_DATA:
    case DUE_CHUNK:
    case DUE_END:
    case DUE_NOBODY:
    case DUE_RESET:
    case DUE_NOOP:
    default:
      mimesend_smtp_transaction_on_reply (self, due, reply);
    }
}

/* 421 to any command ends the connection (RFC 5321 3.8). Only after the end of a message does it also concern the message;
 * after QUIT it counts as 221. */
static void
on_reply (MimesendSmtpClient *self, const MimesendSmtpReply *reply)
{
  gboolean leaves = reply->code == 421;
  MimesendSmtpDue due;

  if (!mimesend_smtp_window_is_due (self))
    {
      on_unasked (self, reply);
      return;
    }
  due = *mimesend_smtp_window_first (self);
  if (due.kind != DUE_END)
    mimesend_smtp_window_pop (self);
  self->answered = TRUE;

  if (!leaves || due.kind == DUE_END || due.kind == DUE_QUIT)
    client_answer (self, &due, reply);
  self->leaving |= leaves && due.kind != DUE_NOOP;
  mimesend_smtp_transactions_advance (self);
  self->reply_taken = due.kind == DUE_END || due.kind == DUE_RESET;
  if (!leaves)
    mimesend_smtp_go_on_leaving (self);
  else if (due.kind == DUE_NOOP)
    mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_CLOSED, mimesend_smtp_due_stage (due.kind), NULL,
                               LEFT);
  else
    mimesend_smtp_on_farewell (self, due.kind, reply);
}

/* FALSE: the session is over. */
static gboolean
read_replies (MimesendSmtpClient *self)
{
  for (;;)
    {
      const MimesendSmtpDue *first = mimesend_smtp_window_first (self);
      MimesendSmtpReply reply = { 0 };
      guint8 octet;

      switch (
          mimesend_smtp_reply_reader_look (self->reader, first != NULL && first->kind == DUE_EHLO, &reply))
        {
        case MIMESEND_SMTP_READ_REPLY:
          if (self->exchange && reply.code != 334) /* challenges are not traced */
            mimesend_smtp_login_redact (self, reply.text);
          mimesend_smtp_trace_reply (self->trace, &reply);
          on_reply (self, &reply);
          if (self->phase == PHASE_CLOSED)
            return FALSE;
          if (self->phase == PHASE_TLS) /* octets after the 220 are never a reply */
            return TRUE;
          continue;
        case MIMESEND_SMTP_READ_BROKEN:
          mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL, mimesend_smtp_client_stage (self),
                                     NULL, mimesend_smtp_reply_reader_get_fault (self->reader));
          return FALSE;
        case MIMESEND_SMTP_READ_MORE:
        default:
          /* an unsolicited reply can only be a refusal; others need not be whole to be wrong */
          octet = mimesend_smtp_reply_reader_first (self->reader);
          if (octet != 0 && octet != '4' && octet != '5' && !mimesend_smtp_window_is_due (self))
            {
              mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_PROTOCOL,
                                         mimesend_smtp_client_stage (self), NULL,
                                         "the server sent a reply that was not asked for");
              return FALSE;
            }
          return TRUE;
        }
    }
}

static void
on_end_of_input (MimesendSmtpClient *self)
{
  MimesendSmtpStage stage = mimesend_smtp_client_stage (self);
  g_autofree char *words = NULL;

  if (self->leaving)
    {
      mimesend_smtp_end_farewell (self);
      return;
    }
  if (self->phase == PHASE_QUIT)
    {
      mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_NONE, MIMESEND_SMTP_STAGE_QUIT, NULL, NULL);
      return;
    }
  if (self->read_words != NULL)
    words = g_strdup_printf ("%s (%s)", self->read_words, mimesend_smtp_stage_words (stage));
  else if (self->write_words != NULL)
    words = g_strdup (self->write_words);
  else
    words = g_strdup_printf (
        "the server closed the connection%s (%s)",
        mimesend_smtp_reply_reader_get_pending (self->reader) > 0 ? " in the middle of a reply" : "",
        mimesend_smtp_stage_words (stage));
  mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_CLOSED, stage, NULL, words);
}

void
mimesend_smtp_client_receive (MimesendSmtpClient *self, const guint8 *octets, gsize n)
{
  if (self->phase == PHASE_CLOSED)
    return;
  self->out.fresh = FALSE;
  if (n == 0)
    {
      on_end_of_input (self);
      return;
    }
  if (mimesend_smtp_reply_reader_get_pending (self->reader) == 0)
    self->moved = TRUE;
  while (n > 0)
    {
      gsize step = MIN (n, SLICE), behind;

      if (self->phase != PHASE_TLS)
        mimesend_smtp_reply_reader_push (self->reader, octets, step);
      if (self->phase == PHASE_TLS)
        mimesend_smtp_hello_injected (self, octets, n);
      else if (read_replies (self) && self->phase == PHASE_TLS &&
               (behind = mimesend_smtp_reply_reader_get_pending (self->reader) + n - step) > 0)
        mimesend_smtp_hello_injected (self, octets + n - behind, behind);
      if (self->phase == PHASE_CLOSED)
        return;
      octets += step;
      n -= step;
    }
}

void
mimesend_smtp_client_ask (MimesendSmtpClient *self, gint64 now_us, gint64 quiet_us)
{
  if (self->phase == PHASE_READY && self->n_txns == 0 && self->due_n == 0)
    self->noop_needed = now_us - self->answered_us >= quiet_us;
}

void
mimesend_smtp_client_idle (MimesendSmtpClient *self)
{
  self->out.fresh = TRUE;
}

gboolean
mimesend_smtp_client_stale (MimesendSmtpClient *self)
{
  self->out.fresh = FALSE;
  return self->phase == PHASE_TLS ||
         (self->phase != PHASE_CLOSED && mimesend_smtp_output_at_gate (&self->out));
}

gboolean
mimesend_smtp_client_gates_open (MimesendSmtpClient *self)
{
  return self->out.fresh && mimesend_smtp_reply_reader_get_pending (self->reader) == 0;
}

guint
mimesend_smtp_client_peek (MimesendSmtpClient *self, MimesendPiece *pieces, guint n_max)
{
  if (self->phase == PHASE_CLOSED || self->write_failed || self->leaving)
    return 0;
  return mimesend_smtp_output_peek (&self->out, mimesend_smtp_client_gates_open (self), pieces, n_max);
}

void
mimesend_smtp_client_sent (MimesendSmtpClient *self, gsize n)
{
  gboolean was_due = mimesend_smtp_window_is_due (self);

  if (self->phase == PHASE_CLOSED || n == 0)
    return;
  g_return_if_fail (n <= mimesend_smtp_output_backlog (&self->out));
  mimesend_smtp_output_sent (&self->out, n);
  self->out.fresh = FALSE;
  self->moved = TRUE;
  if (!was_due && mimesend_smtp_window_is_due (self))
    self->answered = TRUE;
  mimesend_smtp_transactions_advance (self); /* more content fits now */
}

void
mimesend_smtp_client_write_failed (MimesendSmtpClient *self, const char *why)
{
  if (self->phase == PHASE_CLOSED || self->write_failed)
    return;
  self->write_failed = TRUE;
  self->write_words = g_strdup (why != NULL ? why : "the connection failed");
  self->moved = TRUE;
}

void
mimesend_smtp_client_read_failed (MimesendSmtpClient *self, const char *why)
{
  g_free (self->read_words);
  self->read_words = g_strdup (why);
}

void
mimesend_smtp_client_quit (MimesendSmtpClient *self)
{
  self->quit_wanted = TRUE;
  self->moved = TRUE;
  mimesend_smtp_transactions_advance (self);
}

void
mimesend_smtp_client_abort (MimesendSmtpClient *self, const char *why)
{
  mimesend_smtp_client_drop (self, MIMESEND_SMTP_FAILURE_ABORTED, mimesend_smtp_client_stage (self), NULL,
                             why);
}

const MimesendSmtpCapabilities *
mimesend_smtp_client_get_capabilities (MimesendSmtpClient *self)
{
  return &self->capabilities;
}

gboolean
mimesend_smtp_client_awaits_reply (MimesendSmtpClient *self)
{
  return self->phase != PHASE_CLOSED && mimesend_smtp_window_is_due (self);
}

char *
mimesend_smtp_client_next_trace (MimesendSmtpClient *self, gboolean *is_reply)
{
  return mimesend_smtp_trace_next (self->trace, is_reply);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content becomes DATA (RFC 5321 4.1.1.4) or chunks (RFC 3030).
 *
 * Ready pieces are sent by reference, and so are long runs that need no conversion; everything else is converted into the
 * output's buffer. A piece larger than a block waits in `held` and is turned block by block as the output drains, so memory
 * does not depend on it. A chunk is announced when all its octets are there: once announced it cannot be taken back. */
#include "smtp/client-private.h"

#include <string.h>

#define CHUNK_SIZE       MIMESEND_PIECE_BEST
#define CHUNK_LEAST      128
#define CHUNK_FULL       4 /* with less room an octet and its CRLF do not fit */
#define CHUNKS_IN_FLIGHT 8
#define REFER_LEAST      4096 /* shorter runs are copied: a reference of their own costs more */
#define CRLF_SLACK       64

static gsize
chunk_max (const MimesendSmtpClient *self)
{
  return self->setup.chunk > 0 ? MAX (self->setup.chunk, CHUNK_LEAST) : CHUNK_SIZE;
}

static MimesendSmtpQueueFlags
content_target (const MimesendSmtpTxn *txn)
{
  return txn->chunking ? MIMESEND_SMTP_QUEUE_CHUNK : MIMESEND_SMTP_QUEUE_PLAIN;
}

/* Octets that still fit the chunk. */
static gsize
chunk_room (const MimesendSmtpClient *self)
{
  gsize max = chunk_max (self);

  return self->out.chunk_octets < max ? max - self->out.chunk_octets : 0;
}

/* Releases the rest of the supplied content; queued references stay valid. */
static void
content_give_back (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  if (txn->held.release != NULL && txn->held_done > 0)
    mimesend_smtp_output_release_after (&self->out, txn->held.release, txn->held.owner);
  else if (txn->held.release != NULL)
    txn->held.release (txn->held.owner);
  txn->held = (MimesendPiece){ 0 };
  txn->held_done = 0;
}

/* Ends this content: a chunk that is not announced yet is dropped. */
void
mimesend_smtp_data_forget (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  if (self->n_txns > self->writer && self->txns[self->writer] == txn)
    mimesend_smtp_output_discard_chunk (&self->out);
  content_give_back (self, txn);
}

/* RFC 5321 4.1.1.4 leaves no way to take DATA back once it was begun: a dot, even after QUIT or RSET inside
 * the data, would complete a truncated message. So the connection is dropped. Chunks are taken back by RSET.
 */
static void
txn_fail (MimesendSmtpClient *self, MimesendSmtpTxn *txn, MimesendSmtpFailure failure, const char *words)
{
  mimesend_smtp_transaction_doom (txn, MIMESEND_SMTP_NOT_TRIED, failure, MIMESEND_SMTP_STAGE_CONTENT, NULL,
                                  words);
  if (!txn->chunking && txn->step == STEP_CONTENT)
    mimesend_smtp_client_drop (self, failure, MIMESEND_SMTP_STAGE_CONTENT, NULL, words);
  else
    mimesend_smtp_data_forget (self, txn);
}

static void
content_refer (MimesendSmtpClient *self, MimesendSmtpTxn *txn, const guint8 *octets, gsize n)
{
  if (n < REFER_LEAST)
    {
      memcpy (mimesend_smtp_output_reserve (&self->out, n), octets, n);
      mimesend_smtp_output_commit (&self->out, n, content_target (txn));
    }
  else
    mimesend_smtp_output_refer (&self->out, octets, n, txn->held.release == NULL, content_target (txn));
  txn->held_done += n;
  txn->content_octets += n;
}

/* FALSE: the server cannot take these octets. */
static gboolean
eight_bit_is_fine (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  if (!txn->crlf.eight_bit || txn->eight_bit_as_is)
    return TRUE;
  txn_fail (self, txn, MIMESEND_SMTP_FAILURE_EIGHT_BIT,
            "the content has 8-bit octets, and the server does not offer 8BITMIME");
  return FALSE;
}

/* Converts octets of which nothing is known. */
static void
take_plain (MimesendSmtpClient *self, MimesendSmtpTxn *txn, const guint8 *octets, gsize n)
{
  gsize clean, taken = 0, made;
  guint8 *out;

  n = MIN (n, MIMESEND_SMTP_BLOCK);
  if (txn->chunking)
    n = MIN (n, chunk_room (self));
  if (txn->crlf.cr_pending) /* the LF that may follow is swallowed by itself: behind it all may be clean */
    n = MIN (n, 1);
  clean = mimesend_crlf_clean_prefix (&txn->crlf, octets, n);
  if (!eight_bit_is_fine (self, txn))
    return;
  if (clean > 0)
    {
      content_refer (self, txn, octets, clean);
      octets += clean;
      n -= clean;
    }
  /* each octet may become two, and a line end that was owed may come on top */
  if (txn->chunking)
    n = MIN (n, chunk_room (self) > 2 ? (chunk_room (self) - 2) / 2 : 0);
  if (n == 0)
    return;

  out = mimesend_smtp_output_reserve (&self->out, 2 * n + 2 + CRLF_SLACK);
  made = mimesend_crlf_convert (&txn->crlf, octets, n, out, &taken);
  if (!eight_bit_is_fine (self, txn))
    return;
  if (taken < n)
    {
      txn_fail (self, txn, MIMESEND_SMTP_FAILURE_NUL, "the content has a NUL in it, which mail cannot carry");
      return;
    }
  mimesend_smtp_output_commit (&self->out, made, content_target (txn));
  txn->held_done += taken;
  txn->content_octets += made;
}

static gboolean
is_raw (const MimesendSmtpTxn *txn)
{
  return (txn->held.flags & MIMESEND_PIECE_BINARY) != 0 && txn->binary;
}

static gboolean
is_ready (const MimesendSmtpTxn *txn)
{
  return is_raw (txn) || (txn->held.flags & MIMESEND_PIECE_READY) == MIMESEND_PIECE_READY;
}

static void
take_some (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  const guint8 *octets = txn->held.data + txn->held_done;
  gsize n = txn->held.length - txn->held_done;
  gboolean raw = is_raw (txn);

  if (is_ready (txn))
    {
      if (txn->chunking)
        n = MIN (n, chunk_room (self));
      mimesend_crlf_passed (&txn->crlf, octets, n);
      txn->raw_end = raw;
      content_refer (self, txn, octets, n);
    }
  else
    {
      txn->raw_end = FALSE;
      take_plain (self, txn, octets, n);
    }
}

/* Completes the last line; binary octets are left alone. */
static gsize
finish_lines (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  gsize n =
      txn->raw_end ? 0 : mimesend_crlf_finish (&txn->crlf, mimesend_smtp_output_reserve (&self->out, 2));

  mimesend_smtp_output_commit (&self->out, n, content_target (txn));
  txn->content_octets += n;
  return n;
}

static void
end_data (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  finish_lines (self, txn);
  txn->doubt_at = self->out.queued; /* the dot: the CRLF ahead of it belongs to the content */
  memcpy (mimesend_smtp_output_reserve (&self->out, 3), ".\r\n", 3);
  mimesend_smtp_trace_content (self->trace, txn->content_octets);
  mimesend_smtp_trace_command (self->trace, (const guint8 *)".", 1, 0);
  mimesend_smtp_output_commit (&self->out, 3, MIMESEND_SMTP_QUEUE_GATE);
  mimesend_smtp_window_expect (self, DUE_END, txn, 0);
  txn->at[MARK_CONTENT] = self->now_us;
  txn->step = STEP_ENDED;
}

static gboolean
may_announce (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  if (!mimesend_smtp_client_may_pipeline (self))
    return txn->n_due == 0;
  return txn->chunks_outstanding < CHUNKS_IN_FLIGHT;
}

static void
chunk_announce (MimesendSmtpClient *self, MimesendSmtpTxn *txn, gboolean last)
{
  gboolean gate = last || mimesend_smtp_window_count (self) == 0;

  if (last)
    finish_lines (self, txn);
  mimesend_smtp_command_bdat (&self->out, self->out.chunk_octets, last,
                              gate ? MIMESEND_SMTP_QUEUE_GATE : MIMESEND_SMTP_QUEUE_PLAIN);
  mimesend_smtp_output_queue_chunk (&self->out);
  if (last)
    {
      mimesend_smtp_trace_content (self->trace, txn->content_octets);
      txn->at[MARK_CONTENT] = self->now_us;
      txn->doubt_at = self->out.queued - 1; /* with its last octet the server may have the message */
      txn->step = STEP_ENDED;
    }
  else
    txn->chunks_outstanding++;
  mimesend_smtp_window_expect (self, last ? DUE_END : DUE_CHUNK, txn, 0);
}

/* The chunk is full. A large piece that fits into the next one is not split: it would have to be kept until that one is
 * sent, too. */
static gboolean
chunk_is_full (const MimesendSmtpClient *self, const MimesendSmtpTxn *txn)
{
  gsize more = txn->held.length - txn->held_done;

  if (!txn->chunking)
    return FALSE;
  if (chunk_room (self) < CHUNK_FULL)
    return TRUE;
  if (more == 0)
    return self->out.n_lent > 0 && self->out.chunk_octets > 0;
  return more > chunk_room (self) && more >= REFER_LEAST && more <= chunk_max (self) && is_ready (txn);
}

/* On trial, when a form failed with this server before, the end of the message is sent separately, after all other replies. */
static gboolean
must_hold_end (const MimesendSmtpClient *self, const MimesendSmtpTxn *txn)
{
  return txn->trial && (txn != self->txns[0] || (txn->chunking && txn->n_due > 0));
}

/* At the end of the content: queues the end mark if it may be sent now. FALSE: it may not. */
static gboolean
end_content (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  if (txn->chunking && !may_announce (self, txn))
    return FALSE;
  if (txn->trial && txn->chunking && self->out.chunk_octets > 0)
    {
      finish_lines (self, txn);
      chunk_announce (self, txn, FALSE);
    }
  if (must_hold_end (self, txn))
    return FALSE;
  if (txn->chunking)
    chunk_announce (self, txn, TRUE);
  else
    end_data (self, txn);
  return TRUE;
}

/* Advances: held content into the output, full chunks into the queue, the end mark after the last octet. */
void
mimesend_smtp_data_pump (MimesendSmtpClient *self, MimesendSmtpTxn *txn)
{
  while (txn->step == STEP_CONTENT && !txn->has_fate)
    {
      gboolean more = txn->held_done < txn->held.length;
      gboolean full = chunk_is_full (self, txn);

      if (!more && txn->held.length > 0)
        {
          content_give_back (self, txn);
          continue;
        }
      if (full && !(txn->content_over && !more))
        {
          if (!may_announce (self, txn))
            return;
          chunk_announce (self, txn, FALSE);
        }
      else if (more)
        {
          if (mimesend_smtp_output_backlog (&self->out) >= MIMESEND_SMTP_BLOCK)
            return;
          take_some (self, txn);
        }
      else if (!txn->content_over || !end_content (self, txn))
        return;
    }
}

/* Scales the next read so that, after conversion, it fills one write. */
static gsize
block_due (const MimesendSmtpTxn *txn)
{
  if (txn->content_octets <= txn->crlf.taken)
    return MIMESEND_SMTP_BLOCK;
  return (gsize)(txn->crlf.taken * (MIMESEND_SMTP_BLOCK - 128) / txn->content_octets);
}

/* How many octets of content are wanted now, a hint; 0: none. */
gsize
mimesend_smtp_client_content_due (MimesendSmtpClient *self, guint64 *transaction)
{
  MimesendSmtpTxn *txn = mimesend_smtp_transactions_writer (self);

  if (self->phase != PHASE_READY || self->write_failed || self->leaving || txn == NULL ||
      txn->step != STEP_CONTENT || txn->has_fate)
    return 0;
  if (txn->content_over || txn->held.length > 0 || self->out.n_lent > 0 ||
      mimesend_smtp_output_backlog (&self->out) >= MIMESEND_SMTP_BACKLOG_LOW)
    return 0;
  if (transaction != NULL)
    *transaction = txn->id;
  return txn->chunking ? chunk_room (self) : block_due (txn);
}

void
mimesend_smtp_client_supply (MimesendSmtpClient *self, guint64 transaction, MimesendPiece *piece)
{
  MimesendSmtpTxn *txn = mimesend_smtp_transactions_writer (self);

  if (piece->length == 0 || txn == NULL || txn->id != transaction || txn->step != STEP_CONTENT ||
      txn->has_fate || txn->content_over || txn->held.length > 0)
    {
      mimesend_piece_clear (piece);
      return;
    }
  txn->held = *piece;
  *piece = (MimesendPiece){ 0 };
  txn->held_done = 0;
  self->moved = TRUE;
  mimesend_smtp_transactions_advance (self);
}

void
mimesend_smtp_client_end_content (MimesendSmtpClient *self, guint64 transaction, const GError *failure)
{
  MimesendSmtpTxn *txn = NULL;

  for (guint i = 0; i < self->n_txns; i++)
    if (self->txns[i]->id == transaction)
      txn = self->txns[i];
  if (txn == NULL || txn->content_over || txn->has_fate)
    return;
  txn->content_over = TRUE;
  self->moved = TRUE;
  if (failure != NULL)
    txn_fail (self, txn, MIMESEND_SMTP_FAILURE_CONTENT, failure->message);
  mimesend_smtp_transactions_advance (self);
}

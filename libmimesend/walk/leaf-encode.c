/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The encoders of a leaf: each makes the leaf's octets a piece at a time, and completes them at the end. */
#include <string.h>

#include "walk/leaf-private.h"
#include "mimesend-error.h"
#include "octets/base64.h"

#define BASE64_LINES       (MIMESEND_PIECE_BEST / 78) /* 191,349 octets in, 261,846 out */
#define BASE64_LINES_READ  (BASE64_LINES / 3)         /* lines read at a time, to stay in the cache */
#define BASE64_LINES_FIRST 287 /* lines of the first block of a stream of unknown length */
#define TEXT_STEP          MIMESEND_PIECE_BEST
#define QP_STEP            16384
#define UU_STEP            (45 * 91) /* a multiple of whole lines: GMime's encoder loses octets otherwise */

static GMimeFilter *
newline_filter (MimesendLeaf *self)
{
  if (self->newline == NULL)
    self->newline = self->form.crlf ? g_mime_filter_unix2dos_new (self->ensure_newline)
                                    : g_mime_filter_dos2unix_new (self->ensure_newline);
  return self->newline;
}

static gboolean
text_stays_raw (MimesendLeaf *self)
{
  return self->encoding == GMIME_CONTENT_ENCODING_BINARY || self->form.crlf;
}

static MimesendPullStatus
leaf_give (
    MimesendLeaf *self, const guint8 *octets, gsize length, MimesendPieceFlags flags, MimesendPiece *piece)
{
  piece->data = octets;
  piece->length = length;
  piece->flags = flags;
  self->last = octets[length - 1];
  return MIMESEND_PULL_PIECE;
}

MimesendPullStatus
mimesend_leaf_give_line (MimesendLeaf *self, const char *start, const char *text, MimesendPiece *piece)
{
  g_free (self->line);
  self->line = g_strconcat (start, text, self->form.crlf ? "\r\n" : "\n", NULL);
  return leaf_give (self, (const guint8 *)self->line, strlen (self->line), MIMESEND_PIECE_PLAIN, piece);
}

/* Adds the newline that GMime's filter adds at the end, where no filter ran. */
static MimesendPullStatus
give_owed_newline (MimesendLeaf *self, MimesendPiece *piece)
{
  if (!self->any || !self->ensure_newline || self->last == '\n')
    return MIMESEND_PULL_END;
  if (self->last == '\r')
    return leaf_give (self, (const guint8 *)"\n", 1, MIMESEND_PIECE_PLAIN, piece);
  return mimesend_leaf_give_line (self, "", "", piece);
}

/* ── text as it is ── */

/* Encoded content that is copied may hold octets that are invalid in its encoding. */
static gboolean
is_repaired (MimesendLeaf *self)
{
  return self->form.checked && self->copied && !self->sealed &&
         (self->encoding == GMIME_CONTENT_ENCODING_BASE64 ||
          self->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
}

/* Repairs some of `rest` into `out`; returns the length, which may be 0. */
static gsize
repair_rest (MimesendLeaf *self)
{
  const guint8 *in = self->rest;
  gsize n = MIN (self->rest_length, QP_STEP);

  if (self->out == NULL)
    self->out = g_malloc (MIMESEND_REPAIR_WORST (QP_STEP));
  self->rest += n;
  self->rest_length -= n;
  if (self->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
    return mimesend_repair_qp (&self->repair, in, n, self->out);
  return mimesend_repair_base64 (in, n, self->out);
}

/* Lends the source's next octets, or their replacement where some are repaired. */
static gssize
lend_text (MimesendLeaf *self, const guint8 **octets, GError **error)
{
  while (TRUE)
    {
      gssize got;
      gsize n;

      if (self->rest_length == 0)
        {
          got = mimesend_source_lend (self->source, TEXT_STEP, octets, error);
          if (got <= 0 || !is_repaired (self))
            return got;
          if (!self->repair.longer && !mimesend_repair_is_needed (*octets, (gsize)got))
            {
              mimesend_repair_pass (&self->repair, *octets, (gsize)got);
              return got;
            }
          self->rest = *octets;
          self->rest_length = (gsize)got;
        }
      n = repair_rest (self);
      *octets = self->out;
      if (n > 0)
        return (gssize)n;
    }
}

/* Checks octets that are sent unencoded and were not all checked beforehand. */
static gboolean
look_at_text (MimesendLeaf *self, const guint8 *octets, gsize n, GError **error)
{
  if (!self->form.checked || self->encoding == GMIME_CONTENT_ENCODING_BINARY || is_repaired (self))
    return TRUE;
  mimesend_text_scan (&self->facts, octets, n);
  if (self->facts.nul)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                   "a NUL at offset %" G_GUINT64_FORMAT
                   " of a text: label it binary or give it the encoding base64",
                   self->facts.nul_offset);
      return FALSE;
    }
  if (self->facts.eight_bit > 0 && !(self->form.wire & MIMESEND_WIRE_8BITMIME))
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
                           "8-bit octets, which the server does not take and which cannot be encoded here");
      return FALSE;
    }
  return TRUE;
}

MimesendPullStatus
mimesend_leaf_next_text (MimesendLeaf *self, MimesendPiece *piece, GError **error)
{
  MimesendPieceFlags flags = MIMESEND_PIECE_PLAIN;

  if (self->encoding == GMIME_CONTENT_ENCODING_BINARY && (self->form.wire & MIMESEND_WIRE_BINARYMIME))
    flags = MIMESEND_PIECE_BINARY;
  while (TRUE)
    {
      const guint8 *octets = NULL;
      gsize length, prespace = 0;
      char *made;
      gssize got = lend_text (self, &octets, error);

      if (got < 0 || (got > 0 && !look_at_text (self, octets, (gsize)got, error)))
        return MIMESEND_PULL_FAILED;
      if (got == 0)
        return MIMESEND_PULL_END;
      self->any = TRUE;
      if (text_stays_raw (self))
        return leaf_give (self, octets, (gsize)got, flags, piece);
      g_mime_filter_filter (newline_filter (self), (char *)octets, (gsize)got, 0, &made, &length, &prespace);
      if (length > 0)
        return leaf_give (self, (const guint8 *)made, length, flags, piece);
    }
}

/* ── base64: whole lines, several thousand at once, straight from the file into the encoder's buffer ── */

/* The number of lines of the next block. */
static gsize
lines_ahead (MimesendLeaf *self)
{
  gint64 size = mimesend_source_get_size (self->source);

  if (size >= 0)
    return (gsize)CLAMP (size / MIMESEND_BASE64_LINE_IN + 1, 1, BASE64_LINES);
  return self->any ? BASE64_LINES : BASE64_LINES_FIRST;
}

static void
make_room (MimesendLeaf *self, gsize wanted)
{
  if (self->in_size >= wanted)
    return;
  self->in = g_realloc (self->in, wanted + MIMESEND_BASE64_SLACK);
  memset (self->in + wanted, 0, MIMESEND_BASE64_SLACK);
  self->in_size = wanted;
}

/* Reads into the second half of the room and converts towards its beginning, inserting CRs: the output never overtakes the
 * input. */
static gssize
read_lines (MimesendLeaf *self, guint8 *out, gsize room, GError **error)
{
  gsize length = 0, half;
  const guint8 *in;
  gssize got;

  if (self->lf_pending)
    out[length++] = '\n';
  self->lf_pending = FALSE;
  if (length == room)
    return (gssize)length;
  half = MAX ((room - length) / 2, 1);
  in = out + room - half;
  got = mimesend_source_read (self->source, out + room - half, half, error);
  if (got < 0)
    return -1;
  for (gssize i = 0; i < got; i++)
    {
      guint8 c = in[i];

      if (c == '\n' && self->last_in != '\r')
        out[length++] = '\r';
      self->lf_pending = length == room;
      if (!self->lf_pending)
        out[length++] = c;
      self->last_in = c;
    }
  return (gssize)length;
}

/* Encodes whole lines, or all that is left; the count goes to *n, at most `most` octets. */
static gboolean
fill_in (MimesendLeaf *self, gsize most, gsize *n, GError **error)
{
  while (self->in_fill < most && !self->ended)
    {
      gsize asked = most - self->in_fill;
      gssize got = self->lines ? read_lines (self, self->in + self->in_fill, asked, error)
                               : mimesend_source_read (self->source, self->in + self->in_fill, asked, error);

      if (got < 0)
        return FALSE;
      self->ended = got == 0;
      self->in_fill += (gsize)got;
      /* Send whole lines instead of waiting for a slow producer. */
      if ((gsize)got < asked && self->in_fill >= MIMESEND_BASE64_LINE_IN &&
          mimesend_source_may_block (self->source))
        break;
    }
  *n = self->ended ? self->in_fill : self->in_fill - self->in_fill % MIMESEND_BASE64_LINE_IN;
  return TRUE;
}

MimesendPullStatus
mimesend_leaf_next_base64 (MimesendLeaf *self, MimesendPiece *piece, GError **error)
{
  MimesendBlock *block;
  gsize room = lines_ahead (self) * MIMESEND_BASE64_LINE_IN, length = 0, asked, n;

  asked = MIN (room, BASE64_LINES_READ * MIMESEND_BASE64_LINE_IN);
  make_room (self, asked);
  if (!fill_in (self, asked, &n, error))
    return MIMESEND_PULL_FAILED;
  if (n == 0)
    return MIMESEND_PULL_END;

  self->any = TRUE;
  block = mimesend_block_pool_take (self->pool,
                                    mimesend_base64_length (room, self->form.crlf) + MIMESEND_BASE64_SLACK);
  while (TRUE)
    {
      gboolean more = n == asked; /* a slow producer is not waited for; an incomplete line is the last */

      length += mimesend_base64_encode (self->in, n, self->form.crlf, block->octets + length);
      memmove (self->in, self->in + n, self->in_fill - n);
      self->in_fill -= n;
      room -= n;
      asked = MIN (room, asked);
      if (!more || asked == 0)
        break;
      if (!fill_in (self, asked, &n, error))
        {
          mimesend_block_release (block);
          return MIMESEND_PULL_FAILED;
        }
      if (n == 0)
        break;
    }
  leaf_give (self, block->octets, length, self->form.crlf ? MIMESEND_PIECE_READY : MIMESEND_PIECE_PLAIN,
             piece);
  piece->release = mimesend_block_release;
  piece->owner = block;
  return MIMESEND_PULL_PIECE;
}

/* ── quoted-printable ── */

/* In text CRLF and LF are both line ends: quoted-printable must not encode CRs that an unencoded text would not have
 * delivered. Returns the new length; out has room for one more. */
static gsize
drop_cr_of_crlf (MimesendLeaf *self, const guint8 *in, gsize n, guint8 *out)
{
  gsize length = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (self->cr_pending && in[i] != '\n')
        out[length++] = '\r';
      self->cr_pending = in[i] == '\r';
      if (!self->cr_pending)
        out[length++] = in[i];
    }
  return length;
}

static MimesendPieceFlags
qp_flags (MimesendLeaf *self)
{
  return self->form.crlf ? MIMESEND_PIECE_CRLF | MIMESEND_PIECE_SEVEN_BIT : MIMESEND_PIECE_PLAIN;
}

MimesendPullStatus
mimesend_leaf_next_qp (MimesendLeaf *self, MimesendPiece *piece, GError **error)
{
  if (self->out == NULL)
    {
      self->out = g_malloc (MIMESEND_QP_WORST (QP_STEP + 1));
      self->in = g_malloc (QP_STEP + 1);
    }
  while (TRUE)
    {
      const guint8 *octets = NULL;
      gssize got = mimesend_source_lend (self->source, QP_STEP, &octets, error);
      gsize n, length;

      if (got < 0)
        return MIMESEND_PULL_FAILED;
      if (got == 0)
        return MIMESEND_PULL_END;
      self->any = TRUE;
      n = (gsize)got;
      if (self->converted && (self->cr_pending || memchr (octets, '\r', n) != NULL))
        {
          n = drop_cr_of_crlf (self, octets, n, self->in);
          octets = self->in;
        }
      length = mimesend_qp_step (&self->qp, octets, n, self->form.crlf, self->out);
      if (length > 0)
        return leaf_give (self, self->out, length, qp_flags (self), piece);
    }
}

static MimesendPullStatus
finish_qp (MimesendLeaf *self, MimesendPiece *piece)
{
  gsize length = 0;

  if (!self->any)
    return MIMESEND_PULL_END;
  if (self->cr_pending)
    length = mimesend_qp_step (&self->qp, (const guint8 *)"\r", 1, self->form.crlf, self->out);
  length += mimesend_qp_finish (&self->qp, self->form.crlf, self->out + length);
  if (length > 0)
    self->last = self->out[length - 1];
  if (self->ensure_newline && self->last != '\n')
    {
      if (self->form.crlf)
        self->out[length++] = '\r';
      self->out[length++] = '\n';
    }
  return length > 0 ? leaf_give (self, self->out, length, qp_flags (self), piece) : MIMESEND_PULL_END;
}

/* ── uuencode ── */

MimesendPullStatus
mimesend_leaf_next_uu (MimesendLeaf *self, MimesendPiece *piece, GError **error)
{
  gsize n, length, prespace = 0;
  char *made;

  if (self->uu == NULL)
    {
      self->uu = g_mime_filter_basic_new (GMIME_CONTENT_ENCODING_UUENCODE, TRUE);
      self->in = g_malloc (UU_STEP);
      self->in_size = UU_STEP;
    }
  while (TRUE)
    {
      while (self->in_fill < self->in_size && !self->ended)
        {
          gssize got = mimesend_source_read (self->source, self->in + self->in_fill,
                                             self->in_size - self->in_fill, error);

          if (got < 0)
            return MIMESEND_PULL_FAILED;
          self->ended = got == 0;
          self->in_fill += (gsize)got;
        }
      n = self->in_fill;
      self->in_fill = 0;
      if (n == 0)
        return MIMESEND_PULL_END;
      self->any = TRUE;
      g_mime_filter_filter (self->uu, (char *)self->in, n, 0, &made, &length, &prespace);
      g_mime_filter_filter (newline_filter (self), made, length, prespace, &made, &length, &prespace);
      if (length > 0)
        return leaf_give (self, (const guint8 *)made, length, MIMESEND_PIECE_PLAIN, piece);
    }
}

gboolean
mimesend_leaf_is_uuencoded (MimesendLeaf *self)
{
  return self->encoding == GMIME_CONTENT_ENCODING_UUENCODE && !self->copied;
}

MimesendPullStatus
mimesend_leaf_finish (MimesendLeaf *self, MimesendPiece *piece)
{
  char *made = (char *)"";
  gsize length = 0, prespace = 0;

  if (!self->any || self->encoding == GMIME_CONTENT_ENCODING_BINARY)
    return MIMESEND_PULL_END;
  if (!self->copied && self->encoding == GMIME_CONTENT_ENCODING_BASE64)
    return MIMESEND_PULL_END;
  if (!self->copied && self->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
    return finish_qp (self, piece);
  if (mimesend_leaf_is_uuencoded (self))
    g_mime_filter_complete (self->uu, made, 0, 0, &made, &length, &prespace);
  else if (text_stays_raw (self))
    return give_owed_newline (self, piece);
  g_mime_filter_complete (newline_filter (self), made, length, prespace, &made, &length, &prespace);
  return length > 0 ? leaf_give (self, (const guint8 *)made, length, MIMESEND_PIECE_PLAIN, piece)
                    : MIMESEND_PULL_END;
}

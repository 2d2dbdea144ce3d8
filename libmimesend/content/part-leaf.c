/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What GMime's write_content () does, in steps. Its rules: an encoding that equals the stored one is copied, never redone;
 * filters are completed only if at least one octet went through them (so an empty leaf gets no newline and no closing line
 * of uuencode); `begin` and `end` stand outside the filters. */
#include "content/part-leaf.h"

#include <string.h>

#include "content/part-tree.h"
#include "mimesend-error.h"
#include "octets/base64.h"
#include "octets/qp.h"

#define BASE64_LINES                                                                                         \
  3358 /* 191,406 octets in, 261,924 out with CRLF: measured best; 65,536 is poison to TCP */
#define BASE64_LINES_FIRST 287 /* of a stream of unknown length */
#define TEXT_STEP          65536
#define QP_STEP            16384
#define UU_STEP            (45 * 91) /* whole lines: GMime's encoder loses octets of others */

typedef enum
{
  LEAF_BEGIN,
  LEAF_BODY,
  LEAF_TAIL,
  LEAF_END,
  LEAF_DONE
} LeafState;

struct _MimesendPartLeaf
{
  GMimePart *part;
  MimesendLeafForm form;
  MimesendSource *source;
  GMimeContentEncoding stored;
  GMimeContentEncoding encoding;
  gboolean copied;    /* stored as it will be: nothing is encoded */
  gboolean converted; /* the encoding is not the part's own */
  gboolean ensure_newline;
  LeafState state;
  gboolean any;         /* an octet came */
  guint8 last;          /* the last octet out */
  gboolean ended;       /* of the source */
  GMimeFilter *newline; /* created at need */
  GMimeFilter *uu;
  MimesendQp qp;
  gboolean cr_pending; /* converted text: a CR that may belong to a CRLF */
  MimesendBlockPool *pool;
  guint8 *in;
  gsize in_size;
  gsize in_fill;
  guint8 *out;
  char *line; /* begin, end */
  MimesendTextFacts facts;
};

MimesendPartLeaf *
mimesend_part_leaf_new (GMimePart *part,
                        const MimesendLeafForm *form,
                        gboolean ensure_newline,
                        MimesendBlockPool *pool,
                        const MimesendPromise *promise,
                        GError **error)
{
  MimesendPartLeaf *self = g_new0 (MimesendPartLeaf, 1);

  self->part = g_object_ref (part);
  self->form = *form;
  self->ensure_newline = ensure_newline;
  self->pool = mimesend_block_pool_ref (pool);
  self->encoding = part->encoding;
  mimesend_qp_init (&self->qp);
  if (part->content == NULL)
    {
      self->state = LEAF_DONE;
      return self;
    }
  self->stored = g_mime_data_wrapper_get_encoding (part->content);
  self->copied = self->encoding == self->stored;
  if (part->content->stream == NULL)
    g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "its content has no stream");
  else
    self->source = mimesend_source_new (
        part->content->stream, self->copied ? GMIME_CONTENT_ENCODING_DEFAULT : self->stored, promise, error);
  if (self->source != NULL)
    return self;
  mimesend_part_leaf_free (self);
  return NULL;
}

void
mimesend_part_leaf_free (MimesendPartLeaf *self)
{
  if (self == NULL)
    return;
  mimesend_source_free (self->source);
  mimesend_block_pool_unref (self->pool);
  g_clear_object (&self->newline);
  g_clear_object (&self->uu);
  g_object_unref (self->part);
  g_free (self->in);
  g_free (self->out);
  g_free (self->line);
  g_free (self);
}

MimesendSource *
mimesend_part_leaf_get_source (MimesendPartLeaf *self)
{
  return self->source;
}

GMimeContentEncoding
mimesend_part_leaf_get_encoding (MimesendPartLeaf *self)
{
  return self->encoding;
}

gboolean
mimesend_part_leaf_is_copied (MimesendPartLeaf *self)
{
  return self->copied;
}

const MimesendTextFacts *
mimesend_part_leaf_get_facts (MimesendPartLeaf *self)
{
  return &self->facts;
}

void
mimesend_part_leaf_set_encoding (MimesendPartLeaf *self, GMimeContentEncoding encoding)
{
  self->converted = encoding != self->part->encoding;
  self->encoding = encoding;
  if (self->converted)
    self->copied = FALSE;
}

/* ── line ends ── */

static GMimeFilter *
newline_filter (MimesendPartLeaf *self)
{
  if (self->newline == NULL)
    self->newline = self->form.crlf ? g_mime_filter_unix2dos_new (self->ensure_newline)
                                    : g_mime_filter_dos2unix_new (self->ensure_newline);
  return self->newline;
}

static gboolean
text_stays_raw (MimesendPartLeaf *self)
{
  return self->encoding == GMIME_CONTENT_ENCODING_BINARY || (self->form.crlf && self->form.raw_text);
}

static MimesendPullStatus
give (MimesendPartLeaf *self,
      const guint8 *octets,
      gsize length,
      MimesendPieceFlags flags,
      MimesendPiece *piece)
{
  piece->data = octets;
  piece->length = length;
  piece->flags = flags;
  self->last = octets[length - 1];
  return MIMESEND_PULL_PIECE;
}

static MimesendPullStatus
give_line (MimesendPartLeaf *self, const char *start, const char *text, MimesendPiece *piece)
{
  g_free (self->line);
  self->line = g_strconcat (start, text, self->form.crlf ? "\r\n" : "\n", NULL);
  return give (self, (const guint8 *)self->line, strlen (self->line), MIMESEND_PIECE_PLAIN, piece);
}

/* The newline that GMime's filter would add at the end, where no filter ran. */
static MimesendPullStatus
give_owed_newline (MimesendPartLeaf *self, MimesendPiece *piece)
{
  if (!self->any || !self->ensure_newline || self->last == '\n')
    return MIMESEND_PULL_END;
  if (self->last == '\r')
    return give (self, (const guint8 *)"\n", 1, MIMESEND_PIECE_PLAIN, piece);
  return give_line (self, "", "", piece);
}

/* ── text as it is ── */

/* Octets that leave unencoded although nobody has looked at all of them beforehand. */
static gboolean
look_at_text (MimesendPartLeaf *self, const guint8 *octets, gsize n, GError **error)
{
  if (!self->form.checked || self->encoding == GMIME_CONTENT_ENCODING_BINARY ||
      self->encoding == GMIME_CONTENT_ENCODING_BASE64 ||
      self->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
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

static MimesendPullStatus
next_text (MimesendPartLeaf *self, MimesendPiece *piece, GError **error)
{
  MimesendPieceFlags flags = MIMESEND_PIECE_PLAIN;

  if (self->encoding == GMIME_CONTENT_ENCODING_BINARY && (self->form.wire & MIMESEND_WIRE_BINARYMIME))
    flags = MIMESEND_PIECE_BINARY;
  while (TRUE)
    {
      const guint8 *octets = NULL;
      gsize length, prespace = 0;
      char *made;
      gssize got = mimesend_source_lend (self->source, TEXT_STEP, &octets, error);

      if (got < 0 || (got > 0 && !look_at_text (self, octets, (gsize)got, error)))
        return MIMESEND_PULL_FAILED;
      if (got == 0)
        return MIMESEND_PULL_END;
      self->any = TRUE;
      if (text_stays_raw (self))
        return give (self, octets, (gsize)got, flags, piece);
      g_mime_filter_filter (newline_filter (self), (char *)octets, (gsize)got, 0, &made, &length, &prespace);
      if (length > 0)
        return give (self, (const guint8 *)made, length, flags, piece);
    }
}

/* ── base64: whole lines, several thousand at once, straight from the file into the encoder's buffer ── */

static void
make_room (MimesendPartLeaf *self)
{
  gint64 size = mimesend_source_get_size (self->source);
  gsize lines = self->any ? BASE64_LINES : BASE64_LINES_FIRST, wanted;

  if (size >= 0)
    lines = (gsize)CLAMP (size / MIMESEND_BASE64_LINE_IN + 1, 1, BASE64_LINES);
  wanted = lines * MIMESEND_BASE64_LINE_IN;
  if (self->in_size >= wanted)
    return;
  self->in = g_realloc (self->in, wanted + MIMESEND_BASE64_SLACK);
  memset (self->in + wanted, 0, MIMESEND_BASE64_SLACK);
  self->in_size = wanted;
}

static gboolean
fill_in (MimesendPartLeaf *self, GError **error)
{
  while (self->in_fill < self->in_size && !self->ended)
    {
      gsize asked = self->in_size - self->in_fill;
      gssize got = mimesend_source_read (self->source, self->in + self->in_fill, asked, error);

      if (got < 0)
        return FALSE;
      self->ended = got == 0;
      self->in_fill += (gsize)got;
      /* Whole lines do not wait for a slow producer. */
      if ((gsize)got < asked && self->in_fill >= MIMESEND_BASE64_LINE_IN &&
          mimesend_source_may_block (self->source))
        break;
    }
  return TRUE;
}

static MimesendPullStatus
next_base64 (MimesendPartLeaf *self, MimesendPiece *piece, GError **error)
{
  MimesendBlock *block;
  gsize n, length;

  make_room (self);
  if (!fill_in (self, error))
    return MIMESEND_PULL_FAILED;
  n = self->ended ? self->in_fill : self->in_fill - self->in_fill % MIMESEND_BASE64_LINE_IN;
  if (n == 0)
    return MIMESEND_PULL_END;

  self->any = TRUE;
  block = mimesend_block_pool_take (self->pool,
                                    mimesend_base64_length (n, self->form.crlf) + MIMESEND_BASE64_SLACK);
  length = mimesend_base64_encode (self->in, n, self->form.crlf, block->octets);
  memmove (self->in, self->in + n, self->in_fill - n);
  self->in_fill -= n;
  give (self, block->octets, length, self->form.crlf ? MIMESEND_PIECE_READY : MIMESEND_PIECE_PLAIN, piece);
  piece->release = mimesend_block_release;
  piece->owner = block;
  return MIMESEND_PULL_PIECE;
}

/* ── quoted-printable ── */

/* A text that was to leave as it is has CRLF and LF alike as line ends: encoded it must not show CRs that would not have
 * reached the reader. Returns the new length; out has room for one more. */
static gsize
drop_cr_of_crlf (MimesendPartLeaf *self, const guint8 *in, gsize n, guint8 *out)
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
qp_flags (MimesendPartLeaf *self)
{
  return self->form.crlf ? MIMESEND_PIECE_CRLF | MIMESEND_PIECE_SEVEN_BIT : MIMESEND_PIECE_PLAIN;
}

static MimesendPullStatus
next_qp (MimesendPartLeaf *self, MimesendPiece *piece, GError **error)
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
      if (self->converted)
        {
          n = drop_cr_of_crlf (self, octets, n, self->in);
          octets = self->in;
        }
      length = mimesend_qp_step (&self->qp, octets, n, self->form.crlf, self->out);
      if (length > 0)
        return give (self, self->out, length, qp_flags (self), piece);
    }
}

static MimesendPullStatus
finish_qp (MimesendPartLeaf *self, MimesendPiece *piece)
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
  return length > 0 ? give (self, self->out, length, qp_flags (self), piece) : MIMESEND_PULL_END;
}

/* ── uuencode ── */

static MimesendPullStatus
next_uu (MimesendPartLeaf *self, MimesendPiece *piece, GError **error)
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
        return give (self, (const guint8 *)made, length, MIMESEND_PIECE_PLAIN, piece);
    }
}

/* ── the steps ── */

static gboolean
is_uuencoded_here (MimesendPartLeaf *self)
{
  return self->encoding == GMIME_CONTENT_ENCODING_UUENCODE && !self->copied;
}

static MimesendPullStatus
next_begin (MimesendPartLeaf *self, MimesendPiece *piece, GError **error)
{
  const char *name;

  if (!is_uuencoded_here (self))
    return MIMESEND_PULL_END;
  name = mimesend_part_get_name ((GMimeObject *)self->part);
  if (name == NULL)
    name = "unknown";
  /* The name is written as it is: a line end in it would end the line. */
  for (const char *at = name; *at != '\0'; at++)
    if ((guchar)*at < ' ' || *at == 127)
      {
        g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                             "a control character in the file name: uuencode writes the name into the body");
        return MIMESEND_PULL_FAILED;
      }
  return give_line (self, "begin 0644 ", name, piece);
}

static MimesendPullStatus
next_body (MimesendPartLeaf *self, MimesendPiece *piece, GError **error)
{
  if (self->copied)
    return next_text (self, piece, error);
  switch (self->encoding)
    {
    case GMIME_CONTENT_ENCODING_BASE64:
      return next_base64 (self, piece, error);
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
      return next_qp (self, piece, error);
    case GMIME_CONTENT_ENCODING_UUENCODE:
      return next_uu (self, piece, error);
    default:
      return next_text (self, piece, error);
    }
}

static MimesendPullStatus
next_tail (MimesendPartLeaf *self, MimesendPiece *piece)
{
  char *made = (char *)"";
  gsize length = 0, prespace = 0;

  if (!self->any || self->encoding == GMIME_CONTENT_ENCODING_BINARY)
    return MIMESEND_PULL_END;
  if (!self->copied && self->encoding == GMIME_CONTENT_ENCODING_BASE64)
    return MIMESEND_PULL_END;
  if (!self->copied && self->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
    return finish_qp (self, piece);
  if (is_uuencoded_here (self))
    g_mime_filter_complete (self->uu, made, 0, 0, &made, &length, &prespace);
  else if (text_stays_raw (self))
    return give_owed_newline (self, piece);
  g_mime_filter_complete (newline_filter (self), made, length, prespace, &made, &length, &prespace);
  return length > 0 ? give (self, (const guint8 *)made, length, MIMESEND_PIECE_PLAIN, piece)
                    : MIMESEND_PULL_END;
}

MimesendPullStatus
mimesend_part_leaf_next (MimesendPartLeaf *self, MimesendPiece *piece, GError **error)
{
  MimesendPullStatus status = MIMESEND_PULL_END;

  while (self->state != LEAF_DONE)
    {
      LeafState state = self->state;

      switch (state)
        {
        case LEAF_BEGIN:
          status = next_begin (self, piece, error);
          self->state = LEAF_BODY;
          break;
        case LEAF_BODY:
          status = next_body (self, piece, error);
          if (status == MIMESEND_PULL_END)
            self->state = LEAF_TAIL;
          break;
        case LEAF_TAIL:
          status = next_tail (self, piece);
          self->state = LEAF_END;
          break;
        default:
          status = is_uuencoded_here (self) ? give_line (self, "end", "", piece) : MIMESEND_PULL_END;
          self->state = LEAF_DONE;
          break;
        }
      if (status != MIMESEND_PULL_END)
        return status;
    }
  return MIMESEND_PULL_END;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk/source.h"
#include "octets/piece.h"

#include <string.h>

/* The block size of GMime's stream filter, and its room before the block. The result of its uudecoder depends on where a
 * read ends, so reads end at the same places. */
#define DECODE_READ 4096
#define DECODE_PAD  64

#define LEND_BUFFER MIMESEND_PIECE_BEST

struct _MimesendSource
{
  MimesendCursor *cursor;
  GMimeFilter *decoder; /* NULL: stored as it is */
  guint8 *raw;          /* DECODE_PAD + DECODE_READ */
  char *decoded;        /* decoded octets, in the decoder's buffer */
  gsize decoded_length;
  gboolean decoded_all;
  guint8 *peeked;
  gsize peeked_length;
  gsize peeked_used;
  guint8 *buffer; /* for lend () where the octets are not in memory */
};

MimesendSource *
mimesend_source_new (GMimeStream *stream,
                     GMimeContentEncoding stored,
                     const MimesendPromise *promise,
                     GError **error)
{
  MimesendCursor *cursor = mimesend_cursor_new (stream, promise, error);
  MimesendSource *self;

  if (cursor == NULL)
    return NULL;
  self = g_new0 (MimesendSource, 1);
  self->cursor = cursor;
  if (stored == GMIME_CONTENT_ENCODING_BASE64 || stored == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
      stored == GMIME_CONTENT_ENCODING_UUENCODE)
    {
      self->decoder = g_mime_filter_basic_new (stored, FALSE);
      self->raw = g_malloc (DECODE_PAD + DECODE_READ);
    }
  return self;
}

void
mimesend_source_free (MimesendSource *self)
{
  if (self == NULL)
    return;
  mimesend_cursor_free (self->cursor);
  g_clear_object (&self->decoder);
  g_free (self->raw);
  g_free (self->peeked);
  g_free (self->buffer);
  g_free (self);
}

/* Reads until n octets are there or the end: returns the count, −1 with error. */
static gssize
read_fully (MimesendCursor *cursor, guint8 *octets, gsize n, GError **error)
{
  gsize fill = 0;

  while (fill < n)
    {
      gssize got = mimesend_cursor_read (cursor, octets + fill, n - fill, error);

      if (got < 0)
        return -1;
      if (got == 0)
        break;
      fill += (gsize)got;
    }
  return (gssize)fill;
}

/* FALSE with error; no octets decoded and decoded_all set at the end. */
static gboolean
decode_more (MimesendSource *self, GError **error)
{
  while (self->decoded_length == 0 && !self->decoded_all)
    {
      gsize prespace = DECODE_PAD;
      char *raw = (char *)self->raw + DECODE_PAD;
      gssize got = read_fully (self->cursor, self->raw + DECODE_PAD, DECODE_READ, error);

      if (got < 0)
        return FALSE;
      self->decoded = raw;
      if (got > 0)
        g_mime_filter_filter (self->decoder, raw, (gsize)got, prespace, &self->decoded, &self->decoded_length,
                              &prespace);
      else
        {
          g_mime_filter_complete (self->decoder, raw, 0, prespace, &self->decoded, &self->decoded_length,
                                  &prespace);
          self->decoded_all = TRUE;
        }
    }
  return TRUE;
}

/* Reads from the stream or the decoder directly, after what was peeked. */
static gssize
read_behind (MimesendSource *self, guint8 *octets, gsize n, GError **error)
{
  if (self->decoder == NULL)
    return mimesend_cursor_read (self->cursor, octets, n, error);
  if (!decode_more (self, error))
    return -1;
  n = MIN (n, self->decoded_length);
  if (n > 0)
    memcpy (octets, self->decoded, n);
  self->decoded += n;
  self->decoded_length -= n;
  return (gssize)n;
}

gssize
mimesend_source_read (MimesendSource *self, guint8 *octets, gsize n, GError **error)
{
  gsize left = self->peeked_length - self->peeked_used;

  if (left == 0)
    return read_behind (self, octets, n, error);
  n = MIN (n, left);
  memcpy (octets, self->peeked + self->peeked_used, n);
  self->peeked_used += n;
  return (gssize)n;
}

gssize
mimesend_source_lend (MimesendSource *self, gsize n, const guint8 **octets, GError **error)
{
  gsize left = self->peeked_length - self->peeked_used;
  gssize got;

  if (left > 0)
    {
      *octets = self->peeked + self->peeked_used;
      n = MIN (n, left);
      self->peeked_used += n;
      return (gssize)n;
    }
  if (self->decoder == NULL && mimesend_cursor_can_lend (self->cursor))
    return mimesend_cursor_lend (self->cursor, n, octets, error);
  if (self->buffer == NULL)
    self->buffer = g_malloc (LEND_BUFFER);
  got = read_behind (self, self->buffer, MIN (n, LEND_BUFFER), error);
  *octets = self->buffer;
  return got;
}

gboolean
mimesend_source_peek (
    MimesendSource *self, gsize window, const guint8 **octets, gsize *n, gboolean *complete, GError **error)
{
  *octets = NULL;
  *n = 0;
  *complete = TRUE;
  if (self->decoder == NULL && mimesend_cursor_can_lend (self->cursor))
    {
      gssize got = mimesend_cursor_lend (self->cursor, G_MAXSSIZE, octets, error);

      mimesend_cursor_restart (self->cursor);
      *n = got > 0 ? (gsize)got : 0;
      return got >= 0;
    }
  if (self->peeked == NULL)
    {
      gsize fill = 0;
      gssize got = 1;

      self->peeked = g_malloc (window + 1);
      while (got > 0 && fill < window + 1)
        {
          got = read_behind (self, self->peeked + fill, window + 1 - fill, error);
          if (got < 0)
            return FALSE;
          fill += (gsize)got;
        }
      self->peeked_length = fill;
    }
  *octets = self->peeked;
  *n = self->peeked_length;
  *complete = self->peeked_length <= window;
  return TRUE;
}

gboolean
mimesend_source_has_grown (MimesendSource *self, guint64 *read)
{
  *read = (guint64)mimesend_cursor_get_size (self->cursor);
  return mimesend_cursor_has_grown (self->cursor);
}

gint64
mimesend_source_get_size (MimesendSource *self)
{
  return self->decoder == NULL ? mimesend_cursor_get_size (self->cursor) : -1;
}

gboolean
mimesend_source_may_block (MimesendSource *self)
{
  return mimesend_cursor_may_block (self->cursor);
}

gboolean
mimesend_source_in_memory (MimesendSource *self)
{
  return mimesend_cursor_can_lend (self->cursor);
}

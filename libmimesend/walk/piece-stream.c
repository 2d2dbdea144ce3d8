/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk/piece-stream.h"

#include <errno.h>
#include <string.h>

#include "mimesend-error.h"

#define PIECE_MAX 262144

G_DEFINE_ABSTRACT_TYPE (MimesendPieceStream, mimesend_piece_stream, GMIME_TYPE_STREAM)

static MimesendPieceStreamClass *
class_of (MimesendPieceStream *self)
{
  return (MimesendPieceStreamClass *)((GTypeInstance *)self)->g_class;
}

gssize
mimesend_piece_stream_lend (MimesendPieceStream *self, gsize count, const guint8 **octets)
{
  gsize n;

  if (self->error != NULL)
    return -1;
  if (self->closed)
    {
      g_set_error_literal (&self->error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the stream was closed");
      return -1;
    }
  if (self->used == self->piece.length && !self->ended)
    {
      MimesendPullStatus status;

      mimesend_piece_clear (&self->piece);
      self->used = 0;
      status = class_of (self)->next (self, PIECE_MAX, &self->piece, &self->error);
      if (self->error != NULL)
        return -1;
      self->ended = status == MIMESEND_PULL_END;
    }
  if (self->ended)
    return 0;
  n = MIN (MIN (count, G_MAXSSIZE), self->piece.length - self->used);
  *octets = self->piece.data + self->used;
  self->used += n;
  ((GMimeStream *)self)->position += (gint64)n;
  return (gssize)n;
}

void
mimesend_piece_stream_set_ended (MimesendPieceStream *self)
{
  mimesend_piece_clear (&self->piece);
  self->used = 0;
  self->ended = TRUE;
}

gboolean
mimesend_piece_stream_can_rewind (MimesendPieceStream *self)
{
  return !self->closed && class_of (self)->can_rewind (self);
}

gboolean
mimesend_piece_stream_may_block (MimesendPieceStream *self)
{
  return !self->closed && class_of (self)->may_block (self);
}

static ssize_t
piece_stream_read (GMimeStream *stream, char *buf, size_t len)
{
  MimesendPieceStream *self = (MimesendPieceStream *)stream;
  gsize got = 0;

  /* Fills the buffer, as a file does: a reader may take a short read for the end. */
  while (got < len)
    {
      const guint8 *octets;
      gssize n = mimesend_piece_stream_lend (self, len - got, &octets);

      if (n < 0 && got == 0)
        {
          errno = EIO;
          return -1;
        }
      if (n <= 0)
        break;
      memcpy (buf + got, octets, (gsize)n);
      got += (gsize)n;
    }
  return (ssize_t)got;
}

static gboolean
piece_stream_eos (GMimeStream *stream)
{
  MimesendPieceStream *self = (MimesendPieceStream *)stream;

  return self->error == NULL && self->ended;
}

static int
piece_stream_reset (GMimeStream *stream)
{
  MimesendPieceStream *self = (MimesendPieceStream *)stream;

  if (self->closed)
    {
      errno = EBADF;
      return -1;
    }
  if (stream->position == 0 && self->error == NULL && !self->ended && !class_of (self)->was_read (self))
    return 0;
  if (!class_of (self)->rewind (self))
    {
      errno = ESPIPE;
      return -1;
    }
  mimesend_piece_clear (&self->piece);
  self->used = 0;
  self->ended = FALSE;
  g_clear_error (&self->error);
  return 0;
}

static int
piece_stream_close (GMimeStream *stream)
{
  MimesendPieceStream *self = (MimesendPieceStream *)stream;

  mimesend_piece_clear (&self->piece);
  self->used = 0;
  self->closed = TRUE;
  class_of (self)->close (self);
  return 0;
}

static ssize_t
refuse_write (GMimeStream *stream, const char *buf, size_t len)
{
  errno = EBADF;
  return -1;
}

static int
flush_nothing (GMimeStream *stream)
{
  return 0;
}

static gint64
refuse_seek (GMimeStream *stream, gint64 offset, GMimeSeekWhence whence)
{
  gint64 target = whence == GMIME_STREAM_SEEK_CUR ? stream->position + offset : offset;

  if (whence != GMIME_STREAM_SEEK_END && target == stream->position)
    return target;
  errno = ESPIPE;
  return -1;
}

static gint64
piece_stream_tell (GMimeStream *stream)
{
  return stream->position;
}

static gint64
refuse_length (GMimeStream *stream)
{
  errno = ESPIPE;
  return -1;
}

static GMimeStream *
refuse_substream (GMimeStream *stream, gint64 start, gint64 end)
{
  errno = ESPIPE;
  return NULL;
}

static void
mimesend_piece_stream_finalize (GObject *object)
{
  MimesendPieceStream *self = (MimesendPieceStream *)object;

  mimesend_piece_clear (&self->piece);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (mimesend_piece_stream_parent_class)->finalize (object);
}

static void
mimesend_piece_stream_class_init (MimesendPieceStreamClass *klass)
{
  GMimeStreamClass *stream_class = (GMimeStreamClass *)klass;

  G_OBJECT_CLASS (klass)->finalize = mimesend_piece_stream_finalize;
  stream_class->read = piece_stream_read;
  stream_class->write = refuse_write;
  stream_class->flush = flush_nothing;
  stream_class->close = piece_stream_close;
  stream_class->eos = piece_stream_eos;
  stream_class->reset = piece_stream_reset;
  stream_class->seek = refuse_seek;
  stream_class->tell = piece_stream_tell;
  stream_class->length = refuse_length;
  stream_class->substream = refuse_substream;
}

static void
mimesend_piece_stream_init (MimesendPieceStream *self)
{
  g_mime_stream_construct ((GMimeStream *)self, 0, -1);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content/pull-stream.h"

#include "walk/stream-read.h"

G_DEFINE_ABSTRACT_TYPE (MimesendPullStream, mimesend_pull_stream, MIMESEND_TYPE_PIECE_STREAM)

static MimesendPullStatus
pull_stream_next (MimesendPieceStream *self, gsize max, MimesendPiece *piece, GError **error)
{
  return mimesend_pull_next (((MimesendPullStream *)self)->pull, max, piece, NULL, error);
}

static gboolean
pull_stream_rewind (MimesendPieceStream *self)
{
  return mimesend_pull_rewind (((MimesendPullStream *)self)->pull);
}

static gboolean
pull_stream_can_rewind (MimesendPieceStream *self)
{
  return mimesend_pull_can_rewind (((MimesendPullStream *)self)->pull);
}

static gboolean
pull_stream_may_block (MimesendPieceStream *self)
{
  return mimesend_pull_may_block (((MimesendPullStream *)self)->pull);
}

static gboolean
pull_stream_was_read (MimesendPieceStream *self)
{
  return mimesend_content_was_read (MIMESEND_CONTENT (((MimesendPullStream *)self)->pull));
}

static void
pull_stream_close (MimesendPieceStream *self)
{
  g_clear_object (&((MimesendPullStream *)self)->pull);
}

static void
mimesend_pull_stream_finalize (GObject *object)
{
  pull_stream_close ((MimesendPieceStream *)object);
  G_OBJECT_CLASS (mimesend_pull_stream_parent_class)->finalize (object);
}

static void
mimesend_pull_stream_class_init (MimesendPullStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mimesend_pull_stream_finalize;
  klass->next = pull_stream_next;
  klass->rewind = pull_stream_rewind;
  klass->can_rewind = pull_stream_can_rewind;
  klass->may_block = pull_stream_may_block;
  klass->was_read = pull_stream_was_read;
  klass->close = pull_stream_close;
}

static void
mimesend_pull_stream_init (MimesendPullStream *self)
{
}

MimesendPull *
mimesend_pull_stream_peek (GMimeStream *stream)
{
  stream = mimesend_stream_innermost (stream);
  return MIMESEND_IS_PULL_STREAM (stream) ? ((MimesendPullStream *)stream)->pull : NULL;
}

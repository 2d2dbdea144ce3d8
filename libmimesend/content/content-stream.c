/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content/content-stream.h"

#include "content/gmime-init.h"
#include "content/piece-stream.h"

typedef MimesendPieceStream MimesendContentStream;
typedef MimesendPieceStreamClass MimesendContentStreamClass;

static GType mimesend_content_stream_get_type (void);

G_DEFINE_TYPE (MimesendContentStream, mimesend_content_stream, MIMESEND_TYPE_PIECE_STREAM)

static void
mimesend_content_stream_class_init (MimesendContentStreamClass *klass)
{
}

static void
mimesend_content_stream_init (MimesendContentStream *self)
{
}

GMimeStream *
mimesend_content_stream_new (MimesendContent *content)
{
  MimesendContentStream *self;

  mimesend_gmime_init ();
  self = g_object_new (mimesend_content_stream_get_type (), NULL);
  self->pull = mimesend_pull_new_for_content (content);
  return (GMimeStream *)self;
}

static MimesendContentStream *
as_content_stream (GMimeStream *stream)
{
  return G_TYPE_CHECK_INSTANCE_TYPE (stream, mimesend_content_stream_get_type ())
             ? (MimesendContentStream *)stream
             : NULL;
}

MimesendPull *
mimesend_content_stream_peek (GMimeStream *stream)
{
  MimesendContentStream *self = as_content_stream (stream);

  return self != NULL ? self->pull : NULL;
}

const GError *
mimesend_content_stream_get_error (GMimeStream *stream)
{
  MimesendContentStream *self = as_content_stream (stream);

  return self != NULL ? self->error : NULL;
}

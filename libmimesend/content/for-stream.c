/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content that reads a stream of the caller's from its current position to its end, and does not close it. If that
 * position is the start and the stream is seekable, it is rewound there to be sent again, and never moved otherwise. */
#include "content/for-stream.h"

#include <gio/gfiledescriptorbased.h>
#include <sys/stat.h>

#include "walk/block.h"
#include "walk/stream-read.h"
#include "mimesend-error.h"

#define READ       MIMESEND_PIECE_BEST
#define FIRST_READ 16384 /* octets; most messages are small */

struct _MimesendStream
{
  MimesendContent parent_instance;
  GMimeStream *stream; /* either a GMimeStream … */
  GInputStream *input;
  MimesendBlockPool *pool; /* blocks can be passed to another thread without a copy */
  gboolean from_start;     /* it was passed at its start and is seekable */
  gboolean full;           /* the first read filled its buffer: later reads are larger */
};

static void stream_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MimesendStream,
                               mimesend_stream,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, stream_pull_init))

static gssize
stream_read_input (GInputStream *input, guint8 *buffer, gsize n, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) own = NULL;
  gssize got = g_input_stream_read (input, buffer, n, cancellable, &own);

  if (got >= 0)
    return got;
  if (g_error_matches (own, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&own));
  else
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "reading the stream (%s) failed: %s",
                 G_OBJECT_TYPE_NAME (input), own != NULL ? own->message : "it did not say why");
  return -1;
}

static MimesendPullStatus
stream_pull (MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendStream *self = MIMESEND_STREAM (pull);
  gsize size = self->full ? READ : FIRST_READ, n = MIN (max, size);
  MimesendBlock *block = mimesend_block_pool_take (self->pool, size);
  gssize got;

  if (self->stream != NULL)
    got = mimesend_stream_read (self->stream, block->octets, n, error);
  else
    got = stream_read_input (self->input, block->octets, n, cancellable, error);
  if (got <= 0)
    {
      mimesend_block_release (block);
      return got < 0 ? MIMESEND_PULL_FAILED : MIMESEND_PULL_END;
    }
  self->full = self->full || (gsize)got == n;
  piece->data = block->octets;
  piece->length = (gsize)got;
  piece->release = mimesend_block_release;
  piece->owner = block;
  return MIMESEND_PULL_PIECE;
}

static gboolean
stream_can_rewind (MimesendPull *pull)
{
  return MIMESEND_STREAM (pull)->from_start;
}

static gboolean
stream_rewind (MimesendPull *pull)
{
  MimesendStream *self = MIMESEND_STREAM (pull);

  if (!self->from_start)
    return FALSE;
  if (self->stream != NULL)
    return !mimesend_stream_is_closed (self->stream) && g_mime_stream_reset (self->stream) == 0 &&
           self->stream->position == self->stream->bound_start;
  return g_seekable_seek (G_SEEKABLE (self->input), 0, G_SEEK_SET, NULL, NULL);
}

static gboolean
stream_may_block (MimesendPull *pull)
{
  MimesendStream *self = MIMESEND_STREAM (pull);
  struct stat st;

  if (self->stream != NULL)
    return mimesend_stream_may_block (self->stream);
  if (G_IS_MEMORY_INPUT_STREAM (self->input))
    return FALSE;
  if (G_IS_FILE_DESCRIPTOR_BASED (self->input))
    return fstat (g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (self->input)), &st) != 0 ||
           !S_ISREG (st.st_mode);
  return TRUE;
}

static gboolean
stream_is_ready (MimesendPull *pull)
{
  MimesendStream *self = MIMESEND_STREAM (pull);

  if (self->stream != NULL)
    return mimesend_stream_is_ready (self->stream);
  if (!stream_may_block (pull))
    return TRUE;
  return G_IS_POLLABLE_INPUT_STREAM (self->input) &&
         g_pollable_input_stream_can_poll (G_POLLABLE_INPUT_STREAM (self->input)) &&
         g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (self->input));
}

/* The length is known of streams in memory alone. */
static gboolean
stream_measure (MimesendPull *pull, MimesendCrlf *state, guint64 *octets)
{
  GMimeStream *stream = MIMESEND_STREAM (pull)->stream;
  GByteArray *array;
  gint64 end;

  if (stream == NULL || G_OBJECT_TYPE (stream) != GMIME_TYPE_STREAM_MEM || mimesend_stream_is_closed (stream))
    return FALSE;
  array = ((GMimeStreamMem *)stream)->buffer;
  end = stream->bound_end == -1 ? (gint64)array->len : stream->bound_end;
  if (stream->position < 0 || end < stream->position || end > (gint64)array->len)
    return FALSE;
  *octets += mimesend_crlf_measure (state, array->data + stream->position, (gsize)(end - stream->position));
  return TRUE;
}

static void
mimesend_stream_finalize (GObject *object)
{
  MimesendStream *self = MIMESEND_STREAM (object);

  g_clear_object (&self->stream);
  g_clear_object (&self->input);
  mimesend_block_pool_unref (self->pool);
  G_OBJECT_CLASS (mimesend_stream_parent_class)->finalize (object);
}

static void
stream_pull_init (MimesendPullInterface *iface)
{
  iface->pull = stream_pull;
  iface->rewind = stream_rewind;
  iface->can_rewind = stream_can_rewind;
  iface->may_block = stream_may_block;
  iface->measure = stream_measure;
  iface->is_ready = stream_is_ready;
}

static void
mimesend_stream_class_init (MimesendStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mimesend_stream_finalize;
}

static void
mimesend_stream_init (MimesendStream *self)
{
  self->pool = mimesend_block_pool_new ();
}

MimesendContent *
mimesend_stream_new (GMimeStream *stream)
{
  MimesendStream *self = g_object_new (MIMESEND_TYPE_STREAM, NULL);

  self->stream = g_object_ref (stream);
  self->from_start = stream->position == stream->bound_start && mimesend_stream_can_restart (stream);
  return MIMESEND_CONTENT (self);
}

MimesendContent *
mimesend_stream_new_for_input (GInputStream *input)
{
  MimesendStream *self = g_object_new (MIMESEND_TYPE_STREAM, NULL);

  self->input = g_object_ref (input);
  self->from_start = G_IS_SEEKABLE (input) && g_seekable_can_seek (G_SEEKABLE (input)) &&
                     g_seekable_tell (G_SEEKABLE (input)) == 0;
  return MIMESEND_CONTENT (self);
}

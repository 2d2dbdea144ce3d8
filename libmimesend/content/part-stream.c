/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content/part-stream.h"

#include "walk/gmime-init.h"
#include "content/for-part.h"
#include "content/pull-stream.h"
#include "mimesend-error.h"

/**
 * MimesendPartStream:
 *
 * A tree of parts as a #GMimeStream. It is lazy: octets are made when they are read, with LF line ends, and equal those
 * that g_mime_object_write_to_stream() would write. The tree is not changed. Given as a message argument it is sent by the
 * fast path.
 *
 * It can be read only, forwards; g_mime_stream_reset() begins again if every content in the tree can be read again.
 * mimesend_part_stream_get_error() returns the reason when g_mime_stream_read() fails. From bindings use
 * mimesend_part_stream_read_bytes().
 *
 * Since: 0.1
 */
struct _MimesendPartStream
{
  MimesendPullStream parent_instance;
  GMimeObject *part;
  GMimeFormatOptions *options;
};

typedef MimesendPullStreamClass MimesendPartStreamClass;

G_DEFINE_FINAL_TYPE (MimesendPartStream, mimesend_part_stream, MIMESEND_TYPE_PULL_STREAM)

static void
mimesend_part_stream_finalize (GObject *object)
{
  MimesendPartStream *self = (MimesendPartStream *)object;

  g_clear_pointer (&self->options, g_mime_format_options_free);
  g_clear_object (&self->part);
  G_OBJECT_CLASS (mimesend_part_stream_parent_class)->finalize (object);
}

static void
mimesend_part_stream_class_init (MimesendPartStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mimesend_part_stream_finalize;
}

static void
mimesend_part_stream_init (MimesendPartStream *self)
{
}

/**
 * mimesend_part_stream_new:
 * @part: (transfer none): the top of a tree
 *
 * Opens a tree as a stream. Bcc and Resent-Bcc of the outermost message are left out. If @part is not a #GMimeMessage but has
 * a From, To, Subject or Date and no MIME-Version, the stream begins with `MIME-Version: 1.0` (RFC 2045 4); nothing else is
 * ever added.
 *
 * Returns: (transfer full): a new stream, to be freed with g_object_unref()
 *
 * Since: 0.1
 */
GMimeStream *
mimesend_part_stream_new (GMimeObject *part)
{
  g_return_val_if_fail (GMIME_IS_OBJECT (part), NULL);
  return mimesend_part_stream_new_full (part, NULL);
}

/**
 * mimesend_part_stream_new_full:
 * @part: (transfer none): the top of a tree
 * @options: (nullable): how headers are formatted and which of them are hidden (copied; the newline format is ignored);
 * %NULL: as mimesend_part_stream_new()
 *
 * As mimesend_part_stream_new(), with the caller's options: those of g_mime_format_options_get_default() leave Bcc in, unless
 * it was hidden there.
 *
 * Returns: (transfer full): a new stream
 *
 * Since: 0.1
 */
GMimeStream *
mimesend_part_stream_new_full (GMimeObject *part, GMimeFormatOptions *options)
{
  MimesendPartStream *self;

  mimesend_gmime_init ();
  g_return_val_if_fail (GMIME_IS_OBJECT (part), NULL);
  self = g_object_new (MIMESEND_TYPE_PART_STREAM, NULL);
  self->part = g_object_ref (part);
  self->options = options != NULL ? g_mime_format_options_clone (options) : NULL;
  self->parent_instance.pull = MIMESEND_PULL (mimesend_part_content_new (part, options, FALSE));
  return (GMimeStream *)self;
}

/**
 * mimesend_part_stream_read_bytes:
 * @self: (type MimesendPartStream): a part stream
 * @count: how many octets at most, at least 1
 * @error: return location
 *
 * Reads the next octets of the stream.
 *
 * Returns: (transfer full): at least one octet; no octets at the end; %NULL with
 *   #MIMESEND_ERROR_CONTENT if a part could not be read
 *
 * Since: 0.1
 */
GBytes *
mimesend_part_stream_read_bytes (GMimeStream *self, gsize count, GError **error)
{
  MimesendPieceStream *pieces = (MimesendPieceStream *)self;
  const guint8 *octets = NULL;
  gssize n;

  g_return_val_if_fail (MIMESEND_IS_PART_STREAM (self), NULL);
  if (count == 0)
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                           "count is 0: ask for one octet or more");
      return NULL;
    }
  n = mimesend_piece_stream_lend (pieces, count, &octets);
  if (n < 0)
    {
      g_propagate_error (error, g_error_copy (pieces->error));
      return NULL;
    }
  return g_bytes_new (octets, (gsize)n);
}

/**
 * mimesend_part_stream_get_error:
 * @self: (type MimesendPartStream): a part stream
 *
 * Gets the reason why reading failed: g_mime_stream_read() only returns −1.
 *
 * Returns: (transfer none) (nullable): the error, which names the part; %NULL if there was none
 *
 * Since: 0.1
 */
const GError *
mimesend_part_stream_get_error (GMimeStream *self)
{
  g_return_val_if_fail (MIMESEND_IS_PART_STREAM (self), NULL);
  return ((MimesendPieceStream *)self)->error;
}

static void
stands_at_end (GMimeStream *stream)
{
  mimesend_piece_stream_set_ended ((MimesendPieceStream *)stream);
}

MimesendContent *
mimesend_part_stream_take_walk (GMimeStream *stream)
{
  MimesendPartStream *self = (MimesendPartStream *)stream;
  MimesendContent *content;

  if (!MIMESEND_IS_PART_STREAM (stream))
    return NULL;
  if (stream->position != 0 || self->parent_instance.base.ended || self->parent_instance.base.error != NULL ||
      self->parent_instance.pull == NULL)
    return NULL;
  content = mimesend_part_content_new (self->part, self->options, TRUE);
  mimesend_part_content_set_on_end (MIMESEND_PART_CONTENT (content), stands_at_end, stream);
  return content;
}

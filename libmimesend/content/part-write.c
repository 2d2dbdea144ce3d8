/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree of parts is written to a stream, whole. */
#include "mimesend-part.h"

#include "walk/gmime-init.h"
#include "content/for-part.h"
#include "mimesend-error.h"

typedef gboolean (*WriteFunc) (
    gpointer to, const guint8 *octets, gsize n, GCancellable *cancellable, GError **error);

static gboolean
write_part (GMimeObject *part, WriteFunc write_octets, gpointer to, GCancellable *cancellable, GError **error)
{
  g_autoptr (MimesendContent) content = mimesend_part_content_new (part, NULL, FALSE);
  MimesendPullStatus status = MIMESEND_PULL_PIECE;

  while (status == MIMESEND_PULL_PIECE)
    {
      MimesendPiece piece = { 0 };

      status = mimesend_pull_next (MIMESEND_PULL (content), 65536, &piece, cancellable, error);
      if (status == MIMESEND_PULL_PIECE && !write_octets (to, piece.data, piece.length, cancellable, error))
        status = MIMESEND_PULL_FAILED;
      mimesend_piece_clear (&piece);
    }
  return status == MIMESEND_PULL_END;
}

static gboolean
write_to_gmime (gpointer to, const guint8 *octets, gsize n, GCancellable *cancellable, GError **error)
{
  while (n > 0)
    {
      gssize written = g_mime_stream_write (to, (const char *)octets, n);

      if (written <= 0)
        {
          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                       "the output stream (%s) could not be written", G_OBJECT_TYPE_NAME (to));
          return FALSE;
        }
      octets += written;
      n -= (gsize)written;
    }
  return TRUE;
}

static gboolean
write_to_gio (gpointer to, const guint8 *octets, gsize n, GCancellable *cancellable, GError **error)
{
  return g_output_stream_write_all (to, octets, n, NULL, cancellable, error);
}

/**
 * mimesend_part_write:
 * @part: the top of a tree; it is not changed
 * @stream: where to; it is written and flushed, not closed
 * @cancellable: (nullable): a #GCancellable
 * @error: return location
 *
 * Renders a tree, as mimesend_part_stream_new() gives it. Unlike g_mime_object_write_to_stream() it fails if a part cannot
 * be read.
 *
 * Returns: %FALSE with #MIMESEND_ERROR_CONTENT if a part could not be read or @stream not be written: what was written is
 * incomplete then
 *
 * Since: 0.1
 */
gboolean
mimesend_part_write (GMimeObject *part, GMimeStream *stream, GCancellable *cancellable, GError **error)
{
  mimesend_gmime_init ();
  g_return_val_if_fail (GMIME_IS_OBJECT (part), FALSE);
  g_return_val_if_fail (GMIME_IS_STREAM (stream), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  if (!write_part (part, write_to_gmime, stream, cancellable, error))
    return FALSE;
  if (g_mime_stream_flush (stream) == 0)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the output stream (%s) could not be flushed",
               G_OBJECT_TYPE_NAME (stream));
  return FALSE;
}

/**
 * mimesend_part_write_to_output:
 * @part: the top of a tree; it is not changed
 * @output: where to; it is written, not closed
 * @cancellable: (nullable): a #GCancellable
 * @error: return location
 *
 * As mimesend_part_write(), to a #GOutputStream.
 *
 * Returns: %FALSE with #MIMESEND_ERROR_CONTENT if a part could not be read, or the error of @output
 *
 * Since: 0.1
 */
gboolean
mimesend_part_write_to_output (GMimeObject *part,
                               GOutputStream *output,
                               GCancellable *cancellable,
                               GError **error)
{
  mimesend_gmime_init ();
  g_return_val_if_fail (GMIME_IS_OBJECT (part), FALSE);
  g_return_val_if_fail (G_IS_OUTPUT_STREAM (output), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  return write_part (part, write_to_gio, output, cancellable, error);
}

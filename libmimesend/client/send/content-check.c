/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mimesend_content_check (): reads a content as for a message and drops the octets, to find without a server what would
 * stop the message. */
#include "client/drive/feed.h"

#include <string.h>

#include "walk/gmime-init.h"
#include "content/hold.h"
#include "mimesend-content.h"
#include "mimesend-error.h"

#define BLOCK 65536

static void
no_wake (gpointer data)
{
}

static gboolean
has_no_nul (const MimesendPiece *piece, guint64 offset, GError **error)
{
  const guint8 *nul = memchr (piece->data, 0, piece->length);

  if (nul == NULL)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "the content has a NUL octet at offset %" G_GUINT64_FORMAT
               ", which no mail server may be given as text: attach it (base64)",
               offset + (guint64)(nul - piece->data));
  return FALSE;
}

static gboolean
feed_read_all (MimesendFeed *feed, GCancellable *cancellable, GError **error)
{
  MimesendPullStatus status;
  guint64 offset = 0;
  gboolean good = mimesend_feed_look (feed, error) != MIMESEND_PULL_FAILED;

  while (good && !g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      MimesendPiece piece = { 0 };

      status = mimesend_feed_next (feed, BLOCK, &piece, error);
      if (status == MIMESEND_PULL_END)
        return TRUE;
      good = status == MIMESEND_PULL_PIECE && has_no_nul (&piece, offset, error);
      offset += piece.length;
      mimesend_piece_clear (&piece);
    }
  return FALSE;
}

/**
 * mimesend_content_check:
 * @content: a content
 * @wire: what a server is taken to offer
 * @cancellable: (nullable): a #GCancellable
 * @error: where to put an error, or %NULL
 *
 * Reads all of @content as it is read for a message, and keeps nothing of it: files that cannot be read, a carriage return in a
 * header that ends no line (RFC 5322 2.2), a NUL octet, what a server that offers no more than @wire could not be given. Blocks
 * where the content does. It is begun again afterwards; one that can be read only once is used up by this.
 *
 * Returns: %TRUE: nothing of that stands in the way of a message. %FALSE with the error that sending it would have:
 *   %MIMESEND_ERROR_CONTENT or %MIMESEND_ERROR_UNSUPPORTED; or %G_IO_ERROR_PENDING while it is being sent,
 *   %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
mimesend_content_check (MimesendContent *content,
                        MimesendWireFlags wire,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (MimesendPull) pull = NULL;
  MimesendHold *hold;
  MimesendFeed *feed;
  gboolean good;

  g_return_val_if_fail (MIMESEND_IS_CONTENT (content) && (wire & ~MIMESEND_WIRE_KNOWN) == 0, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  mimesend_gmime_init ();
  pull = mimesend_pull_new_for_content (content);
  hold = mimesend_hold_new (pull, error);
  if (hold == NULL)
    return FALSE;
  feed = mimesend_feed_new (pull, FALSE, no_wake, NULL);
  good = mimesend_content_prepare (content, wire, error) && feed_read_all (feed, cancellable, error);
  mimesend_feed_free (feed);
  mimesend_pull_rewind (pull);
  mimesend_hold_unref (hold);
  return good;
}

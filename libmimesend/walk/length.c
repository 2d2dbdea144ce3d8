/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk/length.h"

#include <string.h>

#include "octets/base64.h"

/* The length of uuencode: begin, lines of 45 octets as 61 letters, a closing "`", end. Empty content has begin and end
 * alone. */
static guint64
uu_length (guint64 n, guint newline, const char *file_name)
{
  guint64 whole = n / 45, rest = n % 45;
  guint64 length = strlen ("begin 0644 ") + strlen (file_name != NULL ? file_name : "unknown") + newline +
                   strlen ("end") + newline;

  if (n == 0)
    return length;
  length += whole * (61 + newline) + 1 + newline;
  if (rest > 0)
    length += 1 + 4 * ((rest + 2) / 3) + newline;
  return length;
}

static gboolean
count_by_making (MimesendLeaf *leaf, MimesendCrlf *state, guint64 *octets, GError **error)
{
  MimesendPullStatus status;
  MimesendPiece piece = { 0 };

  while ((status = mimesend_leaf_next (leaf, &piece, error)) == MIMESEND_PULL_PIECE)
    {
      if (piece.flags & MIMESEND_PIECE_BINARY)
        *octets += piece.length;
      else
        *octets += mimesend_crlf_measure (state, piece.data, piece.length);
      mimesend_piece_clear (&piece);
    }
  return status == MIMESEND_PULL_END;
}

gboolean
mimesend_leaf_measure (MimesendLeaf *leaf,
                       gboolean crlf,
                       const char *file_name,
                       MimesendCrlf *state,
                       guint64 *octets,
                       GError **error)
{
  MimesendSource *source = mimesend_leaf_get_source (leaf);
  GMimeContentEncoding encoding = mimesend_leaf_get_encoding (leaf);
  gint64 n = source != NULL ? mimesend_source_get_size (source) : 0;
  guint64 length = 0;

  if (source == NULL)
    return TRUE;
  if (n >= 0 && !mimesend_leaf_is_copied (leaf) && encoding == GMIME_CONTENT_ENCODING_BASE64 &&
      !mimesend_leaf_has_lines (leaf))
    length = mimesend_base64_length ((guint64)n, crlf);
  else if (n >= 0 && !mimesend_leaf_is_copied (leaf) && encoding == GMIME_CONTENT_ENCODING_UUENCODE)
    length = uu_length ((guint64)n, crlf ? 2 : 1, file_name);
  else if (mimesend_source_in_memory (source))
    return count_by_making (leaf, state, octets, error);
  else if (n != 0)
    return FALSE;

  *octets += length;
  if (length > 0) /* only whole lines were counted */
    mimesend_crlf_passed (state, (const guint8 *)"\r\n", 2);
  return TRUE;
}

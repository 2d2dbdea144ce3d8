/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The piece: the one currency between content, protocol core and socket.
 *
 * Octets, and what is known of them, so that nobody looks at them twice. How often each path copies:
 *
 *   base64 leaf        page cache → read buffer → encoded block → socket   (1 copy in user space, the encoding)
 *   clean CRLF content read buffer → socket                                (0 copies: the scan only looks)
 *   LF text            read buffer → CRLF block → socket                   (1 copy, the conversion)
 *   binary leaf (BDAT) read buffer → socket                                (0 copies)
 *   headers, borders   a small memory stream → output buffer → socket      (1 copy)
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the maker of a piece vouches for. Nothing claimed: the octets go through octets/crlf.c. */
typedef enum
{
  MIMESEND_PIECE_PLAIN = 0,
  MIMESEND_PIECE_CRLF = 1 << 0,      /* line ends are CRLF alone; the piece does not part a CR from its LF */
  MIMESEND_PIECE_NO_DOT = 1 << 1,    /* no line begins with '.'; the first octet counts as a line's first */
  MIMESEND_PIECE_SEVEN_BIT = 1 << 2, /* no NUL, no octet above 127, no line over 998 octets */
  MIMESEND_PIECE_BINARY = 1 << 3,    /* to be left untouched: for BDAT with BODY=BINARYMIME alone */
} MimesendPieceFlags;

/* All three: the octets may go to the socket from where they stand. */
#define MIMESEND_PIECE_READY (MIMESEND_PIECE_CRLF | MIMESEND_PIECE_NO_DOT | MIMESEND_PIECE_SEVEN_BIT)

/* `release` NULL: the octets are lent until the next call of whoever gave the piece; to keep them, copy them.
 * `release` set: they stay until release (owner) is called, once, from any thread, by whoever holds the piece. */
typedef struct
{
  const guint8 *data; /* never NULL where length > 0 */
  gsize length;
  MimesendPieceFlags flags;
  void (*release) (gpointer owner);
  gpointer owner;
} MimesendPiece;

static inline void
mimesend_piece_clear (MimesendPiece *piece)
{
  if (piece->release != NULL)
    piece->release (piece->owner);
  *piece = (MimesendPiece){ 0 };
}

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The piece: octets on their way from content through protocol core to socket, and what is known of them, so that they are
 * not scanned twice.
 *
 * How often each path copies an octet in user space, which tests/client/drive/test-copies.c counts:
 *
 *   base64 leaf         page cache → read buffer → encoded block → socket   1, the encoding
 *   binary leaf (BDAT)  page cache → read buffer → socket                   0
 *   clean CRLF content  page cache → read buffer → socket                   0, the scan only looks
 *   the same in memory  memory → socket                                     0
 *   LF text, dots       page cache → read buffer → CRLF block → socket      1, the conversion
 *   headers, borders    a small memory stream → output buffer → socket      1
 *
 * The read buffer and the block are blocks of a pool, which cross threads as they are where a worker reads for an
 * asynchronous sender; a piece that is only lent is copied once more. TLS copies once more, encrypting.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many octets a large piece has. With the command of a BDAT ahead it fills four of TCP's segments on loopback
 * (65,483 octets each) and leaves no tail, which was measured best: a write of 65,536, with its tail of 53, costs up to
 * three times as much an octet. */
#define MIMESEND_PIECE_BEST 261888

/* What the producer of a piece guarantees. Without flags the octets go through octets/crlf.c. */
typedef enum
{
  MIMESEND_PIECE_PLAIN = 0,
  MIMESEND_PIECE_CRLF = 1 << 0,      /* line ends are CRLF alone; the piece does not part a CR from its LF */
  MIMESEND_PIECE_NO_DOT = 1 << 1,    /* no line begins with '.'; the first octet counts as a line's first */
  MIMESEND_PIECE_SEVEN_BIT = 1 << 2, /* no NUL, no octet above 127, no line over 998 octets */
  MIMESEND_PIECE_BINARY = 1 << 3,    /* must not be changed: for BDAT with BODY=BINARYMIME alone */
} MimesendPieceFlags;

/* All three guarantees: the octets go to the socket without conversion or copy. */
#define MIMESEND_PIECE_READY (MIMESEND_PIECE_CRLF | MIMESEND_PIECE_NO_DOT | MIMESEND_PIECE_SEVEN_BIT)

/* A run of octets. `release` NULL: borrowed until the producer is called again. `release` set: owned by the piece's holder,
 * which calls release (owner) once, from any thread. */
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

/* The result of asking for a piece. */
typedef enum
{
  MIMESEND_PULL_PIECE, /* *piece is set, with at least one octet */
  MIMESEND_PULL_END,   /* the end; no more pieces until rewound */
  MIMESEND_PULL_WAIT,  /* nothing yet: of a feed alone, a content blocks */
  MIMESEND_PULL_FAILED /* *error says which leaf or argument and why; the message must not be completed */
} MimesendPullStatus;

G_END_DECLS

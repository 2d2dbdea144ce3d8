/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A GMimeStream whose octets come in pieces: what such streams share, and what they refuse. Read only, forwards. Where the
 * pieces come from is the subclass's. */
#pragma once

#include <gmime/gmime.h>

#include "octets/piece.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_PIECE_STREAM  (mimesend_piece_stream_get_type ())
#define MIMESEND_IS_PIECE_STREAM(o) (G_TYPE_CHECK_INSTANCE_TYPE ((o), MIMESEND_TYPE_PIECE_STREAM))

typedef struct
{
  GMimeStream parent_instance;
  MimesendPiece piece;
  gsize used; /* octets of the piece */
  gboolean ended;
  gboolean closed;
  GError *error; /* what failed; told again by every read */
} MimesendPieceStream;

typedef struct
{
  GMimeStreamClass parent_class;

  /* The next piece; not called of a closed stream. */
  MimesendPullStatus (*next) (MimesendPieceStream *self, gsize max, MimesendPiece *piece, GError **error);
  /* Begins again at the first octet. FALSE: cannot. */
  gboolean (*rewind) (MimesendPieceStream *self);
  gboolean (*can_rewind) (MimesendPieceStream *self); /* asked without doing it */
  gboolean (*may_block) (MimesendPieceStream *self);
  gboolean (*was_read) (MimesendPieceStream *self); /* by others, too, since it was begun */
  void (*close) (MimesendPieceStream *self);        /* gives up what the pieces come from */
} MimesendPieceStreamClass;

GType mimesend_piece_stream_get_type (void);

/* At most count octets of the piece at hand, or of the next: 0 at the end, −1 with self->error. Valid until the next call. */
gssize mimesend_piece_stream_lend (MimesendPieceStream *self, gsize count, const guint8 **octets);

/* Says that the octets behind were read by other means. */
void mimesend_piece_stream_set_ended (MimesendPieceStream *self);

gboolean mimesend_piece_stream_can_rewind (MimesendPieceStream *self);
gboolean mimesend_piece_stream_may_block (MimesendPieceStream *self);

G_END_DECLS

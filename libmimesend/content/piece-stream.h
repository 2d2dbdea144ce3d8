/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every GMimeStream face over a pull shares: octets out of pieces, and what it refuses. */
#pragma once

#include "content/pull.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_PIECE_STREAM  (mimesend_piece_stream_get_type ())
#define MIMESEND_IS_PIECE_STREAM(o) (G_TYPE_CHECK_INSTANCE_TYPE ((o), MIMESEND_TYPE_PIECE_STREAM))

typedef struct
{
  GMimeStream parent_instance;
  MimesendPull *pull; /* NULL: closed */
  MimesendPiece piece;
  gsize used;
  gboolean ended;
  GError *error;
} MimesendPieceStream;

typedef struct
{
  GMimeStreamClass parent_class;
} MimesendPieceStreamClass;

GType mimesend_piece_stream_get_type (void);

/* At most count octets of the piece at hand, or of the next: 0 at the end, −1 with self->error. Valid until the next call. */
gssize mimesend_piece_stream_lend (MimesendPieceStream *self, gsize count, const guint8 **octets);

/* Says that the octets behind were read by other means. */
void mimesend_piece_stream_set_ended (MimesendPieceStream *self);

G_END_DECLS

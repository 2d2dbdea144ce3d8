/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The base class of GMimeStreams whose octets come in pieces. Read only, forwards; a subclass provides the pieces. */
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
  GError *error; /* the failure, which every later read repeats */
} MimesendPieceStream;

typedef struct
{
  GMimeStreamClass parent_class;

  /* Gets the next piece; not called on a closed stream. */
  MimesendPullStatus (*next) (MimesendPieceStream *self, gsize max, MimesendPiece *piece, GError **error);
  /* Begins again at the first octet. FALSE: cannot. */
  gboolean (*rewind) (MimesendPieceStream *self);
  gboolean (*can_rewind) (MimesendPieceStream *self); /* whether rewind would succeed */
  gboolean (*may_block) (MimesendPieceStream *self);
  gboolean (*was_read) (
      MimesendPieceStream
          *self); /* whether any octet was read since the start, also by other readers of the source */
  void (*close) (MimesendPieceStream *self); /* releases the source of the pieces */
} MimesendPieceStreamClass;

GType mimesend_piece_stream_get_type (void);

/* At most count octets of the piece at hand, or of the next: 0 at the end, −1 with self->error. Valid until the next call. */
gssize mimesend_piece_stream_lend (MimesendPieceStream *self, gsize count, const guint8 **octets);

/* Tells the stream that its remaining octets were read by other means. */
void mimesend_piece_stream_set_ended (MimesendPieceStream *self);

gboolean mimesend_piece_stream_can_rewind (MimesendPieceStream *self);
gboolean mimesend_piece_stream_may_block (MimesendPieceStream *self);

G_END_DECLS

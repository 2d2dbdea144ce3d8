/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A GMimeStream that pulls from a content. */
#pragma once

#include "walk/piece-stream.h"
#include "content/content-pull.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_PULL_STREAM  (mimesend_pull_stream_get_type ())
#define MIMESEND_IS_PULL_STREAM(o) (G_TYPE_CHECK_INSTANCE_TYPE ((o), MIMESEND_TYPE_PULL_STREAM))

typedef struct
{
  MimesendPieceStream base;
  MimesendPull *pull; /* owned; NULL: closed */
} MimesendPullStream;

typedef MimesendPieceStreamClass MimesendPullStreamClass;

GType mimesend_pull_stream_get_type (void);

/* (transfer none) (nullable): what the stream, or the stream below its filters, pulls from. NULL: it is no such stream, or
 * closed. */
MimesendPull *mimesend_pull_stream_peek (GMimeStream *stream);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A part stream of the caller's is sent by its walk instead of its octets. */
#pragma once

#include "content/content-pull.h"
#include "mimesend-part-stream.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): if the stream is a part stream at its beginning, its tree as a content; the stream is at its
 * end once that was pulled. Else NULL. */
MimesendContent *mimesend_part_stream_take_walk (GMimeStream *stream);

G_END_DECLS

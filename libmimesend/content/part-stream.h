/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk behind a part stream. */
#pragma once

#include "content/content-pull.h"
#include "mimesend-part-stream.h"

G_BEGIN_DECLS

/* If the stream is one of ours and stands at its beginning: the same tree as a content for the wire, which leaves the stream at
 * its end when it was pulled. Else NULL. */
MimesendContent *mimesend_part_stream_take_walk (GMimeStream *stream);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content with the face of a GMimeStream, so that it can be the leaf of a tree. Read only, forwards. */
#pragma once

#include "content/pull.h"

G_BEGIN_DECLS

GMimeStream *mimesend_content_stream_new (MimesendContent *content);

/* The content behind it, if it is such a stream; borrowed. */
MimesendPull *mimesend_content_stream_peek (GMimeStream *stream);

/* What failed, if it is such a stream and something did. */
const GError *mimesend_content_stream_get_error (GMimeStream *stream);

G_END_DECLS

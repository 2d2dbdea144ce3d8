/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A GMimeStream or GInputStream of the caller's as a content. */
#pragma once

#include "content/content-pull.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_STREAM (mimesend_stream_get_type ())
G_DECLARE_FINAL_TYPE (MimesendStream, mimesend_stream, MIMESEND, STREAM, MimesendContent)

MimesendContent *mimesend_stream_new (GMimeStream *stream);
MimesendContent *mimesend_stream_new_for_input (GInputStream *stream);

G_END_DECLS

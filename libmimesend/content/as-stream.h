/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wraps a content as a GMimeStream, so that it can be the content of a part. Read only, forwards. */
#pragma once

#include "content/pull-stream.h"

G_BEGIN_DECLS

GMimeStream *mimesend_content_stream_new (MimesendContent *content);

G_END_DECLS

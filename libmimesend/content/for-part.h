/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree as a content: the walk for a server, or as the plain stream of octets that GMime writes. */
#pragma once

#include "content/content-pull.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_PART_CONTENT (mimesend_part_content_get_type ())
G_DECLARE_FINAL_TYPE (MimesendPartContent, mimesend_part_content, MIMESEND, PART_CONTENT, MimesendContent)

/* crlf FALSE: line ends are LF, text as GMime's writer leaves it. on_end (with end_data, which is kept) is called when its last
 * octet was pulled; NULL: nothing. */
MimesendContent *mimesend_part_content_new (GMimeObject *part, GMimeFormatOptions *options, gboolean crlf);
void mimesend_part_content_set_on_end (MimesendPartContent *self,
                                       void (*on_end) (GMimeStream *stream),
                                       GMimeStream *stream);

/* Header fields that the caller writes in place of the tree's own (NULL-terminated, borrowed): those need not pass. */
void mimesend_part_content_set_replaced (MimesendPartContent *self, const char *const *names);

/* Text in CRLF mode through GMime's newline filter too, as its writer does: for comparisons. */
void mimesend_part_content_set_exact (MimesendPartContent *self, gboolean exact);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree as a content: walked for a server, or as the plain octets that GMime writes. */
#pragma once

#include "content/content-pull.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_PART_CONTENT (mimesend_part_content_get_type ())
G_DECLARE_FINAL_TYPE (MimesendPartContent, mimesend_part_content, MIMESEND, PART_CONTENT, MimesendContent)

/* crlf TRUE: for the wire, where the line ends of text are left to the CRLF pass; FALSE: LF, text as GMime's writer leaves it. on_end (with end_data, an object that is kept referenced)
 * is called when the last octet was pulled; nullable. */
MimesendContent *mimesend_part_content_new (GMimeObject *part, GMimeFormatOptions *options, gboolean crlf);
void mimesend_part_content_set_on_end (MimesendPartContent *self,
                                       void (*on_end) (GMimeStream *stream),
                                       GMimeStream *stream);

/* Text goes in a form that nothing changes on its way, for what is signed. */
void mimesend_part_content_set_lasting (MimesendPartContent *self, gboolean lasting);

/* Names the header fields that the caller replaces (NULL-terminated, borrowed): the tree's own are not checked. */
void mimesend_part_content_set_replaced (MimesendPartContent *self, const char *const *names);

G_END_DECLS

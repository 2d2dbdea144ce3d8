/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a part's octets come from. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* Is there a file that can be read? Nothing of it is read. CONTENT where not. */
gboolean mimesend_leaf_check_file (const char *path, gint64 *size, GError **error);

/* A stream over the file that opens it when it is first read. `end` −1: to its end. */
GMimeStream *mimesend_leaf_open_later (const char *path, gint64 start, gint64 end);

/* Octets as a part's content, not encoded. */
void mimesend_leaf_set_stream (GMimePart *part, GMimeStream *stream);

/* LF → CRLF, as RFC 2045 6.8 has it for text ahead of base64. */
GBytes *mimesend_leaf_canonical_text (GBytes *text);

G_END_DECLS

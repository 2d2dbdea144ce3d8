/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files and octets as the content of a part. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* Checks that there is a readable file, without reading it. Error CONTENT. */
gboolean mimesend_leaf_check_file (const char *path, gint64 *size, GError **error);

/* (transfer full): a stream that opens the file when it is first read. `end` −1: to its end. */
GMimeStream *mimesend_leaf_open_later (const char *path, gint64 start, gint64 end);

/* Sets the stream as the part's content, not encoded. */
void mimesend_leaf_set_stream (GMimePart *part, GMimeStream *stream);

/* Converts LF to CRLF, as text needs it before base64 (RFC 2045 6.8). */
GBytes *mimesend_leaf_canonical_text (GBytes *text);

G_END_DECLS

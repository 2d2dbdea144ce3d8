/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* base64 in lines of 76 (RFC 2045 6.8). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_BASE64_LINE_IN  57 /* octets that make one line … */
#define MIMESEND_BASE64_LINE_OUT 76 /* … and the letters on it, line end not counted */
#define MIMESEND_BASE64_SLACK    64 /* octets past both buffers that a kernel may touch */

/* n octets (a multiple of 57 everywhere but at the end of the content) as whole lines, each with its end, CRLF or LF.
 * in is readable and out writable for MIMESEND_BASE64_SLACK octets more. Returns the number of octets written. */
gsize mimesend_base64_encode (const guint8 *in, gsize n, gboolean crlf, guint8 *out);

/* The number of octets that mimesend_base64_encode () writes for n octets. */
guint64 mimesend_base64_length (guint64 n, gboolean crlf);

G_END_DECLS

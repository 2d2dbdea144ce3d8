/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is it, and how is it best encoded? */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* The MIME type that the end of the name tells; application/octet-stream where it tells nothing. */
char *mimesend_sniff_type (const char *file_name);

#define MIMESEND_SNIFF_LINE_SAFE 989 /* Haraka breaks lines that are longer than about this */
#define MIMESEND_SNIFF_LINE_MAX  998 /* RFC 5322 2.1.1 */

/* 7bit, quoted-printable or base64 for text that is wholly in memory; 7bit has no line of more than line_max octets. */
GMimeContentEncoding mimesend_sniff_encoding (const guint8 *octets, gsize length, gsize line_max);

/* Is this text in that charset? CONTENT where it is not, or where the charset is not known. */
gboolean mimesend_sniff_check_charset (
    const char *argument, const char *octets, gsize length, const char *charset, GError **error);

/* A name that iconv knows; the same error. */
gboolean mimesend_sniff_check_charset_name (const char *charset, GError **error);

/* Charsets in which octet 10 is a line feed and nothing else. */
gboolean mimesend_sniff_charset_has_ascii_lines (const char *charset);

G_END_DECLS

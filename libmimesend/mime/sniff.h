/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content types by file name, and the encoding that suits a text. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* The MIME type by the file name's extension; application/octet-stream if it is unknown. */
char *mimesend_sniff_type (const char *file_name);

#define MIMESEND_SNIFF_LINE_SAFE 989 /* Haraka breaks lines that are longer than about this */
#define MIMESEND_SNIFF_LINE_MAX  998 /* RFC 5322 2.1.1 */

/* Chooses 7bit, quoted-printable or base64 for a text in memory; 7bit has no line of more than line_max octets. */
GMimeContentEncoding mimesend_sniff_encoding (const guint8 *octets, gsize length, gsize line_max);

/* Checks that a text is in the charset. CONTENT if it is not, or the charset is unknown. */
gboolean mimesend_sniff_check_charset (
    const char *argument, const char *octets, gsize length, const char *charset, GError **error);

/* Checks that iconv knows the charset; the same error. */
gboolean mimesend_sniff_check_charset_name (const char *charset, GError **error);

/* Whether octet 10 is a line feed, and nothing else, in the charset. */
gboolean mimesend_sniff_charset_has_ascii_lines (const char *charset);

G_END_DECLS

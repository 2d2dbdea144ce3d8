/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a text holds that a server may not take: 8-bit octets, NUL, CR, long lines. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_LINE_MAX 998 /* RFC 5322 2.1.1 */

typedef struct
{
  guint64 octets;    /* octets seen so far */
  guint64 eight_bit; /* of them, octets above 127 */
  gboolean nul;
  guint64 nul_offset;
  guint64 line;    /* octets of the line so far */
  guint8 last;     /* the last octet seen */
  guint64 longest; /* the longest line, in octets; exact only above MIMESEND_LINE_MAX */
  guint64 longest_offset;
} MimesendTextFacts;

void mimesend_text_scan (MimesendTextFacts *self, const guint8 *octets, gsize n);

/* Whether something in a whole text is changed by some programs on its way: a blank at the end of a line, a line that begins
 * with "From " (RFC 3156 3). */
gboolean mimesend_text_is_fragile (const guint8 *octets, gsize n);

/* Tells that the text has ended: its last line may have no line end. */
void mimesend_text_end (MimesendTextFacts *self);

G_END_DECLS

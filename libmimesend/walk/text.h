/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a text has in it that a way to a server may not carry. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_LINE_MAX 998 /* RFC 5322 2.1.1 */

typedef struct
{
  guint64 octets;    /* seen so far */
  guint64 eight_bit; /* how many above 127 */
  gboolean nul;
  guint64 nul_offset;
  guint64 line;    /* octets of the line so far */
  guint8 last;     /* octet seen */
  guint64 longest; /* line of more than MIMESEND_LINE_MAX; less: no such line */
  guint64 longest_offset;
} MimesendTextFacts;

void mimesend_text_scan (MimesendTextFacts *self, const guint8 *octets, gsize n);

/* The text is over: its last line may have no end. */
void mimesend_text_end (MimesendTextFacts *self);

G_END_DECLS

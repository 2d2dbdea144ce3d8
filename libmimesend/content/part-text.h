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
  guint64 line; /* octets of the line so far */
  guint64 longest;
  guint64 longest_offset;
} MimesendTextFacts;

void mimesend_text_scan (MimesendTextFacts *self, const guint8 *octets, gsize n);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Octets in memory as a content. */
#pragma once

#include "content/content-pull.h"

G_BEGIN_DECLS

/* What is known of them besides; also for a content that holds octets without an object of their own. All zeros at first. */
typedef struct
{
  GBytes *bytes;
  gsize used;
  gboolean ready; /* MIMESEND_PIECE_READY, all of it */
} MimesendOctets;

MimesendPullStatus mimesend_octets_pull (MimesendOctets *self, gsize max, MimesendPiece *piece);
guint64 mimesend_octets_measure (MimesendOctets *self, MimesendCrlf *state);
gboolean mimesend_octets_is_seven_bit (MimesendOctets *self);

#define MIMESEND_TYPE_MEMORY (mimesend_memory_get_type ())
G_DECLARE_FINAL_TYPE (MimesendMemory, mimesend_memory, MIMESEND, MEMORY, MimesendContent)

MimesendContent *mimesend_memory_new (GBytes *bytes);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Octets in memory as a content. */
#pragma once

#include "content/content-pull.h"

G_BEGIN_DECLS

/* Octets and what is known of them; also embedded in a content that has no object for them. Initialise with zeros. */
typedef struct
{
  GBytes *bytes;
  gsize used;
  gboolean ready; /* all octets are MIMESEND_PIECE_READY */
} MimesendOctets;

MimesendPullStatus mimesend_octets_pull (MimesendOctets *self, gsize max, MimesendPiece *piece);
guint64 mimesend_octets_measure (MimesendOctets *self, MimesendCrlf *state);
gboolean mimesend_octets_is_seven_bit (MimesendOctets *self);

#define MIMESEND_TYPE_MEMORY (mimesend_memory_get_type ())
G_DECLARE_FINAL_TYPE (MimesendMemory, mimesend_memory, MIMESEND, MEMORY, MimesendContent)

MimesendContent *mimesend_memory_new (GBytes *bytes);

G_END_DECLS

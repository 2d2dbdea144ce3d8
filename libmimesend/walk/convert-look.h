/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a tree has in it that is more than seven bits, told ahead of its octets. */
#pragma once

#include "walk/leaf.h"

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_INSIDE_SEVEN_BIT = 0,
  MIMESEND_INSIDE_UNKNOWN =
      1 << 0, /* a stream that can be read once, or one that goes on behind what was looked at */
  MIMESEND_INSIDE_EIGHT_BIT = 1 << 1,
  MIMESEND_INSIDE_BINARY = 1 << 2,
  MIMESEND_INSIDE_UNFIT = 1 << 3, /* a NUL or a line of more than 998 octets, which no server takes */
  MIMESEND_INSIDE_ALL = 15
} MimesendInside;

/* Is something of it encoded, or may be, on the way to a server of that kind? */
gboolean mimesend_inside_is_encoded (MimesendInside look, MimesendWireFlags wire);

/* Looks into trees, and remembers what it saw of each leaf. */
typedef struct _MimesendInsideLooker MimesendInsideLooker;

MimesendInsideLooker *mimesend_inside_looker_new (MimesendBlockPool *pool);
void mimesend_inside_looker_free (MimesendInsideLooker *self);

/* All that is inside of the object: leaves by their label, or by up to 64 KiB of them where the label is 7bit or
 * missing, or where they are stored as they leave; header fields, prologues and epilogues of what it contains. Its own header
 * does not count. Streams are left where they are. */
MimesendInside mimesend_inside_looker_look (MimesendInsideLooker *self, GMimeObject *object);

/* Is it known, by labels and by what is in memory, that the leaf leaves without an octet above 127? No file is opened. */
gboolean mimesend_leaf_is_seven_bit (GMimePart *part, gboolean sealed, MimesendWireFlags wire);

G_END_DECLS

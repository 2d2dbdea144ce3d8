/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks ahead into a tree: which of its leaves are 8-bit, binary or unfit for mail, before its first octet is sent. */
#pragma once

#include "walk/leaf.h"

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_INSIDE_SEVEN_BIT = 0,
  MIMESEND_INSIDE_UNKNOWN =
      1 << 0, /* a stream that can be read only once, or is longer than the part looked at */
  MIMESEND_INSIDE_EIGHT_BIT = 1 << 1,
  MIMESEND_INSIDE_BINARY = 1 << 2,
  MIMESEND_INSIDE_UNFIT = 1 << 3, /* a NUL or a line of more than 998 octets, which no server takes */
  MIMESEND_INSIDE_ALL = 15
} MimesendInside;

/* Whether some of it is, or may be, encoded on the way to a server of that kind. */
gboolean mimesend_inside_is_encoded (MimesendInside look, MimesendWireFlags wire);

/* Looks into trees; the result for each leaf is cached. */
typedef struct _MimesendInsideLooker MimesendInsideLooker;

MimesendInsideLooker *mimesend_inside_looker_new (MimesendBlockPool *pool);
void mimesend_inside_looker_free (MimesendInsideLooker *self);

/* What the object contains: leaves by their label, or by their first 64 KiB where the label is 7bit or missing, or where
 * they are sent as stored; header fields, prologues and epilogues of its parts. Its own header does not count. Stream
 * positions are left unchanged. */
MimesendInside mimesend_inside_looker_look (MimesendInsideLooker *self, GMimeObject *object);

/* Whether labels and what is in memory prove that the leaf is sent without an octet above 127. No file is opened. */
gboolean mimesend_leaf_is_seven_bit (GMimePart *part, gboolean sealed, MimesendWireFlags wire);

G_END_DECLS

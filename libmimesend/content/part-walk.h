/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A GMime tree, depth first, piece by piece: the octets of GMime's own writer, made when they are asked for. The tree is not
 * changed, and none of it is rendered ahead. */
#pragma once

#include "content/part-leaf.h"

G_BEGIN_DECLS

typedef struct
{
  MimesendLeafForm form; /* checked: the tree is encoded for form.wire on the way */
  const GArray
      *promises; /* of MimesendPromise, a leaf each, in the walk's order; NULL: none. Outlives the walk */
  GPtrArray *warnings; /* of char *; NULL: not wanted. Outlives the walk */
} MimesendWalkSetup;

typedef struct _MimesendPartWalk MimesendPartWalk;

/* options NULL: GMime's defaults, with Bcc and Resent-Bcc of the outermost message hidden. Their newline format is not looked
 * at. */
MimesendPartWalk *
mimesend_part_walk_new (GMimeObject *top, GMimeFormatOptions *options, const MimesendWalkSetup *setup);
void mimesend_part_walk_free (MimesendPartWalk *self);

MimesendPullStatus mimesend_part_walk_next (MimesendPartWalk *self, MimesendPiece *piece, GError **error);

/* In place of next (): counts it all, leaves by formula. FALSE: not known (or cannot be read). */
gboolean mimesend_part_walk_measure (MimesendPartWalk *self, MimesendCrlf *state, guint64 *octets);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A GMime tree, depth first, piece by piece: the octets of GMime's own writer, made when they are asked for. The tree is not
 * changed, and none of it is rendered ahead. */
#pragma once

#include "octets/crlf.h"
#include "walk/leaf.h"

G_BEGIN_DECLS

/* Replaced header fields of the outermost block: the tree's own fields of these names are left out. */
typedef struct
{
  const char *const *names; /* NULL-terminated */
  /* Here the field belongs, `offset` octets behind what was given so far: where the tree has its first of that name, else
   * behind the last of its own headers. */
  void (*reached) (gpointer data, guint field, gsize offset);
  gpointer data;
} MimesendWalkFields;

typedef struct
{
  MimesendLeafForm form; /* checked: the tree is encoded for form.wire on the way */
  const GArray
      *promises; /* of MimesendPromise, a leaf each, in the walk's order; NULL: none. Outlives the walk */
  GPtrArray *warnings;              /* of char *; NULL: not wanted. Outlives the walk */
  const MimesendWalkFields *fields; /* NULL: none. Outlives the walk */
} MimesendWalkSetup;

typedef struct _MimesendPartWalk MimesendWalk;

/* options NULL: GMime's defaults, with Bcc and Resent-Bcc of the outermost message hidden. Their newline format is not looked
 * at. */
MimesendWalk *
mimesend_walk_new (GMimeObject *top, GMimeFormatOptions *options, const MimesendWalkSetup *setup);
void mimesend_walk_free (MimesendWalk *self);

/* Are headers of that name of the outermost block left out? */
gboolean mimesend_walk_hides (GMimeFormatOptions *options, const char *name);

MimesendPullStatus mimesend_walk_next (MimesendWalk *self, MimesendPiece *piece, GError **error);

/* In place of next (): what stands around leaves is given as octets, a leaf as it was opened, to be read or not. */
typedef struct
{
  void (*octets) (gpointer data, const guint8 *octets, gsize n);
  gboolean (*leaf) (
      gpointer data, GMimePart *part, MimesendLeaf *leaf, gboolean ensure_newline, GError **error);
} MimesendWalkVisitor;

gboolean
mimesend_walk_visit (MimesendWalk *self, const MimesendWalkVisitor *visitor, gpointer data, GError **error);

/* "part 1.2 (report.pdf)": the leaf that is being visited. */
char *mimesend_walk_describe (MimesendWalk *self);

/* What a receipt says of a leaf that has left: lines that are too long, a file that is longer by now. */
gboolean mimesend_walk_has_to_warn (MimesendLeaf *leaf);
void mimesend_walk_warn (GPtrArray *warnings, const char *name, MimesendLeaf *leaf);

/* In place of next (): counts it all, leaves by formula. FALSE: not known (or cannot be read). */
gboolean mimesend_walk_measure (MimesendWalk *self, MimesendCrlf *state, guint64 *octets);

G_END_DECLS

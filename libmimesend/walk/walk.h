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
  /* Called where the field belongs, `offset` octets after what was returned so far: at the tree's first field of that name,
   * else after the last of its own headers. */
  void (*reached) (gpointer data, guint field, gsize offset);
  gpointer data;
} MimesendWalkFields;

typedef struct
{
  MimesendLeafForm form;  /* checked: leaves are encoded for form.wire */
  const GArray *promises; /* of MimesendPromise, one a leaf, in order; NULL: none. Outlives the walk */
  GPtrArray *warnings;    /* of char *; NULL: not wanted. Outlives the walk */
  const MimesendWalkFields *fields; /* NULL: none. Outlives the walk */
} MimesendWalkSetup;

typedef struct _MimesendPartWalk MimesendWalk;

/* options NULL: GMime's defaults, with Bcc and Resent-Bcc of the outermost message hidden. Their newline format is ignored. */
MimesendWalk *
mimesend_walk_new (GMimeObject *top, GMimeFormatOptions *options, const MimesendWalkSetup *setup);
void mimesend_walk_free (MimesendWalk *self);

/* Whether headers of that name are left out of the outermost block. */
gboolean mimesend_walk_hides (GMimeFormatOptions *options, const char *name);

MimesendPullStatus mimesend_walk_next (MimesendWalk *self, MimesendPiece *piece, GError **error);

/* Instead of next (): octets around leaves are returned as octets, and a leaf as an open leaf, to be read or skipped. */
typedef struct
{
  void (*octets) (gpointer data, const guint8 *octets, gsize n);
  gboolean (*leaf) (
      gpointer data, GMimePart *part, MimesendLeaf *leaf, gboolean ensure_newline, GError **error);

  /* Does the visitor take this leaf over? Then nothing of it is returned, neither its header nor, in a multipart, the boundary
   * line ahead of it and the line end behind it; taken () is called where it stands. Both NULL: it takes none. */
  gboolean (*takes) (gpointer data, GMimePart *part);
  void (*taken) (gpointer data, GMimePart *part);
} MimesendWalkVisitor;

gboolean
mimesend_walk_visit (MimesendWalk *self, const MimesendWalkVisitor *visitor, gpointer data, GError **error);

/* (transfer full): names the current leaf, "part 1.2 (report.pdf)". */
char *mimesend_walk_describe (MimesendWalk *self);

/* Warnings about a leaf that was sent: lines that are too long, a file that has grown. */
gboolean mimesend_walk_has_to_warn (MimesendLeaf *leaf);
void mimesend_walk_warn (GPtrArray *warnings, const char *name, MimesendLeaf *leaf);

/* Instead of next (): counts the octets of the tree, leaves by formula. FALSE: not known (or cannot be read). */
gboolean mimesend_walk_measure (MimesendWalk *self, MimesendCrlf *state, guint64 *octets);

G_END_DECLS

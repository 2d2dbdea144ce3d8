/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk from inside: its stack of frames, for walk*.c. */
#pragma once

#include "walk/convert-look.h"
#include "walk/walk.h"

G_BEGIN_DECLS

#define MIMESEND_WALK_OUT_ENOUGH 16384

typedef enum
{
  WALK_ENTER,
  WALK_HEADERS,
  WALK_BODY,
  WALK_LEAF,
  WALK_CHILD,
  WALK_CHILD_END,
  WALK_CLOSE
} MimesendWalkState;

typedef struct
{
  GMimeObject *object;
  GMimeFormatOptions *options; /* borrowed: one of the walk's three */
  gboolean content_only;
  gboolean ensure_newline;
  gboolean sealed;
  MimesendWalkState state;
  gint child;               /* of a multipart: the index of the next child */
  guint n_children;         /* the number of children when it was entered: it must not change */
  gint own_header;          /* index of the next header of the object … */
  gint part_header;         /* … and of a message's part: the two lists are merged */
  GMimeFilter *newline;     /* one filter for the whole header block: its state crosses headers */
  GMimeHeader *open_header; /* borrowed: the last header written, if it has no line end */
  const char *label;        /* replaces the tree's Content-Transfer-Encoding; NULL: unchanged */
  gboolean label_written;
  gboolean needs_mime_version;
  gboolean taken; /* of a message: its part is the visitor's */
  MimesendLeaf *leaf;
} MimesendWalkFrame;

struct _MimesendPartWalk
{
  GMimeObject *top;
  GMimeFormatOptions *outer; /* outside message/rfc822 */
  GMimeFormatOptions *inner; /* inside it */
  GMimeFormatOptions *bare;  /* below multipart/signed: nothing is hidden */
  MimesendWalkSetup setup;
  GArray *frames;
  GByteArray *out;
  gboolean out_given;
  GMimeStream *header; /* where one header is rendered */
  MimesendBlockPool *pool;
  MimesendInsideLooker *looker; /* NULL: no look was needed yet */
  gboolean all_seven_bit;       /* a look from the top found 7-bit octets alone */
  guint n_leaves;
  const MimesendWalkVisitor *visitor; /* NULL: none, the walk is pulled */
  gpointer visitor_data;
  gboolean begun;
  gboolean measuring;
  guint64 fields_reached;   /* a bit for each of setup.fields that was reached */
  gboolean fields_complete; /* all of them were reached */
};

/* walk-header.c: writes header lines into out until it holds enough; at their end the frame is at its body. */
gboolean mimesend_walk_put_headers (MimesendWalk *self, MimesendWalkFrame *frame, GError **error);
void mimesend_walk_put_mime_version (MimesendWalk *self);

/* walk-leaf.c */
gboolean mimesend_walk_open_leaf (
    MimesendWalk *self, MimesendWalkFrame *frame, GMimePart *part, gboolean ensure_newline, GError **error);
gboolean mimesend_walk_decide_encoding (MimesendWalk *self, MimesendWalkFrame *frame, GError **error);
void mimesend_walk_warn_of_leaf (MimesendWalk *self, MimesendWalkFrame *frame);

void mimesend_walk_put (MimesendWalk *self, const char *text);
void mimesend_walk_put_newline (MimesendWalk *self);

/* The part that the frame's header block labels: the object itself, or a message's part. */
GMimeObject *mimesend_walk_labelled_object (MimesendWalkFrame *frame);

/* Prefixes the error with the part's name; returns FALSE. */
gboolean mimesend_walk_named_failure (MimesendWalk *self, GMimeObject *object, GError **error);

G_END_DECLS

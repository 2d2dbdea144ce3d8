/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk's stack, shared by the files that work on it. */
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
  GMimeFormatOptions *options; /* one of the walk's three */
  gboolean content_only;
  gboolean ensure_newline;
  gboolean sealed;
  MimesendWalkState state;
  gint child;               /* of a multipart: the next one */
  guint n_children;         /* when it was entered: it must not change */
  gint own_header;          /* the next to write of the object … */
  gint part_header;         /* … and of a message's part, in whose order they are merged */
  GMimeFilter *newline;     /* over the whole header block: its state crosses headers */
  GMimeHeader *open_header; /* written last, without a line end; the object has it */
  const char *label;        /* Content-Transfer-Encoding in place of the tree's; NULL: as it is */
  gboolean label_written;
  gboolean needs_mime_version;
  MimesendLeaf *leaf;
} MimesendWalkFrame;

struct _MimesendPartWalk
{
  GMimeObject *top;
  GMimeFormatOptions *outer; /* up to the first message/rfc822 */
  GMimeFormatOptions *inner; /* inside it */
  GMimeFormatOptions *bare;  /* below multipart/signed: nothing is hidden */
  MimesendWalkSetup setup;
  GArray *frames;
  GByteArray *out;
  gboolean out_given;
  GMimeStream *header; /* where one header is rendered */
  MimesendBlockPool *pool;
  MimesendInsideLooker *looker; /* NULL: the tree was not looked at */
  gboolean all_seven_bit;       /* as far as was looked from the top */
  guint n_leaves;
  gboolean begun;
  gboolean measuring;
  guint64 fields_reached;   /* a bit for each of setup.fields … */
  gboolean fields_complete; /* … and all of them were */
};

/* part-walk-header.c: writes header lines into out until it holds enough; at their end the frame is at its body. */
gboolean mimesend_walk_put_headers (MimesendWalk *self, MimesendWalkFrame *frame, GError **error);
void mimesend_walk_put_mime_version (MimesendWalk *self);

/* part-walk-leaf.c */
gboolean mimesend_walk_open_leaf (
    MimesendWalk *self, MimesendWalkFrame *frame, GMimePart *part, gboolean ensure_newline, GError **error);
gboolean mimesend_walk_decide_encoding (MimesendWalk *self, MimesendWalkFrame *frame, GError **error);
void mimesend_walk_warn_of_leaf (MimesendWalk *self, MimesendWalkFrame *frame);

void mimesend_walk_put (MimesendWalk *self, const char *text);
void mimesend_walk_put_newline (MimesendWalk *self);

/* The part whose encoding and header stand in the frame's header block. */
GMimeObject *mimesend_walk_labelled_object (MimesendWalkFrame *frame);

/* "1.2" of the frame on top. */
char *mimesend_walk_numbers (MimesendWalk *self);

/* FALSE; the error gets the part's name in front. */
gboolean mimesend_walk_named_failure (MimesendWalk *self, GMimeObject *object, GError **error);

G_END_DECLS

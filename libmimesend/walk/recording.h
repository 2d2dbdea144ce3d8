/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A walk's octets, kept for many letters: encoded once for one kind of server, with the places of the fields that each letter
 * brings along. Leaves that are too large are not kept, but opened anew by each letter. Immutable once made. */
#pragma once

#include "walk/walk.h"

G_BEGIN_DECLS

typedef struct
{
  guint field;
  gsize offset; /* in the head */
} MimesendPlace;

typedef struct
{
  /* Kept octets … */
  guint8 *octets;
  gsize length;
  MimesendPieceFlags flags;

  /* … or a leaf, where this is set. */
  GMimePart *part;
  gboolean ensure_newline;
  gboolean sealed;
  GMimeContentEncoding encoding; /* in which it leaves */
  gboolean lines;
  MimesendPromise promise; /* what it was when the first letter was made: all get the same */
  char *name;              /* as errors and warnings call it */
} MimesendSegment;

typedef struct
{
  gatomicrefcount refs;
  MimesendLeafForm form;
  MimesendBlockPool *pool;
  guint8 *head; /* the header block up to the last place */
  gsize head_length;
  GArray *places;      /* of MimesendPlace, ascending */
  GArray *segments;    /* of MimesendSegment: what follows the head */
  GPtrArray *warnings; /* of char *, about what is kept */
} MimesendRecording;

/* names: the fields (NULL-terminated). keep_limit: octets of encoded leaves. NULL with error. */
MimesendRecording *mimesend_recording_new (GMimeObject *tree,
                                           const MimesendLeafForm *form,
                                           const char *const *names,
                                           guint64 keep_limit,
                                           GError **error);
MimesendRecording *mimesend_recording_ref (MimesendRecording *self);
void mimesend_recording_unref (gpointer self);

/* A segment that is a leaf, opened. */
MimesendLeaf *
mimesend_recording_open (MimesendRecording *self, const MimesendSegment *segment, GError **error);

G_END_DECLS

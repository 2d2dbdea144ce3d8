/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The recorded octets of a walk, for the letters of a mailing: encoded once for one kind of server, with the places of the
 * fields that differ from letter to letter. Leaves that are too large are not recorded, but opened anew by each letter.
 * Immutable. */
#pragma once

#include "walk/walk.h"

G_BEGIN_DECLS

typedef struct
{
  guint field;
  gsize offset; /* in the head, in octets */
} MimesendPlace;

typedef struct
{
  /* Recorded octets … */
  guint8 *octets;
  gsize length;
  MimesendPieceFlags flags;

  /* … or, if set, a leaf that is opened anew. */
  GMimePart *part;
  gboolean ensure_newline;
  gboolean sealed;
  GMimeContentEncoding encoding; /* the encoding in which it is sent */
  gboolean lines;
  MimesendPromise promise; /* the file when the first letter was made: all letters send the same */
  char *name;              /* its name in errors and warnings */

  gboolean is_gap; /* … or a place where each letter has something of its own: nothing is recorded */
} MimesendSegment;

/* The leaves that are not recorded: each is a gap. */
typedef struct
{
  gboolean (*is_one) (gpointer data, GMimePart *part);
  gpointer data;
} MimesendGaps;

typedef struct
{
  gatomicrefcount refs;
  MimesendLeafForm form;
  MimesendBlockPool *pool;
  guint8 *head; /* the header block up to the last place */
  gsize head_length;
  GArray *places;      /* of MimesendPlace, ascending */
  GArray *segments;    /* of MimesendSegment: what follows the head */
  GPtrArray *warnings; /* of char *, about the recorded octets */
} MimesendRecording;

/* names: the fields (NULL-terminated). gaps: NULL: none. keep_limit: octets of encoded leaves that are recorded at most. NULL with error. */
MimesendRecording *mimesend_recording_new (GMimeObject *tree,
                                           const MimesendLeafForm *form,
                                           const char *const *names,
                                           const MimesendGaps *gaps,
                                           guint64 keep_limit,
                                           GError **error);
MimesendRecording *mimesend_recording_ref (MimesendRecording *self);
void mimesend_recording_unref (gpointer self);

/* A segment that is a leaf, opened. */
MimesendLeaf *
mimesend_recording_open (MimesendRecording *self, const MimesendSegment *segment, GError **error);

G_END_DECLS

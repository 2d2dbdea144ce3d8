/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cursor reads a leaf's octets, at a position of its own wherever the stream allows that: the caller's stream is
 * unchanged and several threads may read one tree. */
#pragma once

#include <gmime/gmime.h>

#include "walk/file-watch.h"

G_BEGIN_DECLS

/* What was promised of a stream (its size, as in SIZE=) before it was read, and must hold. */
typedef struct
{
  gboolean known;
  guint64 octets;
  gint64 mtime_ns; /* of a file, in nanoseconds; 0: no file */
  gint64 atime_ns;
  guint64 inode;
  guint64 device;
  gboolean looked_at;     /* a short file was read beforehand: */
  guint64 fingerprint;    /* the fingerprint of all of it */
  MimesendFileSeen *seen; /* nullable, borrowed: shared with the other readers under the same promise */
} MimesendPromise;

typedef struct _MimesendCursor MimesendCursor;

/* Fills in the size without reading, rewinding or opening anything. */
void mimesend_promise_make (MimesendPromise *self, GMimeStream *stream);

/* Reads a short file beforehand: it may grow until it is sent, but not change otherwise. */
void mimesend_promise_look (MimesendPromise *self, GMimeStream *stream);

/* At the first octet of the stream, as GMime understands it (bound_start). Files are opened here. promise (nullable): a
 * file that has grown since is read up to its promised size. */
MimesendCursor *mimesend_cursor_new (GMimeStream *stream, const MimesendPromise *promise, GError **error);

/* Is the stream itself rewound and read, so that a second cursor on it would be in the way of the first? */
gboolean mimesend_cursor_moves (GMimeStream *stream);
void mimesend_cursor_free (MimesendCursor *self);

/* The number of octets read, 0 at the end, −1 with error. Ending before the promised size is an error; a file that grows
 * ends where it ended at the start. */
gssize mimesend_cursor_read (MimesendCursor *self, guint8 *octets, gsize n, GError **error);

/* Whether the octets are in memory, so that lend () may replace read (). Lent octets are valid until the next call. */
gboolean mimesend_cursor_can_lend (MimesendCursor *self);
gssize mimesend_cursor_lend (MimesendCursor *self, gsize n, const guint8 **octets, GError **error);

/* Starts again at the first octet; of memory alone. */
void mimesend_cursor_restart (MimesendCursor *self);

/* Whether a read may block. */
gboolean mimesend_cursor_may_block (MimesendCursor *self);

/* At the end: whether the file is longer than what was read of it. */
gboolean mimesend_cursor_has_grown (MimesendCursor *self);

/* How many octets there are in all; −1: not known. */
gint64 mimesend_cursor_get_size (MimesendCursor *self);

G_END_DECLS

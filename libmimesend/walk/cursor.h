/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A leaf's octets, read through a position of our own wherever the stream allows that, so that the caller's stream stays as
 * it is and several threads may read one tree. */
#pragma once

#include <gmime/gmime.h>

#include "walk/file-watch.h"

G_BEGIN_DECLS

/* What was said of a stream's size before it was read: a debt. */
typedef struct
{
  gboolean known;
  guint64 octets;
  gint64 mtime_ns; /* of files; 0: none */
  gint64 atime_ns;
  guint64 inode;
  guint64 device;
  gboolean looked_at;     /* of a short file: */
  guint64 fingerprint;    /* of all of it */
  MimesendFileSeen *seen; /* nullable, borrowed: shared with the other readers under the same promise */
} MimesendPromise;

typedef struct _MimesendCursor MimesendCursor;

/* Looks up the size without reading, rewinding or opening anything. */
void mimesend_promise_make (MimesendPromise *self, GMimeStream *stream);

/* Reads a short file that it names: it may grow until its turn comes, and nothing else. */
void mimesend_promise_look (MimesendPromise *self, GMimeStream *stream);

/* At the first octet of the stream, as GMime understands it (bound_start). Files are opened here. promise: NULL or what was
 * said of it: a file that has grown since has as many octets as it had. */
MimesendCursor *mimesend_cursor_new (GMimeStream *stream, const MimesendPromise *promise, GError **error);
void mimesend_cursor_free (MimesendCursor *self);

/* Octets, 0 at the end, −1 with error. The end is told only if all that was to come has come. Of a file that grows it is where
 * its end was. */
gssize mimesend_cursor_read (MimesendCursor *self, guint8 *octets, gsize n, GError **error);

/* In memory: may lend () be used in place of read ()? Lent octets are valid until the next call. */
gboolean mimesend_cursor_can_lend (MimesendCursor *self);
gssize mimesend_cursor_lend (MimesendCursor *self, gsize n, const guint8 **octets, GError **error);

/* In memory: at the first octet again. */
void mimesend_cursor_restart (MimesendCursor *self);

/* Whether a read may block. */
gboolean mimesend_cursor_may_block (MimesendCursor *self);

/* At the end: is the file longer than what was read of it? */
gboolean mimesend_cursor_has_grown (MimesendCursor *self);

/* How many octets there are in all; −1: not known. */
gint64 mimesend_cursor_get_size (MimesendCursor *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pulls pieces from a content without blocking: quick contents in this thread, those that may block on a worker, which
 * keeps a few pieces ready. Classes of the application are called in the calling context alone, also for the worker
 * (content/foreign.c). */
#pragma once

#include "content/content-pull.h"
#include "octets/header-watch.h"

G_BEGIN_DECLS

typedef struct _MimesendFeed MimesendFeed;

/* wake: called from the worker when there is a piece. */
MimesendFeed *
mimesend_feed_new (MimesendPull *content, gboolean on_worker, void (*wake) (gpointer data), gpointer data);

/* Reads the header ahead, as far as content/content-ahead.h keeps it; nothing of it is lost where no piece is asked for after it. END:
 * it was; WAIT: wake () will be called; FAILED: the content is not fit to be sent. */
MimesendPullStatus mimesend_feed_look (MimesendFeed *self, GError **error);

/* What is known of the header so far. */
const MimesendHeaderWatch *mimesend_feed_get_header (MimesendFeed *self);

/* Never blocks for contents of ours. WAIT: wake () will be called. */
MimesendPullStatus mimesend_feed_next (MimesendFeed *self, gsize max, MimesendPiece *piece, GError **error);

/* Stops pulling. A worker in the middle of a read stops when the read returns: then wake () is called, and _has_left () is
 * TRUE. Until then the content must not be used. */
void mimesend_feed_close (MimesendFeed *self);
gboolean mimesend_feed_has_left (MimesendFeed *self); /* TRUE also without a worker */

/* A worker that still runs ends by itself; wake () is not called any more. */
void mimesend_feed_free (MimesendFeed *self);

G_END_DECLS

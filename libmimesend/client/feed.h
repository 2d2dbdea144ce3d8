/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a content to pieces, without waiting: what is quick is pulled where we stand, what may block is pulled
 * on a worker that keeps two pieces ahead. A class that is not one of ours is called in the calling context
 * alone, also for the worker (content/foreign.c). */
#pragma once

#include "content/pull.h"

G_BEGIN_DECLS

typedef struct _MimesendFeed MimesendFeed;

/* wake: called from the worker when something is there. */
MimesendFeed *
mimesend_feed_new (MimesendPull *content, gboolean on_worker, void (*wake) (gpointer data), gpointer data);

/* Never blocks for contents of ours. WAIT: wake () will be called. */
MimesendPullStatus mimesend_feed_next (MimesendFeed *self, gsize max, MimesendPiece *piece, GError **error);

/* Waits until the content is not touched any more: for one that is to be read once more, which is not a slow one. */
void mimesend_feed_stop (MimesendFeed *self);

/* Gives it up. A worker in the middle of a read ends by itself later; wake () is not called any more. */
void mimesend_feed_free (MimesendFeed *self);

G_END_DECLS

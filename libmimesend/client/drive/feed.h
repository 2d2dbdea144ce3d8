/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a content to pieces, without waiting: what is quick is pulled where we stand, what may block is pulled
 * on a worker that keeps some pieces ahead. A class that is not one of ours is called in the calling context
 * alone, also for the worker (content/foreign.c). */
#pragma once

#include "content/content-pull.h"
#include "octets/header-watch.h"

G_BEGIN_DECLS

typedef struct _MimesendFeed MimesendFeed;

/* wake: called from the worker when something is there. */
MimesendFeed *
mimesend_feed_new (MimesendPull *content, gboolean on_worker, void (*wake) (gpointer data), gpointer data);

/* Reads the header ahead, as far as content/content-ahead.h keeps it; nothing of it is lost where no piece is asked for after it. END:
 * it was; WAIT: wake () will be called; FAILED: the content is not fit to be sent. */
MimesendPullStatus mimesend_feed_look (MimesendFeed *self, GError **error);

/* What is known of it so far. */
const MimesendHeaderWatch *mimesend_feed_get_header (MimesendFeed *self);

/* Never blocks for contents of ours. WAIT: wake () will be called. */
MimesendPullStatus mimesend_feed_next (MimesendFeed *self, gsize max, MimesendPiece *piece, GError **error);

/* Nothing more is wanted. A worker in the middle of a read leaves as soon as the read lets it: wake () is called then, and
 * _has_left () tells. Until it has, the content is not the caller's again. */
void mimesend_feed_close (MimesendFeed *self);
gboolean mimesend_feed_has_left (MimesendFeed *self); /* TRUE also where no worker was ever needed */

/* Gives it up. A worker that has not left ends by itself later; wake () is not called any more. */
void mimesend_feed_free (MimesendFeed *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The runner of a session: connects, steps the drive, begins deliveries as the window has room, and completes them. Under
 * one GSource: the caller's main context runs it, or a private one when the caller blocks. */
#pragma once

#include "client/delivery/queued-delivery.h"

G_BEGIN_DECLS

typedef struct _MimesendRunner MimesendRunner;

MimesendRunner *mimesend_runner_new (
    MimesendPolicy *policy); /* policy is borrowed; its server in use may change to a fallback */
void mimesend_runner_free (MimesendRunner *self); /* closes the connection; no delivery may be left */

/* Takes ownership of the delivery, and frees it after done, in the thread-default main context. */
void mimesend_runner_add (MimesendRunner *self,
                          MimesendDelivery *delivery,
                          int io_priority,
                          GCancellable *cancellable,
                          MimesendDeliveryDone done,
                          gpointer data);
/* More of them: asked for when one can begin, out of the step. It adds one by mimesend_runner_add () and returns TRUE, or has
 * none for now. After _end_pull () it is not called any more; when all is over, exhausted is called, last of all: it may destroy
 * anything. Returns the source, (transfer none), which stays until then. */
typedef gboolean (*MimesendRunnerMore) (gpointer data);
GSource *mimesend_runner_pull (MimesendRunner *self,
                               int io_priority,
                               MimesendRunnerMore more,
                               void (*exhausted) (gpointer data),
                               gpointer data);
void mimesend_runner_end_pull (MimesendRunner *self);

gboolean mimesend_runner_is_busy (MimesendRunner *self);

/* The thread-default context is there for this runner alone, and is iterated until it is not busy: nothing may be left in it. */
void mimesend_runner_set_alone (MimesendRunner *self, gboolean alone);

/* QUIT, and wait for its reply for at most five seconds: iterate the context until it is not busy. done (may be NULL) is called
 * last of all, and may free the runner. FALSE: there is no connection, and done is not called. */
gboolean mimesend_runner_quit (MimesendRunner *self, void (*done) (gpointer data), gpointer data);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one GSource. It calls a step that never blocks and waits for what the step says: a descriptor, a
 * deadline, a wake from another thread. Async callers attach it to their context, blocking ones iterate a
 * private context. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  int fd;                 /* −1: none */
  GIOCondition condition; /* 0: none */
  gint64 deadline_us;     /* monotonic; G_MAXINT64: none */
  gboolean again;         /* a budget was spent: call again as soon as others had their turn */
  gboolean readable;      /* told to the step: the descriptor of last time may have input */
} MimesendWait;

typedef void (*MimesendStepFunc) (gpointer owner, MimesendWait *wait);

/* Attached to the thread-default context. The owner outlives the source: destroy it first. */
GSource *mimesend_step_source_new (MimesendStepFunc step, gpointer owner, int io_priority);

/* From any thread: call the step soon. */
void mimesend_step_source_wake (GSource *source);

G_END_DECLS

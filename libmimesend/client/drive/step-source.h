/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The GSource of a session. It calls a step that never blocks, and waits for what the step returns: a descriptor, a
 * deadline, a wake from another thread. Async callers attach it to their context, blocking ones iterate a private context. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  int fd;                 /* −1: none */
  GIOCondition condition; /* 0: none */
  gint64 deadline_us;     /* monotonic; G_MAXINT64: none */
  gboolean again;         /* a limit was reached: call again after other sources */
  gboolean readable;      /* set for the step: the last descriptor may have input */
} MimesendWait;

typedef void (*MimesendStepFunc) (gpointer owner, MimesendWait *wait);

/* Attached to the thread-default context. The owner outlives the source: destroy it first. */
GSource *mimesend_step_source_new (MimesendStepFunc step, gpointer owner, int io_priority);

/* Thread-safe: has the step called soon. */
void mimesend_step_source_wake (GSource *source);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The trace event's fields, and its setters. */
#pragma once

#include "mimesend-trace-event.h"

G_BEGIN_DECLS

struct _MimesendTraceEvent
{
  gatomicrefcount refs;
  MimesendTraceKind kind;
  gint64 time_us, duration_us;
  MimesendStage stage;
  char *text; /* NULL: none */
  guint64 octets;
  guint connection; /* 0: none */
  MimesendEnvelope *envelope;
  MimesendOutcome outcome;
};

/* Copies the structure and the strings it points at. */
MimesendTraceEvent *mimesend_trace_event_new (const MimesendTraceEvent *like);

G_END_DECLS

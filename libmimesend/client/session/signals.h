/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reports of a session, as its signals. */
#pragma once

#include "client/drive/reports.h"

G_BEGIN_DECLS

/* The signals of MimesendSession. */
extern const MimesendReports mimesend_session_reports;
void mimesend_session_install_signals (gpointer object_class);

/* Progress reports at a limited rate. Initialise with zeros. */
typedef struct
{
  gint64 told_us;
  guint64 octets;
  MimesendStage stage;
  MimesendEnvelope *envelope; /* compared, never dereferenced */
} MimesendProgress;

/* Reports progress now, or returns when to (monotonic time; G_MAXINT64: nothing is new). */
gint64 mimesend_progress_tell (MimesendProgress *self,
                               const MimesendReports *reports,
                               gpointer session,
                               MimesendEnvelope *envelope,
                               guint64 octets,
                               gint64 total,
                               MimesendStage stage);

G_END_DECLS

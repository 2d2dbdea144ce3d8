/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The result of a probe while it is gathered. */
#pragma once

#include "client/drive/drive.h"
#include "values/probe-result-private.h"

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_PROBE_NOTHING,
  MIMESEND_PROBE_HELLO,
  MIMESEND_PROBE_OTHER
} MimesendProbeSaid;

typedef struct
{
  gint64 begun_us;
  MimesendProbeResult *result; /* owned */
  GPtrArray *before, *after;   /* of char *, printable */
  MimesendProbeSaid said;      /* the last command sent */
  guint hello_line;
  gboolean tls_stands;
} MimesendProbeReport;

void mimesend_probe_report_init (MimesendProbeReport *self);
void mimesend_probe_report_clear (MimesendProbeReport *self);
void
mimesend_probe_report_time (MimesendProbeReport *self,
                            MimesendProbeStage stage); /* records the time of a step; the last call counts */

/* After the trial: adds limits, mechanisms, and what a message would use. */
void
mimesend_probe_report_offers (MimesendProbeReport *self, const MimesendPolicy *policy, MimesendDrive *drive);

/* (transfer full): the result. */
MimesendProbeResult *mimesend_probe_report_end (MimesendProbeReport *self,
                                                const MimesendPolicy *policy,
                                                MimesendDrive *drive,
                                                const GError *failure);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a probe has found, gathered and written down. */
#pragma once

#include "client/drive/drive.h"
#include "client/probe/probe-trial.h"

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
  char *address;
  guint16 port;
  char *greeting;
  GPtrArray *before, *after; /* of char *, printable */
  MimesendProbeSaid said;    /* our last command */
  guint hello_line;
  gboolean tls_stands;
  gboolean ready;
  GVariantDict times;
  GVariantDict found;
} MimesendProbeReport;

void mimesend_probe_report_init (MimesendProbeReport *self);
void mimesend_probe_report_clear (MimesendProbeReport *self);
void mimesend_probe_report_time (MimesendProbeReport *self, const char *stage); /* now; the latest counts */

/* Once the trial is over: limits, mechanisms, and what a message would use. */
void mimesend_probe_report_offers (MimesendProbeReport *self,
                                   const MimesendPolicy *policy,
                                   MimesendDrive *drive,
                                   MimesendProbeTrial *trial);

GVariant *mimesend_probe_report_end (MimesendProbeReport *self,
                                     const MimesendPolicy *policy,
                                     MimesendDrive *drive,
                                     const GError *failure);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The counters from inside: how the library adds to them. */
#pragma once

#include "mimesend-metrics.h"

G_BEGIN_DECLS

#define MIMESEND_METRICS_OUTCOMES (MIMESEND_OUTCOME_IN_DOUBT + 1)
#define MIMESEND_METRICS_STAGES   (MIMESEND_STAGE_QUIT + 1)
#define MIMESEND_METRICS_BOUNDS   11 /* buckets of a histogram */

/* The upper bounds of the buckets, in microseconds. */
extern const gint64 mimesend_metrics_bounds[MIMESEND_METRICS_BOUNDS];

typedef struct
{
  guint64 at_most
      [MIMESEND_METRICS_BOUNDS]; /* one bucket each, not cumulative; longer times are in the count alone */
  guint64 count, sum_us;
} MimesendHistogram;

typedef struct
{
  guint64 messages[MIMESEND_METRICS_OUTCOMES], recipients[MIMESEND_METRICS_OUTCOMES];
  guint64 retries, content_octets, sent, received, connected, not_connected, handshakes;
  MimesendHistogram stages[MIMESEND_METRICS_STAGES];
} MimesendCounts;

void mimesend_metrics_count_message (MimesendMetrics *self, MimesendReceipt *receipt);
void mimesend_metrics_count_octets (MimesendMetrics *self, guint64 sent, guint64 received);
void mimesend_metrics_count_connection (MimesendMetrics *self, gboolean made);
void mimesend_metrics_count_handshake (MimesendMetrics *self);
void mimesend_metrics_read (MimesendMetrics *self, MimesendCounts *counts);

G_END_DECLS

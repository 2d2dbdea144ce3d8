/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters of sessions and pools. */
#pragma once

#include <glib-object.h>
#include "mimesend-receipt.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_METRICS (mimesend_metrics_get_type ())

/**
 * MimesendMetrics:
 *
 * Counts messages, recipients, octets, connections and times of the sessions and pools that it is given to. Thread-safe.
 *
 * Since: 0.1
 */
typedef struct _MimesendMetrics MimesendMetrics;

GType mimesend_metrics_get_type (void);
MimesendMetrics *mimesend_metrics_new (void);
MimesendMetrics *mimesend_metrics_ref (MimesendMetrics *self);
void mimesend_metrics_unref (MimesendMetrics *self);

guint64 mimesend_metrics_get_messages (MimesendMetrics *self, MimesendOutcome outcome);
guint64 mimesend_metrics_get_recipients (MimesendMetrics *self, MimesendOutcome outcome);
guint64 mimesend_metrics_get_retries (MimesendMetrics *self);
guint64 mimesend_metrics_get_content_octets (MimesendMetrics *self);
guint64 mimesend_metrics_get_octets_sent (MimesendMetrics *self);
guint64 mimesend_metrics_get_octets_received (MimesendMetrics *self);
guint64 mimesend_metrics_get_connections (MimesendMetrics *self, gboolean made);
guint64 mimesend_metrics_get_tls_handshakes (MimesendMetrics *self);
guint64 mimesend_metrics_get_stage_count (MimesendMetrics *self, MimesendStage stage);
double mimesend_metrics_get_stage_time (MimesendMetrics *self, MimesendStage stage);
char *mimesend_metrics_to_prometheus (MimesendMetrics *self, const char *const *labels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendMetrics, mimesend_metrics_unref)

G_END_DECLS

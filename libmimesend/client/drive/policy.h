/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of a session (the properties of MimesendSession), as plain values. */
#pragma once

#include "client/drive/lesson.h"
#include "values/metrics-private.h"
#include "client/drive/reports.h"
#include "mimesend-flags.h"
#include "mimesend-metrics.h"
#include "mimesend-retry.h"
#include "mimesend-server.h"
#include "mimesend-trace-event.h"

G_BEGIN_DECLS

typedef struct _MimesendDelivery MimesendDelivery;

/* Guards refuse the others, so that a later version can give them a meaning. */
#define MIMESEND_SEND_KNOWN                                                                                  \
  (MIMESEND_SEND_SERVE_ACCEPTED | MIMESEND_SEND_ADD_MISSING_HEADERS | MIMESEND_SEND_EIGHT_BIT_AS_IS |        \
   MIMESEND_SEND_ALLOW_BINARYMIME)

typedef struct
{
  MimesendServer *first;   /* owned; with its fallback servers */
  MimesendServer *server;  /* borrowed: the one in use: first, one of its fallbacks, or one of found */
  MimesendServer *found;   /* owned: the servers found for srv: or mx:; NULL: none yet */
  char *ehlo_name;         /* NULL: chosen by ehlo-name.c */
  gint64 timeout_us;       /* each stage but the reply to the end of the data; 0: RFC 5321's */
  gint64 final_timeout_us; /* the reply to the end of the data; 0: 600 seconds */
  gint64 deadline_us;      /* one message, everything included; 0: none */
  guint max_recipients;    /* recipients of one transaction; 100 */
  guint window;            /* messages in flight; 1 */
  gint64 quiet_us;         /* an idle connection is checked by NOOP after so long; < 0: never */
  MimesendRetry *retry;    /* owned; NULL: the server's, if it has one */
  gboolean pipelining;
  gboolean chunking;
  gboolean probe; /* a probe: no message is sent, and an unverified certificate prevents only the login */
  /* nullable: lines of the dialogue, stages and messages as they come; the event is lent */
  void (*trace) (gpointer data, const MimesendTraceEvent *event);
  gpointer trace_data;
  MimesendMetrics *metrics;       /* owned; NULL: nothing is counted */
  GPtrArray *dkims;               /* owned, nullable, of MimesendDkim: the signers of messages */
  guint n_connections;            /* connections made so far */
  MimesendLessons *lessons;       /* owned; what was learnt of servers */
  const MimesendReports *reports; /* NULL: no reports */
  gpointer session;               /* borrowed: the argument of the reports */
  /* nullable. TRUE: a message with this outcome goes back to its pool, neither tried again here nor counted */
  gboolean (*takes_back) (gpointer data, MimesendDelivery *delivery);
  gpointer takes_back_data;
} MimesendPolicy;

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the caller wants of a session, as plain values (the properties of MimesendSession). */
#pragma once

#include "client/drive/lesson.h"
#include "values/metrics-private.h"
#include "client/drive/reports.h"
#include "mimesend-session.h"

G_BEGIN_DECLS

typedef struct _MimesendDelivery MimesendDelivery;

/* Guards refuse the others, so that a later version can give them a meaning. */
#define MIMESEND_SEND_KNOWN                                                                                  \
  (MIMESEND_SEND_SERVE_ACCEPTED | MIMESEND_SEND_ADD_MISSING_HEADERS | MIMESEND_SEND_EIGHT_BIT_AS_IS |        \
   MIMESEND_SEND_ALLOW_BINARYMIME)

typedef struct
{
  MimesendServer *first;  /* owned; the next ones hang on it */
  MimesendServer *server; /* the one in use: first, or one behind it that could be reached, or one of found */
  MimesendServer *found;  /* owned: what srv: and mx: have led to; NULL: nothing yet */
  char *ehlo_name;        /* NULL: found out (decision in ehlo-name.c) */
  gint64 timeout_us;      /* each stage but the reply to the end of the data; 0: RFC 5321's */
  gint64 final_timeout_us; /* that reply; 0: 600 seconds */
  gint64 deadline_us;      /* one message in all; 0: none */
  guint max_recipients;    /* a transaction's; 100 */
  guint window;            /* messages in flight; 1 */
  gint64 quiet_us;      /* unheard for so long, a connection is asked whether it is still there; < 0: never */
  MimesendRetry *retry; /* owned; NULL: the server's, if it has one */
  gboolean pipelining;
  gboolean chunking;
  gboolean probe; /* no message: a certificate is looked at, and matters only to credentials */
  /* nullable: lines of the dialogue, stages and messages as they come; the event is lent */
  void (*trace) (gpointer data, const MimesendTraceEvent *event);
  gpointer trace_data;
  MimesendMetrics *metrics;       /* owned; NULL: nothing is counted */
  GPtrArray *dkims;               /* owned, nullable, of MimesendDkim: who signs messages */
  guint n_connections;            /* so far */
  MimesendLessons *lessons;       /* owned; what was learnt of servers */
  const MimesendReports *reports; /* NULL: nothing is told */
  gpointer session;               /* borrowed: the object that the reports are of */
  /* nullable. TRUE: a message with this outcome goes back to its pool, neither tried again here nor counted */
  gboolean (*takes_back) (gpointer data, MimesendDelivery *delivery);
  gpointer takes_back_data;
} MimesendPolicy;

G_END_DECLS

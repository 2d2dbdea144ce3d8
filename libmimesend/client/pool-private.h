/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pool.c, pool-queue.c and pool-slots.c share. */
#pragma once

#include "mimesend-pool.h"
#include "mimesend-metrics.h"
#include "mimesend-retry.h"

#include "client/lesson.h"

G_BEGIN_DECLS

/* A connection. */
typedef struct
{
  MimesendPool *pool;
  MimesendSession *session;
  guint n_sent;
  gboolean busy;
  GSource *idle;
} MimesendPoolSlot;

/* A message. */
typedef struct
{
  MimesendPool *pool; /* held until it is settled */
  MimesendEnvelope *envelope;
  MimesendContent *content;
  MimesendSendFlags flags;
  guint64 tag;
  GCancellable *cancellable;
  GSource *watch;         /* for its cancel, while it waits */
  GTask *accept;          /* whoever waits for room */
  MimesendPoolSlot *slot; /* by which it goes */
} MimesendPoolItem;

struct _MimesendPool
{
  GObject parent;
  MimesendServer *server;
  guint connections, messages, idle_s, queue_max;
  double rate;
  MimesendRetry *retry;
  MimesendMetrics *metrics;
  MimesendLessons *lessons; /* what any of the connections has learnt of the server */
  GThread *thread;          /* atomic: whose it is; NULL: not used yet */
  GMainContext *context;    /* where it is used; of its own if its caller waits */
  gboolean blocking;        /* he does */
  gboolean waiting;         /* … now */
  GPtrArray *slots;
  GQueue queue;    /* of MimesendPoolItem: taken */
  GQueue pending;  /* … waiting for room */
  GQueue draining; /* of GTask */
  guint n_under_way, n_closing;
  gint64 next_us; /* not before it, at the rate that is wanted */
  GSource *pace;  /* until then */
  int down;       /* atomic */
};

/* pool.c: the signals, and whose it is. */
void mimesend_pool_settled (MimesendPool *self, guint64 tag, MimesendReceipt *receipt, const GError *error);
void mimesend_pool_session_created (MimesendPool *self, MimesendSession *session);

gboolean mimesend_pool_claim (MimesendPool *self, gboolean blocking, GError **error);

/* pool-slots.c: connections. */
MimesendPoolSlot *mimesend_pool_slot_take (MimesendPool *self); /* busy from now on; NULL: none is free */
/* It has sent a message and is free, or has done its share. */
void mimesend_pool_slot_give_back (MimesendPoolSlot *self);
void mimesend_pool_slots_close (MimesendPool *self); /* those that are free */
void mimesend_pool_slot_free (gpointer slot);

/* pool-queue.c: messages. */
void mimesend_pool_queue_add (MimesendPool *self, MimesendPoolItem *item);
void mimesend_pool_queue_empty (MimesendPool *self); /* each is settled: not tried */
/* Whoever waits for the end, if it has come. */
void mimesend_pool_complete_drains (MimesendPool *self);

G_END_DECLS

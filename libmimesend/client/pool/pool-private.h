/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pool.c, pool-queue.c and pool-slots.c share. */
#pragma once

#include "mimesend-pool.h"
#include "mimesend-metrics.h"
#include "mimesend-retry.h"

#include "client/drive/lesson.h"
#include "client/drive/policy.h"

G_BEGIN_DECLS

typedef struct _MimesendPoolItem MimesendPoolItem;

/* A connection. */
typedef struct
{
  MimesendPool *pool;
  MimesendSession *session;
  MimesendPoolItem *item; /* under way by it; NULL: none */
  gboolean works;         /* as far as its last message said; FALSE: not known */
  guint n_sent;
  gboolean busy;
  GSource *idle;
} MimesendPoolSlot;

/* A message. */
struct _MimesendPoolItem
{
  MimesendPool *pool; /* held until it is settled */
  MimesendEnvelope *envelope;
  MimesendContent *content;
  MimesendSendFlags flags;
  guint64 tag;
  int io_priority;
  GCancellable *cancellable;
  GSource *watch;         /* for its cancel, while it waits */
  GTask *accept;          /* owned, nullable: the submit that waits for room */
  MimesendPoolSlot *slot; /* by which it goes */
  guint n_back;           /* so often it came back to the queue */
};

struct _MimesendPool
{
  GObject parent;
  MimesendServer *server;
  guint connections, messages, queue_max;
  gint64 idle_us;
  double rate;
  MimesendRetry *retry;
  MimesendMetrics *metrics;
  MimesendLessons *lessons; /* what any of the connections has learnt of the server */
  GThread *thread;          /* atomic: whose it is; NULL: not used yet */
  GMainContext *context;    /* where it is used; of its own if its caller waits */
  gboolean blocking;        /* its caller waits */
  gboolean waiting;         /* … now */
  GPtrArray *slots;
  GQueue queue;    /* of MimesendPoolItem: taken */
  GQueue pending;  /* … waiting for room */
  GQueue draining; /* of GTask */
  guint n_under_way, n_closing;
  gint64 next_us; /* not before it, at the rate that is wanted */
  GSource *pace;  /* until then */
  /* pool-limit.c: the server takes no more than so many connections */
  guint limit;     /* 0: nothing is known of one */
  gint64 vain_us;  /* when no connection worked; 0: never, or one has since */
  gboolean trying; /* one more */
  gint64 pause_us; /* ahead of one more … */
  gint64 more_us;  /* … which is tried then, … */
  gint64 rest_us;  /* … and none ahead of this */
  GSource *more;   /* for a message that waits for that; NULL: none does */
  guint n_leaving; /* of n_closing: those that worked */
  gint64 left_us;  /* when the last of them was gone; 0: never */
  int down;        /* atomic */
};

/* pool.c: the signals, and whose it is. */
void mimesend_pool_settled (MimesendPool *self, guint64 tag, MimesendReceipt *receipt, const GError *error);
void mimesend_pool_session_created (MimesendPool *self, MimesendSession *session);

gboolean mimesend_pool_claim (MimesendPool *self, gboolean blocking, GError **error);

/* pool-settings.c */
void mimesend_pool_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec);
void mimesend_pool_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec);
void mimesend_pool_install_properties (GObjectClass *klass);

/* pool-slots.c: connections. */
MimesendPoolSlot *mimesend_pool_slot_take (MimesendPool *self); /* busy from now on; NULL: none is free */
/* It has sent a message and is free, or has done its share. */
void mimesend_pool_slot_give_back (MimesendPoolSlot *self);
void mimesend_pool_slot_retire (MimesendPoolSlot *self); /* frees it */
void mimesend_pool_slots_close (MimesendPool *self);     /* those that are free */
void mimesend_pool_slot_free (gpointer slot);

/* pool-limit.c: how many connections the server takes. */
gboolean mimesend_pool_may_connect (MimesendPool *self); /* FALSE: the queue is looked at again in time */
void mimesend_pool_slot_watch (MimesendPoolSlot *self);  /* its session: which messages come back */
void mimesend_pool_slot_forget (MimesendPoolSlot *self);
gboolean mimesend_pool_slot_gives_back (MimesendPoolSlot *self); /* the message that is over, to the queue */
void mimesend_pool_limit (MimesendPool *self, MimesendPoolSlot *turned_away);
/* What a message came to says of its connection. FALSE: that is one too many. */
gboolean mimesend_pool_note (MimesendPoolSlot *self, MimesendReceipt *receipt, const GError *error);
void mimesend_pool_stop_more (MimesendPool *self);

/* pool-queue.c: messages. */
void mimesend_pool_go_on (MimesendPool *self); /* gives those that wait to connections, as far as it goes */
void mimesend_pool_queue_add (MimesendPool *self, MimesendPoolItem *item);
void mimesend_pool_queue_empty (MimesendPool *self); /* each is settled: not tried */
/* Takes a drain's task, which waits for the end, or for its cancel. */
void mimesend_pool_queue_drain (MimesendPool *self, GTask *task);
/* Completes the waiting drains, if the end has come. */
void mimesend_pool_complete_drains (MimesendPool *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of a pool, for pool*.c. */
#pragma once

#include "mimesend-pool.h"
#include "mimesend-metrics.h"
#include "mimesend-retry.h"

#include "client/drive/lesson.h"
#include "client/drive/policy.h"

G_BEGIN_DECLS

typedef struct _MimesendPoolItem MimesendPoolItem;

/* A slot: one connection of the pool. */
typedef struct
{
  MimesendPool *pool;
  MimesendSession *session;
  MimesendPoolItem *item; /* the message being sent; NULL: none */
  gboolean works;         /* its last message showed that it works; FALSE: unknown */
  guint n_sent;
  gboolean busy;
  GSource *idle;
} MimesendPoolSlot;

/* An item: one submitted message. */
struct _MimesendPoolItem
{
  MimesendPool *pool; /* a reference, until it is settled */
  MimesendEnvelope *envelope;
  MimesendContent *content;
  MimesendSendFlags flags;
  guint64 tag;
  int io_priority;
  GCancellable *cancellable;
  GSource *watch;         /* watches its cancellable while it waits */
  GTask *accept;          /* owned, nullable: the submit that waits for room */
  MimesendPoolSlot *slot; /* borrowed: the connection that sends it */
  guint n_back;           /* how often it came back to the queue */
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
  MimesendLessons *lessons; /* shared by the connections */
  GThread *thread;          /* atomic: the thread that uses it; NULL: not used yet */
  GMainContext *context;    /* its main context; a private one for blocking callers */
  gboolean blocking;        /* it is used by the blocking functions */
  gboolean waiting;         /* a blocking function is running */
  GPtrArray *slots;
  GQueue queue;    /* of MimesendPoolItem: queued */
  GQueue pending;  /* of MimesendPoolItem: submitted, waiting for room */
  GQueue draining; /* of GTask */
  guint n_under_way, n_closing;
  gint64 next_us; /* the next message may begin then, by the rate */
  GSource *pace;  /* the timer for it */
  /* pool-limit.c: the server takes no more than so many connections */
  guint limit;     /* connections; 0: no limit is known */
  gint64 vain_us;  /* when no connection worked; 0: never, or one has worked since */
  gboolean trying; /* one more */
  gint64 pause_us; /* the pause before one more is tried … */
  gint64 more_us;  /* … when that is, … */
  gint64 rest_us;  /* … and the earliest time for it */
  GSource *more;   /* the timer for it; NULL: no message waits for it */
  guint n_leaving; /* of n_closing, those that worked */
  gint64 left_us;  /* when the last of them was closed; 0: never */
  int down;        /* atomic */
};

/* pool.c: the signals, and the thread check. */
void mimesend_pool_settled (MimesendPool *self, guint64 tag, MimesendReceipt *receipt, const GError *error);
void mimesend_pool_session_created (MimesendPool *self, MimesendSession *session);

gboolean mimesend_pool_claim (MimesendPool *self, gboolean blocking, GError **error);

/* pool-settings.c */
void mimesend_pool_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec);
void mimesend_pool_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec);
void mimesend_pool_install_properties (GObjectClass *klass);

/* pool-slots.c: connections. */
MimesendPoolSlot *
mimesend_pool_slot_take (MimesendPool *self); /* (nullable): marks it as busy; NULL: none is free */
/* Returns a slot after a message: it is free, or retired if it has sent its share. */
void mimesend_pool_slot_give_back (MimesendPoolSlot *self);
void mimesend_pool_slot_retire (MimesendPoolSlot *self); /* frees it */
void mimesend_pool_slots_close (MimesendPool *self);     /* closes the free ones */
void mimesend_pool_slot_free (gpointer slot);

/* pool-limit.c: how many connections the server takes. */
gboolean mimesend_pool_may_connect (MimesendPool *self); /* FALSE: the queue will be continued later */
void mimesend_pool_slot_watch (MimesendPoolSlot *self);  /* sets up its session: which messages come back */
void mimesend_pool_slot_forget (MimesendPoolSlot *self);
gboolean
mimesend_pool_slot_gives_back (MimesendPoolSlot *self); /* whether its message goes back to the queue */
void mimesend_pool_limit (MimesendPool *self, MimesendPoolSlot *turned_away);
/* Learns from the outcome of a message. FALSE: the connection is one too many. */
gboolean mimesend_pool_note (MimesendPoolSlot *self, MimesendReceipt *receipt, const GError *error);
void mimesend_pool_stop_more (MimesendPool *self);

/* pool-queue.c: messages. */
void
mimesend_pool_go_on (MimesendPool *self); /* passes waiting messages to connections, as far as possible */
void mimesend_pool_queue_add (MimesendPool *self, MimesendPoolItem *item);
void mimesend_pool_queue_empty (MimesendPool *self); /* settles each as not tried */
/* Takes the task of a drain, which completes at the end or when it is cancelled. */
void mimesend_pool_queue_drain (MimesendPool *self, GTask *task);
/* Completes the waiting drains, if the end has come. */
void mimesend_pool_complete_drains (MimesendPool *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A queued delivery with its completion callback, deadline and cancellable. */
#pragma once

#include "client/delivery/delivery.h"

G_BEGIN_DECLS

/* Called last: it may destroy any of the objects. */
typedef void (*MimesendDeliveryDone) (MimesendDelivery *delivery, gpointer data);

typedef struct
{
  GList link;                 /* link in its queue */
  MimesendDelivery *delivery; /* owned */
  gint64 limit_us;            /* for the whole message; 0: none */
  gint64 deadline_us;         /* monotonic time of the deadline; G_MAXINT64: none */
  gboolean given_up;          /* cancelled or timed out: reported once */
  guint64 number;       /* order of submission, from 1: the lowest is sent first, also when sent again */
  MimesendWay trial;    /* the way that its transaction tries again; MIMESEND_WAY_NONE: none */
  gboolean after_quiet; /* the connection had been unused for some time when it began */
  GCancellable *cancellable;
  gulong cancelled_id;
  MimesendDeliveryDone done;
  gpointer data;
} MimesendQueuedDelivery;

MimesendQueuedDelivery *mimesend_queued_delivery_new (MimesendDelivery *delivery,
                                                      gint64 limit_us,
                                                      MimesendDeliveryDone done,
                                                      gpointer data);
void mimesend_queued_delivery_free (MimesendQueuedDelivery *self);

/* A cancel wakes the source, from any thread. */
void
mimesend_queued_delivery_watch (MimesendQueuedDelivery *self, GCancellable *cancellable, GSource *source);

/* Afterwards no other thread wakes the source for this delivery. */
void mimesend_queued_delivery_disconnect (MimesendQueuedDelivery *self);

/* (transfer full) (nullable): why it must be given up; NULL: it need not, or that was returned already. */
GError *mimesend_queued_delivery_reason (MimesendQueuedDelivery *self);

G_END_DECLS

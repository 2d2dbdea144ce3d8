/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A queued delivery with its completion callback, deadline and cancellable. */
#pragma once

#include "client/delivery/delivery.h"

G_BEGIN_DECLS

/* Called last of all: may destroy anything. */
typedef void (*MimesendDeliveryDone) (MimesendDelivery *delivery, gpointer data);

typedef struct
{
  GList link;                 /* in the one queue that it stands in */
  MimesendDelivery *delivery; /* owned */
  gint64 limit_us;            /* for the whole message; 0: none */
  gint64 deadline_us;         /* when that is over; G_MAXINT64: none */
  gboolean given_up;          /* cancelled or out of time: told once */
  guint64 number;             /* counted by the runner from 1: the lowest goes first, again if need be */
  MimesendWay trial;          /* what its transaction tries once more; MIMESEND_WAY_NONE: nothing */
  gboolean after_quiet;       /* the connection had been unused for some time when it began */
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

/* After it no other thread wakes the source for this order. */
void mimesend_queued_delivery_disconnect (MimesendQueuedDelivery *self);

/* (transfer full): why it is to be given up now; NULL: it is not, or that was told already. */
GError *mimesend_queued_delivery_reason (MimesendQueuedDelivery *self);

G_END_DECLS

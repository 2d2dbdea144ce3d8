/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client/runner.h"
#include "mimesend-session.h"

G_BEGIN_DECLS

struct _MimesendSession
{
  GObject parent;
  MimesendPolicy policy;
  MimesendRunner *runner;
  MimesendReceipt *last;
  pid_t process; /* whose it is; 0: not used yet */
  GMutex mutex;  /* of what follows */
  guint n_under_way;
  gboolean alone;  /* a blocking caller has it */
  GThread *thread; /* whose the asynchronous ones are */
};

/* One attempt. Takes the delivery over; it is freed after done. */
void mimesend_session_deliver (MimesendSession *self,
                               MimesendDelivery *delivery,
                               int io_priority,
                               GCancellable *cancellable,
                               MimesendOrderDone done,
                               gpointer data);

G_END_DECLS

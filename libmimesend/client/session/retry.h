/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Delivers with retries, as the retry policy says. */
#pragma once

#include "client/session/runner.h"

G_BEGIN_DECLS

/* As mimesend_transport_deliver (): done is called once, after the last attempt, with a delivery whose receipt tells of all of
 * them. n_under_way: how many deliveries the session has, this one included; read while there is one. */
void mimesend_retry_deliver (MimesendPolicy *policy,
                             MimesendRunner *runner,
                             const guint *n_under_way,
                             MimesendRetry *retry,
                             MimesendDelivery *delivery,
                             int io_priority,
                             GCancellable *cancellable,
                             MimesendDeliveryDone done,
                             gpointer data);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes one attempt at a delivery: over the runner's connection, or by a program. */
#pragma once

#include "client/session/runner.h"

G_BEGIN_DECLS

/* Takes ownership of the delivery, which is freed after done. */
void mimesend_transport_deliver (MimesendPolicy *policy,
                                 MimesendRunner *runner,
                                 MimesendDelivery *delivery,
                                 int io_priority,
                                 GCancellable *cancellable,
                                 MimesendDeliveryDone done,
                                 gpointer data);

/* Whether the session's owner (a pool) sends the message again by itself: then its outcome is not reported. */
gboolean mimesend_transport_takes_back (const MimesendPolicy *policy, MimesendDelivery *delivery);

G_END_DECLS

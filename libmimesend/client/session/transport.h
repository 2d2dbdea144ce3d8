/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One attempt at a delivery: over the connection of the runner, or by the program that stands in a server's place. */
#pragma once

#include "client/session/runner.h"

G_BEGIN_DECLS

/* Takes the delivery over; it is freed after done. */
void mimesend_transport_deliver (MimesendPolicy *policy,
                                 MimesendRunner *runner,
                                 MimesendDelivery *delivery,
                                 int io_priority,
                                 GCancellable *cancellable,
                                 MimesendDeliveryDone done,
                                 gpointer data);

/* Does the caller of the session (a pool) send the message another time by itself? Then its outcome is nothing to tell. */
gboolean mimesend_transport_takes_back (const MimesendPolicy *policy, MimesendDelivery *delivery);

G_END_DECLS

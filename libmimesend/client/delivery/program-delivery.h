/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program: transport: the message on a command's standard input, its exit status as the
 * outcome. */
#pragma once

#include "client/delivery/queued-delivery.h"
#include "client/drive/policy.h"

G_BEGIN_DECLS

/* Takes ownership of the delivery, as mimesend_runner_add () does. */
void mimesend_program_deliver (const MimesendPolicy *policy,
                               MimesendDelivery *delivery,
                               int io_priority,
                               GCancellable *cancellable,
                               MimesendDeliveryDone done,
                               gpointer data);

G_END_DECLS

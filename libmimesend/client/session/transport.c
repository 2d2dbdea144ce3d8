/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/session/transport.h"

#include "client/delivery/program-delivery.h"

void
mimesend_transport_deliver (MimesendPolicy *policy,
                            MimesendRunner *runner,
                            MimesendDelivery *delivery,
                            int io_priority,
                            GCancellable *cancellable,
                            MimesendDeliveryDone done,
                            gpointer data)
{
  if (policy->server->transport == MIMESEND_TRANSPORT_PROGRAM)
    mimesend_program_deliver (policy, delivery, io_priority, cancellable, done, data);
  else
    mimesend_runner_add (runner, delivery, io_priority, cancellable, done, data);
}

gboolean
mimesend_transport_takes_back (const MimesendPolicy *policy, MimesendDelivery *delivery)
{
  return policy->takes_back != NULL && policy->takes_back (policy->takes_back_data, delivery);
}

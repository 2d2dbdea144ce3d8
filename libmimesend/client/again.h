/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message through a session as often as a policy says. */
#pragma once

#include "client/session-private.h"

G_BEGIN_DECLS

/* As mimesend_session_deliver (): done is called once, after the last attempt, with a delivery whose receipt tells of all of
 * them. */
void mimesend_again_deliver (MimesendSession *session,
                             MimesendRetry *retry,
                             MimesendDelivery *delivery,
                             int io_priority,
                             GCancellable *cancellable,
                             MimesendOrderDone done,
                             gpointer data);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks up the servers of srv:domain and mx:domain. */
#pragma once

#include <gio/gio.h>
#include "net/server/server.h"

G_BEGIN_DECLS

void mimesend_discover_async (MimesendServer *server,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* (transfer full): the first server; each has the next as its fallback, and the last has the fallback of the server asked
 * for. They inherit all its settings, and the name that the certificate must bear: DNS answers prove nothing. Errors as
 * those of net/reach/srv.h and net/reach/mx.h. */
MimesendServer *mimesend_discover_finish (GAsyncResult *result, GError **error);

G_END_DECLS

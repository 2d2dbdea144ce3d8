/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From srv:domain and mx:domain to the servers that stand behind them. */
#pragma once

#include <gio/gio.h>
#include "net/server/server.h"

G_BEGIN_DECLS

void mimesend_discover_async (MimesendServer *server,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* (transfer full): the first server; the others hang behind it, and behind the last what hung behind the one that was
 * asked for. All of its own settings are theirs, the name that a certificate must bear too: what the DNS says is no proof
 * of anything. Errors as those of net/reach/srv.h and net/reach/mx.h. */
MimesendServer *mimesend_discover_finish (GAsyncResult *result, GError **error);

G_END_DECLS

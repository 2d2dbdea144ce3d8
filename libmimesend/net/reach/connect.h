/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a server value to a connected socket: resolver, Happy Eyeballs, proxies, Unix sockets (GIO). Always
 * asynchronous, in the thread-default main context: the blocking callers run a private one. */
#pragma once

#include <gio/gio.h>
#include "net/server/server.h"

G_BEGIN_DECLS

typedef struct
{
  GSocketConnection *connection; /* owns the socket */
  GSocket *socket;               /* non-blocking, TCP_NODELAY; owned by connection */
  MimesendServer *server; /* the server asked for; of srv: and mx: the one that was found and reached */
  MimesendServer *first;  /* the first server that srv: or mx: found; NULL: none was looked for */
  gboolean loopback;      /* the *peer's address*: 127/8, ::1, a Unix socket; never behind a proxy */
  char *peer;             /* its numeric address, the path, or the host and the proxy's address */
  guint16 peer_port;
  gint64 took_us;      /* microseconds since the request; set by the requester */
  char *local_literal; /* "[127.0.0.1]", "[IPv6:…]": for EHLO */
} MimesendConnected;

/* timeout_ms: for the whole of it (60,000); per_address_ms: for each address (30,000). Errors: RESOLVE (the name does not
 * exist), LOGIN and REFUSED (the proxy's), CONNECT (all others; the message says whether trying again makes sense, and
 * names ports 587 and 465 for a bare host that timed out on port 25), G_IO_ERROR_CANCELLED. */
void mimesend_connect_async (MimesendServer *server,
                             gint64 timeout_ms,
                             gint64 per_address_ms,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
MimesendConnected *mimesend_connect_finish (GAsyncResult *result, GError **error);
void mimesend_connected_free (MimesendConnected *self); /* drops the connection; never blocks */

G_END_DECLS

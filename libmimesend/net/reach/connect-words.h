/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Error messages and codes for failed connections. For connect.c. */
#pragma once

#include "net/server/server.h"

G_BEGIN_DECLS

/* Checks what needs no connection: a transport without socket, an impossible name, a source address that is not this
 * machine's or of the other family, a name that must not be sent to a proxy. */
gboolean mimesend_connect_check (const MimesendServer *server, GError **error);

/* (transfer full): names the server that was tried, and the one asked for if that was found in the DNS. */
char *mimesend_connect_words (const MimesendServer *asked, const MimesendServer *tried);

/* (nullable): the proxy on the way, without its password. */
const char *mimesend_connect_proxy_words (const MimesendServer *server);

/* (transfer full): GIO's error as one of MIMESEND_ERROR. */
GError *mimesend_connect_error (const MimesendServer *asked, const MimesendServer *tried, const GError *from);

G_END_DECLS

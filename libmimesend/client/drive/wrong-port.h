/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A port that wants TLS from the first octet, spoken to without: the most asked question of all, answered. (The reverse is
 * told by net/tls/tls.c, from the greeting that comes in the clear.) */
#pragma once

#include "net/server/server.h"

G_BEGIN_DECLS

/* What to write instead, behind "nothing was heard"; NULL: TLS was spoken from the first octet, or could not be. */
char *mimesend_wrong_port_hint (MimesendServer *server);

/* (transfer full): the server's first octets are a record of TLS, not a greeting; NULL: they are not. Error TLS. */
GError *mimesend_wrong_port_look (MimesendServer *server, const guint8 *octets, gsize n);

/* How long a greeting is waited for, in seconds, where the caller named no time; 0: as long as with any server. */
guint mimesend_wrong_port_patience_s (MimesendServer *server);

G_END_DECLS

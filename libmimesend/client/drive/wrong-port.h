/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Detects a connection without TLS to a port that expects TLS from the first octet, a common mistake. (net/tls/tls.c
 * detects the reverse, by the cleartext greeting.) */
#pragma once

#include "net/server/server.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): what to write instead, to be appended to the error; NULL: TLS was used from the first octet,
 * or is not possible. */
char *mimesend_wrong_port_hint (MimesendServer *server);

/* (transfer full): the server's first octets are a record of TLS, not a greeting; NULL: they are not. Error TLS. */
GError *mimesend_wrong_port_look (MimesendServer *server, const guint8 *octets, gsize n);

/* The time-out of the greeting in seconds, if the caller set none; 0: the usual one. */
guint mimesend_wrong_port_patience_s (MimesendServer *server);

G_END_DECLS

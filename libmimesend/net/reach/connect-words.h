/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a server could not be connected to, in our words and codes. For connect.c. */
#pragma once

#include "net/server/server.h"

G_BEGIN_DECLS

/* What can be told without trying: a transport that has no socket, a name that cannot be, a source address that is none of
 * ours or of the other family, a name that no proxy may be given. */
gboolean mimesend_connect_check (const MimesendServer *server, GError **error);

/* (transfer full): the server that was tried, and for which it was found. */
char *mimesend_connect_words (const MimesendServer *asked, const MimesendServer *tried);

/* Which proxy leads there, without its password. */
const char *mimesend_connect_proxy_words (const MimesendServer *server);

/* (transfer full): GIO's error as ours. */
GError *mimesend_connect_error (const MimesendServer *asked, const MimesendServer *tried, const GError *from);

G_END_DECLS

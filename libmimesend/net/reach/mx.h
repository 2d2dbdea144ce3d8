/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mail exchangers of a domain (RFC 5321 5.1), with the null MX of RFC 7505. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void mimesend_mx_lookup_async (const char *domain,
                               guint16 port,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* (transfer full): GSocketConnectables in the order in which they are to be tried; a domain without MX
 * records is its own. Error RESOLVE: no such domain, or one that takes no mail; otherwise the resolver's own.
 */
GPtrArray *mimesend_mx_lookup_finish (GAsyncResult *result, GError **error);

G_END_DECLS

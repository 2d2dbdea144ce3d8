/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks up a name for which GIO finds no address. GIO asks with AI_ADDRCONFIG, one family at a time: in a family whose only
 * addresses are loopback ones a name is "not found", and on a machine without a network in both, even if it is in
 * /etc/hosts. Asking for both at once, without that flag, tells such a name from one that does not exist, and that from one
 * that cannot be looked up now. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether GIO may have left out addresses of a name that it found: those of a family without an address other than
 * loopback; glibc also turns ::1 in /etc/hosts into 127.0.0.1 then. */
gboolean mimesend_lookup_may_find_more (void);

/* An application's resolver (g_resolver_set_default ()), if there is one, is asked instead of the system. */
void mimesend_lookup_async (const char *host,
                            guint16 port,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/* (transfer full) (element-type GSocketAddress): at least one, with the port. Errors: G_RESOLVER_ERROR, cancelled. */
GPtrArray *mimesend_lookup_finish (GAsyncResult *result, GError **error);

G_END_DECLS

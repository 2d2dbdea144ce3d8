/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The addresses of a name that GIO does not find. GIO asks with AI_ADDRCONFIG, for one family at a time: where a family has
 * no address but those of the loopback, a name is “not found” in it, and on a machine without a network in both, be it in
 * /etc/hosts. Asked for both at once and whatever the interfaces are, the system tells such a name from one that is not
 * there, and that from one that cannot be looked up now. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Of a name that GIO has found: may there be addresses that it leaves out? Those of a family in which the system's resolver
 * leaves them out; glibc makes 127.0.0.1 of a ::1 in /etc/hosts then. */
gboolean mimesend_lookup_may_find_more (void);

/* The resolver of the caller's, where there is one (g_resolver_set_default ()), is asked instead of the system: nothing goes
 * past it. */
void mimesend_lookup_async (const char *host,
                            guint16 port,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/* (transfer full) (element-type GSocketAddress): at least one, with the port. Errors: G_RESOLVER_ERROR, cancelled. */
GPtrArray *mimesend_lookup_finish (GAsyncResult *result, GError **error);

G_END_DECLS

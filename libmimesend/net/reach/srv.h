/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The servers that a mail domain names for submission: _submissions._tcp (RFC 8314 5.1: TLS from the first octet) and
 * _submission._tcp (RFC 6186 3.1), in the order of RFC 2782. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint priority;
  guint weight;
  guint16 port;
  gboolean implicit; /* TLS from the first octet */
  char *host;        /* as in the DNS; checked to be a host name */
} MimesendSrvTarget;

typedef enum
{
  MIMESEND_SRV_SUBMISSIONS = 1 << 0,
  MIMESEND_SRV_SUBMISSION = 1 << 1
} MimesendSrvServices;

void mimesend_srv_lookup_async (const char *domain,
                                MimesendSrvServices services,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* (transfer full): of MimesendSrvTarget, 1 to 20, in the order in which to try them. Error RESOLVE: the domain names none,
 * or says that it offers none; otherwise the resolver's own. */
GArray *mimesend_srv_lookup_finish (GAsyncResult *result, GError **error);

/* Puts n targets into the order in which they are tried (RFC 2782, "Priority" and "Weight"), at random among those of one
 * priority. Only the first `wanted` are in order. */
void mimesend_srv_order (MimesendSrvTarget *targets, guint n, guint wanted);

G_END_DECLS

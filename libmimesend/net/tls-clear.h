/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Detects a cleartext reply where TLS was expected: from a port that wants STARTTLS, a server that accepts no client now,
 * or something in between. It is quoted in the error, but not authenticated. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* octets: the first that were received. No TLS record begins like a reply (RFC 8446 5.1). */
gboolean mimesend_tls_is_clear (const guint8 *octets, gsize n);       /* so far a reply (RFC 5321 4.2) */
gboolean mimesend_tls_clear_is_whole (const guint8 *octets, gsize n); /* … and its last line has come */

/* The error for such a reply: DEFERRED for 4yz, else TLS. host: as displayed; port 0: unknown; implicit: it came instead of
 * a greeting, so that 220 means a port that wants STARTTLS. */
GError *
mimesend_tls_clear_error (const guint8 *octets, gsize n, const char *host, guint16 port, gboolean implicit);

G_END_DECLS

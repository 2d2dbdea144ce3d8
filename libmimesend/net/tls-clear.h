/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A reply in the clear where TLS was due: of a port that wants STARTTLS, of a server that takes no client now, of something in
 * between. It is quoted, and nothing proves where it came from. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Octets that came ahead of any of TLS. No record begins like a reply (RFC 8446 5.1). */
gboolean mimesend_tls_is_clear (const guint8 *octets, gsize n);       /* so far a reply (RFC 5321 4.2) */
gboolean mimesend_tls_clear_is_whole (const guint8 *octets, gsize n); /* … and its last line has come */

/* What is_clear: DEFERRED for 4yz, else TLS. host: as it is shown; port 0: not known; implicit: it came in place of a
 * greeting, so that 220 tells of a port that wants STARTTLS. */
GError *
mimesend_tls_clear_error (const guint8 *octets, gsize n, const char *host, guint16 port, gboolean implicit);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whom to trust, and the verdict on a certificate. For tls.c. */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>

G_BEGIN_DECLS

/* The system's certificates, read once a process and shared by all threads (*owned FALSE), or those of a
 * file. */
gnutls_certificate_credentials_t mimesend_tls_trust (const char *ca_file, gboolean *owned, GError **error);

/* The certificate of the session against the trust and the host (a name as A-labels, or an address). *reason:
 * why not, NULL when it is good. *fingerprint: NULL when there was none. */
gboolean mimesend_tls_judge (gnutls_session_t session, const char *host, char **reason, char **fingerprint);

G_END_DECLS

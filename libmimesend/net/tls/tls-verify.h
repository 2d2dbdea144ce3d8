/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The trusted authorities, and the verdict on a certificate. For tls.c. */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>
#include "net/tls/tls.h"

G_BEGIN_DECLS

/* The system's certificates, read once and shared by all threads (*owned FALSE), or what the setup names: a CA file,
 * revocation lists, the client certificate. */
gnutls_certificate_credentials_t
mimesend_tls_trust (const MimesendTlsSetup *setup, gboolean *owned, GError **error);

/* Verifies the certificate of the session: the CAs, the host (a name as A-labels, or an address) and the pins. *reason: why
 * it is refused, NULL if it is accepted. *fingerprint: NULL when there was none. */
gboolean mimesend_tls_judge (gnutls_session_t session,
                             const char *host,
                             GBytes *pins,
                             gboolean pin_beside_ca,
                             char **reason,
                             char **fingerprint);

/* The SHA-256 of the public key (SubjectPublicKeyInfo, DER). */
gboolean mimesend_tls_digest_of_key (const gnutls_datum_t *der, guint8 *digest);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a certificate is refused, as text. What comes from the peer is shown in ASCII. For tls-verify.c and tls-info.c alone. */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>

G_BEGIN_DECLS

/* The text for GnuTLS's verdict, which is not 0; host as it was compared, nullable. */
char *mimesend_tls_status_words (unsigned int status, const char *host, const gnutls_datum_t *der);

/* The first few names in the certificate; "" if there are none. */
char *mimesend_tls_names_of (const gnutls_datum_t *der);

G_END_DECLS

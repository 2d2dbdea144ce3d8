/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server session of GnuTLS, joined to ours in memory: no sockets, no threads, every split of the octets. */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>

#include "certificates.h"
#include "net/tls/tls.h"

#define NORMAL  "NORMAL"
#define ONLY_12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define ONLY_11 "NORMAL:-VERS-ALL:+VERS-TLS1.1"

typedef struct
{
  gnutls_session_t session;
  GByteArray *in, *out;
  gsize in_taken;
  gboolean established;
  int fault;
} Peer;

Peer *peer_new (gnutls_certificate_credentials_t credentials, const char *priority);
void peer_free (Peer *self);
void peer_step (Peer *self); /* of its handshake */

/* The wire: at most `split` octets at a time each way. TRUE: something moved. */
gboolean to_peer (MimesendTls *tls, Peer *peer, gsize split);
gboolean from_peer (MimesendTls *tls, Peer *peer, gsize split);
MimesendTlsStatus shake (MimesendTls *tls, Peer *peer, gsize split, GError **error);

MimesendTls *client (TestCa *ca, const char *host, gboolean must_verify);
gboolean read_all (MimesendTls *tls, GString *into); /* all that is there; TRUE at the end */

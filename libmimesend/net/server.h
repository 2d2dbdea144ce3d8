/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server value, from inside. Immutable once made. */
#pragma once

#include "mimesend-server.h"

G_BEGIN_DECLS

typedef enum { MIMESEND_TLS_WORD_NONE, MIMESEND_TLS_WORD_SCHEME, MIMESEND_TLS_WORD_EXPLICIT } MimesendTlsWord;

struct _MimesendServer {
  gatomicrefcount refs;
  MimesendTransport transport;
  char *text;       /* as shown to people: a URL or host:port, never with a secret */
  char *host;       /* as the user wrote it, without brackets; NULL for a Unix socket or a program */
  char *tls_name;   /* what the certificate must name: host as A-labels, or the address */
  guint16 port;
  char *path;       /* lmtp:/path */
  char **argv;      /* program: */
  GSocketConnectable *connectable; /* what GSocketClient is given; NULL for a program */
  MimesendTlsPolicy tls;
  MimesendTlsWord tls_word;  /* decision 5: a scheme's default may be lowered on loopback, an explicit word wins */
  gboolean insecure_scheme;  /* smtp+insecure:// */
  gboolean bare;             /* host or host:port: no URL; for the hint on port 25 */
  char *login;
  char *password;            /* wiped when freed */
  char *ca_file;
  gboolean cleartext_login;  /* the caller said so in words */
};

/* The policy for a connection whose peer is on loopback (or not): decision 5. */
MimesendTlsPolicy mimesend_server_policy_for_peer (MimesendServer *self, gboolean loopback);

G_END_DECLS

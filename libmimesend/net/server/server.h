/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server value, from inside. Immutable once made. */
#pragma once

#include "mimesend-server.h"

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_TLS_WORD_NONE,
  MIMESEND_TLS_WORD_SCHEME,
  MIMESEND_TLS_WORD_EXPLICIT
} MimesendTlsWord;

typedef struct
{
  gatomicrefcount refs;
  MimesendSecretFunc func;
  gpointer data;
  GDestroyNotify destroy;
} MimesendAsker;

void mimesend_asker_unref (MimesendAsker *self);

struct _MimesendServer
{
  gatomicrefcount refs;
  MimesendTransport transport;
  char *text;     /* as shown to people: a URL or host:port, never with a secret */
  char *host;     /* as the user wrote it, without brackets; NULL for a Unix socket or a program */
  char *tls_name; /* what the certificate must name: host as A-labels, or the address */
  guint16 port;
  char *path;            /* lmtp:/path */
  char **argv;           /* program: */
  char *mx;              /* mx:domain, as A-labels: the hosts are asked of the DNS when connecting */
  char *srv;             /* srv:domain, the same */
  gboolean found;        /* the DNS has named it for srv: or mx: */
  gboolean found_by_srv; /* one of those: tls_name is the domain, host what the DNS said */
  GSocketConnectable *connectable; /* what GSocketClient is given; NULL for a program, for mx: and srv: */
  MimesendTlsPolicy tls;
  MimesendTlsWord tls_word; /* a scheme's default may be lowered on loopback, an explicit word wins */
  gboolean insecure_scheme; /* smtp+insecure:// */
  gboolean port_given;      /* FALSE: the scheme's own, so that TLS from the first octet moves it to 465 */
  gboolean bare;            /* host or host:port: no URL; for the hint on port 25 */
  char *login;
  char *password; /* or the token; wiped when freed */
  gboolean is_token;
  MimesendAsker *asker; /* in place of the password; NULL: none */
  char **mechanisms;    /* NULL: as we like */
  MimesendRetry *retry; /* what a session makes of failures; NULL: one attempt */
  MimesendServer *next; /* tried where this one cannot be reached; NULL: none */
  char *ca_file;
  GBytes *pins;           /* MIMESEND_PIN_SIZE octets each; NULL: none */
  gboolean pin_beside_ca; /* FALSE: in its place */
  MimesendTlsVersion tls_min;
  char *crl_file;
  char *client_certificate;
  char *client_key;
  gboolean cleartext_login; /* the caller said so in words */
  GProxyResolver *proxy;    /* NULL: none, whatever the system says */
  char *proxy_text;         /* without its password; NULL: whatever proxy there is */
  char *proxy_host;         /* the same, for the resolver */
  GInetAddress *source;     /* our own end of the connection; NULL: the system's choice */
};

/* The hosts are asked of the DNS when connecting. */
gboolean mimesend_server_is_discovered (const MimesendServer *self);

/* Credentials go over the connection. */
gboolean mimesend_server_logs_in (const MimesendServer *self);

/* Nothing is said to a server that has not proven its identity, whatever the policy. */
/* (transfer full): the same proxy, of mimesend_server_with_proxy () alone, at an address of its host. */
GProxyResolver *mimesend_server_proxy_at (const MimesendServer *self, GInetAddress *address);
gboolean mimesend_server_must_verify (const MimesendServer *self);

/* (transfer full): the secret of the asker, to be wiped; it may take its time. Errors: LOGIN, ARGUMENT. */
char *mimesend_server_ask (MimesendServer *self, guint attempt, GError **error);

MimesendServer *mimesend_server_copy (const MimesendServer *from);

/* The policy for a connection whose peer is on loopback (or not). */
MimesendTlsPolicy mimesend_server_policy_for_peer (MimesendServer *self, gboolean loopback);

/* The making of one, for server.c and server-parse.c alone. */
MimesendServer *mimesend_server_alloc (MimesendTransport transport);
MimesendServer *
mimesend_server_complete (MimesendServer *self); /* takes self; fills in connectable and text */

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of the server value. Immutable once made. */
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
  char *path;            /* the socket of lmtp:/path; NULL: none */
  char **argv;           /* of program:; NULL: none */
  char *mx;              /* domain of mx:, as A-labels: its hosts are looked up when connecting; NULL: none */
  char *srv;             /* domain of srv:, likewise */
  gboolean found;        /* it was found in the DNS, for srv: or mx: */
  gboolean found_by_srv; /* it was found for srv:: tls_name is the domain, host is from the DNS */
  GSocketConnectable *connectable; /* what GSocketClient connects to; NULL for a program, for mx: and srv: */
  MimesendTlsPolicy tls;
  MimesendTlsWord tls_word; /* whether tls was set explicitly */
  gboolean insecure_scheme; /* the scheme was smtp+insecure:// */
  gboolean port_given;      /* FALSE: the scheme's default, which TLS from the first octet changes to 465 */
  gboolean bare;            /* given as host or host:port, no URL; for the hint about port 25 */
  char *login;
  char *password; /* the password or the token; wiped when freed */
  gboolean is_token;
  MimesendAsker *asker; /* the callback that returns the password; NULL: none */
  char **mechanisms;    /* NULL: any */
  MimesendRetry *retry; /* the retry policy; NULL: one attempt */
  MimesendServer *next; /* the fallback server; NULL: none */
  char *ca_file;
  GBytes *pins;           /* MIMESEND_PIN_SIZE octets each; NULL: none */
  gboolean pin_beside_ca; /* FALSE: instead of it */
  MimesendTlsVersion tls_min;
  char *crl_file;
  char *client_certificate;
  char *client_key;
  gboolean cleartext_login; /* the caller allowed it explicitly */
  GProxyResolver *proxy;    /* NULL: none, whatever the system says */
  char *proxy_text;         /* without its password; NULL: none, or a resolver of the caller's */
  char *proxy_host;         /* the proxy's host */
  GInetAddress *source;     /* the local address */
};

/* Whether the hosts are looked up in the DNS when connecting. */
gboolean mimesend_server_is_discovered (const MimesendServer *self);

/* "required" …, as in ?tls=required; FALSE: no such word. */
gboolean mimesend_tls_policy_from_word (const char *word, MimesendTlsPolicy *policy);

/* Whether credentials are sent over the connection. */
gboolean mimesend_server_logs_in (const MimesendServer *self);

/* Whether nothing may be sent to a server that has not proven its identity, whatever the policy. */
/* (transfer full): the proxy of mimesend_server_with_proxy () at one address of its host. */
GProxyResolver *mimesend_server_proxy_at (const MimesendServer *self, GInetAddress *address);
gboolean mimesend_server_must_verify (const MimesendServer *self);

/* (transfer full): the secret that the callback returns, to be wiped by the caller; may block. Errors: LOGIN, ARGUMENT. */
char *mimesend_server_ask (MimesendServer *self, guint attempt, GError **error);

MimesendServer *mimesend_server_copy (const MimesendServer *from);

/* The policy for a connection whose peer is on loopback (or not). */
MimesendTlsPolicy mimesend_server_policy_for_peer (MimesendServer *self, gboolean loopback);

/* Constructors, for server.c and server-parse.c alone. */
MimesendServer *mimesend_server_alloc (MimesendTransport transport);
MimesendServer *
mimesend_server_complete (MimesendServer *self); /* takes self; fills in connectable and text */

G_END_DECLS

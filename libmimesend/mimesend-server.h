/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server: address, TLS, login, route. */
#pragma once

#include <gio/gio.h>
#include "mimesend-retry.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_SERVER (mimesend_server_get_type ())

/**
 * MimesendServer:
 *
 * Where messages are sent: a host, a Unix socket, a mail domain or a program, with TLS policy, trusted certificates, login
 * and proxy. It is immutable (the functions with "with" return a changed copy) and thread-safe. Its secrets cannot be read.
 *
 * Since: 0.1
 */
typedef struct _MimesendServer MimesendServer;

/**
 * MimesendTlsPolicy:
 * @MIMESEND_TLS_NONE: cleartext
 * @MIMESEND_TLS_OPPORTUNISTIC: STARTTLS where it is offered; without a login, a certificate that cannot be verified is
 * accepted and noted in the receipt
 * @MIMESEND_TLS_REQUIRED: STARTTLS, verified, or nothing is sent
 * @MIMESEND_TLS_IMPLICIT: TLS from the first octet (RFC 8314), verified
 *
 * Whether and how TLS is used. The default depends on the form in which the server is given; on loopback the default of a
 * URL, %MIMESEND_TLS_REQUIRED, becomes %MIMESEND_TLS_OPPORTUNISTIC.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_TLS_NONE,
  MIMESEND_TLS_OPPORTUNISTIC,
  MIMESEND_TLS_REQUIRED,
  MIMESEND_TLS_IMPLICIT
} MimesendTlsPolicy;

/**
 * MimesendTransport:
 * @MIMESEND_TRANSPORT_SMTP: SMTP over TCP (RFC 5321)
 * @MIMESEND_TRANSPORT_LMTP: LMTP over TCP or a Unix socket (RFC 2033)
 * @MIMESEND_TRANSPORT_PROGRAM: a sendmail-compatible program, fed on its standard input
 *
 * The transport.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_TRANSPORT_SMTP,
  MIMESEND_TRANSPORT_LMTP,
  MIMESEND_TRANSPORT_PROGRAM
} MimesendTransport;

/**
 * MimesendTlsVersion:
 * @MIMESEND_TLS_VERSION_V1_2: TLS 1.2 (RFC 5246) or later
 * @MIMESEND_TLS_VERSION_V1_3: TLS 1.3 (RFC 8446) or later
 *
 * The oldest version of TLS that is accepted; versions before 1.2 never are (RFC 8996).
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_TLS_VERSION_V1_2,
  MIMESEND_TLS_VERSION_V1_3
} MimesendTlsVersion;

/**
 * MimesendSecretFunc:
 * @server: the server that is logged in to
 * @attempt: 0; 1 if the previous secret was refused
 * @user_data: the user data of mimesend_server_with_secret_func()
 * @error: return location: why there is none
 *
 * Returns the password or the token each time a login needs it. Called in a thread of its own; it may block.
 *
 * Returns: (transfer full) (nullable): a password or a token; it is overwritten after use
 *
 * Since: 0.1
 */
typedef char *(*MimesendSecretFunc) (MimesendServer *server,
                                     guint attempt,
                                     gpointer user_data,
                                     GError **error);

GType mimesend_server_get_type (void);
MimesendServer *mimesend_server_new (const char *text, GError **error);
MimesendServer *mimesend_server_new_for_host (const char *host, guint16 port, GError **error);
MimesendServer *mimesend_server_new_for_ipv4 (guint32 address, guint16 port);
MimesendServer *mimesend_server_new_for_address (GInetAddress *address, guint16 port);
MimesendServer *mimesend_server_new_for_connectable (GSocketConnectable *connectable);
MimesendServer *mimesend_server_new_for_domain (const char *domain, GError **error);
MimesendServer *mimesend_server_new_for_program (const char *const *argv, GError **error);
MimesendServer *mimesend_server_ref (MimesendServer *self);
void mimesend_server_unref (MimesendServer *self);

MimesendServer *
mimesend_server_with_login (MimesendServer *self, const char *login, const char *password, GError **error);
MimesendServer *
mimesend_server_with_token (MimesendServer *self, const char *login, const char *token, GError **error);
MimesendServer *mimesend_server_with_secret_func (MimesendServer *self,
                                                  const char *login,
                                                  gboolean is_token,
                                                  MimesendSecretFunc func,
                                                  gpointer user_data,
                                                  GDestroyNotify destroy,
                                                  GError **error);
MimesendServer *
mimesend_server_with_mechanisms (MimesendServer *self, const char *const *mechanisms, GError **error);
MimesendServer *mimesend_server_with_tls (MimesendServer *self, MimesendTlsPolicy policy);
MimesendServer *mimesend_server_with_ca_file (MimesendServer *self, const char *path);
MimesendServer *
mimesend_server_with_pin (MimesendServer *self, const char *pin, gboolean beside_ca, GError **error);
MimesendServer *mimesend_server_with_tls_min (MimesendServer *self, MimesendTlsVersion version);
MimesendServer *mimesend_server_with_crl_file (MimesendServer *self, const char *path);
MimesendServer *
mimesend_server_with_client_certificate (MimesendServer *self, const char *certificate, const char *key);
MimesendServer *mimesend_server_with_cleartext_login (MimesendServer *self, gboolean allowed);

MimesendServer *
mimesend_server_with_proxy (MimesendServer *self, const char *proxy, const char *password, GError **error);
MimesendServer *mimesend_server_with_proxy_resolver (MimesendServer *self, GProxyResolver *resolver);
MimesendServer *mimesend_server_with_source_address (MimesendServer *self, GInetAddress *address);

MimesendServer *mimesend_server_with_next (MimesendServer *self, MimesendServer *next, GError **error);
MimesendServer *mimesend_server_with_retry (MimesendServer *self, MimesendRetry *retry);
MimesendServer *mimesend_server_get_next (MimesendServer *self);

MimesendTransport mimesend_server_get_transport (MimesendServer *self);
MimesendTlsPolicy mimesend_server_get_tls (MimesendServer *self);
const char *mimesend_server_get_host (MimesendServer *self);
guint16 mimesend_server_get_port (MimesendServer *self);
const char *mimesend_server_get_login (MimesendServer *self);
const char *mimesend_server_get_ca_file (MimesendServer *self);
const char *mimesend_server_get_crl_file (MimesendServer *self);
const char *mimesend_server_get_client_certificate (MimesendServer *self);
const char *mimesend_server_get_client_key (MimesendServer *self);
MimesendTlsVersion mimesend_server_get_tls_min (MimesendServer *self);
gboolean mimesend_server_get_pin_beside_ca (MimesendServer *self);
gboolean mimesend_server_get_cleartext_login (MimesendServer *self);
const char *const *mimesend_server_get_mechanisms (MimesendServer *self);
const char *mimesend_server_get_proxy (MimesendServer *self);
GInetAddress *mimesend_server_get_source_address (MimesendServer *self);
MimesendRetry *mimesend_server_get_retry (MimesendServer *self);
char *mimesend_server_get_pin (MimesendServer *self);
char *mimesend_server_to_string (MimesendServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendServer, mimesend_server_unref)

G_END_DECLS

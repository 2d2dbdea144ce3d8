/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server value: where mail is sent, and with which TLS and login. Immutable: with_* functions return changed copies.
 * server-parse.c parses the text forms. */
#include "net/server/server.h"
#include "net/host.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>
#include "mimesend-error.h"
#include "octets/boxed.h"

#define PORT_SMTP 25

MIMESEND_DEFINE_BOXED (MimesendServer, mimesend_server)

MimesendServer *
mimesend_server_alloc (MimesendTransport transport)
{
  MimesendServer *self = g_new0 (MimesendServer, 1);

  g_atomic_ref_count_init (&self->refs);
  self->transport = transport;
  self->tls = MIMESEND_TLS_OPPORTUNISTIC;
  return self;
}

/**
 * mimesend_server_ref:
 * @self: a server
 *
 * Takes a reference; mimesend_server_unref() gives it back.
 *
 * Returns: (transfer full): @self. Any thread may call it.
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_ref (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_server_unref:
 * @self: (transfer full) (nullable): a server
 *
 * Gives a reference back; the last one frees the server and overwrites the password.
 *
 * Since: 0.1
 */
void
mimesend_server_unref (MimesendServer *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  mimesend_asker_unref (self->asker);
  g_strfreev (self->mechanisms);
  g_free (self->text);
  g_free (self->host);
  g_free (self->tls_name);
  g_free (self->path);
  g_strfreev (self->argv);
  g_free (self->mx);
  g_free (self->srv);
  g_clear_object (&self->connectable);
  g_free (self->login);
  g_free (self->password);
  g_free (self->ca_file);
  g_clear_pointer (&self->next, mimesend_server_unref);
  mimesend_retry_unref (self->retry);
  g_clear_pointer (&self->pins, g_bytes_unref);
  g_free (self->crl_file);
  g_free (self->client_certificate);
  g_free (self->client_key);
  g_clear_object (&self->proxy);
  g_free (self->proxy_text);
  g_free (self->proxy_host);
  g_clear_object (&self->source);
  g_free (self);
}

MimesendServer *
mimesend_server_copy (const MimesendServer *from)
{
  MimesendServer *self = g_new (MimesendServer, 1);

  *self = *from;
  g_atomic_ref_count_init (&self->refs);
  self->text = g_strdup (from->text);
  self->host = g_strdup (from->host);
  self->tls_name = g_strdup (from->tls_name);
  self->path = g_strdup (from->path);
  self->argv = g_strdupv (from->argv);
  self->mx = g_strdup (from->mx);
  self->srv = g_strdup (from->srv);
  if (from->connectable != NULL)
    g_object_ref (self->connectable);
  self->login = g_strdup (from->login);
  self->password = g_strdup (from->password);
  if (from->asker != NULL)
    g_atomic_ref_count_inc (&self->asker->refs);
  self->mechanisms = g_strdupv (from->mechanisms);
  self->ca_file = g_strdup (from->ca_file);
  if (from->retry != NULL)
    mimesend_retry_ref (self->retry);
  if (from->next != NULL)
    mimesend_server_ref (self->next);
  if (from->pins != NULL)
    g_bytes_ref (self->pins);
  self->crl_file = g_strdup (from->crl_file);
  self->client_certificate = g_strdup (from->client_certificate);
  self->client_key = g_strdup (from->client_key);
  if (from->proxy != NULL)
    g_object_ref (self->proxy);
  self->proxy_text = g_strdup (from->proxy_text);
  self->proxy_host = g_strdup (from->proxy_host);
  if (from->source != NULL)
    g_object_ref (self->source);
  return self;
}

static gboolean
check_port (guint port, GError **error)
{
  if (port > 0)
    return TRUE;
  g_set_error (
      error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
      "server: there is no port 0: write one of 1 to 65535 (25 is SMTP's, 587 and 465 are for submission)");
  return FALSE;
}

/**
 * mimesend_server_new_for_host:
 * @host: a name or an address, without a port; an IPv6 address bare or in brackets
 * @port: 1 to 65535
 * @error: where to put an error, or %NULL
 *
 * Names a server by host and port. STARTTLS is used where it is offered.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_new_for_host (const char *host, guint16 port, GError **error)
{
  MimesendServer *self;
  g_autofree char *unwrapped = NULL;
  gsize length;

  g_return_val_if_fail (host != NULL, NULL);
  if (!check_port (port, error))
    return NULL;
  self = mimesend_server_alloc (MIMESEND_TRANSPORT_SMTP);
  self->port = port;
  self->port_given = TRUE;
  self->bare = TRUE;
  length = strlen (host);
  if (length > 2 && host[0] == '[' && host[length - 1] == ']' && strchr (host, ':') != NULL)
    unwrapped = g_strndup (host + 1, length - 2);
  if (!mimesend_host_check (unwrapped != NULL ? unwrapped : host, &self->host, &self->tls_name, error))
    {
      mimesend_server_unref (self);
      return NULL;
    }
  return mimesend_server_complete (self);
}

/**
 * mimesend_server_new_for_ipv4:
 * @address: an IPv4 address in host order: 0x7f000001 is 127.0.0.1
 * @port: the port; 0 is 25
 *
 * Names a server by an IPv4 address that is a number: SMTP, STARTTLS where it is offered.
 *
 * Returns: (transfer full): a server
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_new_for_ipv4 (guint32 address, guint16 port)
{
  guint32 network = GUINT32_TO_BE (address);
  g_autoptr (GInetAddress) inet =
      g_inet_address_new_from_bytes ((const guint8 *)&network, G_SOCKET_FAMILY_IPV4);

  return mimesend_server_new_for_address (inet, port);
}

/**
 * mimesend_server_new_for_address:
 * @address: an IPv4 or IPv6 address
 * @port: the port; 0 is 25
 *
 * Names a server by its address: SMTP, STARTTLS where it is offered.
 *
 * Returns: (transfer full): a server
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_new_for_address (GInetAddress *address, guint16 port)
{
  MimesendServer *self;

  g_return_val_if_fail (G_IS_INET_ADDRESS (address), NULL);
  self = mimesend_server_alloc (MIMESEND_TRANSPORT_SMTP);
  self->host = g_inet_address_to_string (address);
  self->tls_name = g_strdup (self->host);
  self->port_given = port != 0;
  self->port = port != 0 ? port : PORT_SMTP;
  self->bare = TRUE;
  return mimesend_server_complete (self);
}

/**
 * mimesend_server_new_for_connectable:
 * @connectable: anything that a #GSocketClient can connect to
 *
 * The certificate must name what the connectable names: the host of a #GNetworkAddress, the address of a
 * #GInetSocketAddress, the domain of a #GNetworkService. Others have no name, so that their certificates
 * cannot be verified.
 *
 * Returns: (transfer full): a server
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_new_for_connectable (GSocketConnectable *connectable)
{
  MimesendServer *self;
  g_autofree char *name = NULL;

  g_return_val_if_fail (G_IS_SOCKET_CONNECTABLE (connectable), NULL);
  self = mimesend_server_alloc (MIMESEND_TRANSPORT_SMTP);
  self->connectable = g_object_ref (connectable);
  self->bare = TRUE;
  self->port_given = TRUE;
  if (G_IS_NETWORK_ADDRESS (connectable))
    {
      name = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (connectable)));
      self->port = g_network_address_get_port (G_NETWORK_ADDRESS (connectable));
    }
  else if (G_IS_INET_SOCKET_ADDRESS (connectable))
    {
      GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (connectable);

      name = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
      self->port = g_inet_socket_address_get_port (inet);
    }
  else if (G_IS_NETWORK_SERVICE (connectable))
    self->tls_name = g_hostname_to_ascii (g_network_service_get_domain (G_NETWORK_SERVICE (connectable)));
  else if (G_IS_UNIX_SOCKET_ADDRESS (connectable) &&
           g_unix_socket_address_get_address_type (G_UNIX_SOCKET_ADDRESS (connectable)) ==
               G_UNIX_SOCKET_ADDRESS_PATH)
    self->path = g_strdup (g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (connectable)));
  /* An invalid name is refused by the resolver, with its own message. */
  if (name != NULL && !mimesend_host_check (name, &self->host, &self->tls_name, NULL))
    self->host = mimesend_text_shown (name);
  return mimesend_server_complete (self);
}

/**
 * mimesend_server_new_for_program:
 * @argv: (array zero-terminated=1): a sendmail-compatible command and its arguments; no shell reads them
 * @error: where to put an error, or %NULL
 *
 * Names a program as the transport: the message goes to its standard input, and `-i -f FROM -- RECIPIENT…` is appended to
 * its arguments.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_new_for_program (const char *const *argv, GError **error)
{
  MimesendServer *self;

  g_return_val_if_fail (argv != NULL, NULL);
  if (argv[0] == NULL || argv[0][0] == '\0')
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "server: the program has no name: write program:/usr/sbin/sendmail");
      return NULL;
    }
  self = mimesend_server_alloc (MIMESEND_TRANSPORT_PROGRAM);
  self->argv = g_strdupv ((char **)argv);
  self->tls = MIMESEND_TLS_NONE;
  return mimesend_server_complete (self);
}

/**
 * mimesend_server_with_tls:
 * @self: a server
 * @policy: the policy
 *
 * A copy with this policy, which also applies to loopback. %MIMESEND_TLS_IMPLICIT changes the port to 465 if none was
 * given.
 *
 * Returns: (transfer full): a server
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_tls (MimesendServer *self, MimesendTlsPolicy policy)
{
  MimesendServer *changed;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (policy <= MIMESEND_TLS_IMPLICIT, NULL);
  changed = mimesend_server_copy (self);
  changed->tls = policy;
  changed->tls_word = MIMESEND_TLS_WORD_EXPLICIT;
  changed->insecure_scheme = FALSE;
  return mimesend_server_complete (changed);
}

/**
 * mimesend_server_with_ca_file:
 * @self: a server
 * @path: (nullable) (type filename): certificates that are trusted instead of the system's, PEM; %NULL: the
 * system's
 *
 * Changes which certificate authorities may have signed the server's certificate.
 *
 * Returns: (transfer full): a server. The file is read when TLS begins.
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_ca_file (MimesendServer *self, const char *path)
{
  MimesendServer *changed;

  g_return_val_if_fail (self != NULL, NULL);
  changed = mimesend_server_copy (self);
  g_free (changed->ca_file);
  changed->ca_file = g_strdup (path);
  return changed;
}

/**
 * mimesend_server_with_cleartext_login:
 * @self: a server
 * @allowed: whether the password may be sent over an unprotected connection
 *
 * Allows a login over a connection without TLS, which is refused off loopback otherwise.
 *
 * Returns: (transfer full): a server
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_cleartext_login (MimesendServer *self, gboolean allowed)
{
  MimesendServer *changed;

  g_return_val_if_fail (self != NULL, NULL);
  changed = mimesend_server_copy (self);
  changed->cleartext_login = allowed;
  return changed;
}

/* On loopback only a default policy is relaxed: an explicit one stays, and so does TLS from the first octet. A pin always
 * requires TLS: there is no certificate without it. */
MimesendTlsPolicy
mimesend_server_policy_for_peer (MimesendServer *self, gboolean loopback)
{
  MimesendTlsPolicy policy = self->tls;

  if (self->pins != NULL)
    return policy == MIMESEND_TLS_IMPLICIT ? policy : MIMESEND_TLS_REQUIRED;
  if (self->tls_word == MIMESEND_TLS_WORD_EXPLICIT)
    return policy;
  if (self->tls_word == MIMESEND_TLS_WORD_NONE && mimesend_server_logs_in (self))
    policy = MIMESEND_TLS_REQUIRED;
  return policy == MIMESEND_TLS_REQUIRED && loopback ? MIMESEND_TLS_OPPORTUNISTIC : policy;
}

/**
 * mimesend_server_get_transport:
 * @self: a server
 *
 * Gets the kind of the server.
 *
 * Returns: the transport
 *
 * Since: 0.1
 */
MimesendTransport
mimesend_server_get_transport (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_TRANSPORT_SMTP);
  return self->transport;
}

/**
 * mimesend_server_get_tls:
 * @self: a server
 *
 * Gets the TLS policy: what mimesend_server_with_tls() set, else what the form of the server implies.
 *
 * Returns: the policy that applies to servers not on loopback
 *
 * Since: 0.1
 */
MimesendTlsPolicy
mimesend_server_get_tls (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_TLS_NONE);
  return mimesend_server_policy_for_peer (self, FALSE);
}

/**
 * mimesend_server_get_host:
 * @self: a server
 *
 * Gets the host, or the mail domain whose servers are looked up.
 *
 * Returns: (nullable): the host as it was written, without brackets, or the mail domain; %NULL for a Unix socket or a
 * program
 *
 * Since: 0.1
 */
const char *
mimesend_server_get_host (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->host;
}

/**
 * mimesend_server_get_port:
 * @self: a server
 *
 * Gets the port that is connected to.
 *
 * Returns: the port; 0 for a Unix socket, a program, or if the DNS provides it
 *
 * Since: 0.1
 */
guint16
mimesend_server_get_port (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->port;
}

/**
 * mimesend_server_get_login:
 * @self: a server
 *
 * Gets the user that sessions log in as. There is no way to get the password.
 *
 * Returns: (nullable): the user's name
 *
 * Since: 0.1
 */
const char *
mimesend_server_get_login (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->login;
}

/**
 * mimesend_server_to_string:
 * @self: a server
 *
 * Formats the server as mimesend_server_new () reads it, for people and logs: without password, CA file and arguments of a
 * program.
 *
 * Returns: (transfer full): host:port or a URL
 *
 * Since: 0.1
 */
char *
mimesend_server_to_string (MimesendServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return g_strdup (self->text);
}

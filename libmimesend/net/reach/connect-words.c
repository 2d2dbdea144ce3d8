/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/reach/connect-words.h"

#include <string.h>
#include "mimesend-error.h"

const char *
mimesend_connect_proxy_words (const MimesendServer *server)
{
  return server->proxy_text != NULL ? server->proxy_text : "that its resolver names";
}

/* RFC 6761 6.4: names that never exist; the name service is not asked. */
static gboolean
cannot_exist (const char *name)
{
  return name != NULL && (strcmp (name, "invalid") == 0 || g_str_has_suffix (name, ".invalid"));
}

static const char *
family_name (GSocketFamily family)
{
  return family == G_SOCKET_FAMILY_IPV6 ? "IPv6" : "IPv4";
}

/* Whether the source address is this machine's: tested by binding to it, independently of the server's addresses. */
static gboolean
check_source (const MimesendServer *server, GError **error)
{
  GSocketFamily family = g_inet_address_get_family (server->source);
  g_autofree char *text = g_inet_address_to_string (server->source);
  g_autoptr (GInetAddress) host = server->tls_name != NULL && server->proxy == NULL
                                      ? g_inet_address_new_from_string (server->tls_name)
                                      : NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (server->source, 0);
  g_autoptr (GError) why = NULL;

  if (host != NULL && g_inet_address_get_family (host) != family)
    {
      g_set_error (
          error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
          "%s is an %s address, which the %s source address %s does not reach: name one of the same kind",
          server->text, family_name (g_inet_address_get_family (host)), family_name (family), text);
      return FALSE;
    }
  socket = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &why);
  if (socket != NULL && g_socket_bind (socket, address, FALSE, &why))
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
               "%s: the source address %s cannot be used: %s; it must be one of this machine's", server->text,
               text, why->message);
  return FALSE;
}

gboolean
mimesend_connect_check (const MimesendServer *server, GError **error)
{
  if (server->connectable == NULL && !mimesend_server_is_discovered (server))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED, "%s is not reached by a socket",
                   server->text);
      return FALSE;
    }
  if (cannot_exist (server->tls_name) || cannot_exist (server->host))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_RESOLVE, "%s: there is no such host: check the name",
                   server->text);
      return FALSE;
    }
  /* The host is written into the request to the proxy unescaped. */
  if (server->proxy != NULL && server->host != NULL && server->tls_name == NULL)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "%s is no host name that a proxy could be asked for", server->text);
      return FALSE;
    }
  return server->source == NULL || server->path != NULL || mimesend_server_is_discovered (server) ||
         check_source (server, error);
}

char *
mimesend_connect_words (const MimesendServer *asked, const MimesendServer *tried)
{
  return asked == tried ? g_strdup (asked->text) : g_strdup_printf ("%s (for %s)", tried->text, asked->text);
}

/* Some proxies (tinyproxy) refuse a wrong password with 401, which GIO reports as a general refusal: its message ends with
 * the status. */
static gboolean
is_proxy_login (const GError *from)
{
  return g_error_matches (from, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED) ||
         g_error_matches (from, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH) ||
         (g_error_matches (from, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED) &&
          g_str_has_suffix (from->message, " 401"));
}

/* (nullable): the proxy's failure as an error; NULL: it may be the server's. */
static GError *
proxy_error (const char *who, const MimesendServer *tried, const GError *from)
{
  const char *proxy = mimesend_connect_proxy_words (tried);

  if (is_proxy_login (from))
    return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_LOGIN,
                        "%s: the proxy %s wants another user or password than it was given (%s)", who, proxy,
                        from->message);
  if (g_error_matches (from, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED))
    return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_REFUSED,
                        "%s: the proxy %s does not let this connection through (%s)", who, proxy,
                        from->message);
  if (from->domain == G_RESOLVER_ERROR)
    {
      gboolean gone = from->code == G_RESOLVER_ERROR_NOT_FOUND;

      return g_error_new (MIMESEND_ERROR, gone ? MIMESEND_ERROR_RESOLVE : MIMESEND_ERROR_CONNECT,
                          "%s: the name of the proxy %s %s (%s)", who, proxy,
                          gone ? "is not known: check it" : "cannot be looked up now", from->message);
    }
  return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
                      "%s: not through the proxy %s: %s; trying again later is safe", who, proxy,
                      from->message);
}

GError *
mimesend_connect_error (const MimesendServer *asked, const MimesendServer *tried, const GError *from)
{
  g_autofree char *who = mimesend_connect_words (asked, tried);

  if (from->domain == MIMESEND_ERROR)
    return g_error_copy (from);
  if (tried->proxy != NULL && tried->path == NULL && !mimesend_server_is_discovered (tried))
    return proxy_error (who, tried, from);
  if (g_error_matches (from, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_RESOLVE, "%s: there is no such host: check the name",
                        who);
  if (from->domain == G_RESOLVER_ERROR)
    return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
                        "%s: the name service could not answer (%s); trying again later is safe", who,
                        from->message);
  if (tried->path != NULL && g_error_matches (from, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
                        "%s: there is no such socket: is its server running? Trying again later is safe",
                        who);
  if (tried->source != NULL && tried->path == NULL)
    {
      g_autofree char *source = g_inet_address_to_string (tried->source);

      return g_error_new (
          MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
          "%s: %s (from the source address %s, which reaches %s addresses alone); trying again "
          "later is safe",
          who, from->message, source, family_name (g_inet_address_get_family (tried->source)));
    }
  return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_CONNECT, "%s: %s; trying again later is safe", who,
                      from->message);
}

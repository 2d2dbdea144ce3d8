/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The route to a server: the proxy, and the local address. */
#include "net/server/server.h"
#include "net/host.h"

#include <string.h>
#include "mimesend-error.h"

#define PORT_SOCKS 1080 /* RFC 1928 3 */
#define PORT_HTTP  80

static MimesendServer *
with_proxy (MimesendServer *self, GProxyResolver *resolver, char *text, const char *host)
{
  MimesendServer *changed = mimesend_server_copy (self);

  g_clear_object (&changed->proxy);
  g_free (changed->proxy_text);
  g_free (changed->proxy_host);
  changed->proxy = resolver;
  changed->proxy_text = text;
  changed->proxy_host = g_strdup (host);
  return changed;
}

/* Parses socks5://user@host:port, and http://, like a server's URL. *scheme: GIO's name for it. */
static MimesendServer *
read_proxy (const char *text, const char **scheme, GError **error)
{
  const char *rest = strstr (text, "://");
  g_autofree char *as_server = NULL;
  g_autofree char *shown = NULL;
  MimesendServer *proxy = NULL;
  gboolean http = g_ascii_strncasecmp (text, "http://", 7) == 0;

  if (http || g_ascii_strncasecmp (text, "socks5://", 9) == 0 ||
      g_ascii_strncasecmp (text, "socks5h://", 10) == 0)
    {
      as_server = g_strconcat ("smtp", rest, NULL);
      proxy = mimesend_server_new (as_server, NULL);
    }
  if (proxy != NULL && proxy->tls_word == MIMESEND_TLS_WORD_SCHEME)
    {
      *scheme = http ? "http" : "socks5";
      if (!proxy->port_given)
        proxy->port = http ? PORT_HTTP : PORT_SOCKS;
      return proxy;
    }
  if (proxy != NULL)
    mimesend_server_unref (proxy);
  shown = mimesend_text_shown (text);
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "proxy: '%s' is not written as a proxy is: socks5://[user@]host[:port] or "
               "http://[user@]host[:port]; the password never stands in it",
               shown);
  return NULL;
}

/**
 * mimesend_server_with_proxy:
 * @self: a server
 * @proxy: (nullable): `socks5://[user@]host[:port]` (RFC 1928, port 1080 unless given) or `http://[user@]host[:port]`
 *   (CONNECT of RFC 9110 9.3.6, port 80); %NULL: none
 * @password: (nullable): of the proxy's user; it is sent to the proxy in the clear
 * @error: where to put an error, or %NULL
 *
 * A copy that is reached through a proxy. The proxy resolves the server's name; the records for `srv:` and `mx:` are looked
 * up locally. TLS is between client and server: the proxy sees what the network would. A server behind a proxy never counts
 * as loopback. A Unix socket is reached without it. GIO loads its proxy modules, about 3 MB.
 *
 * Without this or mimesend_server_with_proxy_resolver() no proxy is used, whatever the system or the environment says.
 *
 * Returns: (transfer full): a server, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_proxy (MimesendServer *self, const char *proxy, const char *password, GError **error)
{
  MimesendServer *read;
  g_autoptr (GString) uri = NULL;
  g_autofree char *host = NULL;
  const char *scheme;

  g_return_val_if_fail (self != NULL && (proxy != NULL || password == NULL), NULL);
  if (proxy == NULL)
    return with_proxy (self, NULL, NULL, NULL);
  if (self->transport == MIMESEND_TRANSPORT_PROGRAM)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "proxy: a program is not reached by the network: leave the proxy out");
      return NULL;
    }
  read = read_proxy (proxy, &scheme, error);
  if (read == NULL)
    return NULL;
  if (password != NULL && read->login == NULL)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "proxy: a password is given, but no user: write %s://USER@%s", scheme, read->host);
      mimesend_server_unref (read);
      return NULL;
    }
  uri = g_string_new (scheme);
  g_string_append (uri, "://");
  if (read->login != NULL)
    {
      g_string_append_uri_escaped (uri, read->login, NULL, FALSE);
      g_string_append_c (uri, ':');
      g_string_append_uri_escaped (uri, password != NULL ? password : "", NULL, FALSE);
      g_string_append_c (uri, '@');
    }
  host = mimesend_host_in_url (g_hostname_is_non_ascii (read->host) ? read->tls_name : read->host);
  g_string_append_printf (uri, "%s:%u", host, read->port);
  {
    MimesendServer *changed =
        with_proxy (self, g_simple_proxy_resolver_new (uri->str, NULL),
                    g_strdup_printf ("%s://%s:%u", scheme, host, read->port), read->tls_name);

    explicit_bzero (uri->str, uri->len);
    mimesend_server_unref (read);
    return changed;
  }
}

/* Replaces the host, which comes last except for the port, in the URL that mimesend_server_with_proxy () built. */
GProxyResolver *
mimesend_server_proxy_at (const MimesendServer *self, GInetAddress *address)
{
  g_autofree char *literal = g_inet_address_to_string (address);
  g_autofree char *host = mimesend_host_in_url (literal);
  char *uri = NULL, *changed;
  const char *at, *port;
  GProxyResolver *resolver;

  g_object_get (self->proxy, "default-proxy", &uri, NULL);
  at = strrchr (uri, '@') != NULL ? strrchr (uri, '@') + 1 : strstr (uri, "://") + 3;
  port = strrchr (uri, ':');
  changed = g_strdup_printf ("%.*s%s%s", (int)(at - uri), uri, host, port);
  resolver = g_simple_proxy_resolver_new (changed, NULL);
  explicit_bzero (uri, strlen (uri));
  explicit_bzero (changed, strlen (changed));
  g_free (uri);
  g_free (changed);
  return resolver;
}

/**
 * mimesend_server_with_proxy_resolver:
 * @self: a server
 * @resolver: (nullable): chooses the proxy that leads to it; %NULL: none is used
 *
 * A copy that uses the proxies of @resolver. g_proxy_resolver_get_default() is the system's configuration, if a GIO module
 * for it is installed. See mimesend_server_with_proxy().
 *
 * Returns: (transfer full): a server
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_proxy_resolver (MimesendServer *self, GProxyResolver *resolver)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (resolver == NULL || G_IS_PROXY_RESOLVER (resolver), NULL);
  return with_proxy (self, resolver != NULL ? g_object_ref (resolver) : NULL, NULL, NULL);
}

/**
 * mimesend_server_with_source_address:
 * @self: a server
 * @address: (nullable): one of this machine's addresses; %NULL: the system chooses
 *
 * A copy that is connected to from @address alone, and so only at addresses of the same family. With a proxy, the
 * connection to the proxy is made from there. Ignored for a Unix socket and a program.
 *
 * Returns: (transfer full): a server
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_server_with_source_address (MimesendServer *self, GInetAddress *address)
{
  MimesendServer *changed;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (address == NULL || G_IS_INET_ADDRESS (address), NULL);
  changed = mimesend_server_copy (self);
  g_clear_object (&changed->source);
  changed->source = address != NULL ? g_object_ref (address) : NULL;
  return changed;
}

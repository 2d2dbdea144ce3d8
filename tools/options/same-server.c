/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options/same-server.h"

#include <string.h>

#include <gio/gio.h>
#include <libmimesend/mimesend.h>

#include "base/path.h"

/* As a host is looked up: A-labels in lower case without the root's dot; an address in its own form. */
static char *
canonical_host (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  g_autofree char *ascii = NULL;
  char *lower;

  if (address != NULL)
    return g_inet_address_to_string (address);
  ascii = g_hostname_to_ascii (host);
  lower = g_ascii_strdown (ascii != NULL ? ascii : host, -1);
  if (g_str_has_suffix (lower, "."))
    lower[strlen (lower) - 1] = '\0';
  return lower;
}

/* What stands ahead of the first colon, where that says more than the transport and TLS do. */
static const char *
kind_of (const char *text)
{
  static const char *const kinds[] = { "mx:", "srv:", "smtp+insecure:", NULL };
  const char *const *kind = kinds;

  while (*kind != NULL && !g_str_has_prefix (text, *kind))
    kind++;
  return *kind != NULL ? *kind : "";
}

/* NULL: it is no server, or one that is more than its text says (a program and its arguments). */
static char *
identity_of (const char *text, char **login)
{
  g_autofree char *expanded = path_expand_server (text);
  g_autoptr (MimesendServer) server = mimesend_server_new (expanded, NULL);
  g_autoptr (MimesendServer) logged_in = NULL;
  g_autofree char *shown = NULL, *host = NULL;
  const char *explicit;

  if (server == NULL || mimesend_server_get_transport (server) == MIMESEND_TRANSPORT_PROGRAM)
    return NULL;
  *login = g_strdup (mimesend_server_get_login (server));
  /* Whether TLS is required may depend on whether there is a login. */
  logged_in = mimesend_server_with_login (server, "user", NULL, NULL);
  if (logged_in == NULL)
    return NULL;
  shown = mimesend_server_to_string (logged_in);
  if (mimesend_server_get_host (server) == NULL)
    return g_steal_pointer (&shown); /* the path of a socket */
  host = canonical_host (mimesend_server_get_host (server));
  explicit = strstr (shown, "?tls="); /* not relaxed on loopback */
  return g_strdup_printf ("%s %d %d%s %s %u", kind_of (shown), mimesend_server_get_transport (server),
                          mimesend_server_get_tls (logged_in), explicit != NULL ? explicit : "", host,
                          mimesend_server_get_port (server));
}

gboolean
same_server (const char *text, const char *other)
{
  g_autofree char *login = NULL, *other_login = NULL, *identity = NULL, *other_identity = NULL;

  if (g_str_equal (text, other))
    return TRUE;
  identity = identity_of (text, &login);
  other_identity = identity_of (other, &other_login);
  return identity != NULL && g_strcmp0 (identity, other_identity) == 0 &&
         (login == NULL || other_login == NULL || g_str_equal (login, other_login));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/wrong-port.h"

#include "mimesend-error.h"
#include "net/host.h"

#define PORT_SUBMISSIONS 465 /* TLS from the first octet and nothing else (RFC 8314 7.3) */
#define PATIENCE_S       10

static gboolean
could_be (const MimesendServer *server)
{
  return server->transport == MIMESEND_TRANSPORT_SMTP && server->host != NULL &&
         server->tls != MIMESEND_TLS_IMPLICIT;
}

char *
mimesend_wrong_port_hint (MimesendServer *server)
{
  g_autofree char *host = NULL;

  if (!could_be (server))
    return NULL;
  host = mimesend_host_in_url (server->host);
  return g_strdup_printf ("; a port that wants TLS from the first octet is as silent: if this is one, write "
                          "smtps://%s:%u",
                          host, server->port);
}

/* RFC 8446 5.1: an alert or a handshake, of version 3.x. No reply begins with such an octet. */
static gboolean
is_tls (const guint8 *octets, gsize n)
{
  return n >= 2 && (octets[0] == 21 || octets[0] == 22) && octets[1] == 3;
}

GError *
mimesend_wrong_port_look (MimesendServer *server, const guint8 *octets, gsize n)
{
  g_autofree char *host = server->host != NULL ? mimesend_host_in_url (server->host) : NULL;

  if (!is_tls (octets, n))
    return NULL;
  if (host == NULL)
    return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_TLS, "%s: the server spoke TLS where SMTP was due",
                        server->text);
  return g_error_new (
      MIMESEND_ERROR, MIMESEND_ERROR_TLS,
      "%s: the server spoke TLS where SMTP was due: this port wants TLS from the first octet: "
      "write smtps://%s:%u",
      server->text, host, server->port);
}

/* Shorter than five minutes (RFC 5321 4.5.3.2.1): on this port no server sends a greeting first. */
guint
mimesend_wrong_port_patience_s (MimesendServer *server)
{
  return could_be (server) && server->port == PORT_SUBMISSIONS ? PATIENCE_S : 0;
}

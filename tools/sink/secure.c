/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TLS of one connection, by GIO, and what AUTH may use of it. */
#include "server.h"

#include <string.h>

/* Accepts every client certificate: GIO refuses one unless a handler returns TRUE. */
static gboolean
client_certificate_cb (GTlsConnection *tls,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags faults,
                       gpointer data)
{
  return faults == 0;
}

GTlsConnection *
sink_secure (SinkServer *server, GIOStream *stream)
{
  GIOStream *made = g_tls_server_connection_new (stream, server->certificate, NULL);
  if (made == NULL)
    return NULL;
  /* A close without close_notify is accepted: SMTP has its own end marks (RFC 3207 section 4). */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (made), FALSE);
  if (server->client_ca != NULL)
    {
      g_tls_connection_set_database (G_TLS_CONNECTION (made), server->client_ca);
      g_object_set (made, "authentication-mode", G_TLS_AUTHENTICATION_REQUESTED, NULL);
      g_signal_connect (made, "accept-certificate", G_CALLBACK (client_certificate_cb), NULL);
    }
  return G_TLS_CONNECTION (made);
}

/* RFC 9266 for TLS 1.3, RFC 5929 section 3 before. */
static char *
binding_of (GTlsConnection *tls, const char **type)
{
  gboolean newer = g_tls_connection_get_protocol_version (tls) >= G_TLS_PROTOCOL_VERSION_TLS_1_3;
  g_autoptr (GByteArray) octets = g_byte_array_new ();
  *type = newer ? "tls-exporter" : "tls-unique";
  return g_tls_connection_get_channel_binding_data (
             tls, newer ? G_TLS_CHANNEL_BINDING_TLS_EXPORTER : G_TLS_CHANNEL_BINDING_TLS_UNIQUE, octets, NULL)
             ? g_base64_encode (octets->data, octets->len)
             : NULL;
}

/* (nullable): the common name of a certificate whose subject is "CN=name" alone. */
static char *
client_of (GTlsConnection *tls)
{
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (tls);
  g_autofree char *subject = certificate != NULL ? g_tls_certificate_get_subject_name (certificate) : NULL;
  return subject != NULL && g_str_has_prefix (subject, "CN=") && strchr (subject, ',') == NULL
             ? g_strdup (subject + strlen ("CN="))
             : NULL;
}

void
sink_secure_bind (GTlsConnection *tls, SinkCore *core)
{
  const char *type;
  g_autofree char *binding = binding_of (tls, &type);
  g_autofree char *client = client_of (tls);
  sink_core_bind (core, type, binding, client);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server's side of the mechanisms that are not written out in login.c: GNU SASL's. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SinkSasl SinkSasl;

typedef struct
{
  const char *mechanism, *user, *password, *host;
  guint scram_iterations;
  const char *binding_type; /* "tls-exporter" or "tls-unique"; NULL: there is no TLS, or none to bind to */
  const char *binding;      /* its octets in base64 */
  const char *certificate;  /* nullable: the name in the client's certificate; NULL: it has shown none */
} SinkSaslSetup;

typedef enum
{
  SINK_SASL_MORE,
  SINK_SASL_RIGHT, /* the login succeeds once *out, if any, is sent */
  SINK_SASL_WRONG,
  SINK_SASL_MALFORMED
} SinkSaslStatus;

gboolean sink_sasl_has (const char *mechanism);
SinkSasl *sink_sasl_new (const SinkSaslSetup *setup);
void sink_sasl_free (SinkSasl *self);
/* octets NULL: the server speaks first. *out (transfer full), in base64; NULL: nothing. */
SinkSaslStatus sink_sasl_step (SinkSasl *self, const guint8 *octets, gsize n, char **out);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sasl.h"

#include <gsasl.h>
#include <string.h>

static const char *const mechanisms[] = { "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "CRAM-MD5",
                                          "EXTERNAL",           "ANONYMOUS",        "GSSAPI" };

struct _SinkSasl
{
  Gsasl *library;
  Gsasl_session *session;
  char *user, *password, *certificate;
};

gboolean
sink_sasl_has (const char *mechanism)
{
  for (guint i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    if (g_ascii_strcasecmp (mechanisms[i], mechanism) == 0)
      return TRUE;
  return FALSE;
}

/* No authorization identity, or the user's own. */
static gboolean
may_act_as (const SinkSasl *self, const char *authorization)
{
  return authorization == NULL || *authorization == '\0' || strcmp (authorization, self->user) == 0;
}

static int
on_property (Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
  SinkSasl *self = gsasl_session_hook_get (session);
  const char *authentication = gsasl_property_fast (session, GSASL_AUTHID);
  const char *authorization = gsasl_property_fast (session, GSASL_AUTHZID);
  switch (property)
    {
    case GSASL_PASSWORD:
      if (authentication == NULL || strcmp (authentication, self->user) != 0 ||
          !may_act_as (self, authorization))
        return GSASL_NO_PASSWORD;
      return gsasl_property_set (session, GSASL_PASSWORD, self->password);
    case GSASL_VALIDATE_EXTERNAL:
      return self->certificate != NULL && strcmp (self->certificate, self->user) == 0 &&
                     may_act_as (self, authorization)
                 ? GSASL_OK
                 : GSASL_AUTHENTICATION_ERROR;
    case GSASL_VALIDATE_GSSAPI:
      return g_strcmp0 (gsasl_property_fast (session, GSASL_GSSAPI_DISPLAY_NAME), self->user) == 0
                 ? GSASL_OK
                 : GSASL_AUTHENTICATION_ERROR;
    case GSASL_VALIDATE_ANONYMOUS:
      return GSASL_OK;
    default:
      return GSASL_NO_CALLBACK;
    }
}

SinkSasl *
sink_sasl_new (const SinkSaslSetup *setup)
{
  SinkSasl *self = g_new0 (SinkSasl, 1);
  g_autofree char *iterations = g_strdup_printf ("%u", setup->scram_iterations);
  if (gsasl_init (&self->library) != GSASL_OK)
    g_error ("GNU SASL does not begin");
  gsasl_callback_set (self->library, on_property);
  if (gsasl_server_start (self->library, setup->mechanism, &self->session) != GSASL_OK)
    {
      gsasl_done (self->library);
      g_free (self);
      return NULL;
    }
  self->user = g_strdup (setup->user);
  self->password = g_strdup (setup->password);
  self->certificate = g_strdup (setup->certificate);
  gsasl_session_hook_set (self->session, self);
  gsasl_property_set (self->session, GSASL_SCRAM_ITER, iterations);
  gsasl_property_set (self->session, GSASL_SERVICE, "smtp");
  gsasl_property_set (self->session, GSASL_HOSTNAME, setup->host);
  if (g_str_has_suffix (setup->mechanism, "-PLUS"))
    gsasl_property_set (self->session,
                        g_strcmp0 (setup->binding_type, "tls-exporter") == 0 ? GSASL_CB_TLS_EXPORTER
                                                                             : GSASL_CB_TLS_UNIQUE,
                        setup->binding);
  return self;
}

void
sink_sasl_free (SinkSasl *self)
{
  if (self == NULL)
    return;
  gsasl_finish (self->session);
  gsasl_done (self->library);
  g_free (self->user);
  g_free (self->password);
  g_free (self->certificate);
  g_free (self);
}

SinkSaslStatus
sink_sasl_step (SinkSasl *self, const guint8 *octets, gsize n, char **out)
{
  char *said = NULL;
  size_t n_said = 0;
  int ret = gsasl_step (self->session, (const char *)octets, n, &said, &n_said);
  gboolean good = ret == GSASL_OK || ret == GSASL_NEEDS_MORE;
  *out = good && n_said > 0 ? g_base64_encode ((const guchar *)said, n_said) : NULL;
  gsasl_free (said);
  if (good)
    return ret == GSASL_OK ? SINK_SASL_RIGHT : SINK_SASL_MORE;
  return ret == GSASL_MECHANISM_PARSE_ERROR || ret == GSASL_MECHANISM_CALLED_TOO_MANY_TIMES
             ? SINK_SASL_MALFORMED
             : SINK_SASL_WRONG;
}

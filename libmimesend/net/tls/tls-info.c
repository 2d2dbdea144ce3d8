/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a TLS session: version and cipher, verdict, certificates, channel binding. */
#include "net/tls/tls-private.h"

#include <gnutls/x509.h>
#include "net/pin.h"
#include "net/tls-clear.h"
#include "net/tls/tls-verify.h"
#include "net/tls/tls-words.h"

#define CHAIN_MAX 10

const char *
mimesend_tls_get_version (MimesendTls *self)
{
  return self->established ? gnutls_protocol_get_name (gnutls_protocol_get_version (self->session)) : NULL;
}

const char *
mimesend_tls_get_cipher (MimesendTls *self)
{
  return self->established ? gnutls_cipher_get_name (gnutls_cipher_get (self->session)) : NULL;
}

gboolean
mimesend_tls_heard_clear (MimesendTls *self)
{
  return !self->established && mimesend_tls_is_clear (self->first, self->n_first);
}

gboolean
mimesend_tls_was_broken_off (MimesendTls *self)
{
  return self->broken_off;
}

gboolean
mimesend_tls_is_verified (MimesendTls *self)
{
  return self->verified;
}

const char *
mimesend_tls_get_reason (MimesendTls *self)
{
  return self->reason;
}

/* tls-unique without an extended master secret is not unique to the connection (RFC 7627). */
GBytes *
mimesend_tls_get_binding (MimesendTls *self, const char **type)
{
  gboolean is_1_3 = self->established && gnutls_protocol_get_version (self->session) >= GNUTLS_TLS1_3;
  gnutls_datum_t octets = { NULL, 0 };
  GBytes *binding;

  *type = is_1_3 ? "tls-exporter" : "tls-unique";
  if (!self->established || (!is_1_3 && !gnutls_session_ext_master_secret_status (self->session)))
    return NULL;
  if (gnutls_session_channel_binding (self->session, is_1_3 ? GNUTLS_CB_TLS_EXPORTER : GNUTLS_CB_TLS_UNIQUE,
                                      &octets) < 0)
    return NULL;
  binding = g_bytes_new (octets.data, octets.size);
  gnutls_free (octets.data);
  return binding;
}

static void
certificate_free (gpointer data)
{
  MimesendTlsCertificate *self = data;

  g_free (self->subject);
  g_free (self->issuer);
  g_free (self->names);
  g_free (self->fingerprint);
  g_free (self->key_pin);
  g_free (self);
}

static char *
take_certificate_name (int ret, gnutls_datum_t *name)
{
  char *text;

  if (ret < 0)
    return g_strdup ("");
  text = g_utf8_make_valid ((const char *)name->data, name->size);
  gnutls_free (name->data);
  return text;
}

static MimesendTlsCertificate *
tls_describe_certificate (const gnutls_datum_t *der)
{
  MimesendTlsCertificate *self = g_new0 (MimesendTlsCertificate, 1);
  guint8 digest[MIMESEND_PIN_SIZE];
  gnutls_x509_crt_t certificate;

  self->fingerprint = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->size);
  self->names = mimesend_tls_names_of (der);
  if (mimesend_tls_digest_of_key (der, digest))
    self->key_pin = mimesend_pin_to_string (digest);
  if (gnutls_x509_crt_init (&certificate) < 0)
    return self;
  if (gnutls_x509_crt_import (certificate, der, GNUTLS_X509_FMT_DER) >= 0)
    {
      gnutls_datum_t name = { NULL, 0 };

      self->subject = take_certificate_name (gnutls_x509_crt_get_dn3 (certificate, &name, 0), &name);
      self->issuer = take_certificate_name (gnutls_x509_crt_get_issuer_dn3 (certificate, &name, 0), &name);
      self->not_before = (gint64)gnutls_x509_crt_get_activation_time (certificate);
      self->not_after = (gint64)gnutls_x509_crt_get_expiration_time (certificate);
    }
  gnutls_x509_crt_deinit (certificate);
  return self;
}

GPtrArray *
mimesend_tls_get_chain (MimesendTls *self)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (certificate_free);
  unsigned int n = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (self->session, &n);

  for (unsigned int i = 0; chain != NULL && i < n && i < CHAIN_MAX; i++)
    g_ptr_array_add (all, tls_describe_certificate (&chain[i]));
  return all;
}

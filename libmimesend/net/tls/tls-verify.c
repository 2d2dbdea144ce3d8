/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/tls/tls-verify.h"

#include <gio/gio.h>
#include <gnutls/x509.h>
#include <string.h>
#include "mimesend-error.h"
#include "net/pin.h"
#include "net/tls/tls-words.h"

static gnutls_certificate_credentials_t
make_system_trust (void)
{
  gnutls_certificate_credentials_t made = NULL;

  if (gnutls_certificate_allocate_credentials (&made) < 0)
    return NULL;
  /* An empty store is no error here: every certificate then has an unknown issuer, and the error says so. */
  gnutls_certificate_set_x509_system_trust (made);
  return made;
}

static gnutls_certificate_credentials_t
system_trust (void)
{
  static gsize once = 0;
  static gnutls_certificate_credentials_t made;

  if (g_once_init_enter (&once))
    {
      made = make_system_trust ();
      g_once_init_leave (&once, 1);
    }
  return made;
}

static gboolean
refuse_file (GError **error, const char *what, const char *path, const char *why, const char *instead)
{
  g_autofree char *name = g_filename_display_name (path);
  char *pin = strstr (name, "pin-value="); /* RFC 7512 2.4: the PIN itself, which is a secret */

  if (pin != NULL)
    for (char *at = pin + strlen ("pin-value="); *at != '\0' && *at != '&'; at++)
      *at = '*';
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS, "the file of %s '%s' cannot be used: %s; give %s",
               what, name, why, instead);
  return FALSE;
}

static gboolean
read_ca_file (gnutls_certificate_credentials_t made, const char *path, GError **error)
{
  int n = gnutls_certificate_set_x509_trust_file (made, path, GNUTLS_X509_FMT_PEM);

  return n > 0 || refuse_file (error, "trusted certificates", path,
                               n < 0 ? gnutls_strerror (n) : "there is no certificate in it",
                               "a readable file with certificates in PEM");
}

/* After the CAs: a list must be signed by one of them. */
static gboolean
read_crl_file (gnutls_certificate_credentials_t made, const char *path, GError **error)
{
  gnutls_x509_trust_list_t trust;
  int n;

  gnutls_certificate_get_trust_list (made, &trust);
  n = gnutls_x509_trust_list_add_trust_file (
      trust, NULL, path, GNUTLS_X509_FMT_PEM,
      GNUTLS_TL_USE_IN_TLS | GNUTLS_TL_VERIFY_CRL | GNUTLS_TL_FAIL_ON_INVALID_CRL, 0);

  return n > 0 || refuse_file (error, "revoked certificates", path,
                               n == GNUTLS_E_CRL_VERIFICATION_ERROR
                                   ? "a list in it is out of date, or no trusted CA has signed it"
                               : n < 0 ? gnutls_strerror (n)
                                       : "there is no list in it that a trusted CA has signed",
                               "a readable file with certificate revocation lists in PEM, of today");
}

static gboolean
read_client_certificate (gnutls_certificate_credentials_t made,
                         const char *path,
                         const char *key,
                         GError **error)
{
  int n = gnutls_certificate_set_x509_key_file (made, path, key, GNUTLS_X509_FMT_PEM);

  if (n == GNUTLS_E_DECRYPTION_FAILED)
    return refuse_file (error, "our private key", key,
                        "it is protected by a password, which cannot be asked for",
                        "one without a password, in a file that no other user may read");
  if (n == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
    return refuse_file (error, "our private key", key, "it is the key of another certificate",
                        "the one that the certificate was made with");
  return n >= 0 ||
         refuse_file (error, "our certificate", path, gnutls_strerror (n),
                      "a certificate and its private key, not encrypted, both in PEM or pkcs11: URIs of "
                      "what is in a token");
}

gnutls_certificate_credentials_t
mimesend_tls_trust (const MimesendTlsSetup *setup, gboolean *owned, GError **error)
{
  gnutls_certificate_credentials_t made = NULL;

  *owned = setup->ca_file != NULL || setup->crl_file != NULL || setup->client_certificate != NULL;
  if (!*owned)
    made = system_trust ();
  else if (setup->ca_file == NULL)
    made = make_system_trust ();
  else if (gnutls_certificate_allocate_credentials (&made) < 0)
    made = NULL;
  if (made == NULL)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS, "TLS cannot be set up: out of memory");
      return NULL;
    }
  if ((setup->ca_file == NULL || read_ca_file (made, setup->ca_file, error)) &&
      (setup->crl_file == NULL || read_crl_file (made, setup->crl_file, error)) &&
      (setup->client_certificate == NULL ||
       read_client_certificate (made, setup->client_certificate, setup->client_key, error)))
    return made;
  gnutls_certificate_free_credentials (made);
  return NULL;
}

static char *
fingerprint_of (const gnutls_datum_t *der)
{
  guint8 digest[32];
  size_t size = sizeof digest;
  GString *hex;

  if (gnutls_fingerprint (GNUTLS_DIG_SHA256, der, digest, &size) < 0)
    return NULL;
  hex = g_string_sized_new (2 * size);
  for (size_t i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", digest[i]);
  return g_string_free (hex, FALSE);
}

gboolean
mimesend_tls_digest_of_key (const gnutls_datum_t *der, guint8 *digest)
{
  gnutls_x509_crt_t certificate;
  size_t size = MIMESEND_PIN_SIZE;
  int n;

  if (gnutls_x509_crt_init (&certificate) < 0)
    return FALSE;
  n = gnutls_x509_crt_import (certificate, der, GNUTLS_X509_FMT_DER);
  if (n >= 0)
    n = gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, digest, &size);
  gnutls_x509_crt_deinit (certificate);
  return n >= 0 && size == MIMESEND_PIN_SIZE;
}

/* Compares the certificate and its key with the pins. (nullable): why not; NULL: one matches. */
static char *
why_not_pinned (const gnutls_datum_t *der, GBytes *pins)
{
  guint8 digest[MIMESEND_PIN_SIZE];
  size_t size = sizeof digest;
  g_autofree char *seen = NULL;

  if (gnutls_fingerprint (GNUTLS_DIG_SHA256, der, digest, &size) >= 0 && mimesend_pin_matches (pins, digest))
    return NULL;
  if (!mimesend_tls_digest_of_key (der, digest))
    return g_strdup ("it is not the pinned one, and its key cannot be read");
  if (mimesend_pin_matches (pins, digest))
    return NULL;
  seen = mimesend_pin_to_string (digest);
  return g_strdup_printf ("it is not the pinned one: its key is %s", seen);
}

/* Compares with the name that the user wrote; an address needs its own entry (iPAddress) in the certificate (RFC 6125 B.1). */
static char *
why_not_trusted (gnutls_session_t session, const char *host, const gnutls_datum_t *der)
{
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;
  gnutls_typed_vdata_st data[2] = { { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                                      .data = (guint8 *)GNUTLS_KP_TLS_WWW_SERVER } };
  unsigned int status = 0;
  int ret;

  if (address != NULL)
    {
      data[1].type = GNUTLS_DT_IP_ADDRESS;
      data[1].data = (guint8 *)g_inet_address_to_bytes (address);
      data[1].size = (unsigned int)g_inet_address_get_native_size (address);
    }
  else
    {
      data[1].type = GNUTLS_DT_DNS_HOSTNAME;
      data[1].data = (guint8 *)host;
    }
  ret = gnutls_certificate_verify_peers (session, data, host != NULL ? 2 : 1, &status);
  if (ret < 0)
    return g_strdup (gnutls_strerror (ret));
  if (status != 0)
    return mimesend_tls_status_words (status, host, der);
  return host == NULL ? g_strdup ("there is no host name to compare it with") : NULL;
}

gboolean
mimesend_tls_judge (gnutls_session_t session,
                    const char *host,
                    GBytes *pins,
                    gboolean pin_beside_ca,
                    char **reason,
                    char **fingerprint)
{
  unsigned int n_certificates = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (session, &n_certificates);

  g_clear_pointer (reason, g_free);
  g_clear_pointer (fingerprint, g_free);
  if (chain == NULL || n_certificates == 0)
    {
      *reason = g_strdup ("the server has shown none");
      return FALSE;
    }
  *fingerprint = fingerprint_of (&chain[0]);
  if (pins != NULL)
    *reason = why_not_pinned (&chain[0], pins);
  if (*reason == NULL && (pins == NULL || pin_beside_ca))
    *reason = why_not_trusted (session, host, &chain[0]);
  return *reason == NULL;
}

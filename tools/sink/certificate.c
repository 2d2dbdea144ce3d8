/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "certificate.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

static int
fill_certificate (gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
  static const guint8 v4[4] = { 127, 0, 0, 1 }, v6[16] = { [15] = 1 };
  guint8 serial[16], id[20];
  time_t now = time (NULL);
  gsize n = sizeof id;
  int rc = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);
  serial[0] = (guint8)((serial[0] & 0x7f) | 1); /* positive, not zero (RFC 5280 section 4.1.2.2) */
#define DO(call)                                                                                             \
  if (rc >= 0)                                                                                               \
  rc = call
  DO (gnutls_x509_crt_set_version (crt, 3));
  DO (gnutls_x509_crt_set_serial (crt, serial, sizeof serial));
  DO (gnutls_x509_crt_set_activation_time (crt, now - 3600));
  DO (gnutls_x509_crt_set_expiration_time (crt, now + 365 * 86400));
  DO (gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, "localhost", 9));
  DO (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, "localhost", 9, GNUTLS_FSAN_SET));
  DO (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, v4, sizeof v4, GNUTLS_FSAN_APPEND));
  DO (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, v6, sizeof v6, GNUTLS_FSAN_APPEND));
  DO (gnutls_x509_crt_set_basic_constraints (crt, 1, -1));
  DO (gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_CERT_SIGN));
  DO (gnutls_x509_crt_set_key_purpose_oid (crt, GNUTLS_KP_TLS_WWW_SERVER, 0));
  DO (gnutls_x509_crt_set_key (crt, key));
  DO (gnutls_x509_crt_get_key_id (crt, GNUTLS_KEYID_USE_SHA1, id, &n));
  DO (gnutls_x509_crt_set_subject_key_id (crt, id, n));
  DO (gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0));
#undef DO
  return rc;
}

GTlsCertificate *
sink_certificate_self_signed (char **pem, GError **error)
{
  gnutls_x509_privkey_t key = NULL;
  gnutls_x509_crt_t crt = NULL;
  gnutls_datum_t crt_pem = { 0 }, key_pem = { 0 };
  GTlsCertificate *certificate = NULL;
  int rc = gnutls_x509_privkey_init (&key);
  if (rc >= 0)
    rc = gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
  if (rc >= 0)
    rc = gnutls_x509_crt_init (&crt);
  if (rc >= 0)
    rc = fill_certificate (crt, key);
  if (rc >= 0)
    rc = gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &crt_pem);
  if (rc >= 0)
    rc = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_pem);
  if (rc >= 0)
    {
      g_autofree char *both = g_strconcat ((char *)crt_pem.data, "\n", (char *)key_pem.data, NULL);
      certificate = g_tls_certificate_new_from_pem (both, -1, error);
      *pem = g_strdup ((char *)crt_pem.data);
    }
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no certificate: %s", gnutls_strerror (rc));
  gnutls_free (crt_pem.data);
  gnutls_free (key_pem.data);
  if (crt != NULL)
    gnutls_x509_crt_deinit (crt);
  if (key != NULL)
    gnutls_x509_privkey_deinit (key);
  return certificate;
}

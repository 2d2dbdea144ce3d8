/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "certificates.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

static void
ok (int ret)
{
  if (ret < 0)
    g_error ("GnuTLS: %s", gnutls_strerror (ret));
}

static gnutls_x509_privkey_t
make_key (guint rsa_bits)
{
  gnutls_x509_privkey_t key;

  ok (gnutls_x509_privkey_init (&key));
  if (rsa_bits != 0)
    ok (gnutls_x509_privkey_generate (key, GNUTLS_PK_RSA, rsa_bits, 0));
  else
    ok (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1),
                                      0));
  return key;
}

static gnutls_x509_crt_t
begin (gnutls_x509_privkey_t key, gint64 from, gint64 until)
{
  static guint8 serial = 1;
  gnutls_x509_crt_t certificate;
  time_t now = time (NULL);

  ok (gnutls_x509_crt_init (&certificate));
  ok (gnutls_x509_crt_set_version (certificate, 3));
  ok (gnutls_x509_crt_set_serial (certificate, &serial, 1));
  serial++;
  ok (gnutls_x509_crt_set_activation_time (certificate, now + (time_t)from));
  ok (gnutls_x509_crt_set_expiration_time (certificate, now + (time_t)until));
  ok (gnutls_x509_crt_set_key (certificate, key));
  return certificate;
}

TestCa *
test_ca_new (void)
{
  TestCa *self = g_new0 (TestCa, 1);
  gnutls_datum_t pem = { NULL, 0 };

  self->ca_key = make_key (0);
  self->ca = begin (self->ca_key, -86400, 86400);
  ok (gnutls_x509_crt_set_dn (self->ca, "CN=Test CA", NULL));
  ok (gnutls_x509_crt_set_basic_constraints (self->ca, 1, -1));
  ok (gnutls_x509_crt_set_key_usage (self->ca, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN));
  ok (gnutls_x509_crt_sign2 (self->ca, self->ca, self->ca_key, GNUTLS_DIG_SHA256, 0));
  ok (gnutls_x509_crt_export2 (self->ca, GNUTLS_X509_FMT_PEM, &pem));
  self->folder = g_dir_make_tmp ("mimesend-XXXXXX", NULL);
  self->ca_file = g_build_filename (self->folder, "ca.pem", NULL);
  g_assert_true (g_file_set_contents (self->ca_file, (const char *)pem.data, (gssize)pem.size, NULL));
  gnutls_free (pem.data);
  return self;
}

void
test_ca_free (TestCa *self)
{
  g_unlink (self->ca_file);
  g_rmdir (self->folder);
  gnutls_x509_crt_deinit (self->ca);
  gnutls_x509_privkey_deinit (self->ca_key);
  g_free (self->ca_file);
  g_free (self->folder);
  g_free (self);
}

static char *
fingerprint_of (gnutls_x509_crt_t certificate)
{
  gnutls_datum_t der;
  char *hex;

  ok (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_DER, &der));
  hex = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der.data, der.size);
  gnutls_free (der.data);
  return hex;
}

/* GnuTLS itself ends a name at its NUL: subjectAltName by hand. */
static void
set_raw_name (gnutls_x509_crt_t certificate, const char *name, gsize n)
{
  guint8 der[128] = { 0x30, (guint8)(n + 2), 0x82, (guint8)n };

  g_assert_cmpuint (n, <, 100);
  memcpy (der + 4, name, n);
  ok (gnutls_x509_crt_set_extension_by_oid (certificate, GNUTLS_X509EXT_OID_SAN, der, n + 4, 0));
}

gnutls_certificate_credentials_t
test_ca_issue (TestCa *self, const CertificateWish *wish, char **fingerprint)
{
  gnutls_certificate_credentials_t credentials;
  gnutls_x509_privkey_t key = make_key (wish->rsa_bits);
  gboolean dated = wish->from != 0 || wish->until != 0;
  gnutls_x509_crt_t certificate = begin (key, dated ? wish->from : -3600, dated ? wish->until : 3600);

  if (wish->common_name != NULL)
    ok (gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, wish->common_name,
                                       (unsigned int)strlen (wish->common_name)));
  else
    ok (gnutls_x509_crt_set_dn (certificate, "O=Test", NULL));
  if (wish->dns != NULL && wish->dns_length != 0)
    set_raw_name (certificate, wish->dns, wish->dns_length);
  else if (wish->dns != NULL)
    ok (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, wish->dns,
                                              (unsigned int)strlen (wish->dns), GNUTLS_FSAN_APPEND));
  if (wish->dns2 != NULL)
    ok (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, wish->dns2,
                                              (unsigned int)strlen (wish->dns2), GNUTLS_FSAN_APPEND));
  if (wish->address != NULL)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (wish->address);

      ok (gnutls_x509_crt_set_subject_alt_name (
          certificate, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes (address),
          (unsigned int)g_inet_address_get_native_size (address), GNUTLS_FSAN_APPEND));
    }
  ok (gnutls_x509_crt_sign2 (certificate, wish->self_signed ? certificate : self->ca,
                             wish->self_signed ? key : self->ca_key, GNUTLS_DIG_SHA256, 0));
  ok (gnutls_certificate_allocate_credentials (&credentials));
  ok (gnutls_certificate_set_x509_key (credentials, &certificate, 1, key));
  if (fingerprint != NULL)
    *fingerprint = fingerprint_of (certificate);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
  return credentials;
}

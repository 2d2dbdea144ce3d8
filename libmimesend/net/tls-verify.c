/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/tls-verify.h"

#include <gio/gio.h>
#include <gnutls/x509.h>
#include <string.h>
#include "mimesend-error.h"

#define NAMES_SHOWN 5
#define NAME_MAX_   256

static gnutls_certificate_credentials_t
make_system_trust (void)
{
  gnutls_certificate_credentials_t made = NULL;

  if (gnutls_certificate_allocate_credentials (&made) < 0)
    return NULL;
  /* An empty store is no error here: every certificate is then of an unknown issuer, and is refused in those
   * words. */
  gnutls_certificate_set_x509_system_trust (made);
  return made;
}

gnutls_certificate_credentials_t
mimesend_tls_trust (const char *ca_file, gboolean *owned, GError **error)
{
  static gsize once = 0;
  static gnutls_certificate_credentials_t system_trust;
  gnutls_certificate_credentials_t made = NULL;
  int n;

  *owned = ca_file != NULL;
  if (ca_file == NULL)
    {
      if (g_once_init_enter (&once))
        {
          system_trust = make_system_trust ();
          g_once_init_leave (&once, 1);
        }
      if (system_trust == NULL)
        g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS, "TLS cannot be set up: out of memory");
      return system_trust;
    }
  if (gnutls_certificate_allocate_credentials (&made) < 0)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS, "TLS cannot be set up: out of memory");
      return NULL;
    }
  n = gnutls_certificate_set_x509_trust_file (made, ca_file, GNUTLS_X509_FMT_PEM);
  if (n <= 0)
    {
      g_autofree char *name = g_filename_display_name (ca_file);

      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS,
                   "the file of trusted certificates “%s” cannot be used: %s; give a readable file with "
                   "certificates in PEM",
                   name, n < 0 ? gnutls_strerror (n) : "there is no certificate in it");
      gnutls_certificate_free_credentials (made);
      return NULL;
    }
  return made;
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

/* The names are the peer's: shown in ASCII alone. */
static void
append_name (GString *names, unsigned int type, const char *name, size_t size)
{
  if (type == GNUTLS_SAN_IPADDRESS && (size == 4 || size == 16))
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_bytes (
          (const guint8 *)name, size == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
      g_autofree char *text = g_inet_address_to_string (address);

      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", text);
    }
  else if (type == GNUTLS_SAN_DNSNAME)
    {
      g_string_append (names, names->len > 0 ? ", " : "");
      for (size_t k = 0; k < size; k++)
        g_string_append_c (names, g_ascii_isgraph (name[k]) ? name[k] : '?');
    }
}

/* What the certificate is for, so that a wrong name can be seen at once. */
static char *
names_of (const gnutls_datum_t *der)
{
  gnutls_x509_crt_t certificate;
  GString *names = g_string_new (NULL);
  int n;

  if (gnutls_x509_crt_init (&certificate) < 0)
    return g_string_free (names, FALSE);
  n = gnutls_x509_crt_import (certificate, der, GNUTLS_X509_FMT_DER);
  for (guint i = 0; n >= 0 && i < NAMES_SHOWN; i++)
    {
      char name[NAME_MAX_];
      size_t size = sizeof name;
      unsigned int type = 0;

      n = gnutls_x509_crt_get_subject_alt_name2 (certificate, i, name, &size, &type, NULL);
      if (n >= 0)
        append_name (names, type, name, size);
    }
  gnutls_x509_crt_deinit (certificate);
  return g_string_free (names, FALSE);
}

static char *
status_words (unsigned int status, const gnutls_datum_t *der)
{
  gnutls_datum_t words = { NULL, 0 };
  g_autofree char *text = NULL;
  g_autofree char *names = NULL;

  if (gnutls_certificate_verification_status_print (status, GNUTLS_CRT_X509, &words, 0) < 0)
    return g_strdup ("it could not be verified");
  text = g_strndup ((const char *)words.data, words.size);
  gnutls_free (words.data);
  g_strstrip (text);
  if ((status & GNUTLS_CERT_UNEXPECTED_OWNER) != 0)
    names = names_of (der);
  return names != NULL && *names != '\0' ? g_strdup_printf ("%s It names %s.", text, names)
                                         : g_steal_pointer (&text);
}

gboolean
mimesend_tls_judge (gnutls_session_t session, const char *host, char **reason, char **fingerprint)
{
  unsigned int n_certificates = 0, status = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (session, &n_certificates);
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;
  gnutls_typed_vdata_st data[2] = { { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                                      .data = (guint8 *)GNUTLS_KP_TLS_WWW_SERVER } };
  int ret;

  g_clear_pointer (reason, g_free);
  g_clear_pointer (fingerprint, g_free);
  if (chain == NULL || n_certificates == 0)
    {
      *reason = g_strdup ("the server has shown none");
      return FALSE;
    }
  *fingerprint = fingerprint_of (&chain[0]);
  /* The name that the user wrote; an address needs its own entry (iPAddress) in the certificate (RFC 6125
   * B.1). */
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
    *reason = g_strdup (gnutls_strerror (ret));
  else if (status != 0)
    *reason = status_words (status, &chain[0]);
  else if (host == NULL)
    *reason = g_strdup ("there is no host name to compare it with");
  return *reason == NULL;
}

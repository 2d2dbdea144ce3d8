/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/tls/tls-words.h"

#include <gio/gio.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#define NAMES_SHOWN 5
#define NAME_MAX_   256

/* The names are untrusted: shown in ASCII alone. */
static void
append_peer_name (GString *names, unsigned int type, const char *name, size_t size)
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

/* The names in the certificate, so that a mismatch is obvious. */
char *
mimesend_tls_names_of (const gnutls_datum_t *der)
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
        append_peer_name (names, type, name, size);
    }
  gnutls_x509_crt_deinit (certificate);
  return g_string_free (names, FALSE);
}

/* Appends a reason; a certificate may have several. */
static void add_reason (GString *words, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add_reason (GString *words, const char *format, ...)
{
  va_list arguments;

  g_string_append (words, words->len > 0 ? "; " : "");
  va_start (arguments, format);
  g_string_append_vprintf (words, format, arguments);
  va_end (arguments);
}

static char *
format_day (time_t seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc ((gint64)seconds);

  return date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M UTC") : g_strdup ("a day out of reach");
}

/* The verdict is on the whole chain: the date is added if it is this certificate's own. */
static void
add_dates (GString *words, unsigned int status, gnutls_x509_crt_t certificate)
{
  time_t now = time (NULL), until = gnutls_x509_crt_get_expiration_time (certificate),
         from = gnutls_x509_crt_get_activation_time (certificate);
  g_autofree char *last = format_day (until);
  g_autofree char *first = format_day (from);

  if ((status & GNUTLS_CERT_EXPIRED) != 0)
    add_reason (words, until < now ? "it expired on %s" : "a certificate in its chain has expired", last);
  if ((status & GNUTLS_CERT_NOT_ACTIVATED) != 0)
    add_reason (words,
                from > now ? "it is not valid before %s" : "a certificate in its chain is not valid yet",
                first);
}

static void
add_issuer (GString *words, gnutls_x509_crt_t certificate)
{
  gnutls_datum_t name = { NULL, 0 };
  g_autofree char *issuer = NULL;

  if (gnutls_x509_crt_check_issuer (certificate, certificate) != 0)
    {
      add_reason (words, "it is self-signed, and no trusted authority vouches for it");
      return;
    }
  if (gnutls_x509_crt_get_issuer_dn3 (certificate, &name, 0) >= 0)
    {
      GString *shown = g_string_new (NULL);

      for (unsigned int i = 0; i < name.size && i < NAME_MAX_; i++)
        g_string_append_c (shown, g_ascii_isprint (name.data[i]) ? (char)name.data[i] : '?');
      gnutls_free (name.data);
      issuer = g_string_free (shown, FALSE);
    }
  add_reason (words, "its issuer is unknown%s%s", issuer != NULL ? ": " : "", issuer != NULL ? issuer : "");
}

/* Other faults, in GnuTLS's words. */
static void
add_rest (GString *words, unsigned int status)
{
  gnutls_datum_t text = { NULL, 0 };

  if (gnutls_certificate_verification_status_print (status, GNUTLS_CRT_X509, &text, 0) < 0)
    {
      add_reason (words, "it could not be verified");
      return;
    }
  add_reason (words, "%.*s", (int)text.size, (const char *)text.data);
  gnutls_free (text.data);
  g_strchomp (words->str);
  g_string_set_size (words, strlen (words->str));
}

char *
mimesend_tls_status_words (unsigned int status, const char *host, const gnutls_datum_t *der)
{
  static const struct
  {
    unsigned int flag;
    const char *words;
  } rows[] = {
    { GNUTLS_CERT_REVOKED,
      "it was revoked: so says its CA, in a list or in the answer that came along (OCSP)" },
    { GNUTLS_CERT_INSECURE_ALGORITHM, "its chain has an insecure algorithm, or a key that is too short" },
    { GNUTLS_CERT_SIGNER_NOT_CA, "its issuer may not issue certificates" },
    { GNUTLS_CERT_SIGNATURE_FAILURE, "a signature in its chain is wrong" },
    { GNUTLS_CERT_PURPOSE_MISMATCH, "it is not meant for servers" },
    { GNUTLS_CERT_MISSING_OCSP_STATUS, "it promises an answer of its CA (OCSP), and none came along" },
    { GNUTLS_CERT_INVALID_OCSP_STATUS, "the answer of its CA (OCSP) that came along is not valid" },
  };
  unsigned int told = GNUTLS_CERT_INVALID | GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED |
                      GNUTLS_CERT_UNEXPECTED_OWNER | GNUTLS_CERT_SIGNER_NOT_FOUND;
  GString *words = g_string_new (NULL);
  gnutls_x509_crt_t certificate;

  if (gnutls_x509_crt_init (&certificate) < 0)
    return g_string_free (g_string_append (words, "it could not be verified"), FALSE);
  if (gnutls_x509_crt_import (certificate, der, GNUTLS_X509_FMT_DER) >= 0)
    {
      add_dates (words, status, certificate);
      if ((status & GNUTLS_CERT_SIGNER_NOT_FOUND) != 0)
        add_issuer (words, certificate);
    }
  gnutls_x509_crt_deinit (certificate);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if ((status & rows[i].flag) != 0)
        add_reason (words, "%s", rows[i].words);
      told |= rows[i].flag;
    }
  if ((status & GNUTLS_CERT_UNEXPECTED_OWNER) != 0)
    {
      g_autofree char *names = mimesend_tls_names_of (der);

      add_reason (words, "it is not for %s: it names %s", host != NULL ? host : "this host",
                  *names != '\0' ? names : "nobody");
    }
  if (words->len == 0 || (status & ~told) != 0)
    add_rest (words, status & (~told | GNUTLS_CERT_INVALID));
  return g_string_free (words, FALSE);
}

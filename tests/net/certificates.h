/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates made in the test, through GnuTLS: a CA, and certificates that it signs, or no CA does. */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>

typedef struct
{
  const char *dns; /* NULL: none */
  const char *dns2;
  const char *address;     /* iPAddress, as text; NULL: none */
  const char *common_name; /* NULL: none */
  gint64 from, until;      /* seconds from now; 0, 0: an hour each way */
  gboolean self_signed;
  guint rsa_bits;   /* 0: ECDSA on P-256 */
  gsize dns_length; /* 0: up to the NUL */
} CertificateWish;

typedef struct
{
  char *folder;
  char *ca_file;
  gnutls_x509_crt_t ca;
  gnutls_x509_privkey_t ca_key;
} TestCa;

TestCa *test_ca_new (void);
void test_ca_free (TestCa *self);
gnutls_certificate_credentials_t
test_ca_issue (TestCa *self, const CertificateWish *wish, char **fingerprint);

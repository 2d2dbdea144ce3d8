/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OpenSMTPD 6.8.0p2 as Debian 12 ships it cannot sign with OpenSSL 3: the key lives in another process, reached
 * through an engine that OpenSSL 3 no longer asks. This library, preloaded, gives each SSL object that has a certificate
 * its real private key, read before the process drops its rights. For the tests on loopback alone.
 * The few declarations stand here by hand, so that no OpenSSL headers are needed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef struct evp_pkey_st EVP_PKEY;

static EVP_PKEY *key;

__attribute__ ((constructor)) static void
read_key (void)
{
  const char *path = getenv ("KEYSHIM");
  EVP_PKEY *(*read_pem) (FILE *, EVP_PKEY **, void *, void *) = dlsym (RTLD_DEFAULT, "PEM_read_PrivateKey");
  FILE *file = path ? fopen (path, "r") : NULL;
  if (file && read_pem)
    key = read_pem (file, NULL, NULL, NULL);
  if (file)
    fclose (file);
}

SSL *
SSL_new (SSL_CTX *context)
{
  SSL *(*real) (SSL_CTX *) = dlsym (RTLD_NEXT, "SSL_new");
  void *(*certificate) (const SSL *) = dlsym (RTLD_DEFAULT, "SSL_get_certificate");
  int (*use_key) (SSL *, EVP_PKEY *) = dlsym (RTLD_DEFAULT, "SSL_use_PrivateKey");
  SSL *ssl = real (context);
  if (ssl && key && certificate (ssl))
    use_key (ssl, key);
  return ssl;
}

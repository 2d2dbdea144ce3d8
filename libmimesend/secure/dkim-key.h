/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A private key that signs for a domain: RSA or Ed25519, in memory or in a token. Any thread may use it. */
#pragma once

#include <gio/gio.h>
#include <gnutls/abstract.h>

G_BEGIN_DECLS

#define MIMESEND_DKIM_HASH          32    /* octets of SHA-256 */
#define MIMESEND_DKIM_KEY_MAX       65536 /* octets of a file */
#define MIMESEND_DKIM_SIGNATURE_MAX 2048  /* octets: RSA with 16384 bits */

typedef struct
{
  gatomicrefcount refs;
  gnutls_privkey_t handle;
  gboolean in_token;
  GMutex mutex; /* a token signs for one at a time */
  gboolean is_rsa;
  guint bits;
  gsize signature_length; /* octets */
  char *record;           /* what the DNS is to say; NULL: the token does not show the public key */
} MimesendDkimKey;

/* NULL with #MIMESEND_ERROR_ARGUMENT. where: what messages call it. */
MimesendDkimKey *mimesend_dkim_key_new (const guint8 *pem, gsize length, const char *where, GError **error);
MimesendDkimKey *mimesend_dkim_key_new_for_file (const char *path, GError **error);
MimesendDkimKey *mimesend_dkim_key_new_for_uri (const char *uri, GError **error);
MimesendDkimKey *mimesend_dkim_key_ref (MimesendDkimKey *self);
void mimesend_dkim_key_unref (MimesendDkimKey *self);

/* signature has room for key->signature_length octets. FALSE with error. */
gboolean
mimesend_dkim_key_sign (MimesendDkimKey *self, const guint8 *hash, guint8 *signature, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/dkim-key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mimesend-error.h"

#define RSA_LEAST 1024 /* RFC 8301 3.2 */

static MimesendDkimKey *
key_refuse (GError **error, const char *where, const char *why)
{
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "DKIM: %s: %s", where, why);
  return NULL;
}

MimesendDkimKey *
mimesend_dkim_key_ref (MimesendDkimKey *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mimesend_dkim_key_unref (MimesendDkimKey *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  gnutls_privkey_deinit (self->handle);
  g_mutex_clear (&self->mutex);
  g_free (self->record);
  g_free (self);
}

/* ── what kind of key it is ── */

static char *
base64_record (const char *kind, const gnutls_datum_t *octets)
{
  g_autofree char *text = g_base64_encode (octets->data, octets->size);

  return g_strdup_printf ("v=DKIM1; k=%s; p=%s", kind, text);
}

/* What RFC 6376 3.6.1 and RFC 8463 4.2 have in the DNS; a token need not show the public key. */
static void
key_find_record (MimesendDkimKey *self)
{
  gnutls_pubkey_t public = NULL;
  gnutls_datum_t octets = { 0 };

  if (gnutls_pubkey_init (&public) < 0)
    return;
  if (gnutls_pubkey_import_privkey (public, self->handle, 0, 0) >= 0)
    {
      if (self->is_rsa)
        {
          gnutls_pubkey_get_pk_algorithm (public, &self->bits);
          if (gnutls_pubkey_export2 (public, GNUTLS_X509_FMT_DER, &octets) >= 0)
            self->record = base64_record ("rsa", &octets);
        }
      else if (gnutls_pubkey_export_ecc_raw2 (public, NULL, &octets, NULL, GNUTLS_EXPORT_FLAG_NO_LZ) >= 0)
        self->record = base64_record ("ed25519", &octets);
    }
  gnutls_free (octets.data);
  gnutls_pubkey_deinit (public);
}

static int
key_sign_hash (MimesendDkimKey *self, const guint8 *hash, gnutls_datum_t *made)
{
  gnutls_datum_t given = { (guint8 *)hash, MIMESEND_DKIM_HASH };

  /* RFC 8463 3: the hash is what is signed, by PureEdDSA */
  return self->is_rsa ? gnutls_privkey_sign_hash2 (self->handle, GNUTLS_SIGN_RSA_SHA256, 0, &given, made)
                      : gnutls_privkey_sign_data2 (self->handle, GNUTLS_SIGN_EDDSA_ED25519, 0, &given, made);
}

/* Signs once: a key that cannot be used is known ahead of the first message, and how long a token's signatures are. */
static const char *
key_try (MimesendDkimKey *self)
{
  const guint8 hash[MIMESEND_DKIM_HASH] = { 0 };
  gnutls_datum_t made = { 0 };
  int n = key_sign_hash (self, hash, &made);

  if (n < 0)
    return gnutls_strerror (n);
  self->signature_length = made.size;
  if (self->bits == 0)
    self->bits = made.size * 8;
  gnutls_free (made.data);
  return self->signature_length <= MIMESEND_DKIM_SIGNATURE_MAX ? NULL
                                                               : "it makes signatures that are too long";
}

/* Takes self. */
static MimesendDkimKey *
key_judge (MimesendDkimKey *self, const char *where, GError **error)
{
  int algorithm = gnutls_privkey_get_pk_algorithm (self->handle, &self->bits);
  const char *fault = NULL;

  self->is_rsa = algorithm == GNUTLS_PK_RSA;
  if (!self->is_rsa && algorithm != GNUTLS_PK_EDDSA_ED25519)
    fault = "it is neither an RSA nor an Ed25519 key: DKIM has no other (RFC 8301, RFC 8463)";
  else
    {
      key_find_record (self);
      fault = key_try (self);
    }
  if (fault == NULL && self->is_rsa && self->bits < RSA_LEAST)
    fault = "an RSA key of less than 1024 bits is never accepted (RFC 8301 3.2): make one of 2048";
  if (fault == NULL)
    return self;
  key_refuse (error, where, fault);
  mimesend_dkim_key_unref (self);
  return NULL;
}

static MimesendDkimKey *
key_alloc (void)
{
  MimesendDkimKey *self = g_new0 (MimesendDkimKey, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->mutex);
  if (gnutls_privkey_init (&self->handle) < 0)
    g_error ("out of memory");
  return self;
}

/* ── where it comes from ── */

static const char *
import_fault (int n, const guint8 *pem, gsize length)
{
  if (n == GNUTLS_E_DECRYPTION_FAILED || memmem (pem, length, "ENCRYPTED", 9) != NULL)
    return "it is protected by a password, which cannot be asked for: give one without, in a file that no "
           "other "
           "user may read";
  if (memmem (pem, length, "PRIVATE KEY-----", 16) == NULL)
    return memmem (pem, length, "PUBLIC KEY-----", 15) != NULL
               ? "it is the public key, which belongs into the DNS: give the private one"
               : "it has no private key in PEM ('-----BEGIN PRIVATE KEY-----')";
  return gnutls_strerror (n);
}

MimesendDkimKey *
mimesend_dkim_key_new (const guint8 *pem, gsize length, const char *where, GError **error)
{
  MimesendDkimKey *self;
  gnutls_datum_t datum = { (guint8 *)pem, (guint)length };
  int n;

  if (length > MIMESEND_DKIM_KEY_MAX)
    return key_refuse (error, where, "it is too long for a key");
  self = key_alloc ();
  n = gnutls_privkey_import_x509_raw (self->handle, &datum, GNUTLS_X509_FMT_PEM, NULL, 0);
  if (n >= 0)
    return key_judge (self, where, error);
  key_refuse (error, where, import_fault (n, pem, length));
  mimesend_dkim_key_unref (self);
  return NULL;
}

MimesendDkimKey *
mimesend_dkim_key_new_for_uri (const char *uri, GError **error)
{
  static const char where[] = "the key in the token";
  MimesendDkimKey *self;
  int n;

  if (!g_str_has_prefix (uri, "pkcs11:"))
    return key_refuse (error, where, "its URI begins with 'pkcs11:' (RFC 7512)");
  self = key_alloc ();
  self->in_token = TRUE;
  n = gnutls_privkey_import_url (self->handle, uri, 0);
  if (n >= 0)
    return key_judge (self, where, error);
  key_refuse (error, where, gnutls_strerror (n)); /* the URI may hold a PIN */
  mimesend_dkim_key_unref (self);
  return NULL;
}

/* Why the file is not used; NULL: it is. */
static char *
key_distrust (int fd)
{
  struct stat st;

  if (fstat (fd, &st) != 0)
    return g_strdup (g_strerror (errno));
  if (S_ISDIR (st.st_mode))
    return g_strdup ("it is a folder");
  if (!S_ISREG (st.st_mode) && !S_ISFIFO (st.st_mode))
    return g_strdup ("it is neither a file nor a pipe");
  if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return g_strdup_printf (
        "it is open to other users (its mode is %03o): 'chmod 600' mends it, and where others may "
        "have read it, a new key does",
        st.st_mode & 0777);
  if (st.st_size > MIMESEND_DKIM_KEY_MAX)
    return g_strdup ("it is too long for a key");
  return NULL;
}

/* Opened without waiting, so that a pipe without a writer is an empty file; read with, as a writer may be slow. */
static gboolean
key_read (int fd, guint8 *octets, gsize *length)
{
  gssize n = 1;

  if (fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) & ~O_NONBLOCK) != 0)
    return FALSE;
  while (n != 0 && *length < MIMESEND_DKIM_KEY_MAX + 1)
    {
      n = read (fd, octets + *length, MIMESEND_DKIM_KEY_MAX + 1 - *length);
      if (n < 0 && errno != EINTR)
        return FALSE;
      *length += n > 0 ? (gsize)n : 0;
    }
  return TRUE;
}

MimesendDkimKey *
mimesend_dkim_key_new_for_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *why = NULL;
  g_autofree guint8 *octets = NULL;
  MimesendDkimKey *self = NULL;
  gsize length = 0;

  why = fd < 0 ? g_strdup (g_strerror (errno)) : key_distrust (fd);
  if (why == NULL)
    {
      octets = g_malloc (MIMESEND_DKIM_KEY_MAX + 1);
      if (!key_read (fd, octets, &length))
        why = g_strdup (g_strerror (errno));
    }
  if (fd >= 0)
    close (fd);
  if (why != NULL)
    key_refuse (error, shown, why);
  else
    self = mimesend_dkim_key_new (octets, length, shown, error);
  if (octets != NULL)
    explicit_bzero (octets, length);
  return self;
}

/* ── signing ── */

gboolean
mimesend_dkim_key_sign (MimesendDkimKey *self, const guint8 *hash, guint8 *signature, GError **error)
{
  gnutls_datum_t made = { 0 };
  int n;

  if (self->in_token)
    g_mutex_lock (&self->mutex);
  n = key_sign_hash (self, hash, &made);
  if (self->in_token)
    g_mutex_unlock (&self->mutex);
  if (n >= 0 && made.size != self->signature_length)
    n = GNUTLS_E_PK_SIGN_FAILED;
  if (n >= 0)
    memcpy (signature, made.data, made.size);
  gnutls_free (made.data);
  if (n >= 0)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "DKIM: the key could not sign: %s",
               gnutls_strerror (n));
  return FALSE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys: which are taken, which are refused and in which words; files that are open to others. */
#include "secure/dkim-key.h"
#include "keys.h"
#include "mimesend-error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
assert_refused (const char *pem, gsize length, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mimesend_dkim_key_new ((const guint8 *)pem, length, "the key", &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  if (strstr (error->message, words) == NULL)
    g_error ("'%s' lacks '%s'", error->message, words);
}

static void
assert_refused_bytes (GBytes *key, const char *words)
{
  gsize n;
  const char *pem = g_bytes_get_data (key, &n);

  assert_refused (pem, n, words);
}

static void
test_taken (void)
{
  static const struct
  {
    gnutls_pk_algorithm_t algorithm;
    guint bits;
    gboolean pkcs8;
  } rows[] = { { GNUTLS_PK_RSA, 1024, TRUE },
               { GNUTLS_PK_RSA, 2048, TRUE },
               { GNUTLS_PK_RSA, 2048, FALSE },
               { GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_ED25519), TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) pem = keys_make (rows[i].algorithm, rows[i].bits, rows[i].pkcs8);
      g_autoptr (GError) error = NULL;
      MimesendDkimKey *key =
          mimesend_dkim_key_new (g_bytes_get_data (pem, NULL), g_bytes_get_size (pem), "the key", &error);

      g_assert_no_error (error);
      g_assert_cmpint (key->is_rsa, ==, rows[i].algorithm == GNUTLS_PK_RSA);
      if (key->is_rsa)
        g_assert_cmpint (key->bits, ==, rows[i].bits);
      g_assert_cmpint (key->signature_length, ==, key->is_rsa ? rows[i].bits / 8 : 64);
      g_assert_true (
          g_str_has_prefix (key->record, key->is_rsa ? "v=DKIM1; k=rsa; p=M" : "v=DKIM1; k=ed25519; p="));
      mimesend_dkim_key_unref (key);
    }
}

static void
test_records (void)
{
  MimesendDkimKey *rsa =
      mimesend_dkim_key_new ((const guint8 *)KEYS_RSA_1024, strlen (KEYS_RSA_1024), "the key", NULL);
  MimesendDkimKey *ed25519 =
      mimesend_dkim_key_new ((const guint8 *)KEYS_ED25519, strlen (KEYS_ED25519), "the key", NULL);

  g_assert_cmpstr (rsa->record, ==, KEYS_RSA_1024_RECORD);
  g_assert_cmpstr (ed25519->record, ==, KEYS_ED25519_RECORD);
  mimesend_dkim_key_unref (rsa);
  mimesend_dkim_key_unref (ed25519);
}

static void
test_refused (void)
{
  g_autoptr (GBytes) elliptic =
      keys_make (GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), TRUE);
  g_autoptr (GBytes) short_rsa = keys_make (GNUTLS_PK_RSA, 768, TRUE);
  g_autofree char *cut = g_strndup (KEYS_RSA_1024, strlen (KEYS_RSA_1024) / 2);
  g_autofree char *long_text = g_strnfill (MIMESEND_DKIM_KEY_MAX + 1, 'x');
  const char *locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n";
  const char *old_locked = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                           "DEK-Info: AES-128-CBC,00\n\nMIIB\n-----END RSA PRIVATE KEY-----\n";
  const char *public = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n";

  assert_refused_bytes (elliptic, "neither an RSA nor an Ed25519 key");
  assert_refused_bytes (short_rsa, "less than 1024 bits");
  assert_refused (locked, strlen (locked), "protected by a password");
  assert_refused (old_locked, strlen (old_locked), "protected by a password");
  assert_refused (public, strlen (public), "it is the public key");
  assert_refused ("", 0, "no private key in PEM");
  assert_refused ("\0\0\0", 3, "no private key in PEM");
  assert_refused (cut, strlen (cut), "the key: ");
  assert_refused (long_text, strlen (long_text), "too long");
}

/* ── files ── */

static char *
write_key (int mode)
{
  char *path = NULL;
  int fd = g_file_open_tmp ("dkim-XXXXXX", &path, NULL);

  g_assert_cmpint (write (fd, KEYS_ED25519, strlen (KEYS_ED25519)), ==, (gssize)strlen (KEYS_ED25519));
  g_assert_cmpint (fchmod (fd, (mode_t)mode), ==, 0);
  close (fd);
  return path;
}

static void
test_modes (void)
{
  static const int open_modes[] = { 0640, 0604, 0620, 0602, 0644, 0666, 0610 };
  static const int closed_modes[] = { 0600, 0400, 0700 };

  for (gsize i = 0; i < G_N_ELEMENTS (open_modes); i++)
    {
      g_autofree char *path = write_key (open_modes[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_dkim_key_new_for_file (path, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_nonnull (strstr (error->message, path));
      g_assert_nonnull (strstr (error->message, "chmod 600"));
      g_unlink (path);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (closed_modes); i++)
    {
      g_autofree char *path = write_key (closed_modes[i]);
      g_autoptr (GError) error = NULL;
      MimesendDkimKey *key = mimesend_dkim_key_new_for_file (path, &error);

      g_assert_no_error (error);
      mimesend_dkim_key_unref (key);
      g_unlink (path);
    }
}

/* None of them waits for anything. */
static void
test_no_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("dkim-XXXXXX", NULL);
  g_autofree char *fifo = g_build_filename (folder, "fifo", NULL);
  g_autofree char *absent = g_build_filename (folder, "absent", NULL);
  const char *const paths[] = { folder, fifo, absent, "/dev/null", "/dev/zero" };

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_dkim_key_new_for_file (paths[i], &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_nonnull (strstr (error->message, paths[i]));
    }
  g_unlink (fifo);
  g_rmdir (folder);
}

/* A key that a program gives comes by a pipe. */
static void
test_pipe (void)
{
  int ends[2];
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  MimesendDkimKey *key;

  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_cmpint (write (ends[1], KEYS_ED25519, strlen (KEYS_ED25519)), ==, (gssize)strlen (KEYS_ED25519));
  close (ends[1]);
  path = g_strdup_printf ("/dev/fd/%d", ends[0]);
  key = mimesend_dkim_key_new_for_file (path, &error);
  g_assert_no_error (error);
  mimesend_dkim_key_unref (key);
  close (ends[0]);
}

static void
test_uri (void)
{
  static const char *const uris[] = { "", "file:///x",
                                      "pkcs11:", "pkcs11:token=none;object=x?pin-value=4711" };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_dkim_key_new_for_uri (uris[i], &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_null (strstr (error->message, "4711"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secure/dkim-key/taken", test_taken);
  g_test_add_func ("/secure/dkim-key/records", test_records);
  g_test_add_func ("/secure/dkim-key/refused", test_refused);
  g_test_add_func ("/secure/dkim-key/modes", test_modes);
  g_test_add_func ("/secure/dkim-key/no-files", test_no_files);
  g_test_add_func ("/secure/dkim-key/pipe", test_pipe);
  g_test_add_func ("/secure/dkim-key/uri", test_uri);
  return g_test_run ();
}

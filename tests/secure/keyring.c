/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "keyring.h"

#include <gio/gio.h>
#include <stdarg.h>
#include <string.h>

static char *folder;

static gboolean
has_program (const char *name)
{
  g_autofree char *path = g_find_program_in_path (name);

  return path != NULL;
}

gboolean
keyring_open (void)
{
  const char *argv[] = { "sh", KEYRING_SH, NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  int status;

  if (!has_program ("gpg") || !has_program ("gpgsm") || !has_program ("openssl"))
    return FALSE;
  /* A socket's path has 107 octets. */
  folder = g_strdup ("/tmp/mimesend-keys-XXXXXX");
  g_assert_nonnull (g_mkdtemp (folder));
  argv[2] = folder;
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &said, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  if (error != NULL)
    g_test_message ("%s", said);
  g_assert_no_error (error);
  g_setenv ("GNUPGHOME", folder, TRUE);
  g_unsetenv ("GPG_TTY");
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  return TRUE;
}

void
keyring_close (void)
{
  GBytes *said = keyring_run ("gpgconf", "--kill", "all", NULL);

  g_bytes_unref (said);
  said = keyring_run ("rm", "-rf", folder, NULL);
  g_bytes_unref (said);
  g_clear_pointer (&folder, g_free);
}

char *
keyring_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

GBytes *
keyring_run (const char *program, ...)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GBytes) errors = NULL;
  g_autoptr (GError) error = NULL;
  va_list words;

  va_start (words, program);
  for (const char *word = program; word != NULL; word = va_arg (words, const char *))
    g_ptr_array_add (argv, (char *)word);
  va_end (words);
  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_set_cwd (launcher, folder);
  child = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate (child, NULL, NULL, &out, &errors, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_successful (child))
    return g_steal_pointer (&out);
  g_test_message ("%s: %.*s", program, (int)g_bytes_get_size (errors),
                  (const char *)g_bytes_get_data (errors, NULL));
  return NULL;
}

void
keyring_write (const char *name, const void *octets, gsize n)
{
  g_autofree char *path = keyring_path (name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, octets, (gssize)n, &error);
  g_assert_no_error (error);
}

gboolean
keyring_was_asked (void)
{
  g_autofree char *path = keyring_path ("pinentry.log");

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Without GMime, which the library under test stands on. */
void
keyring_split (const char *message, gsize length, GBytes **signed_octets, GBytes **signature)
{
  const char *at = g_strstr_len (message, (gssize)length, "boundary=\"") + strlen ("boundary=\"");
  g_autofree char *boundary = g_strndup (at, strcspn (at, "\""));
  g_autofree char *first = g_strdup_printf ("\r\n--%s\r\n", boundary);
  g_autofree char *last = g_strdup_printf ("\r\n--%s--\r\n", boundary);
  const char *begin, *border, *end;

  begin = memmem (message, length, first, strlen (first));
  g_assert_nonnull (begin);
  begin += strlen (first);
  border = memmem (begin, length - (gsize)(begin - message), first, strlen (first));
  g_assert_nonnull (border);
  *signed_octets = g_bytes_new (begin, (gsize)(border - begin));
  end = memmem (border, length - (gsize)(border - message), last, strlen (last));
  g_assert_nonnull (end);
  g_assert_cmpuint ((gsize)(end - message) + strlen (last), ==, length);
  begin = g_strstr_len (border, end - border, "\r\n\r\n") + 4;
  if (g_strstr_len (border, begin - border, "base64") == NULL)
    *signature = g_bytes_new (begin, (gsize)(end - begin));
  else
    {
      g_autofree char *text = g_strndup (begin, (gsize)(end - begin));
      gsize n;
      guchar *octets = g_base64_decode (text, &n);

      *signature = g_bytes_new_take (octets, n);
    }
}

void
keyring_verify (gboolean smime, GBytes *signed_octets, GBytes *signature)
{
  g_autoptr (GBytes) good = NULL;
  g_autoptr (GBytes) also = NULL;

  keyring_write ("octets", g_bytes_get_data (signed_octets, NULL), g_bytes_get_size (signed_octets));
  keyring_write ("signature", g_bytes_get_data (signature, NULL), g_bytes_get_size (signature));
  good = smime ? keyring_run ("gpgsm", "--batch", "--verify", "signature", "octets", NULL)
               : keyring_run ("gpg", "--batch", "--verify", "signature", "octets", NULL);
  g_assert_nonnull (good);
  if (!smime)
    return;
  also = keyring_run ("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature",
                      "-content", "octets", "-CAfile", "ca.pem", "-purpose", "any", NULL);
  g_assert_nonnull (also);
}

void
keyring_add_tests (const char *room, const KeyringTest *tests, guint n)
{
  static const char *const kinds[] = { "pgp", "smime" };

  for (int smime = 0; smime < 2; smime++)
    for (guint i = 0; i < n; i++)
      {
        g_autofree char *path = g_strdup_printf ("%s%s/%s", room, kinds[smime], tests[i].name);

        g_test_add_data_func (path, GINT_TO_POINTER (smime), tests[i].run);
      }
}

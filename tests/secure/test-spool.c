/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Octets kept to be read again: in memory, in a file without a name, and where there is no place for one. */
#include "secure/spool.h"
#include "mimesend-error.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
read_all (MimesendSpool *spool, GByteArray *into)
{
  MimesendPiece piece = { 0 };
  g_autoptr (GError) error = NULL;

  mimesend_spool_rewind (spool);
  g_byte_array_set_size (into, 0);
  while (mimesend_spool_next (spool, &piece, &error) == MIMESEND_PULL_PIECE)
    g_byte_array_append (into, piece.data, (guint)piece.length);
  g_assert_no_error (error);
}

static void
test_sizes (void)
{
  static const gsize sizes[] = { 0,
                                 1,
                                 MIMESEND_SPOOL_IN_MEMORY - 1,
                                 MIMESEND_SPOOL_IN_MEMORY,
                                 MIMESEND_SPOOL_IN_MEMORY + 1,
                                 3 * MIMESEND_SPOOL_IN_MEMORY + 7 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      MimesendSpool *spool = mimesend_spool_new ();
      g_autoptr (GByteArray) given = g_byte_array_new ();
      g_autoptr (GByteArray) got = g_byte_array_new ();

      g_byte_array_set_size (given, (guint)sizes[i]);
      for (guint j = 0; j < given->len; j++)
        given->data[j] = (guint8)g_rand_int (rand);
      for (gsize at = 0; at < given->len;)
        {
          gsize wanted = (gsize)g_rand_int_range (rand, 1, 70000), n = MIN (given->len - at, wanted);

          g_assert_true (mimesend_spool_add (spool, given->data + at, n, NULL));
          at += n;
        }
      g_assert_cmpint (mimesend_spool_in_memory (spool), ==, sizes[i] <= MIMESEND_SPOOL_IN_MEMORY);
      for (guint twice = 0; twice < 2; twice++)
        {
          read_all (spool, got);
          g_assert_cmpmem (got->data, got->len, given->data, given->len);
        }
      mimesend_spool_free (spool);
    }
}

/* The folder is asked for once a process. */
static gboolean
in_subprocess (const char *folder)
{
  if (g_test_subprocess ())
    {
      g_setenv ("TMPDIR", folder, TRUE);
      g_assert_cmpstr (g_get_tmp_dir (), ==, folder);
      return TRUE;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
  return FALSE;
}

/* Nothing is seen in the folder, not even while the file is in use. */
static void
test_no_name (void)
{
  char folder[] = "/tmp/spool-XXXXXX";
  g_autofree guint8 *octets = g_malloc0 (MIMESEND_SPOOL_IN_MEMORY + 1);
  MimesendSpool *spool;
  GDir *dir;

  g_assert_nonnull (mkdtemp (folder));
  if (in_subprocess (folder))
    {
      spool = mimesend_spool_new ();
      g_assert_true (mimesend_spool_add (spool, octets, MIMESEND_SPOOL_IN_MEMORY + 1, NULL));
      g_assert_false (mimesend_spool_in_memory (spool));
      dir = g_dir_open (folder, 0, NULL);
      g_assert_null (g_dir_read_name (dir));
      g_dir_close (dir);
      mimesend_spool_free (spool);
    }
  g_assert_cmpint (rmdir (folder), ==, 0);
}

static void
test_no_room (void)
{
  g_autofree guint8 *octets = g_malloc0 (MIMESEND_SPOOL_IN_MEMORY + 1);
  g_autoptr (GError) error = NULL;
  MimesendSpool *spool;

  if (!in_subprocess ("/nonexistent/folder"))
    return;
  spool = mimesend_spool_new ();
  g_assert_false (mimesend_spool_add (spool, octets, MIMESEND_SPOOL_IN_MEMORY + 1, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_assert_nonnull (strstr (error->message, "/nonexistent/folder"));
  mimesend_spool_free (spool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secure/spool/sizes", test_sizes);
  g_test_add_func ("/secure/spool/no-name", test_no_name);
  g_test_add_func ("/secure/spool/no-room", test_no_room);
  return g_test_run ();
}

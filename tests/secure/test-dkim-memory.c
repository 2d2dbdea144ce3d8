/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A signed message with a gibibyte attached costs what a signed small one does, in memory. */
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../walk/support.h"
#include "keys.h"

#define LARGE (G_GINT64_CONSTANT (1) << 30)

static long
peak_kib (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* Nothing but NULs, which take no room on the disk. Returns how much the peak rose. */
static long
pull_signed (gint64 length)
{
  g_autofree char *path = NULL;
  GMimeStream *stream;
  GMimeObject *part;
  g_autoptr (MimesendContent) inner = NULL;
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (GPtrArray) dkims = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_dkim_unref);
  MimesendPullStatus status;
  MimesendPiece piece;
  guint64 total = 0;
  gint64 said;
  long before;

  close (g_file_open_tmp ("mimesend-large-XXXXXX", &path, NULL));
  g_assert_cmpint (truncate (path, length), ==, 0);
  stream = g_mime_stream_gio_new (g_file_new_for_path (path));
  part = (GMimeObject *)leaf_with_stream ("application/zip", stream, GMIME_CONTENT_ENCODING_DEFAULT,
                                          GMIME_CONTENT_ENCODING_BASE64);
  g_mime_object_set_header (part, "From", "joe@example.com", NULL);
  inner = mimesend_content_new_for_part (part, NULL);
  g_ptr_array_add (dkims, keys_dkim (KEYS_ED25519, "s"));
  content = mimesend_content_new_dkim (inner, dkims);
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_8BITMIME, NULL));
  said = mimesend_content_get_length (content);
  before = peak_kib ();
  while ((status = mimesend_pull_next (MIMESEND_PULL (content), 262144, &piece, NULL, NULL)) ==
         MIMESEND_PULL_PIECE)
    {
      total += piece.length;
      mimesend_piece_clear (&piece);
    }
  g_assert_cmpint (status, ==, MIMESEND_PULL_END);
  g_assert_cmpuint (total, >, (guint64)length * 4 / 3);
  g_assert_cmpint (said, ==, (gint64)total);
  g_object_unref (part);
  g_object_unref (stream);
  g_unlink (path);
  return peak_kib () - before;
}

/* What a small one takes (code, blocks) is taken by then. */
static void
test_large (void)
{
  long small = pull_signed (4 << 20);
  long large = pull_signed (LARGE);

  g_test_message ("the peak rose by %ld KiB for 4 MiB, then by %ld KiB", small, large);
  g_assert_cmpint (large, <, 4096);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/secure/dkim-memory/large", test_large);
  return g_test_run ();
}

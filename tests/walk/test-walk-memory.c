/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A large attachment costs what a small one does. */
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support.h"

#define LARGE (G_GINT64_CONSTANT (512) << 20)

static long
peak_kib (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* Nothing but NULs, which take no room on the disk. Returns how much the peak rose. */
static long
pull_file (gint64 length, GMimeContentEncoding encoding, gboolean seven_bit)
{
  g_autofree char *path = NULL;
  GMimeStream *stream;
  GMimeObject *part;
  g_autoptr (MimesendContent) content = NULL;
  MimesendPullStatus status;
  MimesendPiece piece;
  guint64 total = 0;
  gint64 said;
  long before;

  close (g_file_open_tmp ("mimesend-large-XXXXXX", &path, NULL));
  g_assert_cmpint (truncate (path, length), ==, 0);
  stream = g_mime_stream_gio_new (g_file_new_for_path (path));
  part =
      (GMimeObject *)leaf_with_stream ("application/zip", stream, GMIME_CONTENT_ENCODING_DEFAULT, encoding);
  content = mimesend_content_new_for_part (part, NULL);
  g_assert_true (
      mimesend_content_prepare (content, seven_bit ? MIMESEND_WIRE_NONE : MIMESEND_WIRE_8BITMIME, NULL));
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
pull_large (GMimeContentEncoding encoding, gboolean seven_bit)
{
  long small = pull_file (4 << 20, encoding, seven_bit);
  long large = pull_file (LARGE, encoding, seven_bit);

  g_test_message ("the peak rose by %ld KiB for 4 MiB, then by %ld KiB", small, large);
  g_assert_cmpint (large, <, 4096);
}

static void
test_base64 (void)
{
  pull_large (GMIME_CONTENT_ENCODING_BASE64, FALSE);
}

/* Labelled binary, for a server that takes no such thing. */
static void
test_converted (void)
{
  pull_large (GMIME_CONTENT_ENCODING_BINARY, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/walk/memory/base64-needs-bounded-memory", test_base64);
  g_test_add_func ("/walk/memory/conversion-needs-bounded-memory", test_converted);
  return g_test_run ();
}

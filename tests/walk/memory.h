/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory a content takes whose attachment is large. */
#pragma once

#include <glib/gstdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support.h"

static inline long
peak_kib (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* A leaf with a file of nothing but NULs, which take no room on the disk. path: of the file, for the caller to remove. */
static inline GMimeObject *
large_leaf (gint64 length, GMimeContentEncoding encoding, char **path)
{
  GMimeStream *stream;
  GMimeObject *part;

  close (g_file_open_tmp ("mimesend-large-XXXXXX", path, NULL));
  g_assert_cmpint (truncate (*path, length), ==, 0);
  stream = g_mime_stream_gio_new (g_file_new_for_path (*path));
  part =
      (GMimeObject *)leaf_with_stream ("application/zip", stream, GMIME_CONTENT_ENCODING_DEFAULT, encoding);
  g_object_unref (stream);
  return part;
}

/* Pulls all of a content that was prepared and has such a leaf. Returns how much the peak rose. */
static inline long
pull_large_content (MimesendContent *content, gint64 length)
{
  gint64 said = mimesend_content_get_length (content);
  long before = peak_kib ();
  MimesendPullStatus status;
  MimesendPiece piece;
  guint64 total = 0;

  while ((status = mimesend_pull_next (MIMESEND_PULL (content), 262144, &piece, NULL, NULL)) ==
         MIMESEND_PULL_PIECE)
    {
      total += piece.length;
      mimesend_piece_clear (&piece);
    }
  g_assert_cmpint (status, ==, MIMESEND_PULL_END);
  g_assert_cmpuint (total, >, (guint64)length * 4 / 3);
  g_assert_cmpint (said, ==, (gint64)total);
  return peak_kib () - before;
}

/* The small one comes first: what it takes (code, blocks) is taken by then. */
static inline void
assert_no_growth (long small, long large)
{
  g_test_message ("the peak rose by %ld KiB for 4 MiB, then by %ld KiB", small, large);
  g_assert_cmpint (large, <, 4096);
}

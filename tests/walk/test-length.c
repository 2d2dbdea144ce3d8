/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What get_length () says ahead is what comes out behind the CRLF pass, or it says nothing (RFC 1870). */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "octets/crlf.h"
#include "support.h"
#include "tree-gen.h"

/* Octets of it all on the wire; −1: it fails. */
static gint64
canonical_length (MimesendContent *content)
{
  MimesendCrlf crlf;
  MimesendPiece piece;
  MimesendPullStatus status;
  guint64 total = 0;
  guint8 owed[2];

  mimesend_crlf_init (&crlf, FALSE);
  while ((status = mimesend_pull_next (MIMESEND_PULL (content), 65536, &piece, NULL, NULL)) ==
         MIMESEND_PULL_PIECE)
    {
      if (piece.flags & MIMESEND_PIECE_BINARY)
        total += piece.length;
      else
        total += mimesend_crlf_measure (&crlf, piece.data, piece.length);
      mimesend_piece_clear (&piece);
    }
  return status == MIMESEND_PULL_END ? (gint64)(total + mimesend_crlf_finish (&crlf, owed)) : -1;
}

static void
test_random_trees (void)
{
  static const MimesendWireFlags wires[] = { MIMESEND_WIRE_NONE, MIMESEND_WIRE_8BITMIME,
                                             MIMESEND_WIRE_8BITMIME | MIMESEND_WIRE_BINARYMIME };
  guint known = 0, unknown = 0;

  for (guint32 seed = 1; seed < 400; seed++)
    {
      TreeGen gen;
      GMimeObject *tree;

      tree_gen_init (&gen, seed);
      gen.simple = seed & 1;
      tree = tree_gen_tree (&gen, 4);
      for (int i = -1; i < (int)G_N_ELEMENTS (wires); i++)
        {
          g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);
          gint64 said, is;

          if (i >= 0 && !mimesend_content_prepare (content, wires[i], NULL))
            continue;
          said = mimesend_content_get_length (content);
          is = canonical_length (content);
          if (said >= 0 && is >= 0)
            g_assert_cmpint (said, ==, is);
          known += said >= 0;
          unknown += said < 0;
        }
      g_object_unref (tree);
      tree_gen_clear (&gen);
    }
  g_assert_cmpuint (known, >, 100);
  g_assert_cmpuint (unknown, >, 100);
  g_test_message ("%u known, %u unknown", known, unknown);
}

static void
test_strings (void)
{
  static const char *const arguments[] = { "Subject: x\r", "\n\nbody", "\nno end", "\r", "\r\n", "" };
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (MimesendContent) empty = mimesend_content_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (arguments); i++)
    g_assert_true (mimesend_content_add_string (content, arguments[i], NULL));
  g_assert_cmpint (mimesend_content_get_length (content), ==, canonical_length (content));
  g_assert_cmpint (mimesend_content_get_length (empty), ==, 0);
}

static void
test_of_a_file (void)
{
  g_autofree char *path = NULL;
  g_autofree char *text = g_strnfill (500, 'x');
  GMimeStream *stream;
  GMimeObject *part;
  g_autoptr (MimesendContent) content = NULL;

  close (g_file_open_tmp ("mimesend-length-XXXXXX", &path, NULL));
  g_assert_true (g_file_set_contents (path, text, 500, NULL));
  stream = g_mime_stream_gio_new (g_file_new_for_path (path));
  part = (GMimeObject *)leaf_with_stream ("image/png", stream, GMIME_CONTENT_ENCODING_DEFAULT,
                                          GMIME_CONTENT_ENCODING_BASE64);
  content = mimesend_content_new_for_part (part, NULL);
  g_assert_cmpint (mimesend_content_get_length (content), >, 668);
  g_assert_cmpint (mimesend_content_get_length (content), ==, canonical_length (content));
  g_object_unref (part);
  g_object_unref (stream);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/walk/length/matches-octets-of-random-trees", test_random_trees);
  g_test_add_func ("/walk/length/matches-octets-of-strings", test_strings);
  g_test_add_func ("/walk/length/of-a-file-is-known", test_of_a_file);
  return g_test_run ();
}

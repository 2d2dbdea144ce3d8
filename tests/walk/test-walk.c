/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk against GMime's own writer: random trees, LF and CRLF, pulls of any size. */
#include <string.h>

#include "content/for-part.h"
#include "mimesend-part-stream.h"
#include "tree-compare.h"
#include "tree-gen.h"

static const gsize pulls[] = { 1, 7, 4096, 1048576 };

static GByteArray *
read_all (MimesendContent *content, gsize count)
{
  GByteArray *all = g_byte_array_new ();
  GError *error = NULL;

  while (TRUE)
    {
      GBytes *bytes = mimesend_content_read_bytes (content, count, NULL, &error);
      gsize n;
      const guint8 *octets;

      g_assert_no_error (error);
      octets = g_bytes_get_data (bytes, &n);
      g_assert_cmpuint (n, <=, count);
      if (n > 0)
        g_byte_array_append (all, octets, (guint)n);
      g_bytes_unref (bytes);
      if (n == 0)
        return all;
    }
}

static void
assert_same (GByteArray *ours, GByteArray *theirs, guint32 seed, const char *how)
{
  gsize at = 0;

  while (at < ours->len && at < theirs->len && ours->data[at] == theirs->data[at])
    at++;
  if (at == ours->len && at == theirs->len)
    return;
  g_test_message (
      "seed %u, %s: %u octets, GMime %u, differ at %zu: %.60s | %.60s", seed, how, ours->len, theirs->len, at,
      g_strescape (g_strndup ((char *)ours->data + (at > 20 ? at - 20 : 0), MIN (60, ours->len - at)), NULL),
      g_strescape (g_strndup ((char *)theirs->data + (at > 20 ? at - 20 : 0), MIN (60, theirs->len - at)),
                   NULL));
  g_test_fail ();
}

static void
compare (GMimeObject *tree, GMimeFormatOptions *options, gboolean dos, gsize count, guint32 seed)
{
  g_autoptr (MimesendContent) content = mimesend_part_content_new (tree, options, dos);
  GByteArray *theirs = tree_written_by_gmime (tree, options, dos);
  GByteArray *ours, *again;

  ours = read_all (content, count);
  if (dos)
    {
      ours = tree_canonical (ours);
      theirs = tree_canonical (theirs);
    }
  assert_same (ours, theirs, seed, dos ? "CRLF" : "LF");
  /* As if never read. */
  if (mimesend_pull_rewind (MIMESEND_PULL (content)))
    {
      again = dos ? tree_canonical (read_all (content, count)) : read_all (content, count);
      assert_same (again, theirs, seed, "again");
      g_byte_array_unref (again);
    }
  g_byte_array_unref (ours);
  g_byte_array_unref (theirs);
}

/* What is sent leaves the line ends of text to the CRLF pass: behind it nothing is different. */
static void
compare_wire (GMimeObject *tree, GMimeFormatOptions *options, guint32 seed)
{
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, options);
  GByteArray *theirs = tree_written_by_gmime (tree, options, TRUE);
  GByteArray *ours = read_all (content, 65536);
  GByteArray *ours_canonical = tree_canonical (g_byte_array_ref (ours)),
             *theirs_canonical = tree_canonical (g_byte_array_ref (theirs));

  assert_same (ours_canonical, theirs_canonical, seed, "wire");
  g_byte_array_unref (ours);
  g_byte_array_unref (theirs);
  g_byte_array_unref (ours_canonical);
  g_byte_array_unref (theirs_canonical);
}

static void
test_random_trees (gconstpointer data)
{
  guint32 first = GPOINTER_TO_UINT (data);
  GMimeFormatOptions *options = g_mime_format_options_clone (NULL);
  guint compared = 0;

  g_mime_format_options_add_hidden_header (options, "X-Hidden");
  for (guint32 seed = first; seed < first + 150; seed++)
    {
      TreeGen gen;
      GMimeObject *tree;
      GByteArray *theirs;
      gboolean skip;

      tree_gen_init (&gen, seed);
      tree = tree_gen_tree (&gen, 6);
      while (!GMIME_IS_MESSAGE (tree) && g_mime_header_list_remove (tree->headers, "Subject"))
        continue; /* no MIME-Version line then */
      theirs = tree_written_by_gmime (tree, options, FALSE);
      skip = tree_has_long_qp (theirs);
      g_byte_array_unref (theirs);
      if (!skip)
        {
          for (gsize i = 0; i < G_N_ELEMENTS (pulls); i++)
            {
              compare (tree, options, FALSE, pulls[i], seed);
              compare (tree, options, TRUE, pulls[i], seed);
            }
          compare_wire (tree, options, seed);
          compared++;
        }
      g_object_unref (tree);
      tree_gen_clear (&gen);
    }
  g_mime_format_options_free (options);
  g_assert_cmpuint (compared, >, 75);
  g_test_message ("%u trees compared", compared);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("/content/part-equal/random-trees/%u", i);

      g_test_add_data_func (name, GUINT_TO_POINTER (i * 1000 + 1), test_random_trees);
    }
  return g_test_run ();
}

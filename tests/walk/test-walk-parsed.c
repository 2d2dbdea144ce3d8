/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every message of tests/data/mail, parsed and walked, against GMime's writer, which writes folded lines of blanks alone. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "content/for-part.h"
#include "mimesend-error.h"
#include "support.h"
#include "tree-compare.h"
#include "tree-gen.h"

#define MUTATIONS 40

static void
compare (GMimeObject *tree, GMimeFormatOptions *options, gboolean crlf, gsize count)
{
  g_autoptr (MimesendContent) content = mimesend_part_content_new (tree, options, crlf);
  GByteArray *theirs = tree_written_by_gmime (tree, options, crlf), *ours;
  GError *error = NULL;

  ours = read_content (content, count, &error);
  g_assert_no_error (error);
  if (crlf)
    {
      ours = tree_canonical (ours);
      theirs = tree_canonical (theirs);
    }
  if (ours->len != theirs->len)
    {
      ours = tree_without_blank_lines (ours);
      theirs = tree_without_blank_lines (theirs);
    }
  g_assert_cmpmem (ours->data, ours->len, theirs->data, theirs->len);
  g_byte_array_unref (ours);
  g_byte_array_unref (theirs);
}

static void
compare_all (GMimeObject *tree)
{
  static const gsize pulls[] = { 1, 7, 4096, 1048576 };
  GMimeFormatOptions *options = g_mime_format_options_clone (NULL);

  for (int hidden = 0; hidden < 2; hidden++)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (pulls); i++)
        for (int crlf = 0; crlf < 2; crlf++)
          compare (tree, options, crlf, pulls[i]);
      g_mime_format_options_add_hidden_header (options, "Bcc");
      g_mime_format_options_add_hidden_header (options, "Subject");
    }
  g_mime_format_options_free (options);
}

/* Then changed: built headers, without a place in the order, on a parsed tree. */
static void
change (GMimeMessage *message)
{
  g_mime_object_set_header ((GMimeObject *)message, "X-Changed", "yes", NULL);
  if (message->mime_part != NULL)
    g_mime_object_prepend_header (message->mime_part, "Content-Description", "changed", NULL);
}

static void
walk_file (const char *path, gboolean mbox, gboolean persist, gboolean memory)
{
  GMimeStream *stream;
  GMimeParser *parser;
  GMimeMessage *message;
  guint n = 0;

  if (memory)
    {
      g_autofree char *text = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &text, &length, NULL));
      stream = g_mime_stream_mem_new_with_buffer (text, length);
    }
  else
    stream = g_mime_stream_fs_new (open (path, O_RDONLY | O_CLOEXEC));
  parser = g_mime_parser_new_with_stream (stream);
  g_mime_parser_set_persist_stream (parser, persist);
  g_mime_parser_set_format (parser, mbox ? GMIME_FORMAT_MBOX : GMIME_FORMAT_MESSAGE);
  while ((message = g_mime_parser_construct_message (parser, NULL)) != NULL)
    {
      compare_all ((GMimeObject *)message);
      change (message);
      compare_all ((GMimeObject *)message);
      g_object_unref (message);
      n++;
      if (!mbox)
        break;
    }
  g_assert_cmpuint (n, ==, mbox ? 2 : 1);
  g_object_unref (parser);
  g_object_unref (stream);
}

static void
test_file (gconstpointer data)
{
  const char *path = data;
  gboolean mbox = g_str_has_suffix (path, ".mbox");

  for (int way = 0; way < 4; way++)
    walk_file (path, mbox, way & 1, way & 2);
}

/* Octets changed, cut, doubled: equal to GMime's writer still, or refused for its headers. */
static void
walk_mutated (const guint8 *octets, gsize length, GRand *rand, guint *equal, guint *refused)
{
  static const guint8 nasty[] = { '\r', '\n', ' ', ':', '-', '=', 0, 255, '\t', 'x' };
  GByteArray *changed = g_byte_array_new ();
  GMimeStream *stream;
  GMimeParser *parser;
  GMimeMessage *message;

  g_byte_array_append (changed, octets, (guint)length);
  for (int n = g_rand_int_range (rand, 1, 6); n > 0 && changed->len > 1; n--)
    {
      guint at = (guint)g_rand_int_range (rand, 0, (gint32)changed->len);

      if (g_rand_int_range (rand, 0, 8) == 0)
        g_byte_array_set_size (changed, at);
      else if (g_rand_int_range (rand, 0, 4) == 0)
        g_byte_array_remove_index (changed, at);
      else
        changed->data[at] = nasty[g_rand_int_range (rand, 0, (gint32)G_N_ELEMENTS (nasty))];
    }
  stream = g_mime_stream_mem_new_with_byte_array (changed);
  parser = g_mime_parser_new_with_stream (stream);
  message = g_mime_parser_construct_message (parser, NULL);
  if (message != NULL)
    {
      GMimeFormatOptions *options = g_mime_format_options_get_default ();
      g_autoptr (MimesendContent) content = mimesend_part_content_new ((GMimeObject *)message, options, TRUE);
      g_autoptr (GError) error = NULL;
      GByteArray *ours, *theirs;

      ours = read_content (content, 4096, &error);
      if (ours == NULL)
        {
          g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
          ++*refused;
        }
      else
        {
          theirs = tree_canonical (tree_written_by_gmime ((GMimeObject *)message, options, TRUE));
          ours = tree_canonical (ours);
          if (ours->len != theirs->len)
            {
              ours = tree_without_blank_lines (ours);
              theirs = tree_without_blank_lines (theirs);
            }
          g_assert_cmpmem (ours->data, ours->len, theirs->data, theirs->len);
          g_byte_array_unref (theirs);
          g_byte_array_unref (ours);
          ++*equal;
        }
      g_object_unref (message);
    }
  g_object_unref (parser);
  g_object_unref (stream);
}

static void
test_mutated (void)
{
  GRand *rand = g_rand_new_with_seed (1);
  GDir *dir = g_dir_open (TEST_DATA "/mail", 0, NULL);
  const char *name;
  guint equal = 0, refused = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (TEST_DATA, "mail", name, NULL);
      g_autofree char *text = NULL;
      gsize length;

      if (!g_str_has_suffix (name, ".eml"))
        continue;
      g_assert_true (g_file_get_contents (path, &text, &length, NULL));
      for (int i = 0; i < MUTATIONS; i++)
        walk_mutated ((const guint8 *)text, length, rand, &equal, &refused);
    }
  g_dir_close (dir);
  g_rand_free (rand);
  g_test_message ("%u equal, %u refused", equal, refused);
  g_assert_cmpuint (equal, >, refused);
}

int
main (int argc, char **argv)
{
  GDir *dir;
  const char *name;
  guint n = 0;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  dir = g_dir_open (TEST_DATA "/mail", 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (TEST_DATA, "mail", name, NULL);
      g_autofree char *test = g_strconcat ("/content/part-parsed/", name, NULL);

      if (!g_str_has_suffix (name, ".eml") && !g_str_has_suffix (name, ".mbox"))
        continue;
      g_test_add_data_func_full (test, g_steal_pointer (&path), test_file, g_free);
      n++;
    }
  g_dir_close (dir);
  g_assert_cmpuint (n, >, 10);
  g_test_add_func ("/walk/parsed/mutated-mail-is-walked-or-refused", test_mutated);
  status = g_test_run ();
  return status;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Four threads send one tree of memory and file leaves at once. (GMime's writer cannot.) */
#include "support.h"
#include "tree-gen.h"

#define ROUNDS 25

typedef struct
{
  GMimeObject *tree;
  GByteArray *expected[2]; /* as it is; for a seven-bit server */
  gint wrong;
} Shared;

static gpointer
send_often (gpointer data)
{
  Shared *shared = data;

  for (int i = 0; i < ROUNDS; i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new_for_part (shared->tree, NULL);
      GByteArray *expected = shared->expected[i % 2], *all = NULL;

      if (i % 2 == 0 || mimesend_content_prepare (content, MIMESEND_WIRE_NONE, NULL))
        all = read_content (content, (gsize)(i * 100 + 1), NULL);
      if (all == NULL || all->len != expected->len || memcmp (all->data, expected->data, all->len) != 0)
        g_atomic_int_inc (&shared->wrong);
      if (all != NULL)
        g_byte_array_unref (all);
    }
  return NULL;
}

static void
test_four_threads (void)
{
  GThread *threads[4];
  Shared shared = { 0 };
  TreeGen gen;

  tree_gen_init (&gen, 7);
  gen.simple = TRUE;
  shared.tree = multipart_of ("mixed", tree_gen_leaf (&gen), tree_gen_leaf (&gen));
  for (int i = 0; i < 12; i++)
    {
      GMimeObject *leaf = tree_gen_leaf (&gen);

      g_mime_multipart_add ((GMimeMultipart *)shared.tree, leaf);
      g_object_unref (leaf);
    }
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new_for_part (shared.tree, NULL);
      g_autoptr (GError) error = NULL;

      if (i == 1)
        mimesend_content_prepare (content, MIMESEND_WIRE_NONE, &error);
      g_assert_no_error (error);
      shared.expected[i] = read_content (content, 65536, &error);
      g_assert_no_error (error);
    }
  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("send", send_often, &shared);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (shared.wrong, ==, 0);
  g_byte_array_unref (shared.expected[0]);
  g_byte_array_unref (shared.expected[1]);
  g_object_unref (shared.tree);
  tree_gen_clear (&gen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/walk/threads/four-threads-read-one-tree", test_four_threads);
  return g_test_run ();
}

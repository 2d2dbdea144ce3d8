/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sign-many FOLDER RSA-KEY ED25519-KEY MAILS: writes signed messages, as they are on the wire, for other programs to verify: random
 * trees, and what of MAILS can be signed. Prints how many. */
#include "signing.h"

#include "../walk/tree-gen.h"

#define TREES 200

static GPtrArray *signers;

static gboolean
write_signed (MimesendContent *content, const char *folder, const char *name, GError **error)
{
  g_autoptr (MimesendContent) made = mimesend_content_new_dkim (content, signers);
  g_autofree char *path = g_strdup_printf ("%s/%s", folder, name);
  g_autoptr (GByteArray) message = NULL;
  g_autoptr (GByteArray) wire = NULL;

  if (!mimesend_content_prepare (made, MIMESEND_WIRE_8BITMIME, error))
    return FALSE;
  message = read_content (made, 65536, error);
  if (message == NULL)
    return FALSE;
  wire = canonical ((const char *)message->data, message->len);
  g_assert_true (g_file_set_contents (path, (const char *)wire->data, wire->len, error));
  return TRUE;
}

static guint
write_trees (const char *folder)
{
  guint n = 0;

  for (guint32 seed = 1; n < TREES; seed++)
    {
      g_autofree char *name = g_strdup_printf ("tree-%u.eml", seed);
      g_autoptr (MimesendContent) content = NULL;
      GMimeObject *tree;
      TreeGen gen;

      tree_gen_init (&gen, seed);
      tree = tree_gen_tree (&gen, 3);
      g_mime_object_set_header (tree, "From", "joe@example.com", NULL);
      content = mimesend_content_new_for_part (tree, NULL);
      n += write_signed (content, folder, name, NULL);
      g_object_unref (tree);
      tree_gen_clear (&gen);
    }
  return n;
}

static guint
write_mails (const char *folder, const char *mails)
{
  g_autoptr (GDir) dir = g_dir_open (mails, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (mails, name, NULL);
      g_autofree char *octets = NULL;
      g_autoptr (MimesendContent) content = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &octets, &length, NULL));
      content = of_octets (octets, length);
      n += write_signed (content, folder, name, NULL);
    }
  return n;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (argc, ==, 5);
  g_mime_init ();
  signers = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_dkim_unref);
  for (int i = 0; i < 2; i++)
    {
      MimesendDkim *dkim =
          mimesend_dkim_new_for_file ("example.com", i == 0 ? "rsa" : "ed25519", argv[2 + i], &error);

      g_assert_no_error (error);
      g_ptr_array_add (signers, dkim);
    }
  g_print ("%u %u\n", write_trees (argv[1]), write_mails (argv[1], argv[4]));
  g_ptr_array_unref (signers);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One tree, many letters: each is what GMime's writer makes of the tree with the letter's headers set. Random trees, random
 * letters, all kinds of servers, several limits on what is kept. */
#include "mimesend-mailing.h"
#include "support.h"
#include "tree-compare.h"
#include "tree-gen.h"

static const char *const names[] = { "To", "Subject", "Message-ID", "X-Number", "Reply-To", "Date", NULL };

/* The letter's fields, one of a few for each name; "" is "not in this letter". Such as GMime itself writes in one way. */
static const char *const choices[][4] = {
  { "reader@example.net", "", "Rene Reader <rene@example.net>", "a@example.com, b@example.com" },
  { "letter", "", "Gr\303\274\303\237e an alle, die das hier lesen",
    "a subject that is so long that it has to be folded somewhere in its middle" },
  { "<1@example.com>", "",
    "<a.long-one+of.many.letters.that.do.not.fit.into.a.line.of.seventy-eight@example.com>",
    "<2@b.example>" },
  { "1", "", "3", "4" },
  { "", "back@example.com", "Back <back@example.com>", "" },
  { "Tue, 24 Nov 2026 09:00:00 +0100", "", "Wed, 25 Nov 2026 10:00:00 +0000", "" },
};

typedef struct
{
  const char *names[G_N_ELEMENTS (names)];
  const char *values[G_N_ELEMENTS (names)];
} Edit;

static void
random_names (GRand *rand, Edit *edit)
{
  guint n = 0;

  for (guint i = 0; names[i] != NULL; i++)
    if (g_rand_boolean (rand))
      edit->names[n++] = names[i];
  edit->names[n] = NULL;
}

static void
random_values (GRand *rand, Edit *edit)
{
  guint i;

  for (i = 0; edit->names[i] != NULL; i++)
    for (guint j = 0; names[j] != NULL; j++)
      if (edit->names[i] == names[j])
        edit->values[i] = choices[j][g_rand_int_range (rand, 0, 4)];
  edit->values[i] = NULL;
}

/* As a user of GMime would. */
static void
set_headers (GMimeObject *tree, const Edit *edit)
{
  for (guint i = 0; edit->names[i] != NULL; i++)
    if (*edit->values[i] != '\0')
      g_mime_object_set_header (tree, edit->names[i], edit->values[i], "utf-8");
    else
      while (g_mime_header_list_remove (tree->headers, edit->names[i]))
        continue;
}

static void
assert_same (GByteArray *ours, GByteArray *theirs, guint32 seed, const char *how)
{
  gsize at = 0;

  while (at < ours->len && at < theirs->len && ours->data[at] == theirs->data[at])
    at++;
  if (at != ours->len || at != theirs->len)
    g_error ("seed %u, %s: %u octets, expected %u, differ at %zu: %.80s | %.80s", seed, how, ours->len,
             theirs->len, at, g_strescape ((char *)ours->data + MAX (at, 20) - 20, NULL),
             g_strescape ((char *)theirs->data + MAX (at, 20) - 20, NULL));
}

static GMimeObject *
tree_of (guint32 seed, TreeGen *gen)
{
  tree_gen_init (gen, seed);
  return tree_gen_tree (gen, 5);
}

/* Decision on trees that are no message: a line MIME-Version stands ahead of GMime's. */
static void
drop_mime_version (GByteArray *ours, GMimeObject *tree)
{
  static const char line[] = "MIME-Version: 1.0\r\n";

  if (!GMIME_IS_MESSAGE (tree) && g_mime_object_get_header (tree, "MIME-Version") == NULL &&
      ours->len >= strlen (line) && memcmp (ours->data, line, strlen (line)) == 0)
    g_byte_array_remove_range (ours, 0, (guint)strlen (line));
}

static GByteArray *
read_all (MimesendContent *content)
{
  g_autoptr (GError) error = NULL;
  GByteArray *all = read_content (content, 65536, &error);

  g_assert_no_error (error);
  return all;
}

/* Against GMime, nothing said of the server. FALSE: this tree is one that GMime writes in its own way. */
static gboolean
compare_with_gmime (MimesendContent *content, GMimeObject *edited, guint32 seed)
{
  GMimeFormatOptions *options = g_mime_format_options_clone (NULL);
  GByteArray *ours, *theirs, *lf;
  gboolean skip;

  g_mime_format_options_add_hidden_header (options, "Bcc");
  g_mime_format_options_add_hidden_header (options, "Resent-Bcc");
  lf = tree_written_by_gmime (edited, options, FALSE);
  skip = tree_has_long_qp (lf);
  g_byte_array_unref (lf);
  if (!skip)
    {
      theirs = tree_canonical (tree_written_by_gmime (edited, options, TRUE));
      ours = tree_canonical (read_all (content));
      drop_mime_version (ours, edited);
      assert_same (ours, theirs, seed, "GMime");
      g_byte_array_unref (ours);
      g_byte_array_unref (theirs);
    }
  g_mime_format_options_free (options);
  return !skip;
}

/* Against the walk of the tree with the headers set, for a server. */
static void
compare_prepared (MimesendContent *content, GMimeObject *edited, MimesendWireFlags wire, guint32 seed)
{
  g_autoptr (MimesendContent) walk = mimesend_content_new_for_part (edited, NULL);
  g_autoptr (GError) error = NULL, walk_error = NULL;
  gboolean can = mimesend_content_prepare (walk, wire, &walk_error);
  GByteArray *ours = NULL, *theirs = NULL;
  gint64 length;

  if (can)
    theirs = read_content (walk, 65536, &walk_error);
  if (mimesend_content_prepare (content, wire, &error))
    {
      length = mimesend_content_get_length (content);
      ours = read_content (content, 65536, &error);
      if (ours != NULL && length >= 0)
        {
          GByteArray *wired = tree_canonical (g_byte_array_ref (ours));

          /* What is binary is not made of lines. */
          if (!(wire & MIMESEND_WIRE_BINARYMIME))
            g_assert_cmpint (length, ==,
                             wired->len + (wired->len > 0 && wired->data[wired->len - 1] != '\n' ? 2 : 0));
          g_byte_array_unref (wired);
        }
    }
  if (theirs == NULL || ours == NULL)
    {
      g_assert_true (theirs == NULL && ours == NULL);
      g_assert_error (error, walk_error->domain, walk_error->code);
      g_assert_cmpstr (error->message, ==, walk_error->message);
      if (theirs != NULL)
        g_byte_array_unref (theirs);
      return;
    }
  ours = tree_canonical (ours);
  theirs = tree_canonical (theirs);
  /* A tree is a message for all letters if it is for some: this one may have none of the fields that make it one. */
  if (theirs->len < 4 || memcmp (theirs->data, "MIME", 4) != 0)
    drop_mime_version (ours, edited);
  assert_same (ours, theirs, seed, "prepared");
  g_byte_array_unref (ours);
  g_byte_array_unref (theirs);
}

static void
test_random (gconstpointer data)
{
  static const guint64 limits[] = { 0, 500, 5000, 1048576 };
  guint32 first = GPOINTER_TO_UINT (data);
  guint compared = 0;

  for (guint32 seed = first; seed < first + 120; seed++)
    {
      TreeGen gen, again;
      GMimeObject *tree = tree_of (seed, &gen);
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendMailing) mailing = NULL;
      Edit edit;

      random_names (rand, &edit);
      mailing = mimesend_mailing_new (tree, edit.names, &error);
      if (mailing == NULL) /* a GMimeStreamCat, of which it is unknown whether it can be rewound */
        {
          g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
          g_assert_nonnull (strstr (error->message, "begun again"));
        }
      for (int letter = 0; letter < 4 && mailing != NULL; letter++)
        {
          GMimeObject *edited = tree_of (seed, &again);
          g_autoptr (MimesendContent) content = NULL;

          mimesend_mailing_set_keep_limit (mailing, limits[g_rand_int_range (rand, 0, 4)]);
          random_values (rand, &edit);
          set_headers (edited, &edit);
          content = mimesend_mailing_new_content (mailing, edit.values, &error);
          g_assert_no_error (error);
          if (mimesend_mailing_get_keep_limit (mailing) == 1048576)
            {
              compared += compare_with_gmime (content, edited, seed);
              mimesend_pull_rewind (MIMESEND_PULL (content));
              compare_prepared (content, edited, (MimesendWireFlags)g_rand_int_range (rand, 0, 8), seed);
            }
          else
            {
              /* A stream that hides its position has no room below the limit; all others have. */
              GByteArray *all = read_content (content, 65536, &error);

              if (all == NULL)
                {
                  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
                  g_assert_nonnull (strstr (error->message, "keep-limit"));
                  g_clear_error (&error);
                }
              else
                {
                  g_byte_array_unref (all);
                  mimesend_pull_rewind (MIMESEND_PULL (content));
                  compared += compare_with_gmime (content, edited, seed);
                }
            }
          g_object_unref (edited);
          tree_gen_clear (&again);
        }
      g_object_unref (tree);
      tree_gen_clear (&gen);
    }
  g_test_message ("%u letters compared", compared);
  g_assert_cmpuint (compared, >, 150);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("/client/mailing-equal/random/%u", i);

      g_test_add_data_func (name, GUINT_TO_POINTER (i * 1000 + 1), test_random);
    }
  return g_test_run ();
}

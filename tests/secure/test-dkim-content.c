/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content behind its signatures: what comes out verifies and is otherwise what went in, whatever kind of content that is;
 * what cannot be signed, and what changes between the two readings, is no message. */
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "../walk/tree-gen.h"
#include "signing.h"

/* ── octets ── */

static void
test_texts (void)
{
  assert_signs_text (MESSAGE);
  assert_signs_text ("From: joe@example.com\nSubject: with LF\n\nbody\n\n\n");
  assert_signs_text ("From: joe@example.com\n\nno line end");
  assert_signs_text ("From: joe@example.com\n\n");
  assert_signs_text ("From: joe@example.com\n");
  assert_signs_text ("From: joe@example.com");
  assert_signs_text ("From: joe@example.com\n\n.\n..\nbare\rreturn\n \t\n\r\r\n");
  assert_signs_text ("From: joe@example.com\n\n\n\n\n");
  assert_signs_text ("From: joe@example.com\nTo: a\n\tb\nTo: c\nsubject :  y  \n\n \t x \t \n");
  assert_signs_text ("From: \303\251@example.com\n\nUTF-8 goes with UTF-8: \303\251\n");
}

/* Whatever pieces it comes in. */
static void
test_every_cut (void)
{
  const char *text = "From: a@example.com\r\nX : y \r\n\tz\r\n\r\na  b\t\r\n\r\n c\r\n\r\n";

  for (gsize cut = 0; cut <= strlen (text); cut++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      g_autoptr (GBytes) one = g_bytes_new (text, cut);
      g_autoptr (GBytes) two = g_bytes_new (text + cut, strlen (text) - cut);

      g_assert_true (mimesend_content_add_bytes (content, one, NULL));
      g_assert_true (mimesend_content_add_bytes (content, two, NULL));
      assert_signs (content, text, strlen (text));
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *octets;
    gsize n;
    int code;
    const char *words;
  } rows[] = {
    { "Subject: x\n\nbody", 16, MIMESEND_ERROR_CONTENT, "no field From" },
    { "", 0, MIMESEND_ERROR_CONTENT, "no field From" },
    { "\nFrom: x\n", 9, MIMESEND_ERROR_CONTENT, "no field From" },
    { "From: x\nfrom: y\n\n", 17, MIMESEND_ERROR_CONTENT, "more than one" },
    { "From joe\nFrom: x\n\n", 18, MIMESEND_ERROR_CONTENT, "line 1" },
    { "From: x\n\nbody \303\251\n", 17, MIMESEND_ERROR_UNSUPPORTED, "above 127" },
    { "From: x\n\nnul \0\n", 15, MIMESEND_ERROR_CONTENT, "NUL octet at offset 13" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendContent) content = of_octets (rows[i].octets, rows[i].n);
      g_autoptr (MimesendContent) made = sign (content);
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_content_read_bytes (made, 100, NULL, &error));
      g_assert_error (error, MIMESEND_ERROR, rows[i].code);
      if (strstr (error->message, rows[i].words) == NULL)
        g_error ("'%s' lacks '%s'", error->message, rows[i].words);
    }
}

/* ── mails, trees ── */

static void
sign_or_refuse (const char *name, guint *n_signed)
{
  g_autofree char *path = g_build_filename (TEST_DATA, "mail", name, NULL);
  g_autofree char *octets = NULL;
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (MimesendContent) made = NULL;
  g_autoptr (GByteArray) message = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (path, &octets, &n, NULL));
  content = of_octets (octets, n);
  made = sign (content);
  message = read_content (made, 1000, &error);
  if (message == NULL)
    {
      g_test_message ("%s: %s", name, error->message);
      return;
    }
  (*n_signed)++;
  assert_verifies (message);
}

static void
test_mails (void)
{
  g_autofree char *folder = g_build_filename (TEST_DATA, "mail", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n_signed = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    sign_or_refuse (name, &n_signed);
  g_assert_cmpuint (n_signed, >=, 14);
}

/* Encoded as for the least of servers, whatever this one offers. */
static void
test_trees (void)
{
  guint n_signed = 0;

  for (guint32 seed = 1; seed <= 200; seed++)
    {
      TreeGen gen;
      GMimeObject *tree;
      g_autoptr (MimesendContent) content = NULL;
      g_autoptr (MimesendContent) made = NULL;
      g_autoptr (GByteArray) message = NULL;
      g_autoptr (GError) error = NULL;

      tree_gen_init (&gen, seed);
      tree = tree_gen_tree (&gen, 3);
      g_mime_object_set_header (tree, "From", "joe@example.com", NULL);
      content = mimesend_content_new_for_part (tree, NULL);
      made = sign (content);
      if (mimesend_content_prepare (made, MIMESEND_WIRE_8BITMIME | MIMESEND_WIRE_BINARYMIME, &error))
        message = read_content (made, 10000, &error);
      if (message != NULL)
        {
          assert_verifies (message);
          for (guint i = 0; i < message->len; i++)
            g_assert_cmpuint (message->data[i], <, 128);
          n_signed++;
        }
      else
        g_test_message ("seed %u: %s", seed, error->message);
      g_object_unref (tree);
      tree_gen_clear (&gen);
    }
  g_assert_cmpuint (n_signed, >, 150);
}

/* ── what can be read only once ── */

static MimesendContent *of_pipe (const char *octets, gsize n, GThread **writer);

typedef struct
{
  int fd;
  const char *octets;
  gsize n;
} Writer;

static gpointer
write_to_pipe (gpointer data)
{
  g_autofree Writer *self = data;

  for (gsize at = 0; at < self->n;)
    {
      gssize written = write (self->fd, self->octets + at, self->n - at);

      g_assert_cmpint (written, >, 0);
      at += (gsize)written;
    }
  close (self->fd);
  return NULL;
}

static MimesendContent *
of_pipe (const char *octets, gsize n, GThread **writer)
{
  MimesendContent *content = mimesend_content_new ();
  Writer *job = g_new (Writer, 1);
  g_autoptr (GInputStream) stream = NULL;
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  *job = (Writer){ ends[1], octets, n };
  *writer = g_thread_new ("writer", write_to_pipe, job);
  stream = g_unix_input_stream_new (ends[0], TRUE);
  g_assert_true (mimesend_content_add_input_stream (content, stream, NULL));
  return content;
}

static void
test_pipes (void)
{
  for (gsize lines = 1; lines <= 100000; lines *= 100)
    {
      g_autoptr (GString) text = g_string_new ("From: joe@example.com\r\n\r\n");
      g_autoptr (MimesendContent) content = NULL;
      GThread *writer;

      for (gsize i = 0; i < lines; i++)
        g_string_append_printf (text, "line %zu of many\r\n", i);
      content = of_pipe (text->str, text->len, &writer);
      g_assert_false (mimesend_pull_can_rewind (MIMESEND_PULL (content)));
      assert_signs (content, text->str, text->len);
      g_thread_join (writer);
    }
}

/* Something of it is gone already. */
static void
test_begun_pipe (void)
{
  GThread *writer;
  g_autoptr (MimesendContent) content = of_pipe (MESSAGE, strlen (MESSAGE), &writer);
  g_autoptr (MimesendContent) made = NULL;
  g_autoptr (GBytes) first = mimesend_content_read_bytes (content, 5, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (first);
  made = sign (content);
  g_assert_false (mimesend_pull_can_rewind (MIMESEND_PULL (made)));
  g_assert_null (mimesend_content_read_bytes (made, 100, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_assert_nonnull (strstr (error->message, "was read already"));
  g_thread_join (writer);
}

/* ── lengths ── */

static void
test_length (void)
{
  g_autoptr (MimesendContent) octets = of_octets (MESSAGE, strlen (MESSAGE));
  g_autoptr (MimesendContent) made = sign (octets);
  GThread *writer;
  g_autoptr (MimesendContent) pipe_content = of_pipe (MESSAGE, strlen (MESSAGE), &writer);
  g_autoptr (MimesendContent) of_a_pipe = sign (pipe_content);
  g_autoptr (MimesendContent) within = mimesend_content_new ();
  g_autoptr (GByteArray) message = NULL;

  g_assert_true (mimesend_content_add_content (within, made, NULL));
  g_assert_cmpint (mimesend_content_get_length (made), >, (gint64)strlen (MESSAGE));
  g_assert_cmpint (mimesend_content_get_length (made), ==, mimesend_content_get_length (within));
  g_assert_cmpint (mimesend_content_get_length (of_a_pipe), ==, -1);
  message = read_content (within, 1000, NULL);
  g_assert_true (mimesend_content_rewind (within, NULL));
  g_assert_cmpint (mimesend_content_get_length (made), ==, (gint64)message->len);
  g_thread_join (writer);
}

/* The header is read for the length: what was promised of a file holds all the same. */
static void
test_length_of_file (void)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("dkim-XXXXXX", &path, NULL);
  g_autofree char *line = g_strnfill (70, 'x');
  GMimeStream *stream;
  GMimePart *part;
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (MimesendContent) made = NULL;
  g_autoptr (GByteArray) message = NULL;
  gint64 length;

  for (guint i = 0; i < 10000; i++)
    g_assert_cmpint (write (fd, line, 70), ==, 70);
  close (fd);
  stream = g_mime_stream_gio_new (g_file_new_for_path (path));
  part = leaf_with_stream ("application/pdf", stream, GMIME_CONTENT_ENCODING_DEFAULT,
                           GMIME_CONTENT_ENCODING_BASE64);
  g_mime_object_set_header ((GMimeObject *)part, "From", "joe@example.com", NULL);
  content = mimesend_content_new_for_part ((GMimeObject *)part, NULL);
  made = sign (content);
  g_assert_true (mimesend_content_prepare (made, MIMESEND_WIRE_8BITMIME, NULL));
  length = mimesend_content_get_length (made);
  message = read_content (made, 65536, NULL);
  g_assert_nonnull (message);
  g_assert_cmpint (length, ==, (gint64)message->len);
  assert_verifies (message);
  g_object_unref (part);
  g_object_unref (stream);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/secure/dkim-content/texts", test_texts);
  g_test_add_func ("/secure/dkim-content/every-cut", test_every_cut);
  g_test_add_func ("/secure/dkim-content/refused", test_refused);
  g_test_add_func ("/secure/dkim-content/mails", test_mails);
  g_test_add_func ("/secure/dkim-content/trees", test_trees);
  g_test_add_func ("/secure/dkim-content/pipes", test_pipes);
  g_test_add_func ("/secure/dkim-content/begun-pipe", test_begun_pipe);
  g_test_add_func ("/secure/dkim-content/length", test_length);
  g_test_add_func ("/secure/dkim-content/length-of-file", test_length_of_file);
  return g_test_run ();
}

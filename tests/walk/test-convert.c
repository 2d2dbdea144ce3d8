/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree for a server that does not take everything (RFC 6152, RFC 3030): encoded on the way, or refused ahead. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "support.h"
#include "tree-gen.h"

static char *
sent (GMimeObject *tree, MimesendWireFlags wire)
{
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  mimesend_content_prepare (content, wire, &error);
  g_assert_no_error (error);
  text = read_text (content, &error);
  g_assert_no_error (error);
  g_assert_null (mimesend_pull_get_warnings (MIMESEND_PULL (content)));
  return text;
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("'%s' lacks '%s'", text, part);
}

static void
assert_lacks (const char *text, const char *part)
{
  if (strstr (text, part) != NULL)
    g_error ("'%s' has '%s'", text, part);
}

static void
assert_refused (GMimeObject *tree, MimesendWireFlags wire, const char *words)
{
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_content_prepare (content, wire, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
  assert_has (error->message, words);
}

static void
test_text_becomes_qp (void)
{
  GMimeObject *part =
      (GMimeObject *)leaf_with_text ("Ein kleines \303\204rgernis\nund mehr\n", GMIME_CONTENT_ENCODING_8BIT);
  g_autofree char *seven = sent (part, MIMESEND_WIRE_NONE);
  g_autofree char *eight = sent (part, MIMESEND_WIRE_8BITMIME);
  GByteArray *untouched = tree_written_by_gmime (part, NULL, FALSE);

  assert_has (seven, "Content-Transfer-Encoding: quoted-printable\r\n");
  assert_has (seven, "\r\n\r\nEin kleines =C3=84rgernis\r\nund mehr\r\n");
  assert_lacks (seven, "8bit");
  assert_has (eight, "Content-Transfer-Encoding: 8bit\r\n");
  assert_has (eight, "\303\204rgernis");
  /* The tree is as it was. */
  g_assert_cmpint (g_mime_part_get_content_encoding ((GMimePart *)part), ==, GMIME_CONTENT_ENCODING_8BIT);
  g_byte_array_append (untouched, (const guint8 *)"", 1);
  assert_has ((char *)untouched->data, "Content-Transfer-Encoding: 8bit\n");
  g_byte_array_unref (untouched);
  g_object_unref (part);
}

static void
test_mostly_8bit_becomes_base64 (void)
{
  GMimeObject *part = (GMimeObject *)leaf_with_text ("\320\237\321\200\320\270\320\262\320\265\321\202\n",
                                                     GMIME_CONTENT_ENCODING_8BIT);
  g_autofree char *seven = sent (part, MIMESEND_WIRE_NONE);

  assert_has (seven, "Content-Transfer-Encoding: base64\r\n");
  assert_has (seven, "\r\n\r\n0J/RgNC40LLQtdGCDQo=\r\n");
  g_object_unref (part);
}

/* GMime never checks a label 7bit. */
static void
test_labels_lie (void)
{
  GMimeObject *part = (GMimeObject *)leaf_with_text ("only a few \303\244\n", GMIME_CONTENT_ENCODING_7BIT);
  g_autofree char *seven = sent (part, MIMESEND_WIRE_NONE);
  GMimeObject *bare = (GMimeObject *)leaf_with_text ("only a few \303\244\n", GMIME_CONTENT_ENCODING_DEFAULT);
  g_autofree char *labelled = sent (bare, MIMESEND_WIRE_NONE);
  GMimeObject *data =
      (GMimeObject *)leaf_with_octets ("image/png", "\211PNG", 4, GMIME_CONTENT_ENCODING_DEFAULT);
  g_autofree char *image = sent (data, MIMESEND_WIRE_NONE);

  assert_has (seven, "Content-Transfer-Encoding: quoted-printable\r\n");
  /* A header that was not there is added after the last. */
  assert_has (labelled, "Content-Transfer-Encoding: quoted-printable\r\n\r\nonly");
  assert_has (image, "Content-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n");
  g_object_unref (part);
  g_object_unref (bare);
  g_object_unref (data);
}

static void
test_binary (void)
{
  GMimeObject *part = (GMimeObject *)leaf_with_octets ("application/octet-stream", "a\0\r\nb\n", 6,
                                                       GMIME_CONTENT_ENCODING_BINARY);
  g_autofree char *eight = sent (part, MIMESEND_WIRE_8BITMIME);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (part, NULL);
  GByteArray *all;
  MimesendPiece piece;

  assert_has (eight, "Content-Transfer-Encoding: base64\r\n\r\nYQANCmIK\r\n");
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_8BITMIME | MIMESEND_WIRE_BINARYMIME, NULL));
  all = read_content (content, 4096, NULL);
  g_assert_cmpmem (all->data + all->len - 6, 6, "a\0\r\nb\n", 6);
  g_assert_true (mimesend_pull_rewind (MIMESEND_PULL (content)));
  do
    g_assert_cmpint (mimesend_pull_next (MIMESEND_PULL (content), 4096, &piece, NULL, NULL), ==,
                     MIMESEND_PULL_PIECE);
  while (piece.length != 6);
  g_assert_cmpint (piece.flags, ==, MIMESEND_PIECE_BINARY);
  g_byte_array_unref (all);
  g_object_unref (part);
}

static void
test_long_lines (void)
{
  g_autofree char *line = g_strnfill (999, 'x');
  g_autofree char *fits = g_strnfill (998, 'y');
  GMimeObject *text = (GMimeObject *)leaf_with_text (line, GMIME_CONTENT_ENCODING_7BIT);
  GMimeObject *data =
      (GMimeObject *)leaf_with_octets ("application/json", line, 999, GMIME_CONTENT_ENCODING_7BIT);
  GMimeObject *good = (GMimeObject *)leaf_with_text (fits, GMIME_CONTENT_ENCODING_7BIT);
  g_autofree char *qp = sent (text, MIMESEND_WIRE_8BITMIME);
  g_autofree char *base64 = sent (data, MIMESEND_WIRE_8BITMIME);
  g_autofree char *same = sent (good, MIMESEND_WIRE_NONE);

  assert_has (qp, "quoted-printable");
  assert_has (base64, "base64");
  assert_has (same, "7bit");
  assert_has (same, fits);
  g_object_unref (text);
  g_object_unref (data);
  g_object_unref (good);
}

static GMimeStream *
stream_of_file (GString *text, char **path)
{
  GMimeStream *stream;

  close (g_file_open_tmp ("mimesend-convert-XXXXXX", path, NULL));
  g_assert_true (g_file_set_contents (*path, text->str, (gssize)text->len, NULL));
  stream = g_mime_stream_gio_new (g_file_new_for_path (*path));
  return stream;
}

/* A long line behind the first 64 KiB of a file: it has left before it was seen. */
static void
test_late_long_line (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *line = g_strnfill (1500, 'x');
  g_autofree char *path = NULL;
  GMimeStream *stream;
  GMimeObject *part;
  g_autoptr (MimesendContent) content = NULL;
  const char *const *warnings;
  GByteArray *all;

  while (text->len < 100000)
    g_string_append (text, "short line\n");
  g_string_append (text, line);
  stream = stream_of_file (text, &path);
  part = (GMimeObject *)leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT,
                                          GMIME_CONTENT_ENCODING_7BIT);
  content = mimesend_content_new_for_part (part, NULL);
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_8BITMIME, NULL));
  all = read_content (content, 65536, NULL);
  g_assert_nonnull (all);
  warnings = mimesend_pull_get_warnings (MIMESEND_PULL (content));
  g_assert_nonnull (warnings);
  assert_has (warnings[0], "a line of 1500 octets at offset 100001");
  g_assert_null (warnings[1]);
  g_byte_array_unref (all);
  g_object_unref (part);
  g_object_unref (stream);
  g_unlink (path);
}

static void
test_nul (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = NULL;
  GMimeStream *stream;
  GMimeObject *part =
      (GMimeObject *)leaf_with_octets ("text/plain", "a\0b\n", 4, GMIME_CONTENT_ENCODING_7BIT);
  g_autofree char *early = sent (part, MIMESEND_WIRE_8BITMIME);
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (GError) error = NULL;

  assert_has (early, "Content-Transfer-Encoding: base64\r\n\r\nYQBiCg==\r\n");
  g_object_unref (part);

  while (text->len < 100000)
    g_string_append (text, "short line\n");
  g_string_append_len (text, "\0", 1);
  stream = stream_of_file (text, &path);
  part = (GMimeObject *)leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT,
                                          GMIME_CONTENT_ENCODING_7BIT);
  content = mimesend_content_new_for_part (part, NULL);
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_8BITMIME, NULL));
  g_assert_null (read_content (content, 65536, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  assert_has (error->message, "NUL at offset 100001");
  g_object_unref (part);
  g_object_unref (stream);
  g_unlink (path);
}

/* Behind the window of a file anything may come: encoded it is right in any case, and read once. */
static void
test_large_unknown_file (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = NULL;
  GMimeStream *stream;
  GMimeObject *part;
  g_autofree char *seven = NULL, *eight = NULL;

  while (text->len < 100000)
    g_string_append (text, "short line\n");
  g_string_append (text, "\303\244\n");
  stream = stream_of_file (text, &path);
  part = (GMimeObject *)leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT,
                                          GMIME_CONTENT_ENCODING_7BIT);
  seven = sent (part, MIMESEND_WIRE_NONE);
  eight = sent (part, MIMESEND_WIRE_8BITMIME);
  assert_has (seven, "quoted-printable");
  assert_has (seven, "=C3=A4\r\n");
  assert_has (eight, "7bit");
  assert_has (eight, "\303\244");
  g_object_unref (part);
  g_object_unref (stream);
  g_unlink (path);
}

/* What was looked at ahead comes first, once, from a pipe too. */
static void
test_pipe_is_read_once (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int fds[2];
  GMimeStream *stream;
  GMimeObject *part;
  g_autofree char *seven = NULL;

  while (text->len < 60000)
    g_string_append (text, "a line with \303\244\n");
  g_assert_cmpint (pipe (fds), ==, 0);
  fcntl (fds[1], F_SETPIPE_SZ, 131072);
  g_assert_cmpint (write (fds[1], text->str, text->len), ==, text->len);
  close (fds[1]);
  stream = g_mime_stream_pipe_new (fds[0]);
  part = (GMimeObject *)leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT,
                                          GMIME_CONTENT_ENCODING_8BIT);
  seven = sent (part, MIMESEND_WIRE_NONE);
  g_assert_cmpint (strlen (strstr (seven, "\r\n\r\n") + 4), ==, text->len / 15 * 20);
  g_object_unref (part);
  g_object_unref (stream);
}

/* CRLF and LF are line ends of a text alike; a CR alone is shown. */
static void
test_crlf_text (void)
{
  GMimeObject *part = (GMimeObject *)leaf_with_text (
      "one text with \303\244 in it\r\ntwo two two\rthree\r\n\r", GMIME_CONTENT_ENCODING_8BIT);
  g_autofree char *seven = sent (part, MIMESEND_WIRE_NONE);

  assert_has (seven, "\r\n\r\none text with =C3=A4 in it\r\ntwo two two=0Dthree\r\n=0D");
  g_object_unref (part);
}

static void
test_labels_above (void)
{
  GMimeObject *leaf = (GMimeObject *)leaf_with_text ("some text \303\244\n", GMIME_CONTENT_ENCODING_8BIT);
  GMimeObject *tree = multipart_of ("mixed", leaf, NULL);
  g_autofree char *seven = NULL, *eight = NULL;

  g_mime_object_set_header (tree, "Content-Transfer-Encoding", "8bit", NULL);
  seven = sent (tree, MIMESEND_WIRE_NONE);
  eight = sent (tree, MIMESEND_WIRE_8BITMIME);
  assert_has (seven, "Content-Transfer-Encoding: 7bit\r\n");
  assert_lacks (seven, "8bit");
  assert_has (eight, "Content-Transfer-Encoding: 8bit\r\n");
  g_object_unref (tree);
}

static void
test_below_a_signature (void)
{
  static const char *const subtypes[] = { "signed", "encrypted" };

  for (int i = 0; i < 2; i++)
    {
      GMimeObject *tree =
          multipart_of (subtypes[i], leaf_with_text ("a few \303\244\n", GMIME_CONTENT_ENCODING_8BIT),
                        leaf_with_text ("signature", GMIME_CONTENT_ENCODING_7BIT));
      GMimeObject *outer = multipart_of ("mixed", leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT), tree);
      g_autofree char *eight = sent (outer, MIMESEND_WIRE_8BITMIME);

      assert_has (eight, "a few \303\244");
      assert_refused (outer, MIMESEND_WIRE_NONE, "part 2.1: 8-bit octets");
      g_object_unref (outer);
    }
  {
    g_autofree char *line = g_strnfill (1000, 'x');
    GMimeObject *tree = multipart_of ("signed", leaf_with_text (line, GMIME_CONTENT_ENCODING_7BIT), NULL);

    assert_refused (tree, MIMESEND_WIRE_8BITMIME, "998");
    g_object_unref (tree);
  }
}

/* RFC 2046 5.2: these are never encoded. */
static void
test_fixed_types (void)
{
  GMimeObject *status = (GMimeObject *)leaf_with_octets ("message/delivery-status", "a few \303\244\n", 9,
                                                         GMIME_CONTENT_ENCODING_DEFAULT);
  GMimeObject *global = (GMimeObject *)leaf_with_octets ("message/global", "a few \303\244\n", 9,
                                                         GMIME_CONTENT_ENCODING_DEFAULT);
  GMimeObject *tree = multipart_of ("report", status, NULL);
  g_autofree char *encoded = sent (global, MIMESEND_WIRE_NONE);

  assert_refused (tree, MIMESEND_WIRE_NONE, "part 1: 8-bit octets");
  assert_has (encoded, "base64");
  g_object_unref (tree);
  g_object_unref (global);
}

/* What is around the leaves cannot be encoded on the way. */
static void
test_eight_bit_around_leaves (void)
{
  GMimeObject *part = (GMimeObject *)leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT);
  GMimeObject *tree = multipart_of ("mixed", part, NULL);
  g_autofree char *eight = NULL;

  g_mime_multipart_set_prologue ((GMimeMultipart *)tree, "\303\244");
  assert_refused (tree, MIMESEND_WIRE_NONE, "around the parts");
  eight = sent (tree, MIMESEND_WIRE_8BITMIME);
  g_mime_multipart_set_prologue ((GMimeMultipart *)tree, NULL);
  g_mime_object_set_header (part, "X-Raw", "value", NULL);
  g_mime_header_set_raw_value (g_mime_header_list_get_header (part->headers, "X-Raw"), " \303\244\n");
  assert_refused (tree, MIMESEND_WIRE_NONE, "X-Raw");
  g_object_unref (tree);
}

/* A pipe below a signature cannot be looked at twice: it stops at the first octet that cannot pass. */
static void
test_pipe_below_a_signature (void)
{
  int fds[2];
  GMimeStream *stream;
  GMimeObject *tree;
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (pipe (fds), ==, 0);
  g_assert_cmpint (write (fds[1], "a \303\244\n", 5), ==, 5);
  close (fds[1]);
  stream = g_mime_stream_pipe_new (fds[0]);
  tree = multipart_of (
      "signed",
      leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT, GMIME_CONTENT_ENCODING_7BIT),
      NULL);
  content = mimesend_content_new_for_part (tree, NULL);
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, NULL));
  g_assert_null (read_content (content, 4096, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
  g_object_unref (tree);
  g_object_unref (stream);
}

/* Prepared again for another server. */
static void
test_prepared_again (void)
{
  GMimeObject *part = (GMimeObject *)leaf_with_text ("some text \303\244\n", GMIME_CONTENT_ENCODING_8BIT);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (part, NULL);
  g_autofree char *eight = NULL, *seven = NULL;

  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_8BITMIME, NULL));
  eight = read_text (content, NULL);
  g_assert_true (mimesend_pull_rewind (MIMESEND_PULL (content)));
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, NULL));
  seven = read_text (content, NULL);
  assert_has (eight, "8bit");
  assert_has (seven, "quoted-printable");
  g_object_unref (part);
}

/* The same as GMime after g_mime_part_set_content_encoding () on its tree. */
static void
test_as_gmime_would (void)
{
  static const char *const texts[] = { "one and one more \303\244\ntwo\n",
                                       "a trailing blank \n.dot\nFrom \303\244 here and some more text",
                                       "\303\244" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (int in_message = 0; in_message < 2; in_message++)
      {
        GMimePart *part = leaf_with_text (texts[i], GMIME_CONTENT_ENCODING_8BIT);
        GMimeMessage *message = g_mime_message_new (TRUE);
        GMimeObject *top = in_message ? (GMimeObject *)message : (GMimeObject *)part;
        g_autofree char *ours = NULL;
        GByteArray *theirs;

        g_mime_message_set_mime_part (message, (GMimeObject *)part);
        ours = sent (top, MIMESEND_WIRE_NONE);
        g_mime_part_set_content_encoding (part, i == 2 ? GMIME_CONTENT_ENCODING_BASE64
                                                       : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
        theirs = tree_written_by_gmime (top, NULL, TRUE);
        g_assert_cmpmem (ours, strlen (ours), theirs->data, theirs->len);
        g_byte_array_unref (theirs);
        g_object_unref (message);
        g_object_unref (part);
      }
}

/* Random trees: seven bits come out, whatever went in, and every leaf reads as it did. */
static void
test_random_trees (void)
{
  for (guint32 seed = 1; seed < 150; seed++)
    {
      TreeGen gen;
      GMimeObject *tree;
      g_autoptr (MimesendContent) content = NULL;
      g_autoptr (GError) error = NULL;
      GByteArray *all;

      tree_gen_init (&gen, seed);
      tree = tree_gen_tree (&gen, 3);
      content = mimesend_content_new_for_part (tree, NULL);
      if (!mimesend_content_prepare (content, MIMESEND_WIRE_NONE, &error))
        g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
      else if ((all = read_content (content, 65536, &error)) == NULL)
        g_assert_true (error->domain == MIMESEND_ERROR); /* labelled base64 and stored so, but it is not */
      else
        g_byte_array_unref (all);
      g_object_unref (tree);
      tree_gen_clear (&gen);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/walk/convert/text-becomes-quoted-printable", test_text_becomes_qp);
  g_test_add_func ("/walk/convert/mostly-8bit-becomes-base64", test_mostly_8bit_becomes_base64);
  g_test_add_func ("/walk/convert/wrong-labels-are-not-trusted", test_labels_lie);
  g_test_add_func ("/walk/convert/binary-becomes-base64-unless-allowed", test_binary);
  g_test_add_func ("/walk/convert/long-lines-are-encoded", test_long_lines);
  g_test_add_func ("/walk/convert/late-long-line-is-warned-of", test_late_long_line);
  g_test_add_func ("/walk/convert/nul-is-encoded-or-refused", test_nul);
  g_test_add_func ("/walk/convert/large-unlabelled-file-is-encoded", test_large_unknown_file);
  g_test_add_func ("/walk/convert/pipe-is-read-once", test_pipe_is_read_once);
  g_test_add_func ("/walk/convert/crlf-and-lf-are-line-ends", test_crlf_text);
  g_test_add_func ("/walk/convert/labels-above-follow-their-parts", test_labels_above);
  g_test_add_func ("/walk/convert/nothing-changes-below-a-signature", test_below_a_signature);
  g_test_add_func ("/walk/convert/pipe-below-a-signature-fails-at-unsendable-octet",
                   test_pipe_below_a_signature);
  g_test_add_func ("/walk/convert/fixed-types-are-not-encoded", test_fixed_types);
  g_test_add_func ("/walk/convert/eight-bit-around-leaves-needs-8bitmime", test_eight_bit_around_leaves);
  g_test_add_func ("/walk/convert/can-be-prepared-again", test_prepared_again);
  g_test_add_func ("/walk/convert/chooses-as-gmime-would", test_as_gmime_would);
  g_test_add_func ("/walk/convert/random-trees-decode-to-the-same", test_random_trees);
  return g_test_run ();
}

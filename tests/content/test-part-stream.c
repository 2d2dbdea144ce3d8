/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree as a GMimeStream (contract S16, N3). */
#include <errno.h>

#include "content/part-stream.h"
#include "mimesend-part.h"
#include "support.h"
#include "tree-gen.h"

static char *
stream_text (GMimeStream *stream)
{
  GString *text = g_string_new (NULL);
  char buffer[33];
  ssize_t n;

  while ((n = g_mime_stream_read (stream, buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, n);
  g_assert_cmpint (n, ==, 0);
  return g_string_free (text, FALSE);
}

static GMimeObject *
letter (void)
{
  GMimeObject *part = (GMimeObject *)leaf_with_text ("This is a test message\n", GMIME_CONTENT_ENCODING_7BIT);

  g_mime_object_set_header (part, "From", "Test User <joe@example.com>", NULL);
  g_mime_object_set_header (part, "Bcc", "secret@example.com", NULL);
  g_mime_object_set_header (part, "Resent-Bcc", "secret@example.com", NULL);
  return part;
}

static void
test_view (void)
{
  GMimeObject *part = letter ();
  GMimeStream *stream = mimesend_part_stream_new (part);
  g_autofree char *text = stream_text (stream);
  g_autofree char *again = NULL;

  g_assert_cmpstr (text, ==,
                   "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: 7bit\n"
                   "From: Test User <joe@example.com>\n\nThis is a test message\n");
  g_assert_true (g_mime_stream_eos (stream));
  g_assert_cmpint (g_mime_stream_tell (stream), ==, strlen (text));
  /* As in the seed, a part can be opened again; here the same stream begins again, too. */
  g_assert_cmpint (g_mime_stream_reset (stream), ==, 0);
  g_assert_false (g_mime_stream_eos (stream));
  again = stream_text (stream);
  g_assert_cmpstr (again, ==, text);
  g_object_unref (stream);
  g_object_unref (part);
}

static void
test_refuses (void)
{
  GMimeObject *part = letter ();
  GMimeStream *stream = mimesend_part_stream_new (part);
  char octet;

  g_assert_cmpint (g_mime_stream_write (stream, "x", 1), ==, -1);
  g_assert_cmpint (g_mime_stream_seek (stream, 5, GMIME_STREAM_SEEK_SET), ==, -1);
  g_assert_cmpint (g_mime_stream_length (stream), ==, -1);
  g_assert_null (g_mime_stream_substream (stream, 0, 5));
  g_assert_cmpint (g_mime_stream_close (stream), ==, 0);
  g_assert_cmpint (g_mime_stream_read (stream, &octet, 1), ==, -1);
  g_assert_nonnull (mimesend_part_stream_get_error (stream));
  g_object_unref (stream);
  g_object_unref (part);
}

static void
test_error_is_told (void)
{
  GMimeStream *closed = g_mime_stream_mem_new_with_buffer ("x", 1);
  GMimePart *part =
      leaf_with_stream ("text/plain", closed, GMIME_CONTENT_ENCODING_DEFAULT, GMIME_CONTENT_ENCODING_7BIT);
  GMimeStream *stream = mimesend_part_stream_new ((GMimeObject *)part);
  GMimeStream *sink = g_mime_stream_mem_new ();
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  char buffer[1000];

  g_mime_stream_close (closed);
  while (g_mime_stream_read (stream, buffer, sizeof buffer) > 0)
    continue;
  g_assert_false (g_mime_stream_eos (stream));
  g_assert_error (mimesend_part_stream_get_error (stream), MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_assert_null (mimesend_part_stream_read_bytes (stream, 10, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_clear_error (&error);
  g_assert_false (mimesend_part_write ((GMimeObject *)part, sink, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_clear_error (&error);
  g_assert_false (mimesend_part_write_to_output ((GMimeObject *)part, output, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_object_unref (stream);
  g_object_unref (sink);
  g_object_unref (part);
  g_object_unref (closed);
}

static void
test_read_bytes (void)
{
  GMimeObject *part = letter ();
  GMimeStream *stream = mimesend_part_stream_new (part);
  gsize total = 0, n;

  do
    {
      GBytes *bytes = mimesend_part_stream_read_bytes (stream, 7, NULL);

      n = g_bytes_get_size (bytes);
      g_assert_cmpuint (n, <=, 7);
      total += n;
      g_bytes_unref (bytes);
    }
  while (n > 0);
  g_assert_cmpuint (total, ==, (gsize)g_mime_stream_tell (stream));
  g_object_unref (stream);
  g_object_unref (part);
}

/* Bcc of the outermost message is left out; inside message/rfc822 it is content. */
static void
test_bcc (void)
{
  GMimeMessage *inner = g_mime_message_new (TRUE), *outer = g_mime_message_new (TRUE);
  GMimeMessagePart *attached;
  GMimeObject *text = (GMimeObject *)leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT);
  GMimeStream *stream;
  g_autofree char *hidden = NULL, *shown = NULL;

  g_mime_message_add_mailbox (inner, GMIME_ADDRESS_TYPE_BCC, NULL, "inner@example.com");
  g_mime_message_set_mime_part (inner, text);
  attached = g_mime_message_part_new_with_message ("rfc822", inner);
  g_mime_message_add_mailbox (outer, GMIME_ADDRESS_TYPE_BCC, NULL, "outer@example.com");
  g_mime_message_set_mime_part (outer, (GMimeObject *)attached);

  stream = mimesend_part_stream_new ((GMimeObject *)outer);
  hidden = stream_text (stream);
  g_object_unref (stream);
  stream = mimesend_part_stream_new_full ((GMimeObject *)outer, g_mime_format_options_get_default ());
  shown = stream_text (stream);
  g_object_unref (stream);
  g_assert_null (strstr (hidden, "outer@example.com"));
  g_assert_nonnull (strstr (hidden, "Bcc: inner@example.com"));
  g_assert_nonnull (strstr (shown, "Bcc: outer@example.com"));
  g_object_unref (text);
  g_object_unref (attached);
  g_object_unref (inner);
  g_object_unref (outer);
}

static void
test_mime_version (void)
{
  GMimeObject *bare = (GMimeObject *)leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT);
  GMimeObject *has = letter ();
  GMimeStream *stream = mimesend_part_stream_new (bare);
  g_autofree char *text = stream_text (stream), *other = NULL;

  g_object_unref (stream);
  g_assert_true (g_str_has_prefix (text, "Content-Type"));
  g_mime_object_set_header (has, "mime-version", "1.0", NULL);
  stream = mimesend_part_stream_new (has);
  other = stream_text (stream);
  g_object_unref (stream);
  g_assert_true (g_str_has_prefix (other, "Content-Type"));
  g_object_unref (bare);
  g_object_unref (has);
}

/* A part stream that stands at its beginning is sent by the walk behind it, else from where it stands. */
static void
test_taken_as_argument (void)
{
  GMimeObject *part =
      (GMimeObject *)leaf_with_text ("Ein kleines \303\204rgernis\n", GMIME_CONTENT_ENCODING_8BIT);
  GMimeStream *stream = mimesend_part_stream_new (part), *begun = mimesend_part_stream_new (part);
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (MimesendContent) rest = mimesend_content_new ();
  g_autofree char *text = NULL, *tail = NULL;
  char buffer[8];

  mimesend_content_add_stream (content, stream, NULL);
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, NULL));
  g_assert_cmpint (mimesend_content_get_length (content), >, 0);
  g_assert_false (g_mime_stream_eos (stream));
  text = read_text (content, NULL);
  g_assert_nonnull (strstr (text, "quoted-printable\r\n\r\nEin kleines =C3=84rgernis\r\n"));
  g_assert_true (g_mime_stream_eos (stream));
  g_assert_null (mimesend_part_stream_take_walk (stream));

  g_assert_cmpint (g_mime_stream_read (begun, buffer, 8), ==, 8);
  mimesend_content_add_stream (rest, begun, NULL);
  tail = read_text (rest, NULL);
  g_assert_true (g_str_has_prefix (tail, "Type: text/plain\n"));
  g_assert_nonnull (strstr (tail, "8bit\n"));
  g_object_unref (stream);
  g_object_unref (begun);
  g_object_unref (part);
}

static void
test_write (void)
{
  TreeGen gen;
  GMimeObject *tree;
  GMimeStream *sink = g_mime_stream_mem_new ();
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  GByteArray *theirs, *ours;

  tree_gen_init (&gen, 11);
  tree = multipart_of ("mixed", tree_gen_leaf (&gen), tree_gen_leaf (&gen));
  theirs = tree_written_by_gmime (tree, NULL, FALSE);
  g_assert_true (mimesend_part_write (tree, sink, NULL, &error));
  ours = g_mime_stream_mem_get_byte_array ((GMimeStreamMem *)sink);
  g_assert_cmpmem (ours->data, ours->len, theirs->data, theirs->len);
  g_assert_true (mimesend_part_write_to_output (tree, output, NULL, &error));
  g_assert_cmpmem (g_memory_output_stream_get_data ((GMemoryOutputStream *)output),
                   g_memory_output_stream_get_data_size ((GMemoryOutputStream *)output), theirs->data,
                   theirs->len);
  g_byte_array_unref (theirs);
  g_object_unref (sink);
  g_object_unref (tree);
  tree_gen_clear (&gen);
}

/* The caller's streams stand where they stood, and GMime writes the same as before, also after a walk that was given up. */
static void
test_tree_unchanged (void)
{
  GMimeStream *source = g_mime_stream_mem_new_with_buffer ("0123456789\n", 11);
  GMimePart *part =
      leaf_with_stream ("text/plain", source, GMIME_CONTENT_ENCODING_DEFAULT, GMIME_CONTENT_ENCODING_7BIT);
  GMimeMessage *message = g_mime_message_new (TRUE);
  gboolean ensure = ((GMimeObject *)message)->ensure_newline;
  MimesendContent *content;

  g_mime_message_set_mime_part (message, (GMimeObject *)part);
  g_mime_stream_seek (source, 4, GMIME_STREAM_SEEK_SET);
  for (gsize n = 1; n < 400; n += 13)
    {
      content = mimesend_content_new_for_part ((GMimeObject *)message, NULL);
      g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, NULL));
      g_bytes_unref (mimesend_content_read_bytes (content, n, NULL, NULL));
      g_object_unref (content);
      g_assert_cmpint (g_mime_stream_tell (source), ==, 4);
      g_assert_cmpint (((GMimeObject *)message)->ensure_newline, ==, ensure);
    }
  g_object_unref (message);
  g_object_unref (part);
  g_object_unref (source);
}

/* Blocks of base64 are ready for the socket and may be kept. */
static void
test_base64_blocks (void)
{
  gsize length = 1000000;
  g_autofree char *octets = g_strnfill (length, 'o');
  GMimeObject *part =
      (GMimeObject *)leaf_with_octets ("image/png", octets, length, GMIME_CONTENT_ENCODING_BASE64);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (part, NULL);
  MimesendPiece pieces[10] = { 0 };
  g_autofree guchar *decoded = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = 0;
  gsize decoded_length;

  while (mimesend_pull_next (MIMESEND_PULL (content), 4096, &pieces[n], NULL, NULL) == MIMESEND_PULL_PIECE)
    {
      if (pieces[n].release == NULL)
        continue; /* headers */
      g_assert_cmpint (pieces[n].flags, ==, MIMESEND_PIECE_READY);
      n++;
      g_assert_cmpuint (n, <, 10);
    }
  g_assert_cmpuint (n, ==, 6);
  g_assert_cmpuint (pieces[0].length, ==, 261846);
  g_clear_object (&content); /* the blocks outlive what made them */
  for (guint i = 0; i < n; i++)
    {
      g_string_append_len (text, (const char *)pieces[i].data, (gssize)pieces[i].length);
      mimesend_piece_clear (&pieces[i]);
    }
  decoded = g_base64_decode (text->str, &decoded_length);
  g_assert_cmpmem (decoded, decoded_length, octets, length);
  g_object_unref (part);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/seed/S16/view", test_view);
  g_test_add_func ("/seed/N3/write", test_write);
  g_test_add_func ("/content/part-stream/refuses-writing-and-seeking", test_refuses);
  g_test_add_func ("/content/part-stream/error-is-told", test_error_is_told);
  g_test_add_func ("/content/part-stream/read-bytes-returns-all-octets", test_read_bytes);
  g_test_add_func ("/content/part-stream/leaves-bcc-out", test_bcc);
  g_test_add_func ("/content/part-stream/adds-mime-version", test_mime_version);
  g_test_add_func ("/content/part-stream/taken-as-argument", test_taken_as_argument);
  g_test_add_func ("/content/part-stream/tree-stays-unchanged", test_tree_unchanged);
  g_test_add_func ("/content/part-stream/base64-is-read-in-any-blocks", test_base64_blocks);
  return g_test_run ();
}

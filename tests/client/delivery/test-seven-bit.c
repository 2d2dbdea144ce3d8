/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BODY=8BITMIME (RFC 6152 3) is said of content that has octets above 127, or may have; of no other. */
#include <libmimesend/mimesend-gmime-autoptr.h>

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "content-way.h"

typedef MimesendContent *(*Make) (void);

static MimesendContent *
text_ascii (void)
{
  return content_of_text ("Subject: x\n\nhi\n");
}

static MimesendContent *
text_eight_bit (void)
{
  return content_of_text ("Subject: x\n\nh\xc3\xa9\n");
}

/* Far behind what is read ahead. */
static MimesendContent *
text_eight_bit_at_the_end (void)
{
  g_autofree char *lines = g_strnfill (300000, '\n');
  g_autofree char *text = g_strconcat ("Subject: x\n", lines, "\xe9", NULL);

  return content_of_text (text);
}

static MimesendContent *
of_both (const char *first, const char *second)
{
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_string (content, first, NULL));
  g_assert_true (mimesend_content_add_string (content, second, NULL));
  return content;
}

static MimesendContent *
two_ascii (void)
{
  return of_both ("Subject: x\n", "\nhi\n");
}

static MimesendContent *
two_eight_bit (void)
{
  return of_both ("Subject: \xc3\xa9\n", "\nhi\n");
}

static MimesendContent *
nothing (void)
{
  return content_of_text ("");
}

static MimesendContent *
of_input (GInputStream *input)
{
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_input_stream (content, input, NULL));
  g_object_unref (input);
  return content;
}

static GInputStream *
memory_input (const char *text)
{
  return g_memory_input_stream_new_from_data (g_strdup (text), -1, g_free);
}

/* Short, and there: it is read ahead to its end. */
static MimesendContent *
stream (void)
{
  return of_input (memory_input ("Subject: x\n\nhi\n"));
}

static MimesendContent *
stream_eight_bit (void)
{
  return of_input (memory_input ("Subject: x\n\nh\xc3\xa9\n"));
}

/* Too long to be read ahead. */
static MimesendContent *
stream_long (void)
{
  g_autofree char *lines = g_strnfill (300000, '\n');
  g_autofree char *text = g_strconcat ("Subject: x\n", lines, NULL);

  return of_input (memory_input (text));
}

/* It does not say whether a read would wait. */
static MimesendContent *
stream_buffered (void)
{
  g_autoptr (GInputStream) memory = memory_input ("Subject: x\n\nhi\n");

  return of_input (g_buffered_input_stream_new (memory));
}

static int
pipe_with (const char *text)
{
  int ends[2];

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (ends[1], text, strlen (text)), ==, strlen (text));
  close (ends[1]);
  return ends[0];
}

static MimesendContent *
pipe_ascii (void)
{
  return of_input (g_unix_input_stream_new (pipe_with ("Subject: x\n\nhi\n"), TRUE));
}

static MimesendContent *
pipe_eight_bit (void)
{
  return of_input (g_unix_input_stream_new (pipe_with ("Subject: x\n\nh\xc3\xa9\n"), TRUE));
}

static MimesendContent *
gmime_pipe_behind_text (void)
{
  g_autoptr (GMimeStream) stream = g_mime_stream_pipe_new (pipe_with ("hi\n"));
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_string (content, "Subject: x\n\n", NULL));
  g_assert_true (mimesend_content_add_stream (content, stream, NULL));
  return content;
}

static MimesendContent *
gmime_pipe_eight_bit_text_behind (void)
{
  g_autoptr (GMimeStream) stream = g_mime_stream_pipe_new (pipe_with ("Subject: x\n\nhi\n"));
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_stream (content, stream, NULL));
  g_assert_true (mimesend_content_add_string (content, "h\xc3\xa9\n", NULL));
  return content;
}

static MimesendContent *
of_tree (GMimeObject *tree)
{
  MimesendContent *content;

  g_mime_object_set_header (tree, "Subject", "x", NULL);
  content = mimesend_content_new_for_part (tree, NULL);
  g_object_unref (tree);
  return content;
}

static GMimeObject *
leaf (const char *octets, GMimeContentEncoding encoding)
{
  GMimePart *part = g_mime_part_new_with_type ("text", "plain");
  GMimeStream *memory = g_mime_stream_mem_new_with_buffer (octets, strlen (octets));
  GMimeDataWrapper *wrapper = g_mime_data_wrapper_new_with_stream (memory, GMIME_CONTENT_ENCODING_DEFAULT);

  g_mime_part_set_content (part, wrapper);
  g_mime_part_set_content_encoding (part, encoding);
  g_object_unref (wrapper);
  g_object_unref (memory);
  return GMIME_OBJECT (part);
}

static MimesendContent *
tree_ascii (void)
{
  return of_tree (leaf ("hi\n", GMIME_CONTENT_ENCODING_DEFAULT));
}

static MimesendContent *
tree_said_to_be_eight_bit (void)
{
  return of_tree (leaf ("hi\n", GMIME_CONTENT_ENCODING_8BIT));
}

static MimesendContent *
tree_eight_bit (void)
{
  return of_tree (leaf ("h\xc3\xa9\n", GMIME_CONTENT_ENCODING_8BIT));
}

static MimesendContent *
tree_that_lies (void)
{
  return of_tree (leaf ("h\xc3\xa9\n", GMIME_CONTENT_ENCODING_7BIT));
}

static MimesendContent *
tree_quoted (void)
{
  return of_tree (leaf ("h\xc3\xa9\n", GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE));
}

static MimesendContent *
tree_base64 (void)
{
  return of_tree (leaf ("h\xc3\xa9\n", GMIME_CONTENT_ENCODING_BASE64));
}

static MimesendContent *
tree_binary (void)
{
  return of_tree (leaf ("h\xc3\xa9\n", GMIME_CONTENT_ENCODING_BINARY));
}

static MimesendContent *
tree_of_two (const char *second)
{
  GMimeMultipart *mixed = g_mime_multipart_new_with_subtype ("mixed");
  GMimeObject *parts[] = { leaf ("hi\n", GMIME_CONTENT_ENCODING_7BIT),
                           leaf (second, GMIME_CONTENT_ENCODING_8BIT) };

  for (guint i = 0; i < 2; i++)
    {
      g_mime_multipart_add (mixed, parts[i]);
      g_object_unref (parts[i]);
    }
  return of_tree (GMIME_OBJECT (mixed));
}

static MimesendContent *
multipart_ascii (void)
{
  return tree_of_two ("ho\n");
}

static MimesendContent *
multipart_eight_bit (void)
{
  return tree_of_two ("h\xc3\xb6\n");
}

/* As it is parsed, its header is written. */
static MimesendContent *
parsed_with_header (void)
{
  static const char text[] = "Subject: \xc3\xa9\n\nhi\n";
  GMimeStream *memory = g_mime_stream_mem_new_with_buffer (text, sizeof text - 1);
  GMimeParser *parser = g_mime_parser_new_with_stream (memory);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);
  MimesendContent *content = mimesend_content_new_for_part (GMIME_OBJECT (message), NULL);

  g_object_unref (message);
  g_object_unref (parser);
  g_object_unref (memory);
  return content;
}

static const struct
{
  Make make;
  gboolean body;
} rows[] = {
  { text_ascii, FALSE },
  { text_eight_bit, TRUE },
  { text_eight_bit_at_the_end, TRUE },
  { two_ascii, FALSE },
  { two_eight_bit, TRUE },
  { nothing, FALSE },
  { stream, FALSE },
  { stream_eight_bit, TRUE },
  { stream_long, TRUE },
  { stream_buffered, TRUE },
  { pipe_ascii, FALSE },
  { pipe_eight_bit, TRUE },
  { gmime_pipe_behind_text, FALSE },
  { gmime_pipe_eight_bit_text_behind, TRUE },
  { tree_ascii, FALSE },
  { tree_said_to_be_eight_bit, FALSE },
  { tree_eight_bit, TRUE },
  { tree_that_lies, TRUE },
  { tree_quoted, FALSE },
  { tree_base64, FALSE },
  { tree_binary, FALSE },
  { multipart_ascii, FALSE },
  { multipart_eight_bit, TRUE },
  { parsed_with_header, TRUE },
};

static void
assert_body (TestSink *sink, gboolean wanted)
{
  JsonObject *message = test_sink_next (sink);
  const char *parameters = json_object_get_string_member (message, "mail_parameters");

  g_assert_cmpint (strstr (parameters, "BODY=8BITMIME") != NULL, ==, wanted);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (message, "violations")), ==, 0);
}

static void
test_rows (gconstpointer hidden)
{
  TestSink *sink = test_sink_start ("--hide", (const char *)hidden, NULL);
  gboolean offered = g_strcmp0 (hidden, "8BITMIME") != 0;
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  Sent sent = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint k = 0; k < 2; k++)
      {
        g_autoptr (MimesendContent) content = rows[i].make ();

        send_way (session, content, k == 0, &sent);
        g_assert_no_error (sent.error);
        if (offered || mimesend_receipt_get_outcome (sent.receipt) == MIMESEND_OUTCOME_ACCEPTED)
          {
            g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
            assert_body (sink, offered && rows[i].body);
          }
        sent_clear (&sent);
      }
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

static void
end_pipe (MimesendTraceDirection direction, const char *line, gpointer end)
{
  if (direction != MIMESEND_TRACE_SENT || !g_str_has_prefix (line, "MAIL"))
    return;
  g_assert_nonnull (strstr (line, "BODY=8BITMIME"));
  close (GPOINTER_TO_INT (end));
}

/* A pipe with a header that goes on is not waited for: the server is told of the message first. */
static void
test_open_pipe (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);

  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (MimesendSession) session = mimesend_session_new (server);
      g_autoptr (MimesendContent) content = NULL;
      Sent sent = { 0 };
      int ends[2];

      g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
      g_assert_cmpint (write (ends[1], "Subject: x\n\nhi\n", 15), ==, 15);
      mimesend_session_set_trace (session, end_pipe, GINT_TO_POINTER (ends[1]), NULL);
      content = of_input (g_unix_input_stream_new (ends[0], TRUE));
      send_way (session, content, k == 0, &sent);
      g_assert_no_error (sent.error);
      assert_body (sink, TRUE);
      sent_clear (&sent);
      mimesend_session_close (session, NULL, NULL);
    }
  test_sink_stop (sink);
}

/* What the library makes itself is known, files and all. */
static void
test_letter (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autofree char *folder = g_dir_make_tmp ("mimesend-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notes.txt", NULL);

  g_assert_true (g_file_set_contents (path, "h\xc3\xa9\n", -1, NULL));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
      g_autoptr (GError) error = NULL;

      if (i == 2)
        g_assert_true (mimesend_letter_attach_file (letter, path, &error));
      g_assert_true (mimesend_send_letter (test_sink_server (sink), "a@example.com", "b@example.com", letter,
                                           NULL, &error, i == 0 ? "hi\n" : "h\xc3\xa9\n"));
      g_assert_no_error (error);
      assert_body (sink, FALSE);
    }
  g_unlink (path);
  g_rmdir (folder);
  test_sink_stop (sink);
}

static void
test_mailing (void)
{
  static const char *const fields[] = { "To", NULL };
  static const char *const texts[] = { "hi\n", "h\xc3\xa9\n" };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);

  for (guint i = 0; i < 2; i++)
    {
      GMimeObject *tree = leaf (texts[i], GMIME_CONTENT_ENCODING_8BIT);
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendMailing) mailing = mimesend_mailing_new (tree, fields, &error);

      for (guint k = 0; k < 2; k++)
        {
          const char *const values[] = { "ann@example.com", NULL };
          g_autoptr (MimesendContent) content = mimesend_mailing_new_content (mailing, values, &error);
          Sent sent = { 0 };

          g_assert_no_error (error);
          send_way (session, content, k == 0, &sent);
          g_assert_no_error (sent.error);
          g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
          assert_body (sink, i == 1);
          sent_clear (&sent);
        }
      g_object_unref (tree);
    }
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_data_func ("/client/seven-bit/body-follows-content", "DSN", test_rows);
  g_test_add_data_func ("/client/seven-bit/body-follows-content-over-data", "CHUNKING", test_rows);
  g_test_add_data_func ("/client/seven-bit/body-is-not-sent-unless-offered", "8BITMIME", test_rows);
  g_test_add_func ("/client/seven-bit/open-pipe-is-not-waited-for", test_open_pipe);
  g_test_add_func ("/client/seven-bit/letter-tells-its-bits", test_letter);
  g_test_add_func ("/client/seven-bit/mailing-tells-its-bits", test_mailing);
  return g_test_run ();
}

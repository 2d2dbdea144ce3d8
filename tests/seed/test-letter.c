/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contract N1: send-letter, end to end. What a letter's tree looks like is tests/mime/test-letter.c's. */
#include "seed.h"

#include <glib/gstdio.h>

static GMimeMessage *
arrived_message (TestSink *sink)
{
  g_autoptr (GBytes) bytes = test_sink_octets (sink);
  g_autoptr (GMimeStream) stream =
      g_mime_stream_mem_new_with_buffer (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (GMimeParser) parser = g_mime_parser_new_with_stream (stream);

  return g_mime_parser_construct_message (parser, NULL);
}

static void
test_letter (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  const char *to[] = { "Jimmy <jimmy@example.com>", "ann@example.com", NULL };
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *envelope;
  g_autofree char *octets = NULL;

  g_assert_true (mimesend_letter_set_subject (letter, "Grüße", &error));
  g_assert_true (mimesend_letter_add_cc (letter, "cc@example.com", &error));
  g_assert_true (mimesend_letter_add_bcc (letter, "hidden@example.com", &error));
  g_assert_true (mimesend_send_letter (test_sink_server (sink), "Joe <joe@example.com>", to, letter, NULL,
                                       &error, "Sch\xc3\xb6ne ",
                                       "Gr\xc3\xbc\xc3\x9f"
                                       "e\n"));
  g_assert_no_error (error);

  envelope = test_sink_next (sink);
  g_assert_cmpstr (json_object_get_string_member (envelope, "reverse_path"), ==, "joe@example.com");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (envelope, "recipients")), ==, 4);
  octets = seed_arrived (sink);
  g_assert_null (strstr (octets, "hidden"));
  message = arrived_message (sink);
  g_assert_cmpstr (g_mime_message_get_subject (message), ==, "Grüße");
  g_assert_nonnull (g_mime_object_get_header (GMIME_OBJECT (message), "Date"));
  g_assert_nonnull (g_mime_message_get_message_id (message));
  {
    g_autofree char *text =
        g_mime_text_part_get_text (GMIME_TEXT_PART (g_mime_message_get_mime_part (message)));

    g_assert_cmpstr (text, ==,
                     "Sch\xc3\xb6ne Gr\xc3\xbc\xc3\x9f"
                     "e\r\n");
  }
  test_sink_stop (sink);
}

/* The message is a part, with attachments: wrapped, and the caller's part stays as it is. */
static void
test_part_and_attachment (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (GMimeObject) body = mimesend_part_new_html ("<p>hi</p>\n");
  g_autofree char *before = g_mime_object_to_string (body, NULL);
  g_autofree char *after = NULL;
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GMimeStream) data = g_mime_stream_mem_new_with_buffer ("\x01\x02\x03", 3);
  g_autoptr (GError) error = NULL;
  const char *to[] = { "b@example.com", NULL };

  mimesend_letter_set_body (letter, body);
  g_assert_true (mimesend_letter_attach_stream (letter, data, "three.bin", &error));
  g_assert_true (mimesend_send_letter_content (server, "a@example.com", to, letter, NULL,
                                               MIMESEND_SEND_DEFAULT, NULL, NULL, &error));
  g_assert_no_error (error);
  test_sink_next (sink);
  message = arrived_message (sink);
  {
    GMimeMultipart *mixed = GMIME_MULTIPART (g_mime_message_get_mime_part (message));
    GMimePart *attached = GMIME_PART (g_mime_multipart_get_part (mixed, 1));

    g_assert_cmpint (g_mime_multipart_get_count (mixed), ==, 2);
    g_assert_cmpstr (g_mime_part_get_filename (attached), ==, "three.bin");
  }
  after = g_mime_object_to_string (body, NULL);
  g_assert_cmpstr (before, ==, after);
  test_sink_stop (sink);
}

/* What is attached arrives octet for octet, the line ends of a text too. */
static void
test_text_attachment (void)
{
  static const char octets[] = "one\ntwo\r\nthree\rfour \n.\nlast";
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autofree char *folder = g_dir_make_tmp ("mimesend-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notes.txt", NULL);
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, octets, -1, NULL));
  g_assert_true (mimesend_letter_attach_file (letter, path, &error));
  g_assert_true (mimesend_send_letter (test_sink_server (sink), "a@example.com", "b@example.com", letter,
                                       NULL, &error, "hi\n"));
  g_assert_no_error (error);
  test_sink_next (sink);
  message = arrived_message (sink);
  {
    GMimeMultipart *mixed = GMIME_MULTIPART (g_mime_message_get_mime_part (message));
    GMimePart *attached = GMIME_PART (g_mime_multipart_get_part (mixed, 1));
    g_autoptr (GMimeStream) got = g_mime_stream_mem_new ();
    GByteArray *array = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (got));

    g_mime_data_wrapper_write_to_stream (g_mime_part_get_content (attached), got);
    g_assert_cmpmem (array->data, array->len, octets, sizeof octets - 1);
  }
  g_unlink (path);
  g_rmdir (folder);
  test_sink_stop (sink);
}

static void
async_over (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (mimesend_send_letter_content_finish (result, NULL, NULL));
  *(gboolean *)data = TRUE;
}

/* Through each function: from, to and content as they are given. */
static void
send_way (
    guint way, TestSink *sink, const char *from, const char *to, MimesendLetter *letter, const char *text)
{
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  const char *const all[] = { to, NULL };
  g_autoptr (GError) error = NULL;
  gboolean over = FALSE;

  g_assert_true (mimesend_content_add_string (content, text != NULL ? text : "", NULL));
  if (way == 0)
    mimesend_send_letter (test_sink_server (sink), from, to, letter, NULL, &error, text);
  else if (way == 1)
    mimesend_send_letter_content (server, from, all, letter, text != NULL ? content : NULL,
                                  MIMESEND_SEND_DEFAULT, NULL, NULL, &error);
  else
    {
      mimesend_send_letter_content_async (server, from, all, letter, text != NULL ? content : NULL,
                                          MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT, NULL, async_over, &over);
      while (!over)
        g_main_context_iteration (NULL, TRUE);
    }
  g_assert_no_error (error);
}

static char *
recipients_of (MimesendLetter *letter)
{
  g_auto (GStrv) recipients = mimesend_letter_get_recipients (letter);

  return g_strjoinv (" ", recipients);
}

/* A letter goes to ann, then to bob: each is alone, and the letter is what it was. */
static void
test_sent_to_one_after_another (void)
{
  static const char *const names[] = { "Ann <ann@example.com>", "bob@example.com", "Cy <cy@example.com>" };

  for (guint way = 0; way < 3; way++)
    {
      TestSink *sink = test_sink_start (NULL);
      g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
      g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_autofree char *after = NULL;

      g_assert_true (mimesend_letter_set_subject (letter, "to each", NULL));
      g_assert_true (mimesend_letter_add_cc (letter, "all@example.com", NULL));
      g_assert_true (mimesend_letter_add_header (letter, "X-Kept", "1", NULL));
      g_assert_true (mimesend_letter_add_header (letter, "Sender", "s@example.com", NULL));
      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        {
          g_autoptr (GMimeMessage) message = NULL;
          g_autofree char *to = NULL, *text = NULL;
          JsonArray *recipients;

          send_way (way, sink, i == 1 ? "other@example.com" : "joe@example.com", names[i], letter,
                    i == 2 ? "third\n" : "first and second\n");
          recipients = json_object_get_array_member (test_sink_next (sink), "recipients");
          g_assert_cmpuint (json_array_get_length (recipients), ==, 2);
          message = arrived_message (sink);
          to = internet_address_list_to_string (g_mime_message_get_addresses (message, GMIME_ADDRESS_TYPE_TO),
                                                NULL, FALSE);
          g_assert_cmpstr (to, ==, names[i]);
          g_assert_cmpstr (g_mime_object_get_header (GMIME_OBJECT (message), "X-Kept"), ==, "1");
          g_assert_cmpint (
              internet_address_list_length (g_mime_message_get_addresses (message, GMIME_ADDRESS_TYPE_FROM)),
              ==, 1);
          text = g_mime_text_part_get_text (GMIME_TEXT_PART (g_mime_message_get_mime_part (message)));
          g_assert_cmpstr (text, ==, i == 2 ? "third\r\n" : "first and second\r\n");
          g_assert_true (g_hash_table_add (ids, g_strdup (g_mime_message_get_message_id (message))));
        }
      after = recipients_of (letter);
      g_assert_cmpstr (after, ==, "all@example.com");
      g_assert_null (mimesend_letter_get_reverse_path (letter));
      g_assert_null (mimesend_letter_build (letter, NULL)); /* it has no From yet */
      test_sink_stop (sink);
    }
}

/* A letter that has all it needs: what was sent is what it says it is, and its octets are the same before and after. */
static void
test_sent_as_it_is (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  const char *const to[] = { "b@example.com", NULL };

  for (guint built_first = 0; built_first < 2; built_first++)
    {
      g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
      g_autofree char *before = NULL, *after = NULL;

      g_assert_true (mimesend_letter_set_from (letter, "joe@example.com", NULL));
      g_assert_true (mimesend_letter_add_to (letter, "a@example.com", NULL));
      mimesend_letter_set_text (letter, "text\n");
      if (built_first)
        {
          g_autoptr (GMimeObject) tree = mimesend_letter_build (letter, NULL);

          before = g_mime_object_to_string (tree, NULL);
        }
      for (guint i = 0; i < 3; i++)
        {
          g_autoptr (GMimeMessage) message = NULL;
          gboolean same = FALSE;

          g_assert_true (mimesend_send_letter_content (server, NULL, i == 1 ? to : NULL, letter, NULL,
                                                       MIMESEND_SEND_DEFAULT, NULL, NULL, NULL));
          test_sink_next (sink);
          message = arrived_message (sink);
          same = g_strcmp0 (g_mime_message_get_message_id (message),
                            mimesend_letter_get_message_id (letter)) == 0;
          g_assert_true (same == (i != 1)); /* with another To it is another message */
        }
      if (built_first)
        {
          g_autoptr (GMimeObject) tree = mimesend_letter_build (letter, NULL);

          after = g_mime_object_to_string (tree, NULL);
          g_assert_cmpstr (before, ==, after);
        }
    }
  test_sink_stop (sink);
}

/* A group without members goes into the header and names no recipient: an error, and no connection is made. */
static void
test_nobody (void)
{
  static const char *const groups[] = { "undisclosed-recipients:;", "a:;, b: ;", NULL };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
      const char *to[] = { groups[i], NULL };
      MimesendReceipt *receipt = NULL;
      g_autoptr (GError) error = NULL;

      if (i == 2)
        g_assert_true (mimesend_letter_add_bcc (letter, "hidden:;", &error));
      g_assert_false (
          mimesend_send_letter ("127.0.0.1:1", "a@example.com", to, letter, &receipt, &error, "hi\n"));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      g_assert_nonnull (strstr (error->message, "no recipient"));
      g_assert_null (receipt);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/N1/letter", test_letter);
  g_test_add_func ("/seed/N1/part-and-attachment", test_part_and_attachment);
  g_test_add_func ("/seed/N1/text-attachment", test_text_attachment);
  g_test_add_func ("/seed/N1/one-after-another", test_sent_to_one_after_another);
  g_test_add_func ("/seed/N1/as-it-is", test_sent_as_it_is);
  g_test_add_func ("/seed/N1/nobody", test_nobody);
  return g_test_run ();
}

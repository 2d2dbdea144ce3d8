/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GMime writes raw line ends into headers from several setters (security notes, classes 6 to 8): the walk is where no value
 * gets by. */
#include "support.h"

static void
expect_refusal (GMimeObject *tree, const char *name)
{
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);
  g_autoptr (GError) error = NULL;
  GByteArray *all = read_content (content, 4096, &error);

  g_assert_null (all);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  if (strstr (error->message, name) == NULL)
    g_error ("'%s' lacks '%s'", error->message, name);
}

static void
expect_pass (GMimeObject *tree)
{
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);
  g_autoptr (GError) error = NULL;
  GByteArray *all = read_content (content, 4096, &error);

  g_assert_no_error (error);
  g_byte_array_unref (all);
}

static void
test_address (void)
{
  GMimeMessage *message = g_mime_message_new (TRUE);

  g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_TO, "Joe", "\"x\r\nBcc: victim\"@example.com");
  expect_refusal ((GMimeObject *)message, "To");
  g_object_unref (message);
}

static void
test_name (void)
{
  static const char *const names[] = { "X\r\nBcc", "X\nBcc: y\nZ", "X-Tail\r", " X", "X\001Y", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GMimeObject *part = (GMimeObject *)leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT);

      g_mime_object_set_header (part, names[i], "value", NULL);
      expect_refusal (part, "header");
      g_object_unref (part);
    }
}

static void
test_message_id (void)
{
  GMimeMessage *message = g_mime_message_new (TRUE);

  g_mime_message_set_message_id (message, "a@b>\r\nX-Evil: <1");
  expect_refusal ((GMimeObject *)message, "Message-Id");
  g_object_unref (message);
}

static void
test_content_id (void)
{
  GMimePart *part = leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT);

  g_mime_part_set_content_id (part, "a@b>\n\nbody");
  expect_refusal ((GMimeObject *)part, "Content-Id");
  g_object_unref (part);
}

static void
test_file_name (void)
{
  static const char *const names[] = { "a\r\nX-Evil: 1.txt", "a\n\nbody", "a\"\r\n\tb\r\nc" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GMimePart *part = leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT);
      GMimeObject *tree;

      g_mime_part_set_filename (part, names[i]);
      tree = multipart_of ("mixed", part, NULL);
      expect_refusal (tree, "part 1");
      g_object_unref (tree);
    }
}

static void
test_parameter_name (void)
{
  GMimePart *part = leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT);

  g_mime_object_set_content_type_parameter ((GMimeObject *)part, "a\r\nX-Evil: 1; b", "c");
  expect_refusal ((GMimeObject *)part, "Content-Type");
  g_object_unref (part);
}

static void
test_raw_value (void)
{
  static const struct
  {
    const char *raw;
    gboolean passes;
  } values[] = {
    { " plain\n", TRUE },       { " crlf\r\n", TRUE }, { " one\r\n two\r\n", TRUE },
    { "\n folded\n", TRUE },    { " no end", FALSE },  { " x\n\n", FALSE },
    { " x\nnext: y\n", FALSE }, { " x\n \n", TRUE },   { " bare\rcr\n", FALSE },
    { " x\r\n\r\n", FALSE },    { " x\r", FALSE },     { " x\n\t\r\n y\n", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      GMimeObject *part = (GMimeObject *)leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT);
      GMimeHeader *header;

      g_mime_object_set_header (part, "X-Raw", "value", NULL);
      header = g_mime_header_list_get_header (part->headers, "X-Raw");
      g_mime_header_set_raw_value (header, values[i].raw);
      if (values[i].passes)
        expect_pass (part);
      else
        expect_refusal (part, "X-Raw");
      g_object_unref (part);
    }
}

/* Lines of blanks alone (obs-FWS, RFC 5322 4.2) say nothing, and are left out. */
static void
test_blank_lines (void)
{
  static const struct
  {
    const char *mail, *sent;
  } mails[] = {
    { "Subject: one\n \n two\n\nbody\n", "Subject: one\r\n two\r\n\r\nbody\n" },
    { "Subject: one\r\n\t \t\r\n two\r\n\r\nbody\r\n", "Subject: one\r\n two\r\n\r\nbody\r\n" },
    { "Subject:\n \n  \n two\n\nbody\n", "Subject:\r\n two\r\n\r\nbody\n" },
    { "Subject: \n \nTo: a@example.com\n \n\nbody\n", "Subject: \r\nTo: a@example.com\r\n\r\nbody\n" },
    { "To: a@example.com,\n \n b@example.com\n\t\n\n", "To: a@example.com,\r\n b@example.com\r\n\r\n" },
    { "Subject: one\n   ", "Subject: one\r\n\r\n" },
    { "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n \n boundary=b\n\n--b\nContent-Type: "
      "text/plain;\n\t\n "
      "charset=utf-8\n\nbody\n--b--\n",
      "MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=b\r\n\r\n--b\r\nContent-Type: "
      "text/plain;\r\n "
      "charset=utf-8\r\n\r\nbody\r\n--b--\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (mails); i++)
    {
      GMimeStream *stream = g_mime_stream_mem_new_with_buffer (mails[i].mail, strlen (mails[i].mail));
      GMimeParser *parser = g_mime_parser_new_with_stream (stream);
      GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);
      g_autoptr (MimesendContent) content = mimesend_content_new_for_part ((GMimeObject *)message, NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, &error));
      text = read_text (content, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, mails[i].sent);
      g_object_unref (message);
      g_object_unref (parser);
      g_object_unref (stream);
    }
}

/* Below a signature they stay: it is over them too. */
static void
test_blank_lines_below_a_signature (void)
{
  static const char mail[] =
      "Content-Type: multipart/signed; boundary=b\n\n--b\nContent-Type: text/plain;\n \n "
      "charset=utf-8\n\nbody\n--b\n\nsignature\n--b--\n";
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (mail, strlen (mail));
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part ((GMimeObject *)message, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = read_text (content, &error);

  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "text/plain;\r\n \r\n charset=utf-8\r\n"));
  g_object_unref (message);
  g_object_unref (parser);
  g_object_unref (stream);
}

/* A mail that was cut off there may go on its way: no body follows that could become part of the header. */
static void
test_stopped_in_the_header (void)
{
  static const char mail[] = "From: joe@example.com\nSubject: no more";
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (mail, strlen (mail));
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part ((GMimeObject *)message, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = read_text (content, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "From: joe@example.com\r\nSubject: no more\r\n");
  g_object_unref (message);
  g_object_unref (parser);
  g_object_unref (stream);
}

/* A hidden header is not written and does no harm. */
static void
test_hidden (void)
{
  GMimeObject *part = (GMimeObject *)leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT);

  g_mime_object_set_header (part, "Bcc", "value", NULL);
  g_mime_header_set_raw_value (g_mime_header_list_get_header (part->headers, "Bcc"), " x\nnext: y\n");
  expect_pass (part);
  g_object_unref (part);
}

/* 5,000 recipients: folded by GMime, no line too long. */
static void
test_many_recipients (void)
{
  GMimeMessage *message = g_mime_message_new (TRUE);
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;
  g_autofree char *text = NULL;
  gsize found = 0;

  for (int i = 0; i < 5000; i++)
    g_string_append_printf (all, "%sA Name <recipient-%d@example.com>", i > 0 ? ", " : "", i);
  g_mime_object_set_header ((GMimeObject *)message, "To", all->str, NULL);
  content = mimesend_content_new_for_part ((GMimeObject *)message, NULL);
  text = read_text (content, NULL);
  lines = g_strsplit (text, "\r\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_assert_cmpuint (strlen (*line), <=, 78);
      for (const char *at = *line; (at = strstr (at, "@example.com")) != NULL; at++)
        found++;
    }
  g_assert_cmpuint (found, ==, 5000);
  g_object_unref (message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/walk/header/refuses-line-ends-in-address", test_address);
  g_test_add_func ("/walk/header/refuses-bad-names", test_name);
  g_test_add_func ("/walk/header/refuses-line-ends-in-message-id", test_message_id);
  g_test_add_func ("/walk/header/refuses-line-ends-in-content-id", test_content_id);
  g_test_add_func ("/walk/header/refuses-line-ends-in-file-name", test_file_name);
  g_test_add_func ("/walk/header/refuses-line-ends-in-parameter-name", test_parameter_name);
  g_test_add_func ("/walk/header/checks-raw-values", test_raw_value);
  g_test_add_func ("/walk/header/blank-lines-are-left-out", test_blank_lines);
  g_test_add_func ("/walk/header/blank-lines-below-a-signature", test_blank_lines_below_a_signature);
  g_test_add_func ("/walk/header/stopped-in-the-header", test_stopped_in_the_header);
  g_test_add_func ("/walk/header/hidden-header-is-not-checked", test_hidden);
  g_test_add_func ("/walk/header/folds-many-recipients", test_many_recipients);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The body of a letter: which tree text, HTML, part and attachments make. */
#include "letter-fixture.h"

#include <glib/gstdio.h>

/* The tree as one line: "multipart/mixed(text/plain image/png)". */
static void
append_tree (GString *tree, GMimeObject *object)
{
  g_autofree char *type = g_mime_content_type_get_mime_type (g_mime_object_get_content_type (object));

  g_string_append (tree, type);
  if (!GMIME_IS_MULTIPART (object))
    return;
  g_string_append_c (tree, '(');
  for (int i = 0; i < g_mime_multipart_get_count (GMIME_MULTIPART (object)); i++)
    {
      if (i > 0)
        g_string_append_c (tree, ' ');
      append_tree (tree, g_mime_multipart_get_part (GMIME_MULTIPART (object), i));
    }
  g_string_append_c (tree, ')');
}

static void
assert_tree (GMimeMessage *message, const char *expected)
{
  g_autoptr (GString) tree = g_string_new (NULL);

  append_tree (tree, g_mime_message_get_mime_part (message));
  g_assert_cmpstr (tree->str, ==, expected);
}

static GMimeObject *
image_new (void)
{
  g_autoptr (GBytes) octets = g_bytes_new_static ("\x89PNG", 4);

  return mimesend_part_new_bytes (octets, "image/png", NULL);
}

static guint
count (const char *text, const char *what)
{
  guint n = 0;

  while ((text = strstr (text, what)) != NULL)
    {
      n++;
      text++;
    }
  return n;
}

static void
test_text_and_html (void)
{
  static const struct
  {
    const char *text, *html;
    gboolean attachment;
    const char *tree;
    guint preambles;
  } rows[] = {
    { NULL, NULL, FALSE, "text/plain", 0 },
    { "text\n", NULL, FALSE, "text/plain", 0 },
    { NULL, "<p>", FALSE, "text/html", 0 },
    { "text\n", "<p>", FALSE, "multipart/alternative(text/plain text/html)", 1 },
    { NULL, NULL, TRUE, "multipart/mixed(text/plain image/png)", 1 },
    { "text\n", NULL, TRUE, "multipart/mixed(text/plain image/png)", 1 },
    { "text\n", "<p>", TRUE, "multipart/mixed(multipart/alternative(text/plain text/html) image/png)", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendLetter) letter = letter_new ();
      g_autoptr (GMimeMessage) message = NULL;
      g_autofree char *text = NULL;

      mimesend_letter_set_text (letter, rows[i].text);
      mimesend_letter_set_html (letter, rows[i].html);
      if (rows[i].attachment)
        {
          g_autoptr (GMimeObject) image = image_new ();

          mimesend_letter_attach_part (letter, image);
        }
      message = build_and_read (letter, &text);
      assert_tree (message, rows[i].tree);
      g_assert_cmpuint (count (text, "This is a multi-part message in MIME format."), ==, rows[i].preambles);
      g_assert_cmpuint (count (text, "MIME-Version: 1.0"), ==, 1);
    }
}

static void
test_charset (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  mimesend_letter_set_text (letter, "caf\xe9 with a lot of ASCII around it\n");
  g_assert_null (mimesend_letter_build (letter, &error));
  g_assert_nonnull (strstr (error->message, "text"));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  g_assert_false (mimesend_letter_set_charset (letter, "no-such", &error));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  mimesend_letter_set_text (letter, NULL);
  mimesend_letter_set_html (letter, "<p>caf\xe9");
  g_assert_null (mimesend_letter_build (letter, &error));
  g_assert_nonnull (strstr (error->message, "HTML"));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  mimesend_letter_set_html (letter, NULL);
  mimesend_letter_set_text (letter, "caf\xe9 with a lot of ASCII around it\n");
  must (mimesend_letter_set_charset (letter, "iso-8859-1", &failure));
  message = build_and_read (letter, &text);
  g_assert_nonnull (strstr (text, "charset=iso-8859-1"));
  g_assert_nonnull (strstr (text, "caf=E9"));
}

static void
test_body_and_text (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeObject) part = mimesend_part_new_text ("x");
  g_autoptr (GError) error = NULL;

  mimesend_letter_set_body (letter, part);
  mimesend_letter_set_html (letter, "<p>");
  g_assert_null (mimesend_letter_build (letter, &error));
  assert_refused (error, MIMESEND_ERROR_ARGUMENT);
}

static GMimeObject *
body_new (const char *content_type)
{
  GMimeObject *parts[2] = { mimesend_part_new_text ("one\n"), mimesend_part_new_html ("two\n") };
  GMimeObject *body;

  if (content_type == NULL)
    {
      g_object_unref (parts[1]);
      return parts[0];
    }
  body = mimesend_part_new_multipart (content_type, parts, 2, NULL);
  g_object_unref (parts[0]);
  g_object_unref (parts[1]);
  return body;
}

/* A part as body, with and without attachments, with and without a header of its own: which tree, one Subject, and the
 * caller's part writes the same octets afterwards. */
static void
test_body (void)
{
  static const struct
  {
    const char *subtype;
    gboolean attachment;
    const char *tree;
  } rows[] = {
    { NULL, FALSE, "text/plain" },
    { NULL, TRUE, "multipart/mixed(text/plain image/png)" },
    { "alternative", FALSE, "multipart/alternative(text/plain text/html)" },
    { "alternative", TRUE, "multipart/mixed(multipart/alternative(text/plain text/html) image/png)" },
    { "mixed", FALSE, "multipart/mixed(text/plain text/html)" },
    { "mixed", TRUE, "multipart/mixed(text/plain text/html image/png)" },
  };

  for (gsize i = 0; i < 3 * G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendLetter) letter = letter_new ();
      g_autoptr (GMimeObject) body = body_new (rows[i / 3].subtype);
      g_autoptr (GMimeObject) image = image_new ();
      g_autoptr (GMimeMessage) message = NULL;
      g_autofree char *text = NULL;
      g_autofree char *before = NULL;
      g_autofree char *after = NULL;
      gboolean own_header = i % 3 > 0;

      if (own_header)
        {
          g_mime_object_set_header (body, "Subject",
                                    "Gr\xc3\xbc\xc3\x9f"
                                    "e",
                                    "utf-8");
          g_mime_object_set_header (body, "X-Own", "1", NULL);
          if (i % 3 > 1)
            g_mime_object_set_header (body, "Bcc", "hidden@x.org", NULL);
          g_mime_object_set_header (body, "MIME-Version", "1.0", NULL);
        }
      before = written (body);
      mimesend_letter_set_body (letter, body);
      must (mimesend_letter_set_subject (letter, "of the letter", &failure));
      if (rows[i / 3].attachment)
        mimesend_letter_attach_part (letter, image);

      for (guint again = 0; again < 2; again++)
        {
          g_clear_object (&message);
          g_clear_pointer (&text, g_free);
          message = build_and_read (letter, &text);
          assert_tree (message, rows[i / 3].tree);
          g_assert_cmpstr (g_mime_message_get_subject (message), ==,
                           own_header ? "Gr\xc3\xbc\xc3\x9f"
                                        "e"
                                      : "of the letter");
          g_assert_cmpuint (count (text, "Subject:"), ==, 1);
          g_assert_cmpuint (count (text, "X-Own: 1"), ==, own_header ? 1 : 0);
          g_assert_cmpuint (count (text, "MIME-Version"), ==, 1);
          g_assert_cmpuint (count (text, "Date:"), ==, 1);
          g_assert_null (strstr (text, "hidden"));
        }
      after = written (body);
      g_assert_cmpstr (before, ==, after);
      g_assert_cmpint (GMIME_IS_MULTIPART (body) ? g_mime_multipart_get_count (GMIME_MULTIPART (body)) : 2,
                       ==, 2);
    }
}

/* Encoding, disposition, parameters and epilogue go along where a part has to be copied. */
static void
test_body_is_copied_whole (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GMimeObject) leaf = NULL;
  g_autoptr (GMimeObject) image = image_new ();
  g_autoptr (GMimeMessage) message = NULL;
  GMimeObject *back;
  g_autofree char *text = NULL;
  g_autofree char *content = NULL;

  mimesend_part_builder_set_text (builder, "caf\xc3\xa9 = with a lot of ASCII around\n", -1);
  mimesend_part_builder_set_parameter (builder, "title",
                                       "Gr\xc3\xbc\xc3\x9f"
                                       "e",
                                       NULL);
  mimesend_part_builder_set_disposition (builder, "inline", NULL);
  mimesend_part_builder_set_name (builder, "\xc3\xa4.txt", NULL);
  mimesend_part_builder_set_id (builder, "id@x", NULL);
  g_assert_true (mimesend_part_builder_add_header (builder, "Subject", "own", NULL));
  leaf = mimesend_part_builder_build (builder, NULL);
  mimesend_letter_set_body (letter, leaf);
  mimesend_letter_attach_part (letter, image);
  message = build_and_read (letter, &text);
  g_assert_cmpstr (g_mime_message_get_subject (message), ==, "own");
  back = g_mime_multipart_get_part (GMIME_MULTIPART (g_mime_message_get_mime_part (message)), 0);
  content = decoded (back);
  g_assert_cmpstr (content, ==, "caf\xc3\xa9 = with a lot of ASCII around\n");
  g_assert_cmpint (g_mime_part_get_content_encoding (GMIME_PART (back)), ==,
                   GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  g_assert_cmpstr (g_mime_object_get_content_type_parameter (back, "title"), ==,
                   "Gr\xc3\xbc\xc3\x9f"
                   "e");
  g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (back)), ==, "\xc3\xa4.txt");
  g_assert_cmpstr (g_mime_object_get_content_id (back), ==, "id@x");
  g_assert_null (g_mime_object_get_header (back, "Subject"));
}

/* An attachment that holds the boundary of the body it is added to. */
static void
test_body_boundary (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeObject) body = body_new ("mixed");
  g_autoptr (GMimeObject) attachment = mimesend_part_new_text ("a\n--known\nContent-Type: x/y\n\nevil\n");
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *text = NULL;

  g_mime_multipart_set_boundary (GMIME_MULTIPART (body), "known");
  mimesend_letter_set_body (letter, body);
  mimesend_letter_attach_part (letter, attachment);
  message = build_and_read (letter, &text);
  assert_tree (message, "multipart/mixed(text/plain text/html text/plain)");
}

/* The fields of the body that address: those of the letter are not written beside them. */
static void
test_body_with_addresses (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeObject) body = mimesend_part_new_text ("x\n");
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *text = NULL;

  g_mime_object_set_header (body, "From", "Test User <joe@example.com>", NULL);
  g_mime_object_set_header (body, "To", "other@example.org", NULL);
  g_mime_object_set_header (body, "Message-ID", "<own@example.org>", NULL);
  mimesend_letter_set_body (letter, body);
  message = build_and_read (letter, &text);
  g_assert_cmpuint (count (text, "From:"), ==, 1);
  g_assert_cmpuint (count (text, "To:"), ==, 1);
  g_assert_cmpuint (count (text, "Message-ID:"), ==, 1);
  g_assert_nonnull (strstr (text, "From: Test User <joe@example.com>\n"));
  g_assert_cmpstr (mimesend_letter_get_message_id (letter), ==, "own@example.org");
}

/* A whole message as body: its headers and its part, with and without attachments. */
static void
test_body_is_a_message (void)
{
  g_autoptr (GMimeMessage) given =
      read_back ("From: Test User <joe@example.com>\nSubject: =?utf-8?q?J=C3=B6?=\nX-Own:  odd   blanks\n"
                 "Bcc: hidden@x.org\nMIME-Version: 1.0\nContent-Type: text/plain\n\nbody\n");
  g_autofree char *before = written (GMIME_OBJECT (given));

  for (gint attachment = 0; attachment < 2; attachment++)
    {
      g_autoptr (MimesendLetter) letter = letter_new ();
      g_autoptr (GMimeObject) image = image_new ();
      g_autoptr (GMimeMessage) message = NULL;
      g_autofree char *text = NULL;

      mimesend_letter_set_body (letter, GMIME_OBJECT (given));
      if (attachment == 1)
        mimesend_letter_attach_part (letter, image);
      message = build_and_read (letter, &text);
      assert_tree (message, attachment == 1 ? "multipart/mixed(text/plain image/png)" : "text/plain");
      g_assert_nonnull (strstr (text, "\nSubject: =?utf-8?q?J=C3=B6?=\nX-Own:  odd   blanks\n"));
      g_assert_nonnull (strstr (text, "To: to@example.org\n"));
      g_assert_nonnull (strstr (text, "\nbody\n"));
      g_assert_null (strstr (text, "hidden"));
      g_assert_cmpuint (count (text, "From:"), ==, 1);
      g_assert_cmpuint (count (text, "MIME-Version"), ==, 1);
    }
  {
    g_autofree char *after = written (GMIME_OBJECT (given));

    g_assert_cmpstr (before, ==, after);
  }
}

static void
test_attachments (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new_with_buffer ("a,b\n", 4);
  g_autoptr (GMimeMessage) forwarded = read_back ("Subject: forwarded\nBcc: x@y\n\nbody\n");
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *folder = g_dir_make_tmp ("test-letter-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder,
                                            "Gr\xc3\xbc\xc3\x9f"
                                            "e.pdf",
                                            NULL);
  g_autofree char *text = NULL;
  g_autofree char *content = NULL;
  GMimeMultipart *mixed;
  GMimeObject *file;

  g_assert_true (g_file_set_contents (path, "%PDF\r\n\xff\n", -1, NULL));
  must (mimesend_letter_attach_file (letter, path, &failure));
  must (mimesend_letter_attach_stream (letter, stream, "a.csv", &failure));
  mimesend_letter_attach_part (letter, GMIME_OBJECT (forwarded));
  mimesend_letter_set_text (letter, "see there\n");
  message = build_and_read (letter, &text);
  assert_tree (message, "multipart/mixed(text/plain application/pdf text/csv message/rfc822)");
  mixed = GMIME_MULTIPART (g_mime_message_get_mime_part (message));
  file = g_mime_multipart_get_part (mixed, 1);
  content = decoded (file);
  g_assert_cmpstr (content, ==, "%PDF\r\n\xff\n");
  g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (file)), ==,
                   "Gr\xc3\xbc\xc3\x9f"
                   "e.pdf");
  g_assert_cmpstr (g_mime_object_get_disposition (file), ==, "attachment");
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_attachments_that_fail (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new ();
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_false (mimesend_letter_attach_file (letter, "/", &error));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  g_assert_false (mimesend_letter_attach_file (letter, "/no/such/file", &error));
  g_assert_nonnull (strstr (error->message, "/no/such/file"));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  g_assert_false (mimesend_letter_attach_stream (letter, stream, "\xff", &error));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  message = build_and_read (letter, &text);
  assert_tree (message, "text/plain");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mime/letter/text-must-be-in-its-charset", test_charset);
  g_test_add_func ("/mime/letter/refuses-body-and-text-together", test_body_and_text);
  g_test_add_func ("/mime/letter/body-is-copied-whole", test_body_is_copied_whole);
  g_test_add_func ("/mime/letter/boundary-is-chosen-anew", test_body_boundary);
  g_test_add_func ("/mime/letter/message-as-body-keeps-its-headers", test_body_is_a_message);
  g_test_add_func ("/mime/letter/failing-attachments-are-refused", test_attachments_that_fail);
  g_test_add_func ("/seed/N1/text-and-html", test_text_and_html);
  g_test_add_func ("/seed/N1/part-as-body", test_body);
  g_test_add_func ("/seed/N1/header-of-the-part-stays", test_body_with_addresses);
  g_test_add_func ("/seed/N1/attachments", test_attachments);
  return g_test_run ();
}

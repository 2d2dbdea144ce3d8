/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <unistd.h>

#include "part-fixture.h"

static char *
type_of (GMimeObject *part)
{
  return g_mime_content_type_get_mime_type (g_mime_object_get_content_type (part));
}

static void
assert_type (GMimeObject *part, const char *expected)
{
  g_autofree char *type = type_of (part);

  g_assert_cmpstr (type, ==, expected);
}

static GMimeContentEncoding
encoding_of (GMimeObject *part)
{
  return g_mime_part_get_content_encoding (GMIME_PART (part));
}

static void
test_text (void)
{
  g_autoptr (GMimeObject) part = mimesend_part_new_text ("hello\n");
  g_autofree char *text = written (part);

  g_assert_cmpstr (text, ==,
                   "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\nhello\n");
  g_assert_true (GMIME_IS_TEXT_PART (part));
}

static void
test_html (void)
{
  g_autoptr (GMimeObject) part = mimesend_part_new_html ("<p>hi</p>");

  assert_type (part, "text/html");
  g_assert_null (g_mime_object_get_content_disposition (part));
}

/* Not UTF-8: nothing is lost, nothing is claimed. */
static void
test_text_of_unknown_charset (void)
{
  g_autoptr (GMimeObject) part = mimesend_part_new_text ("only a little \xe4 in it\n");
  g_autoptr (GMimeObject) back = read_back_part (part);
  g_autofree char *text = decoded (back);

  assert_type (back, "text/plain");
  g_assert_cmpstr (g_mime_object_get_content_type_parameter (back, "charset"), ==, "unknown-8bit");
  g_assert_cmpstr (text, ==, "only a little \xe4 in it\n");
}

static void
test_encodings (void)
{
  g_autofree char *line_989 = g_strnfill (989, 'x');
  g_autofree char *line_990 = g_strnfill (990, 'x');
  g_autofree char *crlf_989 = g_strconcat (line_989, "\r\n", line_989, "\r\n", NULL);
  g_autofree char *crlf_990 = g_strconcat (line_989, "\r\n", line_990, "\r\n", NULL);
  const struct
  {
    const char *text;
    gssize length;
    GMimeContentEncoding encoding;
  } rows[] = {
    { "", -1, GMIME_CONTENT_ENCODING_7BIT },
    { "a\n.\nFrom b\n", -1, GMIME_CONTENT_ENCODING_7BIT },
    { "a\r\nb\r\n", -1, GMIME_CONTENT_ENCODING_7BIT },
    { line_989, -1, GMIME_CONTENT_ENCODING_7BIT },
    { line_990, -1, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE },
    { crlf_989, -1, GMIME_CONTENT_ENCODING_7BIT },
    { crlf_990, -1, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE },
    { "a\rb\n", -1, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE },
    { "a\r", -1, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE },
    { "mostly ASCII with one \xc3\xa4 in it\n", -1, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE },
    { "\xe6\xbc\xa2\xe5\xad\x97\n", -1, GMIME_CONTENT_ENCODING_BASE64 },
    { "a\0b\n", 4, GMIME_CONTENT_ENCODING_BASE64 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
      g_autoptr (GMimeObject) part = NULL;

      mimesend_part_builder_set_text (builder, rows[i].text, rows[i].length);
      part = build (builder);
      g_assert_cmpint (encoding_of (part), ==, rows[i].encoding);
      /* The caller's choice wins, where it can carry the content. */
      mimesend_part_builder_set_encoding (builder, GMIME_CONTENT_ENCODING_BASE64);
      g_clear_object (&part);
      part = build (builder);
      g_assert_cmpint (encoding_of (part), ==, GMIME_CONTENT_ENCODING_BASE64);
      mimesend_part_builder_set_encoding (builder, GMIME_CONTENT_ENCODING_7BIT);
      if (rows[i].encoding != GMIME_CONTENT_ENCODING_7BIT && rows[i].text != line_990 &&
          rows[i].text != crlf_990)
        assert_build_fails (builder, MIMESEND_ERROR_ARGUMENT, "7bit");
    }
}

/* Lines of 990 to 998 octets are RFC 5322's, and not every server's: they leave unencoded where the caller says so. */
static void
test_lines_near_the_limit (void)
{
  for (gsize n = 985; n < 1003; n++)
    {
      g_autofree char *line = g_strnfill (n, 'x');
      g_autofree char *text = g_strconcat ("short\n", line, "\r\n", "short\n", NULL);
      g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
      g_autoptr (GMimeObject) part = mimesend_part_new_text (text);
      g_autoptr (GMimeObject) asked = NULL;

      g_assert_cmpint (encoding_of (part), ==,
                       n < 990 ? GMIME_CONTENT_ENCODING_7BIT : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
      mimesend_part_builder_set_text (builder, text, -1);
      mimesend_part_builder_set_encoding (builder, GMIME_CONTENT_ENCODING_7BIT);
      asked = mimesend_part_builder_build (builder, NULL);
      g_assert_true ((asked != NULL) == (n <= 998));
    }
}

/* RFC 2045 6.8: text is in its canonical form ahead of base64. Octets are no text. */
static void
test_base64_of_text (void)
{
  g_autoptr (GMimeObject) text = mimesend_part_new_text ("\xe6\xbc\xa2\n\xe5\xad\x97\r\n");
  g_autoptr (GBytes) octets = g_bytes_new_static ("\xe6\xbc\xa2\n", 4);
  g_autoptr (GMimeObject) bytes = mimesend_part_new_bytes (octets, "text/plain", NULL);
  g_autofree char *text_decoded = decoded (text);
  g_autofree char *bytes_decoded = decoded (bytes);

  g_assert_cmpstr (text_decoded, ==, "\xe6\xbc\xa2\r\n\xe5\xad\x97\r\n");
  g_assert_cmpstr (bytes_decoded, ==, "\xe6\xbc\xa2\n");
}

static void
test_bytes (void)
{
  g_autoptr (GBytes) octets = g_bytes_new_static ("\0\1\2", 3);
  g_autoptr (GBytes) ascii = g_bytes_new_static ("a,b\n", 4);
  g_autoptr (GMimeObject) plain = mimesend_part_new_bytes (octets, NULL, NULL);
  g_autoptr (GMimeObject) image = mimesend_part_new_bytes (octets, "image/png", NULL);
  g_autoptr (GMimeObject) csv = mimesend_part_new_bytes (ascii, "text/csv", NULL);

  assert_type (plain, "application/octet-stream");
  g_assert_cmpint (encoding_of (plain), ==, GMIME_CONTENT_ENCODING_BASE64);
  g_assert_cmpstr (g_mime_object_get_disposition (plain), ==, "inline");
  assert_type (image, "image/png");
  g_assert_null (g_mime_object_get_content_type_parameter (image, "charset"));
  g_assert_cmpint (encoding_of (csv), ==, GMIME_CONTENT_ENCODING_7BIT);
  g_assert_cmpstr (g_mime_object_get_content_type_parameter (csv, "charset"), ==, "utf-8");
  g_assert_null (g_mime_object_get_disposition (csv));
}

static void
test_string_of_another_type (void)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GMimeObject) part = NULL;

  mimesend_part_builder_set_text (builder, "{}", -1);
  mimesend_part_builder_set_content_type (builder, "application/json", NULL);
  part = build (builder);
  g_assert_cmpint (encoding_of (part), ==, GMIME_CONTENT_ENCODING_7BIT);
  g_assert_null (g_mime_object_get_content_type_parameter (part, "charset"));
  g_assert_cmpstr (g_mime_object_get_disposition (part), ==, "inline");
}

static void
test_range (void)
{
  static const gint64 bad[][2] = { { -1, 3 }, { 4, 3 }, { 0, 11 }, { 11, 11 }, { 11, -1 }, { 0, -2 } };
  g_auto (File) file = file_new ("digits.txt", "0123456789");

  for (gint kind = 0; kind < 3; kind++)
    {
      g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
      g_autoptr (GBytes) octets = g_bytes_new_static ("0123456789", 10);
      static const struct
      {
        gint64 start, end;
        const char *content;
      } good[] = { { 0, -1, "0123456789" }, { 2, 5, "234" }, { 9, -1, "9" }, { 3, 3, "" }, { 10, 10, "" } };

      if (kind == 0)
        mimesend_part_builder_set_text (builder, "0123456789", -1);
      else if (kind == 1)
        mimesend_part_builder_set_bytes (builder, octets);
      else
        mimesend_part_builder_set_file (builder, file.path);
      for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
        {
          g_autoptr (GMimeObject) part = NULL;
          g_autoptr (GMimeObject) back = NULL;
          g_autofree char *text = NULL;

          mimesend_part_builder_set_range (builder, good[i].start, good[i].end);
          part = build (builder);
          back = read_back_part (part);
          text = decoded (back);
          g_assert_cmpstr (text, ==, good[i].content);
        }
      for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
        {
          mimesend_part_builder_set_range (builder, bad[i][0], bad[i][1]);
          assert_build_fails (builder, MIMESEND_ERROR_ARGUMENT, "10 octets");
        }
    }
}

/* Inside a character: no text in that charset. */
static void
test_range_inside_a_character (void)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();

  mimesend_part_builder_set_text (builder, "\xc3\xa4\xc3\xb6", -1);
  mimesend_part_builder_set_range (builder, 1, -1);
  assert_build_fails (builder, MIMESEND_ERROR_CONTENT, "utf-8");
}

static void
test_file (void)
{
  static const struct
  {
    const char *name, *type;
    GMimeContentEncoding encoding;
  } rows[] = {
    { "a.txt", "text/plain", GMIME_CONTENT_ENCODING_BASE64 },
    { "a.PDF", "application/pdf", GMIME_CONTENT_ENCODING_BASE64 },
    { "a.html", "text/html", GMIME_CONTENT_ENCODING_BASE64 },
    { "a.tar.gz", "application/gzip", GMIME_CONTENT_ENCODING_BASE64 },
    { "a.no-such-ending", "application/octet-stream", GMIME_CONTENT_ENCODING_BASE64 },
    { "none", "application/octet-stream", GMIME_CONTENT_ENCODING_BASE64 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (File) file = file_new (rows[i].name, "caf\xc3\xa9 = 1\n.\n");
      g_autoptr (GMimeObject) part = mimesend_part_new_file (file.path, NULL);
      g_autoptr (GMimeObject) back = read_back_part (part);
      g_autofree char *content = decoded (back);

      assert_type (back, rows[i].type);
      g_assert_cmpint (encoding_of (back), ==, rows[i].encoding);
      g_assert_cmpstr (g_mime_object_get_disposition (back), ==, "attachment");
      g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (back)), ==, rows[i].name);
      g_assert_cmpstr (content, ==, "caf\xc3\xa9 = 1\n.\n");
    }
}

/* What the file holds when the part is rendered is what is sent; each time anew. */
static void
test_file_is_read_when_rendered (void)
{
  g_auto (File) file = file_new ("a.bin", "before");
  g_autoptr (GMimeObject) part = mimesend_part_new_file (file.path, NULL);
  g_autoptr (GMimeObject) back = NULL;
  g_autofree char *content = NULL;

  g_assert_true (g_file_set_contents (file.path, "after it", -1, NULL));
  back = read_back_part (part);
  content = decoded (back);
  g_assert_cmpstr (content, ==, "after it");
}

static void
test_file_is_checked_at_once (void)
{
  g_auto (File) file = file_new ("a.bin", "x");
  g_autofree char *missing = g_build_filename (file.folder, "missing", NULL);
  g_autofree char *not_utf8 = g_build_filename (file.folder, "a\xff.txt", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (mimesend_part_new_file (missing, &error));
  g_assert_nonnull (strstr (error->message, missing));
  g_assert_nonnull (strstr (error->message, g_strerror (ENOENT)));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  g_assert_null (mimesend_part_new_file (file.folder, &error));
  g_assert_nonnull (strstr (error->message, "directory"));
  assert_refused (error, MIMESEND_ERROR_CONTENT);

  /* root may read everything */
  if (geteuid () != 0)
    {
      g_assert_cmpint (g_chmod (file.path, 0), ==, 0);
      g_assert_null (mimesend_part_new_file (file.path, &error));
      assert_refused (error, MIMESEND_ERROR_CONTENT);
    }

  /* A name that is not UTF-8 opens, and needs another one to travel under. */
  g_assert_true (g_file_set_contents (not_utf8, "x", -1, NULL));
  g_assert_null (mimesend_part_new_file (not_utf8, &error));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  {
    g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
    g_autoptr (GMimeObject) part = NULL;

    mimesend_part_builder_set_file (builder, not_utf8);
    mimesend_part_builder_set_name (builder, "a.txt", NULL);
    part = build (builder);
    g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (part)), ==, "a.txt");
  }
  g_unlink (not_utf8);
}

static void
test_stream (void)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new_with_buffer ("abc", 3);
  g_autoptr (GMimeObject) unnamed = NULL;
  g_autoptr (GMimeObject) named = NULL;
  g_autoptr (GMimeObject) back = NULL;
  g_autofree char *content = NULL;

  mimesend_part_builder_set_stream (builder, stream);
  unnamed = build (builder);
  assert_type (unnamed, "application/octet-stream");
  g_assert_cmpstr (g_mime_object_get_disposition (unnamed), ==, "attachment");
  mimesend_part_builder_set_name (builder, "a.png", NULL);
  named = build (builder);
  assert_type (named, "image/png");
  back = read_back_part (named);
  content = decoded (back);
  g_assert_cmpstr (content, ==, "abc");

  mimesend_part_builder_set_range (builder, 0, 1);
  assert_build_fails (builder, MIMESEND_ERROR_ARGUMENT, "range");
}

static void
test_multipart (void)
{
  g_autoptr (GMimeObject) one = mimesend_part_new_text ("one\n");
  g_autoptr (GMimeObject) two = mimesend_part_new_html ("two\n");
  GMimeObject *parts[] = { one, two };
  g_autofree char *before = written (one);
  g_autoptr (GMimeObject) mixed = mimesend_part_new_multipart (NULL, parts, 2, NULL);
  g_autoptr (GMimeObject) alternative = mimesend_part_new_multipart ("alternative", parts, 2, NULL);
  g_autoptr (GMimeObject) back = read_back_part (mixed);
  g_autofree char *after = written (one);
  g_autofree char *content = NULL;

  assert_type (mixed, "multipart/mixed");
  assert_type (alternative, "multipart/alternative");
  g_assert_cmpint (g_mime_multipart_get_count (GMIME_MULTIPART (back)), ==, 2);
  content = decoded (g_mime_multipart_get_part (GMIME_MULTIPART (back), 1));
  g_assert_cmpstr (content, ==, "two\n");
  g_assert_null (g_mime_object_get_header (mixed, "MIME-Version"));
  g_assert_null (g_mime_multipart_get_prologue (GMIME_MULTIPART (mixed)));
  g_assert_cmpstr (before, ==, after);
}

static void
test_multipart_refuses (void)
{
  g_autoptr (GMimeObject) one = mimesend_part_new_text ("one\n");
  g_autoptr (GError) error = NULL;

  g_assert_null (mimesend_part_new_multipart ("mixed", NULL, 0, &error));
  assert_refused (error, MIMESEND_ERROR_ARGUMENT);
  for (gsize i = 0; i < G_N_ELEMENTS (hostile_values); i++)
    {
      g_assert_null (mimesend_part_new_multipart (hostile_values[i], &one, 1, &error));
      assert_refused (error, MIMESEND_ERROR_CONTENT);
    }
}

static void
test_top (void)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GMimeObject) one = mimesend_part_new_text ("one\n");
  g_autoptr (GMimeObject) part = NULL;
  g_autofree char *text = NULL;

  mimesend_part_builder_add_subpart (builder, one);
  mimesend_part_builder_set_top (builder, TRUE);
  part = build (builder);
  text = written (part);
  g_assert_cmpstr (g_mime_object_get_header (part, "MIME-Version"), ==, "1.0");
  g_assert_nonnull (strstr (text, "\n\nThis is a multi-part message in MIME format.\n\n--"));
}

static void
test_contents (void)
{
  g_autoptr (GBytes) octets = g_bytes_new_static ("x", 1);
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new ();
  g_autoptr (GMimeObject) one = mimesend_part_new_text ("one\n");

  for (guint set = 0; set < 32; set++)
    {
      g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GMimeObject) part = NULL;
      int n = 0;

      for (guint kind = 0; kind < 5; kind++)
        n += (set >> kind) & 1;
      if (set & 1)
        mimesend_part_builder_set_text (builder, "x", -1);
      if (set & 2)
        mimesend_part_builder_set_bytes (builder, octets);
      if (set & 4)
        mimesend_part_builder_set_file (builder, "/dev/null");
      if (set & 8)
        mimesend_part_builder_set_stream (builder, stream);
      if (set & 16)
        mimesend_part_builder_add_subpart (builder, one);
      part = mimesend_part_builder_build (builder, &error);
      g_assert_true ((part != NULL) == (n == 1));
      if (n != 1)
        assert_refused (error, MIMESEND_ERROR_ARGUMENT);
    }
}

static void
test_types_and_contents (void)
{
  static const char *const bad[] = { "text", "text/", "/plain", "", "plain text" };
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (MimesendPartBuilder) parent = mimesend_part_builder_new ();
  g_autoptr (GMimeObject) one = mimesend_part_new_text ("one\n");

  mimesend_part_builder_set_text (builder, "x", -1);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (mimesend_part_builder_set_content_type (builder, bad[i], &error));
      g_assert_nonnull (strstr (error->message, "type/subtype"));
      assert_refused (error, MIMESEND_ERROR_ARGUMENT);
    }
  mimesend_part_builder_set_content_type (builder, "multipart/mixed", NULL);
  assert_build_fails (builder, MIMESEND_ERROR_ARGUMENT, "subparts");

  mimesend_part_builder_add_subpart (parent, one);
  mimesend_part_builder_set_content_type (parent, "text/plain", NULL);
  assert_build_fails (parent, MIMESEND_ERROR_ARGUMENT, "multipart/");
  mimesend_part_builder_set_content_type (parent, "multipart/digest", NULL);
  mimesend_part_builder_set_encoding (parent, GMIME_CONTENT_ENCODING_BASE64);
  assert_build_fails (parent, MIMESEND_ERROR_ARGUMENT, "encoded");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mime/part/makes-html", test_html);
  g_test_add_func ("/mime/part/invalid-utf8-is-labelled-unknown", test_text_of_unknown_charset);
  g_test_add_func ("/mime/part/text-in-base64-has-crlf", test_base64_of_text);
  g_test_add_func ("/mime/part/range-inside-a-character-fails", test_range_inside_a_character);
  g_test_add_func ("/mime/part/makes-multipart", test_multipart);
  g_test_add_func ("/mime/part/multipart-refuses-bad-parts", test_multipart_refuses);
  g_test_add_func ("/seed/N2/text", test_text);
  g_test_add_func ("/seed/N2/encodings", test_encodings);
  g_test_add_func ("/mime/part/long-lines-are-encoded", test_lines_near_the_limit);
  g_test_add_func ("/seed/N2/octets", test_bytes);
  g_test_add_func ("/seed/N2/string-of-another-type", test_string_of_another_type);
  g_test_add_func ("/seed/N2/range", test_range);
  g_test_add_func ("/seed/N2/file", test_file);
  g_test_add_func ("/seed/N2/file-is-read-when-rendered", test_file_is_read_when_rendered);
  g_test_add_func ("/seed/N2/file-is-checked-at-once", test_file_is_checked_at_once);
  g_test_add_func ("/seed/N2/stream", test_stream);
  g_test_add_func ("/seed/N2/top", test_top);
  g_test_add_func ("/seed/N2/exactly-one-content", test_contents);
  g_test_add_func ("/seed/N2/types-and-contents", test_types_and_contents);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that becomes base64 on the way has CRLF inside (RFC 2045 6.8); what is no text has what it had. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "support.h"

static GMimePart *
leaf_of (const char *type, const char *charset, GMimeStream *stream, GMimeContentEncoding encoding)
{
  GMimePart *part = leaf_with_stream (type, stream, GMIME_CONTENT_ENCODING_DEFAULT, encoding);

  if (charset != NULL)
    g_mime_object_set_content_type_parameter ((GMimeObject *)part, "charset", charset);
  return part;
}

/* What a reader decodes of the leaf as it leaves for a server that takes seven bits; the length that is said ahead is true. */
static GByteArray *
received (GMimePart *part)
{
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part ((GMimeObject *)part, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree guchar *octets = NULL;
  GByteArray *all = g_byte_array_new ();
  const char *body;
  gint64 length;
  gsize n;

  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, &error));
  length = mimesend_content_get_length (content);
  text = read_text (content, &error);
  g_assert_no_error (error);
  g_assert_true (length == -1 || length == (gint64)strlen (text));
  g_assert_nonnull (strstr (text, "Content-Transfer-Encoding: base64\r\n"));
  body = strstr (text, "\r\n\r\n") + 4;
  octets = g_base64_decode (body, &n);
  g_byte_array_append (all, octets, (guint)n);
  return all;
}

static void
assert_received (const char *type,
                 const char *charset,
                 GMimeContentEncoding encoding,
                 const char *in,
                 gsize in_length,
                 const char *out,
                 gsize out_length)
{
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (in, in_length);
  GMimePart *part = leaf_of (type, charset, stream, encoding);
  g_autoptr (GByteArray) octets = received (part);

  g_assert_cmpmem (octets->data, octets->len, out, out_length);
  g_object_unref (part);
  g_object_unref (stream);
}

static void
test_text (void)
{
  static const char *const texts[][2] = {
    { "\320\237\n", "\320\237\r\n" },
    { "\320\237\r\n\320\237\n", "\320\237\r\n\320\237\r\n" },
    { "\n\n\320\237\320\237\n\r\n\320\237", "\r\n\r\n\320\237\320\237\r\n\r\n\320\237" },
    { "\320\237\r\320\237\n", "\320\237\r\320\237\r\n" },
    { "\320\237\r\r\n", "\320\237\r\r\n" },
  };
  static const char *const types[][2] = { { "text/plain", "utf-8" }, { "text/plain", NULL },
                                          { "text/html", "koi8-r" }, { "text/calendar", "iso-8859-5" },
                                          { "text/csv", "gb18030" }, { "text/x-unheard-of", "shift_jis" } };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (types); j++)
      for (int labelled = 0; labelled < 2; labelled++)
        assert_received (types[j][0], types[j][1],
                         labelled ? GMIME_CONTENT_ENCODING_8BIT : GMIME_CONTENT_ENCODING_DEFAULT, texts[i][0],
                         strlen (texts[i][0]), texts[i][1], strlen (texts[i][1]));
}

/* Octet for octet: what is no text, what says it is binary, and text whose characters have two octets or more. */
static void
test_no_lines (void)
{
  static const char octets[] = "\211PN\n\r\n\n\377";
  static const char wide[] = "\377\376\037\004\n\000\r\000\n\000";
  static const char *const wide_charsets[] = { "utf-16", "UTF-16LE", "utf-32", "ucs-2", "us-ascii", NULL };

  assert_received ("image/png", NULL, GMIME_CONTENT_ENCODING_8BIT, octets, sizeof octets - 1, octets,
                   sizeof octets - 1);
  assert_received ("application/x-yaml", NULL, GMIME_CONTENT_ENCODING_DEFAULT, octets, sizeof octets - 1,
                   octets, sizeof octets - 1);
  assert_received ("text/plain", "utf-8", GMIME_CONTENT_ENCODING_BINARY, octets, sizeof octets - 1, octets,
                   sizeof octets - 1);
  for (gsize i = 0; i < G_N_ELEMENTS (wide_charsets); i++)
    assert_received ("text/plain", wide_charsets[i], GMIME_CONTENT_ENCODING_8BIT, wide, sizeof wide - 1, wide,
                     sizeof wide - 1);
  assert_received ("text/plain", "UTF-16BE", GMIME_CONTENT_ENCODING_8BIT, "\340\204\n\204", 4,
                   "\340\204\n\204", 4);
}

/* A leaf labelled binary is in canonical form, text too: a reader gets the same octets of it by BINARYMIME and as base64. */
static void
test_binary_text (void)
{
  static const char *const texts[] = { "a line\nanother\n", "a line\r\nanother\r\n", "mixed\r\nlines\n\r",
                                       "\320\237\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      gsize n = strlen (texts[i]);
      GMimeStream *stream = g_mime_stream_mem_new_with_buffer (texts[i], n);
      GMimePart *part = leaf_of ("text/plain", "utf-8", stream, GMIME_CONTENT_ENCODING_BINARY);
      g_autoptr (MimesendContent) content = mimesend_content_new_for_part ((GMimeObject *)part, NULL);
      g_autofree char *text = NULL;

      assert_received ("text/plain", "utf-8", GMIME_CONTENT_ENCODING_BINARY, texts[i], n, texts[i], n);
      g_assert_true (
          mimesend_content_prepare (content, MIMESEND_WIRE_8BITMIME | MIMESEND_WIRE_BINARYMIME, NULL));
      text = read_text (content, NULL);
      g_assert_nonnull (strstr (text, "Content-Transfer-Encoding: binary\r\n"));
      g_assert_cmpstr (strstr (text, "\r\n\r\n") + 4, ==, texts[i]);
      g_object_unref (part);
      g_object_unref (stream);
    }
}

/* From memory, a file and a pipe: line ends fall on every border of what is read and encoded at a time. */
static void
test_long (void)
{
  g_autoptr (GString) in = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *path = NULL;
  GMimeStream *streams[3];
  int fd = g_file_open_tmp (NULL, &path, NULL);
  int ends[2];
  GPid child;

  for (guint i = 0; in->len < 1500000; i++)
    {
      guint n = (guint)g_test_rand_int_range (0, i % 7 == 0 ? 300 : 3);

      for (; n > 0; n--)
        {
          g_string_append (in, "\320\237");
          g_string_append (out, "\320\237");
        }
      g_string_append (in, i % 3 == 0 ? "\r\n" : "\n");
      g_string_append (out, "\r\n");
    }
  g_assert_cmpint (write (fd, in->str, in->len), ==, (gssize)in->len);
  lseek (fd, 0, SEEK_SET);
  g_assert_true (g_spawn_async_with_pipes (NULL, (char *[]){ (char *)"cat", path, NULL }, NULL,
                                           G_SPAWN_SEARCH_PATH, NULL, NULL, &child, NULL, &ends[0], NULL,
                                           NULL));
  streams[0] = g_mime_stream_mem_new_with_buffer (in->str, in->len);
  streams[1] = g_mime_stream_fs_new (fd);
  streams[2] = g_mime_stream_pipe_new (ends[0]);
  for (int i = 0; i < 3; i++)
    {
      GMimePart *part = leaf_of ("text/plain", "utf-8", streams[i], GMIME_CONTENT_ENCODING_8BIT);
      g_autoptr (GByteArray) octets = received (part);

      g_assert_cmpmem (octets->data, octets->len, out->str, out->len);
      g_object_unref (part);
      g_object_unref (streams[i]);
    }
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/content/part-lines/text-becomes-crlf-before-base64", test_text);
  g_test_add_func ("/content/part-lines/charsets-without-lines-are-unchanged", test_no_lines);
  g_test_add_func ("/content/part-lines/binary-text-is-unchanged", test_binary_text);
  g_test_add_func ("/content/part-lines/long-text-becomes-crlf", test_long);
  return g_test_run ();
}

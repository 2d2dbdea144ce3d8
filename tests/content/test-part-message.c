/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A leaf of message/rfc822 on its way: as it is, or as octets under the same name; never changed and never encoded. */
#include <glib/gstdio.h>
#include <unistd.h>

#include "support.h"

static GMimeObject *
message_leaf (GMimeStream *stream, GMimeContentEncoding encoding)
{
  GMimePart *part = g_mime_part_new_with_type ("message", "rfc822");
  GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);

  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, encoding);
  g_mime_object_set_content_type_parameter ((GMimeObject *)part, "name", "mail.eml");
  g_mime_object_set_disposition ((GMimeObject *)part, "attachment");
  g_mime_object_set_content_disposition_parameter ((GMimeObject *)part, "filename", "mail.eml");
  g_object_unref (content);
  return (GMimeObject *)part;
}

/* Sent between two other parts; its own header is in *header. */
static GByteArray *
received (GMimeStream *stream, GMimeContentEncoding encoding, MimesendWireFlags wire, char **header)
{
  GMimeObject *tree = multipart_of ("mixed", leaf_with_text ("first\n", GMIME_CONTENT_ENCODING_7BIT),
                                    message_leaf (stream, encoding));
  GMimeMessage *message = g_mime_message_new (TRUE);
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (GError) error = NULL;
  GByteArray *all;
  const char *at, *body, *end;
  GByteArray *octets = g_byte_array_new ();

  g_mime_message_set_mime_part (message, tree);
  content = mimesend_content_new_for_part ((GMimeObject *)message, NULL);
  g_assert_true (mimesend_content_prepare (content, wire, &error));
  mimesend_content_get_length (content);
  all = read_content (content, 4096, &error);
  g_assert_no_error (error);
  at = g_strstr_len ((char *)all->data, all->len, "first\n");
  at = g_strstr_len (at, (gssize)all->len - (at - (char *)all->data), "\r\n--=-b\r\n") + 9;
  body = g_strstr_len (at, (gssize)all->len - (at - (char *)all->data), "\r\n\r\n") + 4;
  end = (char *)all->data + all->len - strlen ("\r\n--=-b--\r\n");
  g_assert_true (memcmp (end, "\r\n--=-b--\r\n", 11) == 0);
  *header = g_strndup (at, (gsize)(body - at));
  if (strstr (*header, "Content-Transfer-Encoding: base64\r\n") != NULL)
    {
      g_autofree char *text = g_strndup (body, (gsize)(end - body));
      gsize n;
      g_autofree guchar *decoded = g_base64_decode (text, &n);

      g_byte_array_append (octets, decoded, (guint)n);
    }
  else
    g_byte_array_append (octets, (const guint8 *)body, (guint)(end - body));
  g_byte_array_unref (all);
  g_object_unref (message);
  g_object_unref (tree);
  return octets;
}

/* label: NULL is "as octets". */
static void
assert_goes (GMimeStream *stream,
             GMimeContentEncoding encoding,
             MimesendWireFlags wire,
             const char *octets,
             gsize n,
             const char *label)
{
  g_autofree char *header = NULL;
  g_autoptr (GByteArray) got = received (stream, encoding, wire, &header);
  g_autofree char *wanted = g_strdup_printf ("Content-Transfer-Encoding: %s\r\n", label);

  g_assert_cmpmem (got->data, got->len, octets, n);
  g_assert_nonnull (strstr (header, "name=mail.eml"));
  g_assert_nonnull (strstr (header, "filename=mail.eml"));
  if (label == NULL)
    {
      g_assert_true (
          g_str_has_prefix (header, "Content-Type: application/octet-stream;\r\n name=mail.eml\r\n"));
      g_assert_nonnull (strstr (header, "Content-Transfer-Encoding: base64\r\n"));
      g_assert_null (strstr (header, "rfc822"));
      return;
    }
  g_assert_true (g_str_has_prefix (header, "Content-Type: message/rfc822; name=mail.eml\r\n"));
  g_assert_true ((strstr (header, wanted) != NULL) == (*label != '\0'));
  g_assert_null (strstr (header, "base64"));
}

static void
assert_text_goes (const char *text,
                  gsize n,
                  GMimeContentEncoding encoding,
                  const char *label_seven,
                  const char *label_eight)
{
  g_autoptr (GObject) stream = (GObject *)g_mime_stream_mem_new_with_buffer (text, n);

  assert_goes ((GMimeStream *)stream, encoding, MIMESEND_WIRE_NONE, text, n, label_seven);
  assert_goes ((GMimeStream *)stream, encoding, MIMESEND_WIRE_8BITMIME, text, n, label_eight);
}

#define TEXT(text) text, sizeof text - 1

static void
test_seven_bit (void)
{
  static const char *const mails[] = {
    "Subject: x\n\nbody\n",
    "Subject: x\r\n\r\nbody\r\n.\r\n..\r\nFrom here\r\n",
    "Subject: x\nno field\n\nbody without end",
    "From joe@example.com Tue Nov 24 12:00:00 2026\nSubject: x\n\n\n\n",
    "Content-Type: multipart/mixed; boundary=\"=-c\"\nContent-Transfer-Encoding: base64\n\n--=-c\nno end\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (mails); i++)
    {
      assert_text_goes (mails[i], strlen (mails[i]), GMIME_CONTENT_ENCODING_7BIT, "7bit", "7bit");
      assert_text_goes (mails[i], strlen (mails[i]), GMIME_CONTENT_ENCODING_DEFAULT, "", "");
      assert_text_goes (mails[i], strlen (mails[i]), GMIME_CONTENT_ENCODING_8BIT, "7bit", "8bit");
      assert_text_goes (mails[i], strlen (mails[i]), GMIME_CONTENT_ENCODING_BINARY, "7bit", "7bit");
    }
}

static void
test_eight_bit (void)
{
  for (int labelled = 0; labelled < 4; labelled++)
    {
      static const GMimeContentEncoding labels[] = { GMIME_CONTENT_ENCODING_8BIT, GMIME_CONTENT_ENCODING_7BIT,
                                                     GMIME_CONTENT_ENCODING_DEFAULT,
                                                     GMIME_CONTENT_ENCODING_BINARY };

      assert_text_goes (TEXT ("Subject: x\n\ncaf\303\251\n"), labels[labelled], NULL, "8bit");
      assert_text_goes (TEXT ("Subject: \303\251\n\n"), labels[labelled], NULL, "8bit");
    }
}

/* What no server takes, and what is no message. */
static void
test_octets (void)
{
  g_autofree char *line = g_strnfill (999, 'x');
  g_autofree char *long_line = g_strconcat ("Subject: x\n\n", line, "\n", NULL);

  assert_text_goes (TEXT ("Subject: x\n\nnul \0\n"), GMIME_CONTENT_ENCODING_8BIT, NULL, NULL);
  assert_text_goes (TEXT ("Subject: x\n\nbare\rcr\n"), GMIME_CONTENT_ENCODING_7BIT, NULL, NULL);
  assert_text_goes (TEXT ("no header\n"), GMIME_CONTENT_ENCODING_7BIT, NULL, NULL);
  assert_text_goes (long_line, strlen (long_line), GMIME_CONTENT_ENCODING_7BIT, NULL, NULL);
}

/* Longer than what is looked at ahead: the label decides, and without one it is octets. */
static void
test_long (void)
{
  for (int eight_bit = 0; eight_bit < 2; eight_bit++)
    {
      g_autoptr (GString) text = g_string_new ("Subject: x\n\n");
      g_autofree char *path = NULL;
      int fd = g_file_open_tmp (NULL, &path, NULL);
      GMimeContentEncoding encoding = eight_bit ? GMIME_CONTENT_ENCODING_8BIT : GMIME_CONTENT_ENCODING_7BIT;
      g_autoptr (GObject) stream = NULL;
      GMimeStream *file;

      for (guint i = 0; i < 200000; i++)
        g_string_append_c (text, i % 60 == 59 ? '\n' : 'x');
      g_string_append (text, eight_bit ? "\303\251\n" : "e\n");
      g_assert_cmpint (write (fd, text->str, text->len), ==, (gssize)text->len);
      close (fd);
      stream = (GObject *)g_mime_stream_gio_new (g_file_new_for_path (path));
      file = (GMimeStream *)stream;
      assert_goes (file, encoding, MIMESEND_WIRE_8BITMIME, text->str, text->len, eight_bit ? "8bit" : "7bit");
      assert_goes (file, encoding, MIMESEND_WIRE_NONE, text->str, text->len, eight_bit ? NULL : "7bit");
      assert_goes (file, GMIME_CONTENT_ENCODING_DEFAULT, MIMESEND_WIRE_8BITMIME, text->str, text->len, NULL);
      assert_goes (file, GMIME_CONTENT_ENCODING_DEFAULT, MIMESEND_WIRE_NONE, text->str, text->len, NULL);
      g_unlink (path);
    }
}

/* A file that has become another one behind the 64 KiB that were looked at is no message half way. */
static void
test_changed (void)
{
  g_autoptr (GString) text = g_string_new ("Subject: x\n\n");
  g_autoptr (GObject) stream = NULL;
  GMimeObject *leaf;

  for (guint i = 0; i < 200000; i++)
    g_string_append_c (text, i % 60 == 59 ? '\n' : 'x');
  g_string_append (text, "\303\251\n");
  {
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp (NULL, &path, NULL);

    g_assert_cmpint (write (fd, text->str, text->len), ==, (gssize)text->len);
    close (fd);
    stream = (GObject *)g_mime_stream_gio_new (g_file_new_for_path (path));
    leaf = message_leaf ((GMimeStream *)stream, GMIME_CONTENT_ENCODING_7BIT);
    expect_failure_of (leaf, MIMESEND_WIRE_NONE, MIMESEND_ERROR_UNSUPPORTED, "mail.eml");
    g_object_unref (leaf);
    g_unlink (path);
  }
}

/* Below a signature nothing is made octets. */
static void
test_below_a_signature (void)
{
  g_autoptr (GObject) stream =
      (GObject *)g_mime_stream_mem_new_with_buffer (TEXT ("Subject: x\n\ncaf\303\251\n"));
  GMimeObject *tree =
      multipart_of ("signed", message_leaf ((GMimeStream *)stream, GMIME_CONTENT_ENCODING_8BIT), NULL);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_8BITMIME, NULL));
  g_object_unref (tree);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/content/part-message/seven-bit-message-is-sent-unchanged", test_seven_bit);
  g_test_add_func ("/content/part-message/eight-bit-message-needs-8bitmime", test_eight_bit);
  g_test_add_func ("/content/part-message/unfit-message-becomes-octets", test_octets);
  g_test_add_func ("/content/part-message/label-decides-for-long-message", test_long);
  g_test_add_func ("/content/part-message/change-after-the-look-is-detected", test_changed);
  g_test_add_func ("/content/part-message/not-made-octets-below-a-signature", test_below_a_signature);
  return g_test_run ();
}

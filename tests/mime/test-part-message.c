/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message is attached octet for octet, whatever a parser would make of it. */
#include <fcntl.h>
#include <unistd.h>

#include "mime/header.h"
#include "part-fixture.h"

typedef struct
{
  const char *octets;
  gsize length;
  const char *type;
  GMimeContentEncoding encoding;
} Mail;

#define MAIL(octets, type, encoding)                                                                         \
  {                                                                                                          \
    octets, sizeof octets - 1, type, GMIME_CONTENT_ENCODING_##encoding                                       \
  }

static const Mail mails[] = {
  MAIL ("From: a@b\nSubject: inner\nBcc: x@y\nContent-Type: text/plain\n\ncaf\303\251\n",
        "message/rfc822",
        8BIT),
  MAIL ("From: a@b\r\nSubject:  two  blanks \r\n\r\nbody\r\n", "message/rfc822", 7BIT),
  MAIL ("Subject: x\nthis line is no field\nTo: y@z\n\nbody\n", "message/rfc822", 7BIT),
  MAIL ("Content-Type: text/plain\nContent-Transfer-Encoding: base64\nR3LDvA==\n", "message/rfc822", 7BIT),
  MAIL ("Content-Type: multipart/mixed; boundary=b\n\n--c\n\nnever found\n", "message/rfc822", 7BIT),
  MAIL ("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nno end", "message/rfc822", 7BIT),
  MAIL ("From joe@example.com Tue Nov 24 12:00:00 2026\nSubject: x\n\n>From here\n\n\n",
        "message/rfc822",
        7BIT),
  MAIL ("Subject: x\n \n y\n\n", "message/rfc822", 7BIT),
  MAIL ("Subject: header alone", "message/rfc822", 7BIT),
  MAIL ("Subject: x\n\nnul \0 here\n", "application/octet-stream", BASE64),
  MAIL ("Subject: x\rTo: y\r\rbody\r", "application/octet-stream", BASE64),
  MAIL ("no header\n", "application/octet-stream", BASE64),
  MAIL ("\nSubject: x\n", "application/octet-stream", BASE64),
  MAIL ("", "application/octet-stream", BASE64),
};

/* The part's type, label and name, and what a reader gets out of it as GMime writes it. */
static void
assert_part (GMimeObject *part, const Mail *mail)
{
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new ();
  g_autofree char *type = g_mime_content_type_get_mime_type (g_mime_object_get_content_type (part));
  GByteArray *octets;
  const char *body;
  gsize head;

  g_assert_cmpstr (type, ==, mail->type);
  g_assert_true (GMIME_IS_PART (part));
  g_assert_cmpint (g_mime_part_get_content_encoding (GMIME_PART (part)), ==, mail->encoding);
  g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (part)), ==, "mail.eml");
  g_assert_cmpint (g_mime_object_write_to_stream (part, NULL, stream), >=, 0);
  octets = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (stream));
  body = g_strstr_len ((const char *)octets->data, octets->len, "\n\n");
  head = (gsize)(body + 2 - (const char *)octets->data);
  if (mail->encoding == GMIME_CONTENT_ENCODING_BASE64)
    {
      g_autofree char *text = g_strndup (body + 2, octets->len - head);
      gsize n;
      g_autofree guchar *decoded_octets = g_base64_decode (text, &n);

      g_assert_cmpmem (decoded_octets, n, mail->octets, mail->length);
    }
  else
    {
      /* GMime makes every line end LF. */
      g_autoptr (GString) lines = g_string_new_len (mail->octets, (gssize)mail->length);

      g_string_replace (lines, "\r\n", "\n", 0);
      g_assert_cmpmem (octets->data + head, octets->len - head, lines->str, lines->len);
    }
}

static void
test_file (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mails); i++)
    {
      g_auto (File) file = file_new ("mail.eml", "");
      g_autoptr (GError) error = NULL;
      g_autoptr (GMimeObject) part = NULL;

      g_assert_true (g_file_set_contents (file.path, mails[i].octets, (gssize)mails[i].length, NULL));
      part = mimesend_part_new_file (file.path, &error);
      g_assert_no_error (error);
      assert_part (part, &mails[i]);
    }
}

/* In memory and as streams, of which none moves; a type that was asked for needs a header. */
static void
test_streams (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mails); i++)
    for (int way = 0; way < 4; way++)
      {
        g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
        g_autoptr (GBytes) bytes = g_bytes_new_static (mails[i].octets, mails[i].length);
        g_autoptr (GMimeStream) stream = NULL;
        g_autoptr (GMimeObject) part = NULL;
        g_autofree char *path = NULL;
        int fd = g_file_open_tmp (NULL, &path, NULL);

        g_assert_cmpint (write (fd, mails[i].octets, mails[i].length), ==, (gssize)mails[i].length);
        lseek (fd, 0, SEEK_SET);
        if (way == 0)
          mimesend_part_builder_set_bytes (builder, bytes);
        else
          {
            stream = way == 1   ? g_mime_stream_mem_new_with_buffer (mails[i].octets, mails[i].length)
                     : way == 2 ? g_mime_stream_fs_new (dup (fd))
                                : g_mime_stream_gio_new (g_file_new_for_path (path));
            if (way == 1)
              g_mime_stream_seek (stream, (gint64)MIN (mails[i].length, 3), GMIME_STREAM_SEEK_SET);
            mimesend_part_builder_set_stream (builder, stream);
          }
        if (i < 9)
          mimesend_part_builder_set_content_type (builder, "message/rfc822", NULL);
        else if (way == 0)
          mimesend_part_builder_set_content_type (builder, "application/octet-stream", NULL);
        mimesend_part_builder_set_name (builder, "mail.eml", NULL);
        part = build (builder);
        if (way == 1)
          g_assert_cmpint (g_mime_stream_tell (stream), ==, (gint64)MIN (mails[i].length, 3));
        g_assert_cmpint (lseek (fd, 0, SEEK_CUR), ==, 0);
        assert_part (part, &mails[i]);
        close (fd);
        g_unlink (path);
      }
}

static void
test_asked_for (void)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_auto (File) file = file_new ("mail.txt", "no header\n");

  mimesend_part_builder_set_content_type (builder, "message/rfc822", NULL);
  mimesend_part_builder_set_text (builder, "", -1);
  assert_build_fails (builder, MIMESEND_ERROR_ARGUMENT, "no message");
  mimesend_part_builder_set_text (builder, NULL, 0);
  mimesend_part_builder_set_file (builder, file.path);
  assert_build_fails (builder, MIMESEND_ERROR_ARGUMENT, "no message");
}

/* A range of a file is looked at, and no more of it. */
static void
test_range (void)
{
  g_auto (File) file = file_new ("mail.eml", "junk\n\303\nSubject: x\n\nbody\nmore \303\n");
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GMimeObject) part = NULL;
  static const Mail wanted = MAIL ("Subject: x\n\nbody\n", "message/rfc822", 7BIT);

  mimesend_part_builder_set_file (builder, file.path);
  mimesend_part_builder_set_range (builder, 7, 7 + (gint64)wanted.length);
  part = build (builder);
  assert_part (part, &wanted);
}

/* What stands behind the first blocks decides too. */
static void
test_long (void)
{
  static const struct
  {
    const char *last, *type;
    GMimeContentEncoding encoding;
  } rows[] = {
    { "end\n", "message/rfc822", GMIME_CONTENT_ENCODING_7BIT },
    { "\303\251\n", "message/rfc822", GMIME_CONTENT_ENCODING_8BIT },
    { "a\rb\n", "application/octet-stream", GMIME_CONTENT_ENCODING_BASE64 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) text = g_string_new ("Subject: x\n\n");
      g_auto (File) file = { NULL, NULL };
      g_autoptr (GMimeObject) part = NULL;
      Mail mail = { NULL, 0, rows[i].type, rows[i].encoding };

      for (guint n = 0; n < 300000; n++)
        g_string_append_c (text, n % 70 == 69 ? '\n' : 'x');
      g_string_append_c (text, '\n');
      g_string_append (text, rows[i].last);
      file = file_new ("mail.eml", text->str);
      part = mimesend_part_new_file (file.path, NULL);
      mail.octets = text->str;
      mail.length = text->len;
      assert_part (part, &mail);
    }
}

/* A multipart and a message part of our own say what is inside of them (RFC 2045 6.4); what is the caller's is not touched. */
static void
test_labels_above (void)
{
  static const char *const texts[] = { "seven\n", "eight \303\251\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (int labelled = 0; labelled < 2; labelled++)
      {
        g_autofree char *mail = g_strdup_printf (
            "Subject: inner\n%s\n%s", labelled ? "Content-Transfer-Encoding: 8bit\n" : "", texts[i]);
        g_autoptr (GMimeMessage) message = read_back (mail);
        g_autofree char *before = written (GMIME_OBJECT (message));
        GMimeObject *parts[] = { GMIME_OBJECT (message) };
        g_autoptr (GMimeObject) inner = mimesend_part_new_multipart (NULL, parts, 1, NULL);
        GMimeObject *above[] = { inner };
        g_autoptr (GMimeObject) outer = mimesend_part_new_multipart (NULL, above, 1, NULL);
        g_autofree char *after = written (GMIME_OBJECT (message));
        GMimeObject *wrapped = g_mime_multipart_get_part (GMIME_MULTIPART (inner), 0);
        const char *wanted = i == 1 || labelled ? "8bit" : NULL;

        g_assert_true (GMIME_IS_MESSAGE_PART (wrapped));
        g_assert_cmpstr (g_mime_object_get_header (wrapped, "Content-Transfer-Encoding"), ==, wanted);
        g_assert_cmpstr (g_mime_object_get_header (inner, "Content-Transfer-Encoding"), ==, wanted);
        g_assert_cmpstr (g_mime_object_get_header (outer, "Content-Transfer-Encoding"), ==, wanted);
        g_assert_cmpstr (before, ==, after);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mimesend_mime_init ();
  g_test_add_func ("/mime/part-message/file-is-attached-unchanged", test_file);
  g_test_add_func ("/mime/part-message/streams-do-not-move", test_streams);
  g_test_add_func ("/mime/part-message/requested-type-needs-a-message", test_asked_for);
  g_test_add_func ("/mime/part-message/range-is-a-message-of-its-own", test_range);
  g_test_add_func ("/mime/part-message/late-octets-decide-too", test_long);
  g_test_add_func ("/mime/part-message/multipart-is-labelled", test_labels_above);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is made of parts says what is inside of it, as it leaves (RFC 2045 6.4), and a message that says so is MIME. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "support.h"

/* As it leaves, every line end LF; the length that is said ahead is true. */
static char *
sent (GMimeObject *tree, MimesendWireFlags wire)
{
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  GString *lines = g_string_new (NULL);
  gboolean seven_bit;
  gint64 length;

  g_assert_true (mimesend_content_prepare (content, wire, &error));
  length = mimesend_content_get_length (content);
  seven_bit = mimesend_pull_is_seven_bit (MIMESEND_PULL (content));
  text = read_text (content, &error);
  g_assert_no_error (error);
  g_assert_true (!seven_bit || g_str_is_ascii (text));
  for (const char *at = text; *at != '\0'; at++)
    if (*at != '\r')
      g_string_append_c (lines, *at);
  if (length >= 0 && !(wire & MIMESEND_WIRE_BINARYMIME))
    {
      gint64 wanted = (gint64)lines->len;

      for (const char *at = lines->str; *at != '\0'; at++)
        wanted += *at == '\n';
      g_assert_cmpint (length, ==, wanted);
    }
  return g_string_free (lines, FALSE);
}

static void
assert_sent (const char *mail, MimesendWireFlags wire, const char *wanted)
{
  GMimeMessage *message = message_of_text (mail);
  g_autofree char *text = sent ((GMimeObject *)message, wire);

  g_assert_cmpstr (text, ==, wanted);
  g_object_unref (message);
}

static void
test_nested_message (void)
{
  static const char mail[] =
      "Subject: outer\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n"
      "Subject: inner\nContent-Type: text/plain; charset=utf-8\n\nall the text of one \303\244\n";

  assert_sent (mail, MIMESEND_WIRE_NONE,
               "Subject: outer\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n"
               "Subject: inner\nContent-Type: text/plain; charset=utf-8\nMIME-Version: 1.0\n"
               "Content-Transfer-Encoding: quoted-printable\n\nall the text of one =C3=A4\n");
  assert_sent (
      mail, MIMESEND_WIRE_8BITMIME,
      "Subject: outer\nMIME-Version: 1.0\nContent-Type: message/rfc822\nContent-Transfer-Encoding: "
      "8bit\n\nSubject: inner\nContent-Type: text/plain; charset=utf-8\n\nall the text of one \303\244\n");
}

/* A label is replaced where it stands; a MIME-Version that is there is enough, wherever it is. */
static void
test_labels_replaced (void)
{
  static const char mail[] =
      "Content-Transfer-Encoding: 7bit\nContent-Type: message/rfc822\nmime-version: 1.0\n\n"
      "Subject: inner\nMIME-VERSION: 1.0\nContent-Transfer-Encoding: 8bit\n\nall the text of one \303\244\n";

  assert_sent (mail, MIMESEND_WIRE_NONE,
               "Content-Transfer-Encoding: 7bit\nContent-Type: message/rfc822\nmime-version: 1.0\n\n"
               "Subject: inner\nMIME-VERSION: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n"
               "all the text of one =C3=A4\n");
  assert_sent (
      mail, MIMESEND_WIRE_8BITMIME,
      "Content-Transfer-Encoding: 8bit\nContent-Type: message/rfc822\nmime-version: 1.0\n\n"
      "Subject: inner\nMIME-VERSION: 1.0\nContent-Transfer-Encoding: 8bit\n\nall the text of one \303\244\n");
}

/* Every level that has it inside, and no other. */
static void
test_multiparts (void)
{
  static const char mail[] =
      "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n"
      "--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nseven\n--b--\n"
      "--a\nContent-Type: multipart/related; boundary=c\n\n--c\nContent-Transfer-Encoding: 8bit\n\n"
      "much text and \303\244\n--c--\n--a--\n";

  assert_sent (
      mail, MIMESEND_WIRE_8BITMIME,
      "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\nContent-Transfer-Encoding: 8bit\n\n"
      "--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nseven\n--b--\n\n"
      "--a\nContent-Type: multipart/related; boundary=c\nContent-Transfer-Encoding: 8bit\n\n"
      "--c\nContent-Transfer-Encoding: 8bit\n\nmuch text and \303\244\n--c--\n\n--a--\n");
  assert_sent (mail, MIMESEND_WIRE_NONE,
               "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n"
               "--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nseven\n--b--\n\n"
               "--a\nContent-Type: multipart/related; boundary=c\n\n"
               "--c\nContent-Transfer-Encoding: quoted-printable\n\nmuch text and =C3=A4\n--c--\n\n--a--\n");
}

/* A message that never said that it is MIME, with a part below it that is encoded. */
static void
test_mime_version_above (void)
{
  static const char mail[] =
      "Subject: x\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nmuch text and \303\244\n--a--\n";

  assert_sent (mail, MIMESEND_WIRE_NONE,
               "Subject: x\nContent-Type: multipart/mixed; boundary=a\nMIME-Version: 1.0\n\n"
               "--a\nContent-Transfer-Encoding: quoted-printable\n\nmuch text and =C3=A4\n--a--\n");
  assert_sent (mail, MIMESEND_WIRE_8BITMIME,
               "Subject: x\nContent-Type: multipart/mixed; boundary=a\nMIME-Version: 1.0\n"
               "Content-Transfer-Encoding: 8bit\n\n--a\n\nmuch text and \303\244\n--a--\n");
}

/* Seven bits: nothing is touched. */
static void
test_seven_bit (void)
{
  static const char mail[] = "Subject: x\nContent-Type: multipart/mixed; boundary=a\n\n--a\n"
                             "Content-Type: message/rfc822\n\nSubject: y\n\nseven\n--a--\n";

  assert_sent (mail, MIMESEND_WIRE_NONE, mail);
  assert_sent (mail, MIMESEND_WIRE_8BITMIME, mail);
}

/* What is around leaves counts: headers of a nested message, the text ahead of parts. */
static void
test_around (void)
{
  assert_sent ("MIME-Version: 1.0\nContent-Type: message/rfc822\n\nSubject: \303\244\n\nseven\n",
               MIMESEND_WIRE_8BITMIME,
               "MIME-Version: 1.0\nContent-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\n"
               "Subject: \303\244\n\nseven\n");
  assert_sent (
      "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\nahead \303\244\n--a\n\nseven\n--a--\n",
      MIMESEND_WIRE_8BITMIME,
      "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\nContent-Transfer-Encoding: "
      "8bit\n\nahead \303\244\n--a\n\nseven\n--a--\n");
  /* The object's own header is not inside of it. */
  assert_sent ("Subject: \303\244\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
               "boundary=a\n\n--a\n\nseven\n--a--\n",
               MIMESEND_WIRE_8BITMIME,
               "Subject: \303\244\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
               "boundary=a\n\n--a\n\nseven\n--a--\n");
}

/* Above a signature it is said, below it nothing is changed. */
static void
test_signed (void)
{
  static const char mail[] = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n"
                             "--a\nContent-Type: multipart/signed; boundary=s\n\n"
                             "--s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n\303\244\n--b--\n"
                             "--s\n\nsignature\n--s--\n--a--\n";

  assert_sent (
      mail, MIMESEND_WIRE_8BITMIME,
      "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\nContent-Transfer-Encoding: 8bit\n\n"
      "--a\nContent-Type: multipart/signed; boundary=s\nContent-Transfer-Encoding: 8bit\n\n"
      "--s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n\303\244\n--b--\n\n"
      "--s\n\nsignature\n--s--\n\n--a--\n");
}

static void
test_binary (void)
{
  GMimeObject *leaf =
      (GMimeObject *)leaf_with_octets ("application/x", "a\303b\n", 4, GMIME_CONTENT_ENCODING_BINARY);
  GMimeObject *tree = multipart_of ("mixed", leaf, NULL);
  g_autofree char *binary = sent (tree, MIMESEND_WIRE_8BITMIME | MIMESEND_WIRE_BINARYMIME);
  g_autofree char *eight = sent (tree, MIMESEND_WIRE_8BITMIME);

  g_assert_true (g_str_has_prefix (strstr (binary, "\nContent-Transfer-Encoding"),
                                   "\nContent-Transfer-Encoding: binary\n\n--=-b\n"));
  g_assert_nonnull (strstr (eight, "\n\n--=-b\n"));
  g_assert_null (strstr (eight, "8bit"));
  g_object_unref (tree);
}

/* Looked at ahead, a file is open nowhere behind it and a pipe has all its octets still. What is behind the window is not
 * looked at. */
static void
test_streams (void)
{
  g_autofree char *path = NULL;
  g_autoptr (GString) text = g_string_new ("many plain letters, and \303\244\n");
  int fd = g_file_open_tmp (NULL, &path, NULL);

  for (int late = 0; late < 2; late++)
    {
      int ends[2];
      GMimeStream *file, *pipe_stream;
      GMimeObject *tree;
      g_autofree char *all = NULL;

      g_assert_cmpint (ftruncate (fd, 0), ==, 0);
      g_assert_cmpint (pwrite (fd, text->str, text->len, 0), ==, (gssize)text->len);
      g_assert_cmpint (pipe (ends), ==, 0);
      g_assert_cmpint (write (ends[1], "piped\n", 6), ==, 6);
      close (ends[1]);
      lseek (fd, 0, SEEK_SET);
      file = g_mime_stream_gio_new (g_file_new_for_path (path));
      pipe_stream = g_mime_stream_pipe_new (ends[0]);
      tree = multipart_of ("mixed",
                           leaf_with_stream ("text/plain", file, GMIME_CONTENT_ENCODING_DEFAULT,
                                             GMIME_CONTENT_ENCODING_DEFAULT),
                           leaf_with_stream ("text/plain", pipe_stream, GMIME_CONTENT_ENCODING_DEFAULT,
                                             GMIME_CONTENT_ENCODING_DEFAULT));
      all = sent (tree, MIMESEND_WIRE_8BITMIME);
      g_assert_nonnull (strstr (all, text->str));
      g_assert_nonnull (strstr (all, "\n\npiped\n"));
      g_assert_true ((strstr (all, "Content-Transfer-Encoding: 8bit\n\n--=-b") != NULL) == !late);
      g_object_unref (tree);
      g_object_unref (file);
      g_object_unref (pipe_stream);
      for (guint i = 0; i < 70000; i++)
        g_string_prepend_c (text, i % 60 == 0 ? '\n' : 'x');
    }
  close (fd);
  g_unlink (path);
}

/* Labels that no multipart may have are not ours to judge. */
static void
test_odd_labels (void)
{
  static const char mail[] = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n"
                             "Content-Transfer-Encoding: quoted-printable\n\n--a\n\n\303\244\n--a--\n";

  assert_sent (mail, MIMESEND_WIRE_8BITMIME, mail);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/content/part-labels/nested-text-is-encoded-and-labelled", test_nested_message);
  g_test_add_func ("/content/part-labels/wrong-labels-are-replaced", test_labels_replaced);
  g_test_add_func ("/content/part-labels/multiparts-are-labelled", test_multiparts);
  g_test_add_func ("/content/part-labels/message-with-encoded-part-gets-mime-version",
                   test_mime_version_above);
  g_test_add_func ("/content/part-labels/seven-bit-tree-needs-no-label", test_seven_bit);
  g_test_add_func ("/content/part-labels/octets-around-leaves-count", test_around);
  g_test_add_func ("/content/part-labels/signed-parts-keep-labels", test_signed);
  g_test_add_func ("/content/part-labels/binary-leaf-makes-binary-multipart", test_binary);
  g_test_add_func ("/content/part-labels/looking-ahead-consumes-nothing", test_streams);
  g_test_add_func ("/content/part-labels/invalid-labels-are-kept", test_odd_labels);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Leaves that say they are encoded, and are not quite: found in real mail, and no reason to refuse it. */
#include "support.h"

/* As it leaves for that kind of server, and as long as was said ahead. */
static char *
sent (GMimeMessage *message, MimesendWireFlags wire)
{
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part ((GMimeObject *)message, NULL);
  g_autoptr (GError) error = NULL;
  gboolean seven_bit;
  gint64 length;
  char *text;

  mimesend_content_prepare (content, wire, &error);
  g_assert_no_error (error);
  length = mimesend_content_get_length (content);
  seven_bit = mimesend_pull_is_seven_bit (MIMESEND_PULL (content));
  text = read_text (content, &error);
  g_assert_no_error (error);
  g_assert_true (!seven_bit || g_str_is_ascii (text));
  if (length >= 0)
    {
      gsize lf = 0;

      for (const char *at = text; *at != '\0'; at++)
        lf += *at == '\n' && (at == text || at[-1] != '\r');
      g_assert_cmpint (length, ==, (gint64)(strlen (text) + lf));
    }
  return text;
}

static void
assert_sent (const char *mail, MimesendWireFlags wire, const char *body)
{
  GMimeMessage *message = message_of_text (mail);
  g_autofree char *text = sent (message, wire);

  if (!g_str_has_suffix (text, body))
    g_error ("'%s' does not end with '%s'", text, body);
  g_object_unref (message);
}

#define HEADER(encoding)                                                                                     \
  "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: " encoding "\n\n"

static void
test_quoted_printable (void)
{
  static const char mail[] = HEADER ("quoted-printable") "Gr=C3=BC\303\237e\nraw \303\244 =\nand sound\n";

  assert_sent (mail, MIMESEND_WIRE_NONE, "\nGr=C3=BC=C3=9Fe\nraw =C3=A4 =\nand sound\n");
  /* It says that it has seven bits, and so the server is told. */
  assert_sent (mail, MIMESEND_WIRE_8BITMIME, "\nGr=C3=BC=C3=9Fe\nraw =C3=A4 =\nand sound\n");
}

static void
test_base64 (void)
{
  static const char mail[] = HEADER ("base64") "R3LD\303vMOf\nZQo=\n";

  assert_sent (mail, MIMESEND_WIRE_NONE, "\nR3LDvMOf\nZQo=\n");
  assert_sent (mail, MIMESEND_WIRE_8BITMIME, "\nR3LDvMOf\nZQo=\n");
}

/* In a multipart, and inside message/rfc822. */
static void
test_below (void)
{
  static const char mixed[] = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\n" HEADER (
      "quoted-printable") "\303\244\n--b--\n";
  static const char nested[] =
      "Content-Type: message/rfc822\n\nSubject: inner\n" HEADER ("quoted-printable") "\303\244\n";

  assert_sent (mixed, MIMESEND_WIRE_NONE, "\n=C3=A4\r\n--b--\r\n");
  assert_sent (nested, MIMESEND_WIRE_NONE, "\n=C3=A4\n");
}

/* Behind everything that was looked at ahead, on a line of its own and on the first. */
static void
test_late (void)
{
  for (guint line = 60; line < 1000000; line *= 1000)
    {
      g_autoptr (GString) mail = g_string_new (HEADER ("quoted-printable"));
      GMimeMessage *message;
      g_autofree char *text = NULL;

      for (guint i = 0; i < 300000; i++)
        g_string_append_c (mail, i % line == line - 1 ? '\n' : 'x');
      g_string_append (mail, "\303\244\n");
      message = message_of_text (mail->str);
      text = sent (message, MIMESEND_WIRE_NONE);
      g_assert_true (g_str_is_ascii (text));
      g_assert_true (g_str_has_suffix (text, "=C3=A4\n"));
      g_object_unref (message);
    }
}

static void
test_nul (void)
{
  static const char octets[] = "a=3Db\0c\n";
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (octets, sizeof octets - 1);
  GMimePart *part = leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
                                      GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  GMimeMessage *message = g_mime_message_new (TRUE);
  g_autofree char *text = NULL;

  g_mime_message_set_mime_part (message, (GMimeObject *)part);
  text = sent (message, MIMESEND_WIRE_8BITMIME);
  g_assert_true (g_str_has_suffix (text, "\r\n\r\na=3Db=00c\n"));
  g_object_unref (message);
  g_object_unref (part);
  g_object_unref (stream);
}

/* Below a signature nothing may change: refused ahead, and the part is named. */
static void
test_below_a_signature (void)
{
  static const char *const encodings[] = { "quoted-printable", "base64" };

  for (gsize i = 0; i < G_N_ELEMENTS (encodings); i++)
    {
      g_autofree char *mail = g_strdup_printf (
          "Content-Type: multipart/signed; boundary=b\n\n--b\nContent-Type: text/plain\n"
          "Content-Disposition: attachment; filename=note.txt\nContent-Transfer-Encoding: %s\n\nYWJj\303\n"
          "--b\n\nsignature\n--b--\n",
          encodings[i]);
      GMimeMessage *message = message_of_text (mail);
      g_autoptr (MimesendContent) content = mimesend_content_new_for_part ((GMimeObject *)message, NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *text = sent (message, MIMESEND_WIRE_8BITMIME);

      g_assert_nonnull (strstr (text, "YWJj\303"));
      g_assert_false (mimesend_content_prepare (content, MIMESEND_WIRE_NONE, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, "part 1 (note.txt)"));
      g_assert_nonnull (strstr (error->message, "8-bit octets"));
      g_object_unref (message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/walk/repair/raw-octets-in-quoted-printable-are-encoded", test_quoted_printable);
  g_test_add_func ("/walk/repair/raw-octets-in-base64-are-dropped", test_base64);
  g_test_add_func ("/walk/repair/reaches-nested-parts", test_below);
  g_test_add_func ("/walk/repair/late-octets-are-repaired", test_late);
  g_test_add_func ("/walk/repair/nul-is-encoded", test_nul);
  g_test_add_func ("/walk/repair/refuses-repair-below-a-signature", test_below_a_signature);
  return g_test_run ();
}

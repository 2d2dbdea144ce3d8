/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mailing whose text differs: each letter is what the letter with the values would have been, and what does not differ is encoded
 * once. */
#include <glib/gstdio.h>
#include <unistd.h>

#include "mimesend-letter.h"
#include "mimesend-mailing.h"
#include "mimesend-part.h"
#include "support.h"

static const char *const places[] = { "name", "email", "amount", "file", NULL };

static MimesendLetter *
new_letter (const char *text, const char *html)
{
  MimesendLetter *letter = mimesend_letter_new ();
  g_autoptr (GError) error = NULL;

  mimesend_letter_set_from (letter, "Shop <shop@example.com>", &error);
  g_assert_no_error (error);
  mimesend_letter_set_subject (letter, "For {{name}}", &error);
  g_assert_no_error (error);
  mimesend_letter_set_text (letter, text);
  if (html != NULL)
    mimesend_letter_set_html (letter, html);
  return letter;
}

static MimesendMailing *
new_mailing (MimesendLetter *letter)
{
  g_autoptr (GError) error = NULL;
  MimesendMailing *mailing = mimesend_mailing_new_for_template (letter, places, &error);

  g_assert_no_error (error);
  return mailing;
}

/* Lines of text may come with LF, and leave with CRLF, the last one too. */
static gsize
on_the_wire (const char *text)
{
  gsize n = g_str_has_suffix (text, "\n") ? 0 : 2;

  for (const char *c = text; *c != '\0'; c++)
    n += *c == '\n' && (c == text || c[-1] != '\r') ? 2 : 1;
  return n;
}

static char *
letter_of (
    MimesendMailing *mailing, const char *name, const char *email, const char *amount, const char *file)
{
  const char *const values[] = { name, email, amount, file, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendContent) content = mimesend_mailing_new_content (mailing, values, &error);
  gint64 length;
  char *text;

  g_assert_no_error (error);
  text = read_text (content, &error);
  g_assert_no_error (error);
  length = mimesend_content_get_length (content);
  if (length >= 0)
    g_assert_cmpint (length, ==, (gint64)on_the_wire (text));
  return text;
}

static char *
text_of (GMimeObject *part)
{
  g_autofree char *text = g_mime_text_part_get_text (GMIME_TEXT_PART (part));
  GString *lines = g_string_new (text);

  g_string_replace (lines, "\r\n", "\n", 0);
  return g_string_free (lines, FALSE);
}

static GMimeObject *
child (GMimeObject *multipart, int i)
{
  g_assert_true (GMIME_IS_MULTIPART (multipart));
  g_assert_cmpint (i, <, g_mime_multipart_get_count (GMIME_MULTIPART (multipart)));
  return g_mime_multipart_get_part (GMIME_MULTIPART (multipart), i);
}

static void
test_text_alone (void)
{
  g_autoptr (MimesendLetter) letter =
      new_letter ("Dear {{name}},\n{{#amount}}\nyou owe {{amount}}.\n{{/amount}}\nBye\n", NULL);
  g_autoptr (MimesendMailing) mailing = new_mailing (letter);
  g_autofree char *one = letter_of (mailing, "Jörg", "j@example.org", "12 €", "");
  g_autofree char *two = letter_of (mailing, "Ann", "a@example.org", "", "");
  GMimeMessage *first = message_of_text (one), *second = message_of_text (two);
  g_autofree char *first_text = text_of (g_mime_message_get_mime_part (first));
  g_autofree char *second_text = text_of (g_mime_message_get_mime_part (second));

  g_assert_cmpstr (first_text, ==, "Dear Jörg,\nyou owe 12 €.\nBye\n");
  g_assert_cmpstr (g_mime_message_get_subject (first), ==, "For Jörg");
  g_assert_cmpstr (second_text, ==, "Dear Ann,\nBye\n");
  g_assert_cmpstr (g_mime_message_get_subject (second), ==, "For Ann");
  g_assert_cmpstr (g_mime_message_get_message_id (first), !=, g_mime_message_get_message_id (second));
  g_object_unref (first);
  g_object_unref (second);
}

static void
test_alternatives_and_attachments (void)
{
  g_autoptr (MimesendLetter) letter = new_letter ("Dear {{name}}\n", "<p>Dear {{name}} {{{amount}}}</p>");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("same for all\n", 13);
  g_autoptr (GError) error = NULL;
  GMimeObject *same = mimesend_part_new_bytes (bytes, "application/pdf", &error);
  GMimeObject *named = mimesend_part_new_bytes (bytes, "application/pdf", &error);
  g_autofree char *text = NULL, *plain = NULL, *html = NULL;
  GMimeMessage *message;
  GMimeObject *mixed;

  g_mime_part_set_filename (GMIME_PART (same), "same.pdf");
  g_mime_part_set_filename (GMIME_PART (named), "for {{name}}.pdf");
  mimesend_letter_attach_part (letter, same);
  mimesend_letter_attach_part (letter, named);
  g_object_unref (same);
  g_object_unref (named);
  {
    g_autoptr (MimesendMailing) mailing = new_mailing (letter);

    text = letter_of (mailing, "A & <b>", "a@example.org", "<i>x</i>", "");
  }
  message = message_of_text (text);
  mixed = g_mime_message_get_mime_part (message);
  plain = text_of (child (child (mixed, 0), 0));
  html = text_of (child (child (mixed, 0), 1));
  g_assert_cmpint (g_mime_multipart_get_count (GMIME_MULTIPART (mixed)), ==, 3);
  g_assert_cmpstr (plain, ==, "Dear A & <b>\n");
  g_assert_cmpstr (html, ==, "<p>Dear A &amp; &lt;b&gt; <i>x</i></p>");
  g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (child (mixed, 1))), ==, "same.pdf");
  g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (child (mixed, 2))), ==, "for A & <b>.pdf");
  g_object_unref (message);
}

/* Each letter, octet for octet, is what a letter with these values would be, but for its boundaries and its Message-ID. */
static void
test_equals_a_letter_of_its_own (void)
{
  static const char *const texts[] = { "Dear {{name}}\n", "no place\n", "{{amount}}", "é {{name}}\n\n", "" };
  static const char *const names[] = {
    "Ann", "Jörg", "",
    "a very long name that goes on and on until the line is too long for one line of text in a mail\n"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint k = 0; k < G_N_ELEMENTS (names); k++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (MimesendLetter) letter = new_letter (texts[i], NULL), other = NULL;
        g_autoptr (MimesendMailing) mailing = new_mailing (letter);
        g_autofree char *name = g_strdelimit (g_strdup (names[k]), "\n", ' ');
        g_autofree char *got = letter_of (mailing, g_strchomp (name), "a@example.org", "12", "");
        GString *wanted_text = g_string_new (texts[i]);
        GMimeMessage *mine = message_of_text (got), *its;
        g_autofree char *wanted = NULL, *mine_raw = NULL, *its_raw = NULL;
        GMimeObject *tree;

        g_string_replace (wanted_text, "{{name}}", name, 0);
        g_string_replace (wanted_text, "{{amount}}", "12", 0);
        other = new_letter (wanted_text->str, NULL);
        tree = mimesend_letter_build (other, &error);
        g_assert_no_error (error);
        {
          g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);

          wanted = read_text (content, &error);
        }
        its = message_of_text (wanted);
        mine_raw = g_mime_object_to_string (g_mime_message_get_mime_part (mine), NULL);
        its_raw = g_mime_object_to_string (g_mime_message_get_mime_part (its), NULL);
        /* the end of the last line is added on the wire */
        g_assert_cmpstr (g_strchomp (mine_raw), ==, g_strchomp (its_raw));
        g_object_unref (mine);
        g_object_unref (its);
        g_object_unref (tree);
        g_string_free (wanted_text, TRUE);
      }
}

static void
test_addresses_and_headers (void)
{
  g_autoptr (MimesendLetter) letter = new_letter ("x {{name}}\n", NULL);
  g_autoptr (MimesendMailing) mailing = new_mailing (letter);
  g_autoptr (GError) error = NULL;
  static const char *const names[] = { "Ann Ö", "Müller, Jo", "a \"b\" \\c", "" };

  g_assert_true (mimesend_mailing_set_header (mailing, "To", "{{name}} <{{email}}>", &error));
  g_assert_true (
      mimesend_mailing_set_header (mailing, "List-Unsubscribe", "<https://example.com/?{{email}}>", &error));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = letter_of (mailing, names[i], "ann@example.org", "", "");
      GMimeMessage *message = message_of_text (text);
      InternetAddressList *to = g_mime_message_get_to (message);
      InternetAddress *address = internet_address_list_get_address (to, 0);

      g_assert_cmpint (internet_address_list_length (to), ==, 1);
      g_assert_cmpstr (internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address)), ==,
                       "ann@example.org");
      g_assert_cmpstr (names[i][0] != '\0' ? internet_address_get_name (address) : "", ==, names[i]);
      g_assert_cmpstr (g_mime_object_get_header (GMIME_OBJECT (message), "List-Unsubscribe"), ==,
                       "<https://example.com/?ann@example.org>");
      g_object_unref (message);
    }
}

/* A cell with a line end must not become a header field. */
static void
test_line_ends_stay_out_of_headers (void)
{
  g_autoptr (MimesendLetter) letter = new_letter ("text\n", NULL);
  g_autoptr (MimesendMailing) mailing = new_mailing (letter);
  static const char *const bad[] = { "x\r\nBcc: eve@example.org", "x\ny", "x\ry", "x\x01y", "\xff" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *const values[] = { bad[i], "a@example.org", "", "", NULL };
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_mailing_new_content (mailing, values, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
    }
}

static void
test_files_by_row (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mimesend-XXXXXX", NULL),
                  *pattern = g_strdup_printf ("{{#file}}%s/{{file}}.txt{{/file}}", folder);
  g_autofree char *path = g_strconcat (folder, "/one.txt", NULL);
  g_autoptr (MimesendLetter) letter = new_letter ("Dear {{name}}\n", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendMailing) mailing = new_mailing (letter);
  const char *const missing[] = { "x", "x@example.org", "", "two", NULL };
  g_autofree char *with = NULL, *without = NULL;
  GMimeMessage *message;

  g_assert_true (g_file_set_contents (path, "of one\n", -1, NULL));
  g_assert_true (mimesend_mailing_attach_file (mailing, pattern, &error));
  g_assert_no_error (error);
  with = letter_of (mailing, "Ann", "a@example.org", "", "one");
  without = letter_of (mailing, "Bob", "b@example.org", "", "");
  g_assert_null (mimesend_mailing_new_content (mailing, missing, &error));
  g_assert_nonnull (error);
  message = message_of_text (with);
  g_assert_cmpint (g_mime_multipart_get_count (GMIME_MULTIPART (g_mime_message_get_mime_part (message))), ==,
                   2);
  g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (child (g_mime_message_get_mime_part (message), 1))),
                   ==, "one.txt");
  g_object_unref (message);
  message = message_of_text (without);
  g_assert_cmpint (g_mime_multipart_get_count (GMIME_MULTIPART (g_mime_message_get_mime_part (message))), ==,
                   1);
  g_object_unref (message);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_refuses_unknown_and_unclosed (void)
{
  static const struct
  {
    const char *text, *html, *words;
  } rows[] = {
    { "a\nDear {{nmae}}\n", NULL, "line 2: there is no field 'nmae'" },
    { "Dear {{name\n", NULL, "line 1: '{{'" },
    { "x\n", "<p>\n{{#amount}}</p>", "{{/...}}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendLetter) letter = new_letter (rows[i].text, rows[i].html);
      g_autoptr (GError) error = NULL;

      g_assert_null (mimesend_mailing_new_for_template (letter, places, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      if (strstr (error->message, rows[i].words) == NULL)
        g_error ("'%s' where '%s' is due", error->message, rows[i].words);
    }
}

static void
test_suits_each_server (void)
{
  static const MimesendWireFlags wires[] = { 0, MIMESEND_WIRE_8BITMIME,
                                             MIMESEND_WIRE_8BITMIME | MIMESEND_WIRE_SMTPUTF8 };
  g_autoptr (MimesendLetter) letter = new_letter ("Grüße, {{name}}\n", "<p>Grüße, {{name}}</p>\n");
  g_autoptr (MimesendMailing) mailing = new_mailing (letter);
  const char *const values[] = { "Jörg", "j@example.org", "", "", NULL };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (wires); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendContent) content = mimesend_mailing_new_content (mailing, values, &error);
      g_autofree char *octets = NULL, *text = NULL;
      GMimeMessage *message;

      g_assert_true (mimesend_content_prepare (content, wires[i % G_N_ELEMENTS (wires)], &error));
      octets = read_text (content, &error);
      g_assert_no_error (error);
      if (i % G_N_ELEMENTS (wires) == 0)
        g_assert_true (g_str_is_ascii (octets));
      message = message_of_text (octets);
      text = text_of (child (g_mime_message_get_mime_part (message), 0));
      g_assert_cmpstr (text, ==, "Grüße, Jörg\n");
      g_object_unref (message);
    }
}

static void
test_values_are_counted (void)
{
  g_autoptr (MimesendLetter) letter = new_letter ("x\n", NULL);
  g_autoptr (MimesendMailing) mailing = new_mailing (letter);
  const char *const few[] = { "x", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (mimesend_mailing_new_content (mailing, few, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/client/mailing-template/text-alone", test_text_alone);
  g_test_add_func ("/client/mailing-template/alternatives-and-attachments",
                   test_alternatives_and_attachments);
  g_test_add_func ("/client/mailing-template/equals-a-letter-of-its-own", test_equals_a_letter_of_its_own);
  g_test_add_func ("/client/mailing-template/addresses-and-headers", test_addresses_and_headers);
  g_test_add_func ("/client/mailing-template/line-ends-stay-out-of-headers",
                   test_line_ends_stay_out_of_headers);
  g_test_add_func ("/client/mailing-template/files-by-row", test_files_by_row);
  g_test_add_func ("/client/mailing-template/refuses-unknown-and-unclosed",
                   test_refuses_unknown_and_unclosed);
  g_test_add_func ("/client/mailing-template/suits-each-server", test_suits_each_server);
  g_test_add_func ("/client/mailing-template/values-are-counted", test_values_are_counted);
  return g_test_run ();
}

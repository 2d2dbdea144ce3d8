/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers, invitations and lists: what they add to a letter. */
#include <string.h>

#include "mimesend-error.h"
#include "mimesend-letter.h"

static GMimeMessage *
parsed (const char *text)
{
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (text, strlen (text));
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);

  g_object_unref (parser);
  g_object_unref (stream);
  g_assert_nonnull (message);
  return message;
}

static MimesendLetter *
new_letter (void)
{
  MimesendLetter *letter = mimesend_letter_new ();

  g_assert_true (mimesend_letter_set_from (letter, "joe@example.com", NULL));
  g_assert_true (mimesend_letter_add_to (letter, "ann@example.org", NULL));
  mimesend_letter_set_text (letter, "hello\n");
  return letter;
}

static GMimeMessage *
built (MimesendLetter *letter)
{
  g_autoptr (GError) error = NULL;
  GMimeObject *tree = mimesend_letter_build (letter, &error);

  g_assert_no_error (error);
  return GMIME_MESSAGE (tree);
}

static const char *
header (GMimeMessage *message, const char *name)
{
  return g_mime_object_get_header (GMIME_OBJECT (message), name);
}

static GMimeMessage *
answer_to (const char *header_block)
{
  g_autofree char *text = g_strconcat (header_block, "\n\nx\n", NULL);
  g_autoptr (MimesendLetter) letter = new_letter ();
  g_autoptr (GError) error = NULL;
  GMimeMessage *message = parsed (text);

  g_assert_true (mimesend_letter_set_reply_to_message (letter, message, &error));
  g_assert_no_error (error);
  g_object_unref (message);
  return built (letter);
}

static void
test_threads_as_rfc_5322_says (void)
{
  static const struct
  {
    const char *of, *in_reply_to, *references;
  } rows[] = {
    { "Message-ID: <3@x.org>\nReferences: <1@x.org> <2@x.org>", "<3@x.org>",
      "<1@x.org> <2@x.org> <3@x.org>" },
    { "Message-ID: <3@x.org>\nIn-Reply-To: <2@x.org>", "<3@x.org>", "<2@x.org> <3@x.org>" },
    { "Message-ID: <3@x.org>\nIn-Reply-To: <1@x.org> <2@x.org>", "<3@x.org>", "<3@x.org>" },
    { "Message-ID: <3@x.org>", "<3@x.org>", "<3@x.org>" },
    { "Message-ID: <3@x.org>\nReferences: <1@x.org> <3@x.org>", "<3@x.org>", "<1@x.org> <3@x.org>" },
    { "Message-ID: <3@x.org>\nReferences: <1@x.org>\n\t<2@x.org>", "<3@x.org>",
      "<1@x.org> <2@x.org> <3@x.org>" },
    { "Subject: no id", NULL, NULL },
    { "Message-ID: <no at>", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GMimeMessage *answer = answer_to (rows[i].of);

      g_assert_cmpstr (header (answer, "In-Reply-To"), ==, rows[i].in_reply_to);
      g_assert_cmpstr (header (answer, "References"), ==, rows[i].references);
      g_object_unref (answer);
    }
}

static void
test_re_stands_once (void)
{
  static const char *const rows[][2] = {
    { "hello", "Re: hello" },
    { "Re: hello", "Re: hello" },
    { "RE: re: Re[2]: hello", "Re: hello" },
    { "Re : hello", "Re: hello" },
    { "Regarding", "Re: Regarding" },
    { "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Re: Grüße" },
    { "Re: =?utf-8?q?a=0Ab?=", "Re: a b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *of = g_strdup_printf ("Message-ID: <1@x.org>\nSubject: %s", rows[i][0]);
      GMimeMessage *answer = answer_to (of);

      g_assert_cmpstr (g_mime_message_get_subject (answer), ==, rows[i][1]);
      g_object_unref (answer);
    }
}

static void
test_own_subject_stays (void)
{
  g_autoptr (MimesendLetter) letter = new_letter ();
  GMimeMessage *of = parsed ("Message-ID: <1@x.org>\nSubject: theirs\n\nx\n"), *answer;

  mimesend_letter_set_subject (letter, "mine", NULL);
  g_assert_true (mimesend_letter_set_reply_to_message (letter, of, NULL));
  answer = built (letter);
  g_assert_cmpstr (g_mime_message_get_subject (answer), ==, "mine");
  g_object_unref (answer);
  g_object_unref (of);
}

static void
test_long_thread_keeps_first_and_last (void)
{
  g_autoptr (GString) of = g_string_new ("Message-ID: <last@x.org>\nReferences:");
  GMimeMessage *answer;
  const char *references;
  g_auto (GStrv) ids = NULL;
  g_autofree char *raw = NULL;

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (of, " <%u@x.org>\n", i);
  of->str[of->len - 1] = '\0';
  answer = answer_to (of->str);
  references = header (answer, "References");
  ids = g_strsplit (references, " ", -1);
  g_assert_cmpuint (g_strv_length (ids), ==, 50);
  g_assert_cmpstr (ids[0], ==, "<0@x.org>");
  g_assert_cmpstr (ids[48], ==, "<1999@x.org>");
  g_assert_cmpstr (ids[49], ==, "<last@x.org>");
  raw = g_mime_object_get_headers (GMIME_OBJECT (answer), NULL);
  for (const char *line = raw, *end; (end = strchr (line, '\n')) != NULL; line = end + 1)
    g_assert_cmpint (end - line, <=, 100);
  g_object_unref (answer);
}

static void
test_answers_one_message (void)
{
  g_autoptr (MimesendLetter) letter = new_letter ();
  g_autoptr (GError) error = NULL;
  GMimeMessage *of = parsed ("Message-ID: <1@x.org>\n\nx\n");

  g_assert_true (mimesend_letter_set_reply_to_message (letter, of, NULL));
  g_assert_false (mimesend_letter_set_reply_to_message (letter, of, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_object_unref (of);
}

static void
test_unsubscribes_by_one_click_over_https (void)
{
  static const struct
  {
    const char *uris[3];
    const char *value;
    gboolean one_click;
  } rows[] = {
    { { "https://example.com/u?1" }, "<https://example.com/u?1>", TRUE },
    { { "mailto:leave@example.com" }, "<mailto:leave@example.com>", FALSE },
    { { "mailto:leave@example.com", "HTTPS://example.com/" },
      "<mailto:leave@example.com>, <HTTPS://example.com/>",
      TRUE },
  };
  static const char *const bad[] = { "http://example.com/",          "https://example.com/a b",
                                     "https://example.com/>",        "https://example.com/\r\nBcc: eve@x.org",
                                     "https://example.com/\xc3\xb6", "",
                                     "https://example.com/a,b" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendLetter) letter = new_letter ();
      g_autoptr (GError) error = NULL;
      GMimeMessage *message;

      g_assert_true (mimesend_letter_set_list_unsubscribe (letter, rows[i].uris, &error));
      g_assert_no_error (error);
      message = built (letter);
      g_assert_cmpstr (header (message, "List-Unsubscribe"), ==, rows[i].value);
      g_assert_cmpstr (header (message, "List-Unsubscribe-Post"), ==,
                       rows[i].one_click ? "List-Unsubscribe=One-Click" : NULL);
      g_object_unref (message);
      g_assert_false (mimesend_letter_set_list_unsubscribe (letter, rows[i].uris, &error));
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *const uris[] = { bad[i], NULL };
      g_autoptr (MimesendLetter) letter = new_letter ();
      g_autoptr (GError) error = NULL;

      g_assert_false (mimesend_letter_set_list_unsubscribe (letter, uris, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
    }
}

#define ICS                                                                                                  \
  "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nORGANIZER:mailto:joe@example.com\r\n"       \
  "SUMMARY:Grüße\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

static GMimeObject *
child (GMimeObject *multipart, int i)
{
  g_assert_true (GMIME_IS_MULTIPART (multipart));
  g_assert_cmpint (i, <, g_mime_multipart_get_count (GMIME_MULTIPART (multipart)));
  return g_mime_multipart_get_part (GMIME_MULTIPART (multipart), i);
}

static void
assert_type (GMimeObject *part, const char *type)
{
  g_autofree char *is = g_mime_content_type_get_mime_type (g_mime_object_get_content_type (part));

  g_assert_cmpstr (is, ==, type);
}

/* The form that calendars look for: mixed (alternative (text, …, text/calendar), application/ics). */
static void
test_invitation_is_last_alternative_and_file (void)
{
  g_autoptr (GBytes) ics = g_bytes_new_static (ICS, strlen (ICS));

  for (guint html = 0; html < 2; html++)
    for (guint attached = 0; attached < 2; attached++)
      {
        g_autoptr (MimesendLetter) letter = new_letter ();
        g_autoptr (GError) error = NULL;
        GMimeMessage *message;
        GMimeObject *mixed, *calendar, *file;

        if (html > 0)
          mimesend_letter_set_html (letter, "<p>hello</p>");
        if (attached > 0)
          g_assert_true (mimesend_letter_attach_bytes (letter, ics, "other.txt", "text/plain", &error));
        g_assert_true (mimesend_letter_set_calendar (letter, ics, &error));
        g_assert_no_error (error);
        message = built (letter);
        mixed = g_mime_message_get_mime_part (message);
        assert_type (mixed, "multipart/mixed");
        assert_type (child (mixed, 0), "multipart/alternative");
        assert_type (child (child (mixed, 0), 0), "text/plain");
        calendar = child (child (mixed, 0), 1 + (int)html);
        assert_type (calendar, "text/calendar");
        g_assert_cmpstr (g_mime_object_get_content_type_parameter (calendar, "method"), ==, "REQUEST");
        g_assert_cmpstr (g_mime_object_get_content_type_parameter (calendar, "charset"), ==, "utf-8");
        g_assert_null (g_mime_object_get_header (calendar, "Content-Disposition"));
        file = child (mixed, 1 + (int)attached);
        assert_type (file, "application/ics");
        g_assert_cmpstr (g_mime_part_get_filename (GMIME_PART (file)), ==, "invite.ics");
        g_object_unref (message);
      }
}

static void
test_calendar_may_be_taken_back (void)
{
  g_autoptr (GBytes) ics = g_bytes_new_static (ICS, strlen (ICS)), bad = g_bytes_new_static ("x", 1);
  g_autoptr (MimesendLetter) letter = new_letter ();
  GMimeMessage *message;

  g_assert_true (mimesend_letter_set_calendar (letter, ics, NULL));
  g_assert_false (mimesend_letter_set_calendar (letter, bad, NULL));
  message = built (letter);
  assert_type (g_mime_message_get_mime_part (message), "multipart/mixed");
  g_object_unref (message);
  g_assert_true (mimesend_letter_set_calendar (letter, NULL, NULL));
  message = built (letter);
  assert_type (g_mime_message_get_mime_part (message), "text/plain");
  g_object_unref (message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/mime/letter-reply/threads-as-rfc-5322-says", test_threads_as_rfc_5322_says);
  g_test_add_func ("/mime/letter-reply/re-stands-once", test_re_stands_once);
  g_test_add_func ("/mime/letter-reply/own-subject-stays", test_own_subject_stays);
  g_test_add_func ("/mime/letter-reply/long-thread-keeps-first-and-last",
                   test_long_thread_keeps_first_and_last);
  g_test_add_func ("/mime/letter-reply/answers-one-message", test_answers_one_message);
  g_test_add_func ("/mime/letter-list/one-click-over-https", test_unsubscribes_by_one_click_over_https);
  g_test_add_func ("/mime/letter-calendar/last-alternative-and-file",
                   test_invitation_is_last_alternative_and_file);
  g_test_add_func ("/mime/letter-calendar/may-be-taken-back", test_calendar_may_be_taken_back);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The head of a letter: addresses, headers, ids. */
#include "mime/letter.h"
#include "letter-fixture.h"

static void
test_header (void)
{
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *text = NULL;

  must (mimesend_letter_set_from (letter, "J\xc3\xb6 Doe <joe@example.com>", &failure));
  must (mimesend_letter_add_to (letter, "Jim <jim@example.org>", &failure));
  must (mimesend_letter_add_to (letter, "\"Doe, Jane\" <jane@example.org>", &failure));
  must (mimesend_letter_add_cc (letter, "team: a@x.org, b@x.org;", &failure));
  must (mimesend_letter_add_bcc (letter, "hidden@x.org", &failure));
  must (mimesend_letter_add_reply_to (letter, "reply@x.org", &failure));
  must (mimesend_letter_set_subject (letter,
                                     "Gr\xc3\xbc\xc3\x9f"
                                     "e",
                                     &failure));
  must (mimesend_letter_add_header (letter, "X-Ticket", "42", &failure));
  mimesend_letter_set_text (letter, "hello\n");

  message = build_and_read (letter, &text);
  g_assert_true (g_str_has_prefix (text, "From: =?UTF-8?B?SsO2?= Doe <joe@example.com>\n"
                                         "Reply-To: reply@x.org\n"
                                         "To: Jim <jim@example.org>, \"Doe, Jane\" <jane@example.org>\n"
                                         "Cc: team: a@x.org, b@x.org;\n"
                                         "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\n"
                                         "Date: "));
  g_assert_nonnull (strstr (text, "\nX-Ticket: 42\nMIME-Version: 1.0\n"
                                  "Content-Type: text/plain; charset=utf-8\n"
                                  "Content-Transfer-Encoding: 7bit\n\nhello\n"));
  g_assert_null (strstr (text, "hidden"));
  g_assert_cmpstr (g_mime_message_get_subject (message), ==,
                   "Gr\xc3\xbc\xc3\x9f"
                   "e");
  g_assert_nonnull (g_mime_message_get_date (message));
  g_assert_cmpstr (g_mime_message_get_message_id (message), ==, mimesend_letter_get_message_id (letter));
}

static void
test_recipients (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_auto (GStrv) recipients = NULL;
  g_autofree char *joined = NULL;

  must (mimesend_letter_add_bcc (letter, "c@x.org, to@example.org", &failure));
  must (mimesend_letter_add_cc (letter, "team: a@x.org, b@x.org;, To <to@EXAMPLE.org>", &failure));
  must (mimesend_letter_add_to (letter, "z@x.org", &failure));
  recipients = mimesend_letter_get_recipients (letter);
  joined = g_strjoinv (" ", recipients);
  g_assert_cmpstr (joined, ==, "to@example.org z@x.org a@x.org b@x.org c@x.org");
}

static void
test_only_bcc (void)
{
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *text = NULL;

  must (mimesend_letter_set_from (letter, "joe@example.com", &failure));
  must (mimesend_letter_add_bcc (letter, "hidden@x.org", &failure));
  message = build_and_read (letter, &text);
  g_assert_nonnull (strstr (text, "\nTo: undisclosed-recipients:;\n"));
  g_assert_null (strstr (text, "hidden"));
}

static void
test_from_and_reverse_path (void)
{
  g_autoptr (MimesendLetter) none = mimesend_letter_new ();
  g_autoptr (MimesendLetter) from = mimesend_letter_new ();
  g_autoptr (MimesendLetter) reverse = mimesend_letter_new ();
  g_autoptr (MimesendLetter) null = mimesend_letter_new ();
  g_autoptr (MimesendLetter) several = mimesend_letter_new ();
  g_autoptr (GMimeMessage) from_reverse = NULL;
  g_autoptr (GMimeMessage) from_several = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_several = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (mimesend_letter_build (none, &error));
  g_assert_nonnull (strstr (error->message, "from"));
  g_assert_nonnull (strstr (error->message, "reverse-path"));
  assert_refused (error, MIMESEND_ERROR_ARGUMENT);
  g_assert_null (mimesend_letter_get_reverse_path (none));

  must (mimesend_letter_set_from (from, "Joe <joe@example.com>", &failure));
  g_assert_cmpstr (mimesend_letter_get_reverse_path (from), ==, "joe@example.com");

  must (mimesend_letter_set_reverse_path (reverse, "bounce@example.com", &failure));
  from_reverse = build_and_read (reverse, &text);
  g_assert_true (g_str_has_prefix (text, "From: bounce@example.com\n"));

  must (mimesend_letter_set_reverse_path (null, "<>", &failure));
  g_assert_cmpstr (mimesend_letter_get_reverse_path (null), ==, "");
  g_assert_null (mimesend_letter_build (null, &error));
  assert_refused (error, MIMESEND_ERROR_ARGUMENT);

  must (mimesend_letter_set_from (several, "a@x.org, b@x.org", &failure));
  g_assert_null (mimesend_letter_build (several, &error));
  assert_refused (error, MIMESEND_ERROR_ARGUMENT);
  must (mimesend_letter_set_reverse_path (several, "b@x.org", &failure));
  from_several = build_and_read (several, &text_several);
  g_assert_nonnull (strstr (text_several, "From: a@x.org, b@x.org\n"));
  g_assert_nonnull (strstr (text_several, "\nSender: b@x.org\n"));
}

/* Contract S9 for the envelope: the error shows what was probably meant. */
static void
test_reverse_path_is_bare (void)
{
  static const char *const bad[] = { "Joe <joe@example.com>", "(Joe) joe@example.com", " joe@example.com",
                                     "@x", "a b" };
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (mimesend_letter_set_reverse_path (letter, bad[i], &error));
      g_assert_nonnull (strstr (error->message, "reverse-path"));
      if (strstr (bad[i], "joe@") != NULL)
        g_assert_nonnull (strstr (error->message, "write joe@example.com"));
      assert_refused (error, MIMESEND_ERROR_ADDRESS);
    }
  g_assert_null (mimesend_letter_get_reverse_path (letter));
}

static void
test_from_refuses_groups (void)
{
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();

  g_assert_false (mimesend_letter_set_from (letter, "team: a@x.org;", NULL));
}

/* Every setter × every hostile value. */
static void
test_hostile (void)
{
  typedef gboolean (*Setter) (MimesendLetter *, const char *, GError **);
  static const Setter setters[] = { mimesend_letter_set_from,    mimesend_letter_set_reverse_path,
                                    mimesend_letter_add_to,      mimesend_letter_add_cc,
                                    mimesend_letter_add_bcc,     mimesend_letter_add_reply_to,
                                    mimesend_letter_set_subject, mimesend_letter_set_charset };
  static const char *const frames[] = { "%s",
                                        "joe@example.com%s",
                                        "%s <joe@example.com>",
                                        "\"%s\" <joe@example.com>",
                                        "\"%s\"@example.com",
                                        "joe@example.com (%s)" };
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *text = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (hostile_values); i++)
    for (gsize frame = 0; frame < G_N_ELEMENTS (frames); frame++)
      for (gsize kind = 0; kind < G_N_ELEMENTS (setters); kind++)
        {
          g_auto (GStrv) halves = g_strsplit (frames[frame], "%s", 2);
          g_autofree char *value = g_strconcat (halves[0], hostile_values[i], halves[1], NULL);
          g_autoptr (GError) error = NULL;

          g_assert_false (setters[kind](letter, value, &error));
          g_assert_true (error->domain == MIMESEND_ERROR);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          g_assert_null (strpbrk (error->message, "\r\n\x1b"));
        }
  message = build_and_read (letter, &text);
  g_assert_null (strstr (text, "Evil"));

  /* A letter whose low octet is LF stays the letter that it is. */
  must (mimesend_letter_set_subject (letter, HARMLESS_VALUE, &failure));
  must (mimesend_letter_add_to (letter, "\"" HARMLESS_VALUE "\" <joe@example.com>", &failure));
  g_clear_object (&message);
  g_free (text);
  message = build_and_read (letter, &text);
  g_assert_null (strstr (text, "\nX-Evil"));
  g_assert_cmpstr (g_mime_message_get_subject (message), ==, HARMLESS_VALUE);
}

static void
test_subject_sizes (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autofree char *fits = g_strnfill (16 * 1024, 's');
  g_autofree char *over = g_strnfill (16 * 1024 + 1, 's');
  g_autofree char *huge = g_strnfill (100 * 1024, 's');
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_false (mimesend_letter_set_subject (letter, over, &error));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  g_assert_false (mimesend_letter_set_subject (letter, huge, &error));
  g_assert_nonnull (strstr (error->message, "subject"));
  assert_refused (error, MIMESEND_ERROR_CONTENT);
  must (mimesend_letter_set_subject (letter, fits, &failure));
  message = build_and_read (letter, &text);
  g_assert_cmpstr (g_mime_message_get_subject (message), ==, fits);
}

static void
test_headers (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *text = NULL;

  must (mimesend_letter_add_header (letter, "X-One", "1", &failure));
  must (mimesend_letter_add_header (letter, "X-Two", " a  b\tc ", &failure));
  must (mimesend_letter_add_header (letter, "X-Three", "\xc3\xa4", &failure));
  must (mimesend_letter_add_header (letter, "X-One", "again", &failure));
  must (mimesend_letter_add_header (letter, "List-Unsubscribe", "<https://example.com/u?x=1>", &failure));
  must (mimesend_letter_add_header (letter, "Sender", "\"Doe, J\" <sender@example.com>", &failure));
  must (mimesend_letter_add_header (letter, "References", "<a@b> <c@d>", &failure));
  message = build_and_read (letter, &text);
  g_assert_nonnull (strstr (text, "\nX-One: 1\nX-Two: a  b\tc\nX-Three: =?UTF-8?B?w6Q=?=\nX-One: again\n"
                                  "List-Unsubscribe: <https://example.com/u?x=1>\n"
                                  "Sender: \"Doe, J\" <sender@example.com>\n"
                                  "References: <a@b> <c@d>\n"));
}

static void
test_headers_that_replace (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *text = NULL;

  must (mimesend_letter_add_header (letter, "date", "Tue, 24 Nov 2026 09:00:00 +0100", &failure));
  must (mimesend_letter_add_header (letter, "MESSAGE-ID", "<a@b.c>", &failure));
  g_assert_cmpstr (mimesend_letter_get_message_id (letter), ==, "a@b.c");
  message = build_and_read (letter, &text);
  g_assert_nonnull (strstr (text, "\nDate: Tue, 24 Nov 2026 09:00:00 +0100\nMessage-ID: <a@b.c>\n"));
  g_assert_null (strstr (strstr (text, "Date:") + 1, "Date:"));
  g_assert_null (strstr (strstr (text, "Message-ID:") + 1, "Message-ID:"));
}

static void
test_headers_refused (void)
{
  static const struct
  {
    const char *name, *value, *words;
    int code;
  } rows[] = {
    { "Bcc", "a@b", "use bcc", MIMESEND_ERROR_ARGUMENT },
    { "bCC ", "a@b", "", MIMESEND_ERROR_CONTENT },
    { "Resent-Bcc", "a@b", "use bcc", MIMESEND_ERROR_ARGUMENT },
    { "Return-Path", "<a@b>", "use", MIMESEND_ERROR_ARGUMENT },
    { "From", "a@b", "use from", MIMESEND_ERROR_ARGUMENT },
    { "to", "a@b", "use to", MIMESEND_ERROR_ARGUMENT },
    { "CC", "a@b", "use cc", MIMESEND_ERROR_ARGUMENT },
    { "Reply-To", "a@b", "use reply-to", MIMESEND_ERROR_ARGUMENT },
    { "Subject", "a", "use subject", MIMESEND_ERROR_ARGUMENT },
    { "MIME-Version", "1.0", "written", MIMESEND_ERROR_ARGUMENT },
    { "Content-Type", "text/plain", "use", MIMESEND_ERROR_ARGUMENT },
    { "content-transfer-encoding", "8bit", "part", MIMESEND_ERROR_ARGUMENT },
    { "Content-Anything", "x", "part", MIMESEND_ERROR_ARGUMENT },
    { "X-A", "1\nBcc: a@b", "\\x0a", MIMESEND_ERROR_CONTENT },
    { "X-A", "1\r\n\r\nbody", "", MIMESEND_ERROR_CONTENT },
    { "X-A", "1\n\n", "", MIMESEND_ERROR_CONTENT },
    { "X-A", "1\r", "\\x0d", MIMESEND_ERROR_CONTENT },
    { "X-A", "1\rBcc: a@b", "\\x0d", MIMESEND_ERROR_CONTENT },
    { "", "", "", MIMESEND_ERROR_CONTENT },
    { "\n", "", "", MIMESEND_ERROR_CONTENT },
    { "X-A:", "1", "", MIMESEND_ERROR_CONTENT },
    { "X-A", "1\r\n folded", "\\x0d", MIMESEND_ERROR_CONTENT },
    { "X-A\nX-B", "1", "", MIMESEND_ERROR_CONTENT },
    { " X", "continued", "", MIMESEND_ERROR_CONTENT },
    { "", "x", "", MIMESEND_ERROR_CONTENT },
    { "X Y", "x", "\\x20", MIMESEND_ERROR_CONTENT },
    { "Date", "yesterday", "Date", MIMESEND_ERROR_CONTENT },
    { "Message-ID", "no id", "Message-ID", MIMESEND_ERROR_CONTENT },
    { "Message-ID", "<a@b>, <c@d>", "Message-ID", MIMESEND_ERROR_CONTENT },
    { "Sender", "not an address", "Sender", MIMESEND_ERROR_ADDRESS },
    { "Resent-To", "a@b c@d", "Resent-To", MIMESEND_ERROR_ADDRESS },
    { "References", "\xc3\xa4@b", "ASCII", MIMESEND_ERROR_CONTENT },
  };
  g_autoptr (MimesendLetter) letter = letter_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s: %s", rows[i].name, rows[i].value);
      g_assert_false (mimesend_letter_add_header (letter, rows[i].name, rows[i].value, &error));
      g_assert_nonnull (strstr (error->message, rows[i].words));
      assert_refused (error, rows[i].code);
    }
  g_assert_cmpuint (letter->headers->len, ==, 0);
}

/* 32 hex digits at the domain of the reverse-path, of From, the one that the caller knows, or none. */
static void
test_message_id (void)
{
  static const struct
  {
    const char *from, *reverse_path, *known, *domain;
  } rows[] = {
    { "Joe <joe@from.example>", NULL, NULL, "from.example" },
    { "joe@from.example", "x@REVERSE.example", NULL, "reverse.example" },
    { "joe@from.example", "<>", "known.example", "from.example" },
    { "joe@from.example", "root", NULL, "from.example" },
    { "joe@ex\xc3\xa4mple.org", NULL, NULL, "xn--exmple-cua.org" },
    { "joe", NULL, "known.example", "known.example" },
    { "joe@[127.0.0.1]", NULL, NULL, "localhost.invalid" },
    { "joe", NULL, "127.0.0.1", "127.0.0.1" },
    { "joe", NULL, "[192.0.2.1]", "192.0.2.1" },
    { "joe", NULL, "a>\r\nX-Evil: 1", "localhost.invalid" },
    { "joe", NULL, "IPv6:::1", "localhost.invalid" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
      const char *id;

      must (mimesend_letter_set_from (letter, rows[i].from, &failure));
      if (rows[i].reverse_path != NULL)
        must (mimesend_letter_set_reverse_path (letter, rows[i].reverse_path, &failure));
      if (rows[i].known != NULL)
        {
          gboolean taken = mimesend_letter_set_id_domain (letter, rows[i].known, NULL);

          g_assert_cmpint (taken, ==, !(strpbrk (rows[i].known, ">:") != NULL));
        }
      id = mimesend_letter_get_message_id (letter);
      g_assert_cmpuint (strspn (id, "0123456789abcdef"), ==, 32);
      g_assert_true (id[32] == '@');
      g_assert_cmpstr (id + 33, ==, rows[i].domain);
    }
}

/* What the sender says in EHLO stands behind what the caller set, and changes no id that was seen. */
static void
test_default_id_domain (void)
{
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_autofree char *seen = NULL;

  must (mimesend_letter_set_from (letter, "joe", &failure));
  mimesend_letter_default_id_domain (letter, "IPv6:::1");
  mimesend_letter_default_id_domain (letter, NULL);
  mimesend_letter_default_id_domain (letter, "ehlo.example");
  mimesend_letter_default_id_domain (letter, "later.example");
  seen = g_strdup (mimesend_letter_get_message_id (letter));
  g_assert_true (g_str_has_suffix (seen, "@ehlo.example"));
  must (mimesend_letter_set_id_domain (letter, "set.example", &failure));
  mimesend_letter_default_id_domain (letter, "later.example");
  g_assert_true (g_str_has_suffix (mimesend_letter_get_message_id (letter), "@set.example"));
  must (mimesend_letter_set_id_domain (letter, NULL, &failure));
  g_assert_true (g_str_has_suffix (mimesend_letter_get_message_id (letter), "@localhost.invalid"));
  mimesend_letter_default_id_domain (letter, "later.example");
  g_assert_true (g_str_has_suffix (mimesend_letter_get_message_id (letter), "@localhost.invalid"));
}

/* The same letter built twice is the same message; one that was changed is another. */
static void
test_built_again (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *first_id = NULL;

  g_object_unref (build_and_read (letter, &first));
  first_id = g_strdup (mimesend_letter_get_message_id (letter));
  g_object_unref (build_and_read (letter, &second));
  g_assert_cmpstr (first, ==, second);
  must (mimesend_letter_set_subject (letter, "other", &failure));
  g_object_unref (build_and_read (letter, &third));
  g_assert_cmpstr (first_id, !=, mimesend_letter_get_message_id (letter));
}

static void
test_date (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (GMimeMessage) now = NULL;
  g_autoptr (GDateTime) before = g_date_time_new_now_utc ();
  g_autofree char *text = NULL;
  g_autofree char *text_now = NULL;

  g_assert_true (g_setenv ("SOURCE_DATE_EPOCH", "1000000000", TRUE));
  message = build_and_read (letter, &text);
  g_assert_nonnull (strstr (text, "\nDate: Sun, 09 Sep 2001 01:46:40 +0000\n"));
  g_assert_true (g_setenv ("SOURCE_DATE_EPOCH", "nonsense", TRUE));
  must (mimesend_letter_set_subject (letter, "again", &failure));
  now = build_and_read (letter, &text_now);
  g_assert_cmpint (g_date_time_difference (g_mime_message_get_date (now), before), >,
                   -2 * G_TIME_SPAN_SECOND);
  g_unsetenv ("SOURCE_DATE_EPOCH");
}

/* 10,000 recipients, most of them twice. */
static void
test_many (void)
{
  g_autoptr (MimesendLetter) letter = letter_new ();
  g_auto (GStrv) recipients = NULL;
  g_autoptr (GMimeMessage) message = NULL;
  g_autofree char *text = NULL;

  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < 10000; i++)
      {
        g_autofree char *address = g_strdup_printf ("User %u <user%u@example.com>", i, i);

        must (mimesend_letter_add_to (letter, address, &failure));
      }
  recipients = mimesend_letter_get_recipients (letter);
  g_assert_cmpuint (g_strv_length (recipients), ==, 10001);
  g_assert_cmpstr (recipients[10000], ==, "user9999@example.com");
  message = build_and_read (letter, &text);
  g_assert_cmpint (internet_address_list_length (g_mime_message_get_to (message)), ==, 20001);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mime/letter/only-bcc-makes-empty-group", test_only_bcc);
  g_test_add_func ("/mime/letter/reverse-path-is-bare", test_reverse_path_is_bare);
  g_test_add_func ("/mime/letter/from-refuses-groups", test_from_refuses_groups);
  g_test_add_func ("/mime/letter/refuses-hostile-values", test_hostile);
  g_test_add_func ("/mime/letter/limits-subject", test_subject_sizes);
  g_test_add_func ("/mime/letter/date-and-id-can-be-replaced", test_headers_that_replace);
  g_test_add_func ("/mime/letter/refuses-headers-with-setters", test_headers_refused);
  g_test_add_func ("/mime/letter/message-id-has-domain-of-sender", test_message_id);
  g_test_add_func ("/mime/letter/takes-default-id-domain", test_default_id_domain);
  g_test_add_func ("/mime/letter/can-be-built-again", test_built_again);
  g_test_add_func ("/mime/letter/writes-date", test_date);
  g_test_add_func ("/mime/letter/takes-many-recipients", test_many);
  g_test_add_func ("/seed/N1/header", test_header);
  g_test_add_func ("/seed/N1/recipients", test_recipients);
  g_test_add_func ("/seed/N1/from-and-reverse-path", test_from_and_reverse_path);
  g_test_add_func ("/seed/N1/raw-header-lines", test_headers);
  return g_test_run ();
}

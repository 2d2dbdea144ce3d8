/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mailbox whose local part is ASCII goes out as ASCII, by every way and to every server: no server further on can return it
 * for the want of SMTPUTF8. */
#include <string.h>

#include "seed.h"

#define IDN   "b\303\274cher.example"
#define ASCII "xn--bcher-kva.example"
#define JORG  "j\303\266rg"

typedef struct
{
  const char *from;
  const char *to[4];
  gboolean utf8; /* SMTPUTF8 is needed, and asked for */
  const char *reverse_path;
  const char *recipients;
} Row;

static const Row rows[] = {
  { "joe@example.com", { "ann@" IDN }, FALSE, "joe@example.com", "ann@" ASCII " " },
  { "joe@" IDN, { "ann@example.com" }, FALSE, "joe@" ASCII, "ann@example.com " },
  { "joe@" IDN,
    { "ann@" IDN, "\"a b\"@" IDN, "bob@example.com" },
    FALSE,
    "joe@" ASCII,
    "ann@" ASCII " \"a b\"@" ASCII " bob@example.com " },
  { "", { "Ann@B\303\234CHER.example" }, FALSE, "", "Ann@" ASCII " " },
  { "joe@example.com",
    { "ann@stra\303\237e.example" },
    FALSE,
    "joe@example.com",
    "ann@xn--strae-oqa.example " },
  /* where SMTPUTF8 is needed for another's sake, or its own */
  { "joe@" IDN, { "ann@" IDN, JORG "@" IDN }, TRUE, "joe@" ASCII, "ann@" ASCII " " JORG "@" IDN " " },
  { JORG "@" IDN, { "ann@" IDN }, TRUE, JORG "@" IDN, "ann@" ASCII " " },
};

static void
check_envelope (TestSink *sink, const Row *row)
{
  JsonObject *envelope = test_sink_next (sink);
  g_autofree char *recipients = seed_recipients_of (envelope);
  const char *parameters = json_object_get_string_member (envelope, "mail_parameters");

  g_assert_cmpstr (json_object_get_string_member (envelope, "reverse_path"), ==, row->reverse_path);
  g_assert_cmpstr (recipients, ==, row->recipients);
  g_assert_cmpint (strstr (parameters, "SMTPUTF8") != NULL, ==, row->utf8);
}

static void
test_envelope (gconstpointer flags)
{
  TestSink *sink = test_sink_start (NULL);
  TestSink *old = test_sink_start ("--hide", "SMTPUTF8", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint k = 0; k < (rows[i].utf8 ? 1 : 2); k++)
      {
        TestSink *to = k == 0 ? sink : old;
        g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (to), NULL);
        g_autoptr (MimesendContent) content = mimesend_content_new ();
        g_autoptr (MimesendReceipt) receipt = NULL;
        g_autoptr (GError) error = NULL;

        mimesend_content_add_string (content, "Subject: x\n\nhi\n", NULL);
        g_assert_true (mimesend_send_smtp_content (server, rows[i].from, rows[i].to, content,
                                                   (MimesendSendFlags)GPOINTER_TO_UINT (flags), &receipt,
                                                   NULL, &error));
        g_assert_no_error (error);
        check_envelope (to, &rows[i]);
        /* the caller sees what was given */
        g_assert_cmpstr (mimesend_receipt_get_recipient (receipt, 0), ==, rows[i].to[0]);
      }
  test_sink_stop (sink);
  test_sink_stop (old);
}

static void
test_letter (void)
{
  TestSink *sink = test_sink_start (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *octets = NULL;

      if (*rows[i].from == '\0')
        continue;
      g_assert_true (mimesend_letter_add_reply_to (letter, "R\303\251ne <r@" IDN ">", &error));
      g_assert_true (mimesend_send_letter (test_sink_server (sink), rows[i].from, (const char **)rows[i].to,
                                           letter, NULL, &error, "hello\n"));
      g_assert_no_error (error);
      check_envelope (sink, &rows[i]);
      octets = seed_arrived (sink);
      g_assert_cmpint (g_str_is_ascii (octets), ==, !rows[i].utf8);
      g_assert_nonnull (strstr (octets, "<r@" ASCII ">\r\n"));
      g_assert_null (strstr (octets, "ann@" IDN));
    }
  test_sink_stop (sink);
}

static void
test_mailing (void)
{
  static const char *const fields[] = { "To", NULL };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  GMimeObject *tree = mimesend_part_new_text ("hello\n");
  g_autoptr (MimesendMailing) mailing = NULL;
  g_autoptr (GError) error = NULL;

  g_mime_object_set_header (tree, "From", "joe@example.com", NULL);
  mailing = mimesend_mailing_new (tree, fields, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *const values[] = { rows[i].to[0], NULL };
      const char *const one[] = { rows[i].to[0], NULL };
      g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("joe@" IDN, one, &error);
      g_autoptr (MimesendContent) content = mimesend_mailing_new_content (mailing, values, &error);
      g_autoptr (MimesendReceipt) receipt = NULL;
      g_autofree char *octets = NULL;

      g_assert_no_error (error);
      receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, &error);
      g_assert_no_error (error);
      g_assert_null (
          strstr (json_object_get_string_member (test_sink_next (sink), "mail_parameters"), "SMTPUTF8"));
      octets = seed_arrived (sink);
      g_assert_true (g_str_is_ascii (octets));
    }
  mimesend_session_close (session, NULL, NULL);
  g_object_unref (tree);
  test_sink_stop (sink);
}

/* ORCPT (RFC 3461 4.2, RFC 6533 3): rfc822 where it can be ASCII, else utf-8, in ASCII unless MAIL had SMTPUTF8. */
static void
test_original_recipients (void)
{
  static const struct
  {
    const char *from, *original, *parameter; /* NULL: none */
  } cases[] = {
    { "joe@example.com", "ann@" IDN, "ORCPT=rfc822;ann@" ASCII },
    { "joe@example.com", "a+n=n@" IDN, "ORCPT=rfc822;a+2Bn+3Dn@" ASCII },
    { "joe@example.com", JORG "@" IDN, "ORCPT=utf-8;j\\x{F6}rg@b\\x{FC}cher.example" },
    { "joe@example.com", "\360\237\230\200\342\202\254+=@example.com",
      "ORCPT=utf-8;\\x{1F600}\\x{20AC}\\x{2B}\\x{3D}@example.com" },
    { "joe@example.com", "\"\303\266 \\\\\"@example.com",
      "ORCPT=utf-8;\"\\x{F6}\\x{20}\\x{5C}\\x{5C}\"@example.com" },
    { JORG "@example.com", JORG "+a@" IDN, "ORCPT=utf-8;" JORG "\\x{2B}a@" IDN },
    { JORG "@example.com", "ann@" IDN, "ORCPT=rfc822;ann@" ASCII },
  };
  static const char *const to[] = { "ann@example.com", NULL };

  for (guint k = 0; k < 2; k++)
    {
      TestSink *sink = k == 0 ? test_sink_start (NULL) : test_sink_start ("--hide", "SMTPUTF8", NULL);
      g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
      g_autoptr (MimesendSession) session = mimesend_session_new (server);

      for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
        {
          const char *const originals[] = { cases[i].original, NULL };
          g_autoptr (GError) error = NULL;
          g_autoptr (MimesendEnvelope) plain = mimesend_envelope_new (cases[i].from, to, &error);
          g_autoptr (MimesendEnvelope) envelope =
              mimesend_envelope_with_original_recipients (plain, originals, &error);
          g_autoptr (MimesendContent) content = mimesend_content_new ();
          g_autoptr (MimesendReceipt) receipt = NULL;
          JsonObject *arrived;

          g_assert_no_error (error);
          if (k == 1 && !g_str_is_ascii (cases[i].from))
            continue;
          mimesend_content_add_string (content, "Subject: x\n\nhi\n", NULL);
          receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, &error);
          g_assert_no_error (error);
          g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
          arrived = test_sink_next (sink);
          g_assert_cmpstr (json_array_get_string_element (
                               json_object_get_array_member (arrived, "recipient_parameters"), 0),
                           ==, cases[i].parameter);
        }
      mimesend_session_close (session, NULL, NULL);
      test_sink_stop (sink);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/seed/idn/envelope-all-or-none", GUINT_TO_POINTER (MIMESEND_SEND_DEFAULT),
                        test_envelope);
  g_test_add_data_func ("/seed/idn/envelope-serve-accepted", GUINT_TO_POINTER (MIMESEND_SEND_SERVE_ACCEPTED),
                        test_envelope);
  g_test_add_func ("/seed/idn/letter", test_letter);
  g_test_add_func ("/seed/idn/mailing", test_mailing);
  g_test_add_func ("/seed/idn/original-recipients", test_original_recipients);
  return g_test_run ();
}

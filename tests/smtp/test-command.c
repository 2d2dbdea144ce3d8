/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The choke point: whatever a value holds, a command is one line or none. */
#include "smtp/command.h"

#include <string.h>

static MimesendSmtpOutput out;

static char *
queued (void)
{
  MimesendPiece pieces[4];
  guint n = mimesend_smtp_output_peek (&out, TRUE, pieces, G_N_ELEMENTS (pieces));
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_len (text, (const char *)pieces[i].data, (gssize)pieces[i].length);
  mimesend_smtp_output_sent (&out, text->len);
  return g_string_free (text, FALSE);
}

static void
expect (const char *fault, const char *text)
{
  g_autofree char *got = queued ();

  g_assert_null (fault);
  g_assert_cmpstr (got, ==, text);
}

static void
refuse (const char *fault)
{
  g_autofree char *got = queued ();

  g_assert_nonnull (fault);
  g_assert_cmpstr (got, ==, "");
}

static void
test_lines (void)
{
  MimesendSmtpMail mail = { "joe@example.com", G_MAXINT64, MIMESEND_SMTP_BODY_BINARYMIME, TRUE };

  mimesend_smtp_output_init (&out);
  expect (mimesend_smtp_command_plain (&out, MIMESEND_SMTP_RSET, 0), "RSET\r\n");
  expect (mimesend_smtp_command_hello (&out, MIMESEND_SMTP_EHLO, "mail.example.com", 0),
          "EHLO mail.example.com\r\n");
  expect (mimesend_smtp_command_hello (&out, MIMESEND_SMTP_LHLO, "[IPv6:::1]", 0), "LHLO [IPv6:::1]\r\n");
  expect (mimesend_smtp_command_mail (&out, &mail, 0),
          "MAIL FROM:<joe@example.com> SIZE=9223372036854775807 BODY=BINARYMIME SMTPUTF8\r\n");
  mail = (MimesendSmtpMail){ "", 0, MIMESEND_SMTP_BODY_NONE, FALSE };
  expect (mimesend_smtp_command_mail (&out, &mail, 0), "MAIL FROM:<> SIZE=0\r\n");
  mail.size = -1;
  expect (mimesend_smtp_command_mail (&out, &mail, 0), "MAIL FROM:<>\r\n");
  expect (mimesend_smtp_command_rcpt (&out, "\"a b>\"@x.org", 0), "RCPT TO:<\"a b>\"@x.org>\r\n");
  expect (mimesend_smtp_command_bdat (&out, 0, TRUE, 0), "BDAT 0 LAST\r\n");
  expect (mimesend_smtp_command_bdat (&out, G_MAXSIZE, FALSE, 0),
          sizeof (gsize) == 8 ? "BDAT 18446744073709551615\r\n" : "BDAT 4294967295\r\n");
  expect (mimesend_smtp_command_auth (&out, "PLAIN", "="), "AUTH PLAIN =\r\n");
  expect (mimesend_smtp_command_auth_response (&out, "*"), "*\r\n");
  expect (mimesend_smtp_command_auth_response (&out, ""), "\r\n");
  mimesend_smtp_output_clear (&out);
}

static void
test_refused (void)
{
  static const char *const names[] = { "",     " ",          "a b",  "x\r\nMAIL",
                                       "x\n",  "[127.0.0.1", "a_b!", "\xc3\xb6.example",
                                       "x\x7f" };
  static const char *const paths[] = { "",
                                       "a b@x.org",
                                       "<a@x.org>",
                                       "a@x.org>",
                                       "a@x.org> NOTIFY=NEVER",
                                       "a@x.org\r\nDATA",
                                       "\"a\r\nDATA\"@x.org",
                                       "\"a\rb\"@x.org",
                                       "\"a\nb\"@x.org",
                                       "\"a\x7f\"@x.org",
                                       "\"a\x01\"@x.org",
                                       "a@x.org ",
                                       "a@x\t.org",
                                       "Joe <a@x.org>" };
  g_autofree char *long_path = NULL, *long_response = NULL;

  mimesend_smtp_output_init (&out);
  refuse (mimesend_smtp_command_hello (&out, MIMESEND_SMTP_EHLO, NULL, 0));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    refuse (mimesend_smtp_command_hello (&out, MIMESEND_SMTP_EHLO, names[i], 0));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      MimesendSmtpMail mail = { paths[i], -1, MIMESEND_SMTP_BODY_NONE, TRUE };

      refuse (mimesend_smtp_command_rcpt (&out, paths[i], 0));
      if (*paths[i] != '\0')
        refuse (mimesend_smtp_command_mail (&out, &mail, 0));
    }
  {
    MimesendSmtpMail mail = { "j\xc3\xb6@x.org", -1, MIMESEND_SMTP_BODY_NONE, FALSE };

    refuse (mimesend_smtp_command_mail (&out, &mail, 0)); /* SMTPUTF8 was not asked for */
  }
  long_path = g_strnfill (100000, 'a');
  refuse (mimesend_smtp_command_rcpt (&out, long_path, 0));
  refuse (mimesend_smtp_command_hello (&out, MIMESEND_SMTP_EHLO, long_path, 0));
  long_response = g_strnfill (MIMESEND_SMTP_AUTH_LINE_MAX - 1, 'A');
  refuse (mimesend_smtp_command_auth_response (&out, long_response));
  refuse (mimesend_smtp_command_auth_response (&out, "a b"));
  refuse (mimesend_smtp_command_auth_response (&out, "YQ==\r\nMAIL"));
  refuse (mimesend_smtp_command_auth (&out, "PLAIN x", NULL));
  refuse (mimesend_smtp_command_auth (&out, "", NULL));
  refuse (mimesend_smtp_command_auth (&out, "PLAIN", "a\r\nb"));
  mimesend_smtp_output_clear (&out);
}

/* Every octet in every place of a path: what comes out is one line, or nothing. */
static void
test_every_octet (void)
{
  static const char *const forms[] = { "a?b@x.org", "\"a?b\"@x.org", "a@x?y.org", "a@[127.0.0.?]",
                                       "?",         "\"\\?\"@x.org" };

  mimesend_smtp_output_init (&out);
  for (guint f = 0; f < G_N_ELEMENTS (forms); f++)
    for (guint octet = 1; octet < 256; octet++)
      {
        g_autofree char *path = g_strdup (forms[f]), *got = NULL;
        const char *fault;

        *strchr (path, '?') = (char)octet;
        fault = mimesend_smtp_command_rcpt (&out, path, 0);
        got = queued ();
        if (fault != NULL)
          {
            g_assert_cmpstr (got, ==, "");
            continue;
          }
        g_assert_cmpuint (octet, >=, 32);
        g_assert_cmpuint (octet, !=, 127);
        g_assert_true (strcspn (got, "\r\n") == strlen (got) - 2);
        g_assert_true (g_str_has_suffix (got, ">\r\n"));
      }
  mimesend_smtp_output_clear (&out);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/command/writes-lines", test_lines);
  g_test_add_func ("/smtp/command/refuses-bad-arguments", test_refused);
  g_test_add_func ("/smtp/command/judges-every-octet", test_every_octet);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contract N6: the dialogue, with secrets hidden. */
#include "seed.h"

static void
gather (MimesendTraceDirection direction, const char *line, gpointer lines)
{
  static const char *const marks[] = { "> ", "< ", "* " };

  g_string_append_printf (lines, "%s%s\n", marks[direction], line);
}

static char *
dialogue_with (TestSink *sink, const char *login, const char *password)
{
  g_autoptr (MimesendServer) plain = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendServer) server =
      login != NULL ? mimesend_server_with_login (plain, login, password, NULL) : mimesend_server_ref (plain);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  const char *to[] = { "b@example.com", NULL };
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("a@example.com", to, NULL);
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (MimesendReceipt) receipt = NULL;
  GString *lines = g_string_new (NULL);

  mimesend_content_add_string (content, "not shown\n", NULL);
  mimesend_session_set_trace (session, gather, lines, NULL);
  receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, NULL);
  g_assert_nonnull (receipt);
  g_assert_true (mimesend_session_close (session, NULL, NULL));
  return g_string_free (lines, FALSE);
}

static void
test_lines (void)
{
  TestSink *sink = test_sink_start ("--hide", "CHUNKING", NULL);
  g_autofree char *lines = dialogue_with (sink, NULL, NULL);
  static const char *const expected[] = { "* connected to 127.0.0.1",
                                          "< 220 ",
                                          "> EHLO ",
                                          "< 250",
                                          "> MAIL FROM:<a@example.com>",
                                          "> RCPT TO:<b@example.com>",
                                          "> DATA",
                                          "< 354 ",
                                          "> .\n",
                                          "< 250 2.0.0 ",
                                          "> QUIT",
                                          "< 221 " };
  const char *at = lines;

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      at = strstr (at, expected[i]);
      if (at == NULL)
        g_test_message ("%s is missing or out of order in:\n%s", expected[i], lines);
      g_assert_nonnull (at);
    }
  g_assert_null (strstr (lines, "not shown"));
  test_sink_stop (sink);
}

static void
test_secrets (gconstpointer mechanism)
{
  static const char *const mechanisms[] = { "SCRAM-SHA-256", "PLAIN", "LOGIN" };
  const char *hide[2] = { NULL, NULL };
  guint n = 0;
  TestSink *sink;
  g_autofree char *lines = NULL;
  g_autofree char *encoded = g_base64_encode ((const guchar *)"secret word", 11);
  g_autofree char *plain = g_base64_encode ((const guchar *)"\0joe\0secret word", 16);
  g_autofree char *auth = g_strdup_printf ("> AUTH %s", (const char *)mechanism);

  for (guint i = 0; i < 3; i++)
    if (!g_str_equal (mechanisms[i], mechanism))
      hide[n++] = mechanisms[i];
  sink = test_sink_start ("--auth", "joe:secret word", "--hide", hide[0], "--hide", hide[1], NULL);
  lines = dialogue_with (sink, "joe", "secret word");
  g_assert_nonnull (strstr (lines, auth));
  g_assert_nonnull (strstr (lines, "hidden"));
  g_assert_null (strstr (lines, "secret word"));
  g_assert_null (strstr (lines, encoded));
  g_assert_null (strstr (lines, plain));
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/N6/lines", test_lines);
  g_test_add_data_func ("/seed/N6/secrets/plain", "PLAIN", test_secrets);
  g_test_add_data_func ("/seed/N6/secrets/login", "LOGIN", test_secrets);
  g_test_add_data_func ("/seed/N6/secrets/scram", "SCRAM-SHA-256", test_secrets);
  return g_test_run ();
}

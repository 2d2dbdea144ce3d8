/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contract S14, S15: no header is prepended; line ends and dots, with DATA and with BDAT. */
#include "seed.h"

typedef struct
{
  const char *messages[3];
  const char *arrives;
} Octets;

static const Octets octets[] = {
  { { "no header at all\n" }, "no header at all\r\n" },
  { { "a\nb\r\nc\n" }, "a\r\nb\r\nc\r\n" },
  { { "a\rb\r\r\nc\r" }, "a\r\nb\r\n\r\nc\r\n" },
  { { "a\r", "\nb\n" }, "a\r\nb\r\n" }, /* state is carried over arguments */
  { { "a", "b" }, "ab\r\n" },           /* a last line without newline gets one … */
  { { "a\n" }, "a\r\n" },               /* … and no blank line is added */
  { { ".\n..\n.a\n" }, ".\r\n..\r\n.a\r\n" },
  { { "x\n", ".\n", "y\n" }, "x\r\n.\r\ny\r\n" },
  { { "x\n.\nMAIL FROM:<evil@example.com>\n" }, "x\r\n.\r\nMAIL FROM:<evil@example.com>\r\n" },
  { { "x\r.\ry\n" }, "x\r\n.\r\ny\r\n" },
  { { "\n.\n" }, "\r\n.\r\n" },
  { { "Bcc: stays@example.com\n\nx\n" }, "Bcc: stays@example.com\r\n\r\nx\r\n" },
};

static void
check (TestSink *sink)
{
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  const char *to[] = { "b@example.com", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (octets); i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      g_autoptr (GError) error = NULL;
      JsonObject *message;
      g_autofree char *arrived = NULL;

      for (guint j = 0; j < 3 && octets[i].messages[j] != NULL; j++)
        g_assert_true (mimesend_content_add_string (content, octets[i].messages[j], NULL));
      g_assert_true (mimesend_send_smtp_content (server, "a@example.com", to, content, MIMESEND_SEND_DEFAULT,
                                                 NULL, NULL, &error));
      g_assert_no_error (error);
      message = test_sink_next (sink);
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (message, "violations")), ==, 0);
      arrived = seed_arrived (sink);
      g_assert_cmpstr (arrived, ==, octets[i].arrives);
    }
  g_assert_cmpuint (test_sink_count (sink), ==, G_N_ELEMENTS (octets)); /* never two messages of one */
}

static void
test_by_data (void)
{
  TestSink *sink = test_sink_start ("--hide", "CHUNKING", NULL);

  check (sink);
  test_sink_stop (sink);
}

static void
test_by_bdat (void)
{
  TestSink *sink = test_sink_start (NULL);

  check (sink);
  test_sink_stop (sink);
}

static void
test_nul (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\r\n\0.\r\nb\n", 9);
  g_autoptr (GError) error = NULL;

  g_assert_false (
      mimesend_send_smtp (test_sink_server (sink), "a@example.com", "b@example.com", NULL, &error, bytes));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

static void
test_eight_bit (void)
{
  TestSink *sink = test_sink_start ("--hide", "8BITMIME", NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendContent) again = mimesend_content_new ();
  const char *to[] = { "b@example.com", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp (server, "a@example.com", to, NULL, &error, "\nsch\xc3\xb6n\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  g_clear_error (&error);
  mimesend_content_add_string (again, "\nsch\xc3\xb6n\n", NULL);
  g_assert_true (mimesend_send_smtp_content (server, "a@example.com", to, again,
                                             MIMESEND_SEND_EIGHT_BIT_AS_IS, NULL, NULL, &error));
  seed_assert_arrived (sink, "\r\nsch\xc3\xb6n\r\n");
  test_sink_stop (sink);
}

static void
test_missing_headers (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  const char *to[] = { "b@example.com", NULL };
  const char *texts[] = { "Subject: x\nMIME-Version: 1.0\n\nbody\n",
                          "Date: now\nmessage-id: <1@x>\nMIME-Version: 1.0\n\nbody\n", "only a body\n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *arrived = NULL;
      g_auto (GStrv) lines = g_strsplit (texts[i], "\n", -1);
      g_autofree char *crlf = g_strjoinv ("\r\n", lines);

      mimesend_content_add_string (content, texts[i], NULL);
      g_assert_true (mimesend_send_smtp_content (server, "a@example.com", to, content,
                                                 MIMESEND_SEND_ADD_MISSING_HEADERS, NULL, NULL, &error));
      test_sink_next (sink);
      arrived = seed_arrived (sink);
      g_assert_true (g_str_has_suffix (arrived, crlf)); /* the caller's octets, unchanged, at the end */
      g_assert_cmpint (strstr (arrived, "\r\nDate: ") != NULL || g_str_has_prefix (arrived, "Date: "), ==,
                       TRUE);
      if (i == 0)
        g_assert_nonnull (strstr (arrived, "Message-ID: <"));
      if (i == 1)
        g_assert_cmpstr (arrived, ==, crlf); /* nothing was missing */
      if (i == 2)
        g_assert_nonnull (strstr (arrived, "MIME-Version: 1.0\r\n\r\nonly a body"));
    }
  test_sink_stop (sink);
}

/* In the header a bare CR would make a field that was never written, for a server that takes it for a line end. */
static void
test_cr_in_header (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_send_smtp (test_sink_server (sink), "a@example.com", "b@example.com", NULL, &error,
                                      "Subject: x\rBcc: evil@example.com\n", "\nhi\n"));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/S14/as-they-are-by-data", test_by_data);
  g_test_add_func ("/seed/S15/as-they-are-by-bdat", test_by_bdat);
  g_test_add_func ("/seed/S15/cr-in-header-is-refused", test_cr_in_header);
  g_test_add_func ("/seed/S15/nul-is-refused", test_nul);
  g_test_add_func ("/seed/S15/eight-bit", test_eight_bit);
  g_test_add_func ("/seed/S14/missing-headers-on-request", test_missing_headers);
  return g_test_run ();
}

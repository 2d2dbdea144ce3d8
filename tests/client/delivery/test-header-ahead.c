/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header of a message is read before a server is told of it: what must not leave is refused there, with the connection as
 * good as before, and nothing of the content is lost where the server does not want the message. */
#include "content-way.h"

#include <unistd.h>

typedef MimesendContent *(*Make) (const char *text);

/* From a stream that cannot be rewound. */
static MimesendContent *
of_pipe (const char *text)
{
  int writer;
  MimesendContent *content = content_of_open_pipe (&writer);

  g_assert_cmpint (write (writer, text, strlen (text)), ==, strlen (text));
  close (writer);
  return content;
}

/* Octet by octet, each an argument. */
static MimesendContent *
of_octets (const char *text)
{
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_string (content, "", NULL));
  for (; *text != '\0'; text++)
    {
      g_autoptr (GBytes) octet = g_bytes_new (text, 1);

      g_assert_true (mimesend_content_add_bytes (content, octet, NULL));
    }
  return content;
}

static MimesendContent *
of_memory_stream (const char *text)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (g_strdup (text), -1, g_free);
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_input_stream (content, stream, NULL));
  return content;
}

static const Make makes[] = { content_of_text, of_octets, of_pipe, of_memory_stream };

static MimesendSession *
session_for (TestSink *sink)
{
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);

  return mimesend_session_new (server);
}

static void
assert_refused (Sent *sent)
{
  g_autoptr (GError) error = NULL;

  g_assert_no_error (sent->error);
  g_assert_false (mimesend_receipt_check (sent->receipt, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_assert_nonnull (strstr (error->message, "CR without LF"));
  g_assert_cmpint (mimesend_receipt_get_outcome (sent->receipt), ==, MIMESEND_OUTCOME_NOT_TRIED);
  g_assert_cmpint (mimesend_receipt_get_stage (sent->receipt), ==, MIMESEND_STAGE_CONTENT);
  sent_clear (sent);
}

/* By every way, from every kind of content: the next message goes over the same connection. */
static void
test_refused (gconstpointer hidden)
{
  static const char *const texts[] = {
    "Subject: x\rBcc: evil@example.com\n\nhi\n",
    "Subject : x\rBcc: evil@example.com\n\nhi\n",
    "Subject \t: x\n folded\rBcc: evil@example.com\n\nhi\n",
    "From joe Mon Sep 17\rBcc: evil@example.com\nSubject: x\n\nhi\n",
    "From joe Mon Sep 17\nSubject : x\rBcc: evil@example.com\n\nhi\n",
    "\xef\xbb\xbfSubject: x\rBcc: evil@example.com\n\nhi\n",
    "Subject: x\nno field\nX: y\rBcc: evil@example.com\n\nhi\n",
    "Subject: x\rTo: y\r\rhi\r",
    " Subject: x\rBcc: evil@example.com\n\nhi\n",
  };
  TestSink *sink = test_sink_start ("--hide", (const char *)hidden, NULL);
  g_autoptr (MimesendSession) session = session_for (sink);
  g_autoptr (MimesendContent) last = NULL;
  Sent sent = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint k = 0; k < 2 * G_N_ELEMENTS (makes); k++)
      {
        g_autoptr (MimesendContent) content = makes[k / 2](texts[i]);
        g_autoptr (MimesendContent) good = makes[k / 2]("Subject : x\n\na\rb\n");

        send_way (session, content, k % 2 == 0, &sent);
        assert_refused (&sent);
        send_way (session, good, k % 2 == 0, &sent);
        assert_sent (sink, &sent, "Subject : x\r\n\r\na\r\nb\r\n");
      }
  last = content_of_text ("Subject: x\n\n");
  send_way (session, last, TRUE, &sent);
  sent_clear (&sent);
  g_assert_cmpint (json_object_get_int_member (test_sink_next (sink), "connection"), ==, 1);
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* What lies further on than is read ahead is found all the same: the message is given up in the middle. */
static void
test_refused_beyond (gconstpointer hidden)
{
  TestSink *sink = test_sink_start ("--hide", (const char *)hidden, NULL);
  g_autoptr (MimesendSession) session = session_for (sink);
  g_autoptr (GString) text = g_string_new (NULL);
  Sent sent = { 0 };

  for (guint i = 0; text->len < (1 << 20); i++)
    g_string_append_printf (text, "Received: from a.example by b.example; number %u\n", i);
  g_string_append (text, "Subject : x\rBcc: evil@example.com\n\nhi\n");
  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (MimesendContent) content =
          k == 0 ? content_of_text (text->str) : of_memory_stream (text->str);
      g_autoptr (MimesendContent) good = content_of_text ("Subject: x\n\nhi\n");
      g_autoptr (GError) error = NULL;

      send_way (session, content, k == 0, &sent);
      g_assert_no_error (sent.error);
      g_assert_false (mimesend_receipt_check (sent.receipt, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      sent_clear (&sent);
      send_way (session, good, k == 0, &sent);
      assert_sent (sink, &sent, "Subject: x\r\n\r\nhi\r\n");
    }
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* A header of any length that is in order goes, octet for octet. */
static void
test_long (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_for (sink);
  g_autoptr (GString) text = g_string_new (NULL);
  Sent sent = { 0 };

  for (guint i = 0; text->len < 300000; i++)
    g_string_append_printf (text, "Received: from a.example\r\n by b.example; number %u\r\n", i);
  g_string_append (text, "\r\nhi\r\n");
  for (guint k = 0; k < 4; k++)
    {
      g_autoptr (MimesendContent) content =
          k < 2 ? content_of_text (text->str) : of_memory_stream (text->str);

      send_way (session, content, k % 2 == 0, &sent);
      assert_sent (sink, &sent, text->str);
    }
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* The server puts the message off at MAIL: the content that was looked into is sent whole with the next attempt, and with the
 * next message. */
static void
test_nothing_is_lost (void)
{
  TestSink *sink =
      test_sink_start ("--script", "MAIL#1 reply 451 4.3.0 later", "--script", "MAIL#2 reply 451 4.3.0 later",
                       "--script", "MAIL#4 reply 550 5.7.1 no", NULL);
  g_autoptr (MimesendSession) session = session_for (sink);
  g_autoptr (MimesendRetry) thrice = mimesend_retry_new (3);
  g_autoptr (MimesendRetry) retry = mimesend_retry_with_delay (thrice, 0.001, 0.001);
  Sent sent = { 0 };

  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (MimesendContent) content = of_pipe ("Subject: x\n\nhi\n");

      g_object_set (session, "retry", k == 0 ? retry : NULL, NULL);
      if (k == 1)
        {
          send_way (session, content, FALSE, &sent);
          g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_REFUSED);
          sent_clear (&sent);
        }
      send_way (session, content, k == 0, &sent);
      assert_sent (sink, &sent, "Subject: x\r\n\r\nhi\r\n");
    }
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* Only so long is waited for a header: then the server is told of the message. */
static void
test_slow_header (void)
{
  TestSink *sink = test_sink_start ("--script", "@1 MAIL reply 550 5.7.1 not you", NULL);
  g_autoptr (MimesendSession) session = session_for (sink);
  int writer;
  g_autoptr (MimesendContent) content = content_of_open_pipe (&writer);
  Sent sent = { 0 };

  g_assert_cmpint (write (writer, "Subject: x\n", 11), ==, 11);
  start (session, content, NULL, &sent);
  sent_await (&sent); /* it would last for ever, as the writer waits for it */
  g_assert_no_error (sent.error);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_REFUSED);
  g_assert_cmpint (mimesend_receipt_get_stage (sent.receipt), ==, MIMESEND_STAGE_MAIL);
  close (writer);
  sent_clear (&sent);
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* --- what is said of a header that goes as it is --- */

static const struct
{
  const char *text;
  const char *words[4]; /* of each warning, in this order */
} warned[] = {
  { "Subject: x\n\nhi\n", { NULL } },
  { "Subject : x\n\nhi\n", { NULL } },
  { "Subject: x\nBcc:\n\nhi\n", { NULL } },
  { "Subject: x\n\nBcc: y\nFrom z\n\xc3\xa9\n", { NULL } },
  { "hi\n", { "has no header" } },
  { "hi there: x\n", { "has no header" } },
  { "\nhi\n", { "has no header" } },
  { "From here on\nthere is no field\n", { "has no header" } },
  { "", { "is empty" } },
  { "From joe Mon Sep 17\nSubject: x\n\nhi\n", { "mbox" } },
  { ">From joe\nSubject: x\n\nhi\n", { "mbox" } },
  { "From joe\n\nhi\n", { "has no header", "mbox" } },
  { "\xef\xbb\xbfSubject: x\n\nhi\n", { "byte order mark" } },
  { "Bcc: a@example.com\n\nhi\n", { "Bcc" } },
  { "Subject: x\nresent-bcc :\n a@example.com\n\nhi\n", { "Bcc" } },
  { "Subject: \xc3\xa9\n\nhi\n", { "SMTPUTF8" } },
  { "From joe\nBcc: a@example.com\nSubject: \xe9\n\nhi\n", { "mbox", "Bcc", "SMTPUTF8" } },
};

static void
assert_warned (MimesendReceipt *receipt, const char *const *words)
{
  const char *const *warnings = mimesend_receipt_get_warnings (receipt);
  guint n = 0;

  for (; words[n] != NULL; n++)
    {
      g_assert_true (warnings != NULL && warnings[n] != NULL);
      g_assert_nonnull (strstr (warnings[n], words[n]));
    }
  g_assert_true (warnings == NULL || warnings[n] == NULL);
}

static void
test_warned (void)
{
  TestSink *sink = test_sink_start ("--discard", NULL);
  g_autoptr (MimesendSession) session = session_for (sink);
  Sent sent = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (warned); i++)
    for (guint k = 0; k < 2 * G_N_ELEMENTS (makes); k++)
      {
        g_autoptr (MimesendContent) content = makes[k / 2](warned[i].text);

        send_way (session, content, k % 2 == 0, &sent);
        g_assert_no_error (sent.error);
        g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
        assert_warned (sent.receipt, warned[i].words);
        sent_clear (&sent);
      }
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

/* UTF-8 in the header is as it should be where SMTPUTF8 is asked for. */
static void
test_not_warned (void)
{
  static const char *const to[] = { "j\xc3\xb6rg@example.com", NULL };
  TestSink *sink = test_sink_start ("--discard", NULL);
  g_autoptr (MimesendSession) session = session_for (sink);
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("joe@example.com", to, NULL);
  g_autoptr (MimesendContent) content = content_of_text ("Subject: \xc3\xa9\n\nhi\n");
  g_autoptr (MimesendReceipt) receipt =
      mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, NULL);

  assert_warned (receipt, (const char *const[]){ NULL });
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/header-ahead/refused-data", "CHUNKING", test_refused);
  g_test_add_data_func ("/client/header-ahead/refused-bdat", "DSN", test_refused);
  g_test_add_data_func ("/client/header-ahead/refused-lock-step", "PIPELINING", test_refused);
  g_test_add_data_func ("/client/header-ahead/refused-beyond-data", "CHUNKING", test_refused_beyond);
  g_test_add_data_func ("/client/header-ahead/refused-beyond-bdat", "DSN", test_refused_beyond);
  g_test_add_func ("/client/header-ahead/long-header-is-sent-whole", test_long);
  g_test_add_func ("/client/header-ahead/nothing-is-lost", test_nothing_is_lost);
  g_test_add_func ("/client/header-ahead/slow-header-is-waited-for-briefly", test_slow_header);
  g_test_add_func ("/client/header-ahead/odd-headers-are-warned-of", test_warned);
  g_test_add_func ("/client/header-ahead/good-headers-are-not-warned-of", test_not_warned);
  return g_test_run ();
}

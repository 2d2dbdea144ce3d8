/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content belongs to one delivery at a time; the next one reads it from its beginning, whatever the outcome of the one
 * before. */
#include "async.h"

#include <string.h>

#include "content-kinds.h"
#include "test-sink.h"

static void
assert_pending (GError *error)
{
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
}

/* While a delivery has it no other reader does: not to send it, nor what it is a part of, nor to read it. */
static void
test_held (void)
{
  TestSink *sink = test_sink_start ("--script", "MAIL#1 delay 100ms", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendSession) other = session_to (test_sink_server (sink));
  g_autoptr (MimesendContent) content = content_kind ("string")->make (), around = mimesend_content_new ();
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (GError) read_error = NULL, rewind_error = NULL, other_error = NULL, add_error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  Sent first = { 0 }, again = { 0 }, part = { 0 }, later = { 0 };

  g_assert_true (mimesend_content_add_content (around, content, NULL));
  start (session, around, NULL, &first);
  start (session, around, NULL, &again);
  start (other, content, NULL, &part);
  sent_await (&again);
  sent_await (&part);
  assert_pending (again.error);
  assert_pending (part.error);
  g_assert_null (mimesend_session_send (other, envelope, content, MIMESEND_SEND_DEFAULT, NULL, &other_error));
  assert_pending (other_error);
  g_assert_null (mimesend_content_read_bytes (content, 10, NULL, &read_error));
  assert_pending (read_error);
  g_assert_false (mimesend_content_rewind (around, &rewind_error));
  assert_pending (rewind_error);
  g_assert_false (mimesend_content_add_string (around, "more", &add_error));
  g_assert_error (add_error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_false (first.done);
  sent_await (&first);
  assert_accepted (&first);

  start (other, content, NULL, &later);
  sent_await (&later);
  assert_accepted (&later);
  bytes = mimesend_content_read_bytes (around, 10, NULL,
                                       NULL); /* its own first octets come from where it ended */
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
  g_assert_cmpuint (test_sink_count (sink), ==, 2);
  sent_clear (&first);
  sent_clear (&again);
  sent_clear (&part);
  sent_clear (&later);
  test_sink_stop (sink);
}

static gpointer
send_in_thread (gpointer data)
{
  MimesendContent *content = ((gpointer *)data)[0];
  const char *server = ((gpointer *)data)[1];
  Fate *fate = ((gpointer *)data)[2];

  fate_of_session (server, content, fate);
  return NULL;
}

/* In several threads: whatever is accepted is whole, and what is not says that it was another's. */
static void
test_threads (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendContent) content = content_kind ("tree")->make ();
  g_autoptr (GBytes) whole = content_kind_octets (content_kind ("tree"));
  Fate fates[4] = { { 0 } };
  gpointer data[4][3];
  GThread *threads[4];
  guint accepted = 0;

  for (guint i = 0; i < 4; i++)
    {
      data[i][0] = content;
      data[i][1] = (gpointer)test_sink_server (sink);
      data[i][2] = &fates[i];
      threads[i] = g_thread_new ("sends", send_in_thread, data[i]);
    }
  for (guint i = 0; i < 4; i++)
    {
      g_thread_join (threads[i]);
      accepted += fates[i].accepted;
      for (guint j = 0; j < fates[i].n_errors; j++)
        {
          assert_pending (fates[i].errors[j]);
          g_error_free (fates[i].errors[j]);
        }
    }
  g_assert_cmpuint (accepted, >, 0);
  for (guint i = 0; i < accepted; i++)
    {
      g_autoptr (GBytes) got = NULL;

      test_sink_next (sink);
      got = test_sink_octets (sink);
      g_assert_cmpuint (g_bytes_get_size (got), ==, g_bytes_get_size (whole));
    }
  g_assert_cmpuint (test_sink_count (sink), ==, accepted);
  test_sink_stop (sink);
}

/* No octet was asked of it: it is as new, whatever it reads from. */
static void
test_not_begun (void)
{
  TestSink *refuses = test_sink_start ("--script", "GREETING reply 554 no", NULL);
  TestSink *sink = test_sink_start (NULL);

  for (const Kind *kind = content_kinds; kind->name != NULL; kind++)
    {
      g_autoptr (MimesendContent) content = kind->make ();
      g_autoptr (MimesendSession) one = session_to (test_sink_server (refuses));
      g_autoptr (MimesendSession) two = session_to (test_sink_server (sink));
      g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
      g_autoptr (GBytes) whole = content_kind_octets (kind), got = NULL;
      g_autoptr (GError) error = NULL;
      Sent sent = { 0 };

      g_assert_null (mimesend_session_send (one, envelope, content, MIMESEND_SEND_DEFAULT, NULL, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED);
      start (two, content, NULL, &sent);
      sent_await (&sent);
      assert_accepted (&sent);
      test_sink_next (sink);
      got = test_sink_octets (sink);
      g_assert_cmpuint (g_bytes_get_size (got), ==, g_bytes_get_size (whole));
      sent_clear (&sent);
    }
  test_sink_stop (refuses);
  test_sink_stop (sink);
}

/* Cut off in the middle, and cancelled: what is sent next begins at its beginning. */
static void
test_after_a_failure (void)
{
  static const char *const steps[] = { "@1 CONTENT drop after 4096", "@1 CONTENT hang after 4096",
                                       "@1 DATA reply 451 no", "@1 DOT reply 554 no" };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      TestSink *sink = test_sink_start ("--hide", "CHUNKING", "--script", steps[i], NULL);
      g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
      g_autoptr (MimesendSession) second = session_to (test_sink_server (sink));
      g_autoptr (MimesendContent) content = content_kind ("part-stream")->make ();
      g_autoptr (GBytes) whole = content_kind_octets (content_kind ("part-stream")), got = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      JsonObject *line;
      Sent first = { 0 }, again = { 0 };

      start (session, content, cancellable, &first);
      if (i == 1)
        {
          g_timeout_add_once (200, (GSourceOnceFunc)g_cancellable_cancel, cancellable);
        }
      sent_await (&first);
      g_assert_true (first.receipt == NULL ||
                     mimesend_receipt_get_outcome (first.receipt) != MIMESEND_OUTCOME_ACCEPTED);
      start (second, content, NULL, &again);
      sent_await (&again);
      assert_accepted (&again);
      line = test_sink_next (sink);
      g_assert_nonnull (line);
      got = test_sink_octets (sink);
      g_assert_cmpuint (g_bytes_get_size (got), ==, g_bytes_get_size (whole));
      g_assert_cmpuint (test_sink_count (sink), ==, 1);
      sent_clear (&first);
      sent_clear (&again);
      test_sink_stop (sink);
    }
}

/* More recipients than one transaction takes: each gets all of it, of streams and of a class of the caller's. */
static void
test_several_transactions (void)
{
  static const char *const to[] = { "a@example.org", "b@example.org", "c@example.org", NULL };
  TestSink *sink = test_sink_start ("--max-recipients", "1", NULL);

  for (const Kind *kind = content_kinds; kind->name != NULL; kind++)
    {
      g_autoptr (MimesendContent) content = kind->make ();
      g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
      g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("joe@example.com", to, NULL);
      g_autoptr (GBytes) whole = content_kind_octets (kind);
      g_autoptr (MimesendReceipt) receipt = NULL;

      receipt = mimesend_session_send (session, envelope, content, MIMESEND_SEND_SERVE_ACCEPTED, NULL, NULL);
      g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==,
                       kind->once ? MIMESEND_OUTCOME_PARTIAL : MIMESEND_OUTCOME_ACCEPTED);
      for (guint j = 0; j < (kind->once ? 1 : 3); j++)
        {
          g_autoptr (GBytes) got = NULL;

          test_sink_next (sink);
          got = test_sink_octets (sink);
          g_assert_cmpuint (g_bytes_get_size (got), ==, g_bytes_get_size (whole));
        }
    }
  test_sink_stop (sink);
}

/* A letter whose text is a content, for one after the other. */
static void
test_text_of_a_letter (void)
{
  static const char *const names[] = { "ann@example.org", "bob@example.org", NULL };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendContent) text = content_of_text ("the text of both\n"),
                              once = content_kind ("class-once")->make ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *const to[] = { names[i], NULL };
      g_autoptr (GError) error = NULL;
      gboolean sent = mimesend_send_letter_content (server, "joe@example.com", to, NULL, text,
                                                    MIMESEND_SEND_DEFAULT, NULL, NULL, &error);
      g_autoptr (GBytes) got = NULL;

      g_assert_no_error (error);
      g_assert_true (sent);
      test_sink_next (sink);
      got = test_sink_octets (sink);
      g_assert_true (g_strstr_len (g_bytes_get_data (got, NULL), (gssize)g_bytes_get_size (got),
                                   "\r\n\r\nthe text of both\r\n") != NULL);
      sent = mimesend_send_letter_content (server, "joe@example.com", to, NULL, once, MIMESEND_SEND_DEFAULT,
                                           NULL, NULL, &error);
      g_assert_true (sent == (i == 0));
      if (i == 0)
        test_sink_next (sink);
      else
        g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
    }
  g_assert_cmpuint (test_sink_count (sink), ==, 3);
  test_sink_stop (sink);
}

/* The look at the header does not hide that it is the same content. */
static void
test_missing_headers (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MimesendContent) content =
          i == 0 ? content_kind ("string")->make () : content_kind ("unix-pipe")->make ();

      for (guint j = 0; j < 2; j++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (MimesendReceipt) receipt = mimesend_session_send (
              session, envelope, content, MIMESEND_SEND_ADD_MISSING_HEADERS, NULL, &error);
          g_autoptr (GBytes) got = NULL;

          g_assert_true ((receipt == NULL) == (error != NULL));
          if (i == 1 && j == 1)
            {
              g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
              continue;
            }
          g_assert_no_error (error);
          test_sink_next (sink);
          got = test_sink_octets (sink);
          g_assert_true (g_strstr_len (g_bytes_get_data (got, NULL), (gssize)g_bytes_get_size (got),
                                       i == 0 ? "as often as wanted" : "through a pipe") != NULL);
        }
    }
  test_sink_stop (sink);
}

/* Likewise, and its beginning cannot be made anew: it is not sent as it was made for the other. */
static void
test_not_for_another_server (void)
{
  TestSink *refuses = test_sink_start ("--script", "MAIL reply 550 5.1.8 not from you", NULL);
  TestSink *plain = test_sink_start ("--hide", "8BITMIME", NULL);
  g_autoptr (MimesendContent) content = content_kind ("tree-8bit-with-pipe")->make ();
  g_autoptr (MimesendSession) one = session_to (test_sink_server (refuses));
  g_autoptr (MimesendSession) two = session_to (test_sink_server (plain));
  Sent first = { 0 }, second = { 0 };

  start (one, content, NULL, &first);
  sent_await (&first);
  g_assert_cmpint (mimesend_receipt_get_outcome (first.receipt), ==, MIMESEND_OUTCOME_REFUSED);
  start (two, content, NULL, &second);
  sent_await (&second);
  if (second.receipt != NULL)
    g_assert_cmpint (mimesend_receipt_get_outcome (second.receipt), !=, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_cmpuint (test_sink_count (plain), ==, 0);
  sent_clear (&first);
  sent_clear (&second);
  test_sink_stop (refuses);
  test_sink_stop (plain);
}

/* Refused at MAIL, with its beginning read ahead for that server: the next one gets what it can take, and all of it. */
static void
test_for_another_server (void)
{
  static const char *const names[] = { "tree-behind-a-field", "tree-8bit", "string",    "file-stream",
                                       "part-stream",         "unix-pipe", "gmime-pipe" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      TestSink *refuses = test_sink_start ("--script", "MAIL reply 550 5.1.8 not from you", NULL);
      TestSink *plain = test_sink_start ("--hide", "8BITMIME", NULL);
      const Kind *kind = content_kind (names[i]);
      g_autoptr (MimesendContent) content = kind->make ();
      g_autoptr (MimesendSession) one = session_to (test_sink_server (refuses));
      g_autoptr (MimesendSession) two = session_to (test_sink_server (plain));
      g_autoptr (GBytes) whole = content_kind_octets (kind), got = NULL;
      Sent first = { 0 }, second = { 0 };
      JsonObject *message;

      start (one, content, NULL, &first);
      sent_await (&first);
      g_assert_no_error (first.error);
      g_assert_cmpint (mimesend_receipt_get_outcome (first.receipt), ==, MIMESEND_OUTCOME_REFUSED);
      start (two, content, NULL, &second);
      sent_await (&second);
      assert_accepted (&second);
      message = test_sink_next (plain);
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (message, "violations")), ==, 0);
      got = test_sink_octets (plain);
      if (i < 2)
        g_assert_nonnull (g_strstr_len (g_bytes_get_data (got, NULL), (gssize)g_bytes_get_size (got),
                                        "Encoding: base64\r\n"));
      else
        g_assert_cmpuint (g_bytes_get_size (got), ==, g_bytes_get_size (whole));
      sent_clear (&first);
      sent_clear (&second);
      test_sink_stop (refuses);
      test_sink_stop (plain);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_mime_init ();
  g_test_init (&argc, &argv, NULL);
  content_kinds_begin ();
  g_test_add_func ("/client/content-held/held-content-is-pending", test_held);
  g_test_add_func ("/client/content-held/holds-in-several-threads", test_threads);
  g_test_add_func ("/client/content-held/unread-content-can-be-sent-again", test_not_begun);
  g_test_add_func ("/client/content-held/after-a-failure", test_after_a_failure);
  g_test_add_func ("/client/content-held/several-transactions-read-it-again", test_several_transactions);
  g_test_add_func ("/client/content-held/for-another-server", test_for_another_server);
  g_test_add_func ("/client/content-held/not-for-another-server", test_not_for_another_server);
  g_test_add_func ("/client/content-held/text-of-a-letter", test_text_of_a_letter);
  g_test_add_func ("/client/content-held/missing-headers", test_missing_headers);
  status = g_test_run ();
  content_kinds_end ();
  return status;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content that is read once more, from its first octet: for the next recipients, and on the next connection. */
#include "async.h"

#include <glib/gstdio.h>
#include <string.h>

#include "test-sink.h"

static char *
large_file (void)
{
  g_autofree char *text = g_malloc (600 * 1000);
  char *path = NULL;
  int fd = g_file_open_tmp ("mimesend-test-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  for (guint i = 0; i < 600 * 1000; i++)
    text[i] = i % 60 == 59 ? '\n' : (char)('a' + i / 60 % 26);
  g_assert_true (g_file_set_contents (path, text, 600 * 1000, NULL));
  return path;
}

static GBytes *
next_arrived (TestSink *sink)
{
  test_sink_next (sink);
  return test_sink_octets (sink);
}

/* Of a file, on a worker. */
static void
test_next_recipients (void)
{
  static const char *const to[] = { "a@example.org", "b@example.org", "c@example.org",
                                    "d@example.org", "e@example.org", NULL };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendEnvelope) envelope = mimesend_envelope_new ("joe@example.com", to, NULL);
  g_autofree char *path = large_file ();
  GMimeObject *part = mimesend_part_new_file (path, NULL);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part (part, NULL);
  g_autoptr (GBytes) first = NULL;
  Sent sent = { 0 };

  mimesend_session_set_max_recipients (session, 2);
  mimesend_session_set_window (session, 8);
  mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_SERVE_ACCEPTED, G_PRIORITY_DEFAULT,
                               NULL, sent_done, &sent);
  sent_await (&sent);
  g_assert_no_error (sent.error);
  g_assert_true (mimesend_receipt_check (sent.receipt, NULL));
  g_assert_cmpuint (mimesend_receipt_get_n_transactions (sent.receipt), ==, 3);
  first = next_arrived (sink);
  g_assert_cmpuint (g_bytes_get_size (first), >, 600 * 1000);
  for (guint i = 1; i < 3; i++)
    {
      g_autoptr (GBytes) again = next_arrived (sink);

      g_assert_true (g_bytes_equal (first, again));
    }
  sent_clear (&sent);
  g_object_unref (part);
  g_unlink (path);
  test_sink_stop (sink);
}

/* A file is on its way, a message of the same window is cancelled and takes the connection with it: the file goes again. */
static void
test_next_connection (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *path = large_file ();

  g_object_set (session, "window", 8, NULL);
  for (guint turns = 0; turns < 12; turns++)
    {
      GMimeObject *part = mimesend_part_new_file (path, NULL);
      g_autoptr (MimesendContent) content = mimesend_content_new_for_part (part, NULL);
      g_autoptr (MimesendContent) other = content_of_text ("other\n");
      guint n_before = test_sink_count (sink);
      Sent sent = { 0 }, cancelled = { 0 };

      g_cancellable_reset (cancellable);
      mimesend_session_send_async (session, envelope, content, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT,
                                   NULL, sent_done, &sent);
      start (session, other, cancellable, &cancelled);
      for (guint i = 0; i < turns; i++)
        g_main_context_iteration (NULL, FALSE);
      g_cancellable_cancel (cancellable);
      sent_await (&sent);
      sent_await (&cancelled);
      g_assert_no_error (sent.error);
      if (mimesend_receipt_get_outcome (sent.receipt) == MIMESEND_OUTCOME_ACCEPTED)
        g_assert_cmpuint (test_sink_count (sink), >, n_before);
      else
        g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_IN_DOUBT);
      sent_clear (&sent);
      sent_clear (&cancelled);
      g_object_unref (part);
    }
  for (guint n = test_sink_count (sink); n > 0; n--)
    {
      g_autoptr (GBytes) octets = next_arrived (sink);

      g_assert_true (g_bytes_get_size (octets) == strlen ("other\r\n") ||
                     g_bytes_get_size (octets) > 600 * 1000);
    }
  g_unlink (path);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/rewind/content-is-read-again-for-more-recipients", test_next_recipients);
  g_test_add_func ("/client/rewind/content-is-read-again-on-next-connection", test_next_connection);
  return g_test_run ();
}

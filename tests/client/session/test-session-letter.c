/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Letters and trees through a session: where they go, what the receipt has of them, and that the caller's stay as they are. */
#include "letters.h"

#include <unistd.h>

typedef struct
{
  guint n;
  guint64 octets;
  gint64 total;
} Progress;

static void
progress_cb (MimesendSession *session,
             MimesendEnvelope *envelope,
             guint64 octets,
             gint64 total,
             MimesendStage stage,
             gpointer data)
{
  Progress *self = data;

  self->n++;
  self->octets = octets;
  self->total = total;
}

static void
letter_sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Sent *self = data;

  g_assert_false (self->done);
  self->receipt = mimesend_session_send_letter_finish (MIMESEND_SESSION (source), result, &self->error);
  self->done = TRUE;
}

static void
part_sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Sent *self = data;

  self->receipt = mimesend_session_send_part_finish (MIMESEND_SESSION (source), result, &self->error);
  self->done = TRUE;
}

static void
start_letter (MimesendSession *session, MimesendLetter *letter, GCancellable *cancellable, Sent *sent)
{
  mimesend_session_send_letter_async (session, letter, MIMESEND_SEND_DEFAULT, G_PRIORITY_DEFAULT, cancellable,
                                      letter_sent_cb, sent);
  g_assert_false (sent->done); /* never called back at once */
}

static void
send_letter (MimesendSession *session, MimesendLetter *letter, gboolean waits, Sent *sent)
{
  if (waits)
    sent->receipt = mimesend_session_send_letter (session, letter, MIMESEND_SEND_DEFAULT, NULL, &sent->error);
  else
    {
      start_letter (session, letter, NULL, sent);
      sent_await (sent);
    }
}

/* To, Cc and Bcc get it; Bcc is in no header; the receipt has its Message-ID, and progress is told. */
static void
test_letter (gconstpointer data)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendLetter) letter = letter_to ("Ann <ann@example.org>");
  g_autofree char *before = NULL, *octets = NULL, *after = NULL, *to = NULL;
  g_autoptr (GBytes) arrived_octets = NULL;
  Progress progress = { 0 };
  Sent sent = { 0 };

  g_assert_true (mimesend_letter_add_cc (letter, "cc@example.org", NULL));
  g_assert_true (mimesend_letter_add_bcc (letter, "hidden@example.org", NULL));
  g_assert_true (mimesend_letter_set_reverse_path (letter, "bounces@example.com", NULL));
  attach_filtered (letter, "\0\1\2", 3);
  before = built (letter);
  g_signal_connect (session, "progress", G_CALLBACK (progress_cb), &progress);
  send_letter (session, letter, data != NULL, &sent);
  assert_accepted (&sent);
  to = arrived_to (test_sink_next (sink));
  g_assert_cmpstr (to, ==, "ann@example.org cc@example.org hidden@example.org");
  octets = arrived (sink);
  g_assert_null (strstr (octets, "hidden"));
  assert_has_id (sent.receipt, letter, octets);
  g_assert_cmpuint (progress.n, >, 0);
  arrived_octets = test_sink_octets (sink);
  g_assert_cmpuint (progress.octets, ==, g_bytes_get_size (arrived_octets));
  after = built (letter);
  g_assert_cmpstr (before, ==, after);
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* The same letter to ann, then to bob: each gets their own, and the same letter twice has one Message-ID. */
static void
test_one_after_another (gconstpointer data)
{
  static const char *const names[] = { "ann@example.org", "bob@example.org", "bob@example.org" };
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendLetter) letter = letter_to (NULL);
  g_autofree char *last = NULL;

  attach_filtered (letter, "octets", 6);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *const to[] = { names[i], NULL };
      g_autofree char *octets = NULL, *arrived_at = NULL;
      Sent sent = { 0 };

      if (i < 2)
        g_assert_true (mimesend_letter_set_to (letter, to, NULL));
      send_letter (session, letter, data != NULL, &sent);
      assert_accepted (&sent);
      arrived_at = arrived_to (test_sink_next (sink));
      g_assert_cmpstr (arrived_at, ==, names[i]);
      octets = arrived (sink);
      g_assert_nonnull (strstr (octets, names[i]));
      g_assert_true ((strstr (octets, names[0]) != NULL) == (i == 0));
      assert_has_id (sent.receipt, letter, octets);
      g_assert_true ((g_strcmp0 (last, octets) == 0) == (i == 2));
      g_free (last);
      last = g_steal_pointer (&octets);
      sent_clear (&sent);
    }
  test_sink_stop (sink);
}

/* What is changed once it was started is not in it. */
static void
test_changed_meanwhile (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendLetter) letter = letter_to ("ann@example.org");
  g_autofree char *to = NULL, *octets = NULL;
  Sent sent = { 0 };

  start_letter (session, letter, NULL, &sent);
  mimesend_letter_set_text (letter, "another\n");
  g_assert_true (mimesend_letter_set_subject (letter, "another", NULL));
  g_assert_true (mimesend_letter_add_bcc (letter, "bob@example.org", NULL));
  sent_await (&sent);
  assert_accepted (&sent);
  to = arrived_to (test_sink_next (sink));
  g_assert_cmpstr (to, ==, "ann@example.org");
  octets = arrived (sink);
  g_assert_null (strstr (octets, "another"));
  g_assert_nonnull (strstr (octets, "\r\n\r\ntext\r\n"));
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* A letter that cannot be built reaches no server, and the session serves the next. */
static void
test_not_built (gconstpointer data)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendLetter) nobody = letter_to (NULL), empty = mimesend_letter_new ();
  g_autoptr (MimesendLetter) wrong = letter_to ("a@example.org"), right = letter_to ("a@example.org");
  MimesendLetter *const letters[] = { nobody, empty, wrong };

  mimesend_letter_set_text (wrong, "\xff\n");
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    {
      Sent sent = { 0 };

      send_letter (session, letters[i], data != NULL, &sent);
      g_assert_null (sent.receipt);
      if (letters[i] == wrong)
        g_assert_error (sent.error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      else
        g_assert_error (sent.error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
      sent_clear (&sent);
    }
  {
    Sent sent = { 0 };

    send_letter (session, right, data != NULL, &sent);
    assert_accepted (&sent);
    sent_clear (&sent);
  }
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  test_sink_stop (sink);
}

/* Two sessions, one letter: what both can read goes at once; a stream that is read in place goes by one of them at a time. */
static void
test_at_once (gconstpointer filtered)
{
  TestSink *sink = test_sink_start ("--script", "MAIL#1 delay 100ms", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendSession) other = session_to (test_sink_server (sink));
  g_autoptr (MimesendLetter) letter = letter_to ("ann@example.org");
  Sent first = { 0 }, second = { 0 }, third = { 0 };

  if (filtered != NULL)
    attach_filtered (letter, "octets", 6);
  start_letter (session, letter, NULL, &first);
  start_letter (other, letter, NULL, &second);
  sent_await (&first);
  sent_await (&second);
  assert_accepted (&first);
  if (filtered != NULL)
    g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_PENDING);
  else
    assert_accepted (&second);
  start_letter (other, letter, NULL, &third);
  sent_await (&third);
  assert_accepted (&third);
  g_assert_cmpuint (test_sink_count (sink), ==, filtered != NULL ? 2 : 3);
  sent_clear (&first);
  sent_clear (&second);
  sent_clear (&third);
  test_sink_stop (sink);
}

/* What can be read once goes once, and is refused ahead of MAIL then. */
static void
test_pipe (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendLetter) letter = letter_to ("ann@example.org");
  g_autoptr (GMimeStream) stream = NULL;
  int fds[2];
  Sent sent = { 0 }, again = { 0 };

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (fds[1], "octets", 6), ==, 6);
  close (fds[1]);
  stream = g_mime_stream_pipe_new (fds[0]);
  g_assert_true (mimesend_letter_attach_stream (letter, stream, "data.bin", NULL));
  send_letter (session, letter, FALSE, &sent);
  assert_accepted (&sent);
  send_letter (session, letter, FALSE, &again);
  g_assert_error (again.error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  sent_clear (&sent);
  sent_clear (&again);
  test_sink_stop (sink);
}

static void
test_cancelled (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendLetter) letter = letter_to ("ann@example.org");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Sent sent = { 0 };

  g_cancellable_cancel (cancellable);
  start_letter (session, letter, cancellable, &sent);
  sent_await (&sent);
  g_assert_error (sent.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  sent_clear (&sent);
  g_assert_cmpuint (test_sink_count (sink), ==, 0);
  test_sink_stop (sink);
}

/* A name of its own for the host is the Message-ID's domain where the letter has none. */
static void
test_id_domain (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  Sent sent = { 0 };

  g_object_set (session, "ehlo-name", "host.example.net", NULL);
  g_assert_true (mimesend_letter_set_from (letter, "joe", NULL));
  g_assert_true (mimesend_letter_add_to (letter, "ann@example.org", NULL));
  send_letter (session, letter, TRUE, &sent);
  assert_accepted (&sent);
  g_assert_true (g_str_has_suffix (mimesend_receipt_get_message_id (sent.receipt), "@host.example.net>"));
  g_assert_true (g_str_has_suffix (mimesend_letter_get_message_id (letter), "@host.example.net"));
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* A tree goes where the envelope says, without Bcc, and stays as it is. */
static void
test_part (gconstpointer data)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("ann@example.org", NULL);
  g_autoptr (GMimeObject) body = mimesend_part_new_text ("text\n");
  g_autoptr (GMimeMessage) message = g_mime_message_new (FALSE);
  g_autofree char *before = NULL, *after = NULL, *octets = NULL, *to = NULL;
  Sent sent = { 0 };

  g_mime_message_set_mime_part (message, body);
  g_mime_object_set_header (GMIME_OBJECT (message), "Subject", "tree", NULL);
  g_mime_object_set_header (GMIME_OBJECT (message), "Bcc", "hidden@example.org", NULL);
  g_mime_object_set_header (GMIME_OBJECT (message), "Message-ID", "<tree@example.com>", NULL);
  before = g_mime_object_to_string (GMIME_OBJECT (message), NULL);
  if (data != NULL)
    sent.receipt = mimesend_session_send_part (session, envelope, GMIME_OBJECT (message),
                                               MIMESEND_SEND_DEFAULT, NULL, &sent.error);
  else
    {
      mimesend_session_send_part_async (session, envelope, GMIME_OBJECT (message), MIMESEND_SEND_DEFAULT,
                                        G_PRIORITY_DEFAULT, NULL, part_sent_cb, &sent);
      sent_await (&sent);
    }
  assert_accepted (&sent);
  to = arrived_to (test_sink_next (sink));
  g_assert_cmpstr (to, ==, "ann@example.org");
  octets = arrived (sink);
  g_assert_null (strstr (octets, "hidden"));
  g_assert_nonnull (strstr (octets, "Subject: tree\r\n"));
  g_assert_cmpstr (mimesend_receipt_get_message_id (sent.receipt), ==, "<tree@example.com>");
  after = g_mime_object_to_string (GMIME_OBJECT (message), NULL);
  g_assert_cmpstr (before, ==, after);
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* A tree's Message-ID is told as it stands there, and only if it is one. */
static void
test_part_id (void)
{
  static const struct
  {
    const char *raw, *told;
  } rows[] = {
    { " <a@b>\n", "<a@b>" },    { "\n <folded@example.com>\n", "<folded@example.com>" },
    { " <a b@c>\n", NULL },     { " a@b\n", NULL },
    { " <a@b> <c@d>\n", NULL }, { " <\xff@b>\n", NULL },
    { " <>\n", NULL },          { "\n", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint inside = 0; inside < 2; inside++)
      {
        TestSink *sink = test_sink_start (NULL);
        g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
        g_autoptr (MimesendEnvelope) envelope = envelope_to ("ann@example.org", NULL);
        g_autoptr (GMimeObject) body = mimesend_part_new_text ("text\n");
        g_autoptr (GMimeMessage) message = g_mime_message_new (FALSE);
        GMimeObject *bearer = inside ? body : GMIME_OBJECT (message);
        g_autoptr (MimesendReceipt) receipt = NULL;
        g_autoptr (GError) error = NULL;

        g_mime_message_set_mime_part (message, body);
        g_mime_object_set_header (bearer, "Message-ID", "<x@y>", NULL);
        g_mime_header_set_raw_value (
            g_mime_header_list_get_header (g_mime_object_get_header_list (bearer), "Message-ID"),
            rows[i].raw);
        receipt = mimesend_session_send_part (session, envelope, GMIME_OBJECT (message),
                                              MIMESEND_SEND_DEFAULT, NULL, &error);
        g_assert_no_error (error);
        g_assert_cmpstr (mimesend_receipt_get_message_id (receipt), ==, rows[i].told);
        test_sink_stop (sink);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_data_func ("/client/session-letter/goes-to-all-recipients/waits", "waits", test_letter);
  g_test_add_data_func ("/client/session-letter/goes-to-all-recipients/async", NULL, test_letter);
  g_test_add_data_func ("/client/session-letter/one-after-another/waits", "waits", test_one_after_another);
  g_test_add_data_func ("/client/session-letter/one-after-another/async", NULL, test_one_after_another);
  g_test_add_func ("/client/session-letter/later-changes-have-no-effect", test_changed_meanwhile);
  g_test_add_data_func ("/client/session-letter/reaches-no-server-unbuilt/waits", "waits", test_not_built);
  g_test_add_data_func ("/client/session-letter/reaches-no-server-unbuilt/async", NULL, test_not_built);
  g_test_add_data_func ("/client/session-letter/at-once/memory", NULL, test_at_once);
  g_test_add_data_func ("/client/session-letter/at-once/filtered", "filtered", test_at_once);
  g_test_add_func ("/client/session-letter/pipe-goes-once", test_pipe);
  g_test_add_func ("/client/session-letter/cancelled", test_cancelled);
  g_test_add_func ("/client/session-letter/id-at-ehlo-name", test_id_domain);
  g_test_add_data_func ("/client/session-letter/part/waits", "waits", test_part);
  g_test_add_data_func ("/client/session-letter/part/async", NULL, test_part);
  g_test_add_func ("/client/session-letter/part-id", test_part_id);
  return g_test_run ();
}

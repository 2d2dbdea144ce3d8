/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cancelled at every octet of a dialogue: it returns, the connection is closed, and only what had its end is in doubt. */
#include "async.h"
#include "peer.h"

static const PeerSetup dialogues[] = {
  { .ehlo = "250 peer\r\n", .stop_at = -1 },
  { .ehlo = "250-peer\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n", .stop_at = -1 },
  { .ehlo = "250-peer\r\n250-PIPELINING\r\n250 CHUNKING\r\n", .stop_at = -1 },
  { .ehlo = "250-peer\r\n250-PIPELINING\r\n250 8BITMIME\r\n", .lmtp = TRUE, .stop_at = -1 },
};

static void
send_once (
    MimesendSession *session, MimesendContent *content, gboolean async, GCancellable *cancellable, Sent *sent)
{
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", "b@example.org");

  send_either_way (session, envelope, content, !async, cancellable, sent);
}

/* The outcome, and why. */
static void
assert_given_up (Sent *sent, gboolean in_doubt)
{
  g_autoptr (GError) error = NULL;

  if (sent->error != NULL)
    {
      g_assert_error (sent->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_false (in_doubt);
      return;
    }
  g_assert_false (mimesend_receipt_check (sent->receipt, &error));
  if (in_doubt)
    g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_IN_DOUBT);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent->receipt), ==,
                   in_doubt ? MIMESEND_OUTCOME_IN_DOUBT : MIMESEND_OUTCOME_NOT_TRIED);
}

/* With `stop` octets of the server. Returns how many a whole dialogue has. */
static guint
cancel_at (const PeerSetup *dialogue, gint stop, gboolean async)
{
  PeerSetup setup = *dialogue;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MimesendSession) session = NULL;
  g_autoptr (MimesendContent) content = content_of_text ("Subject: x\n\ntext\n.\n");
  g_autofree char *server = NULL;
  Sent sent = { 0 };
  Peer *peer;
  guint n;

  setup.stop_at = stop;
  peer = peer_start (&setup, cancellable);
  server = peer_server (peer);
  session = session_to (server);
  send_once (session, content, async, cancellable, &sent);
  if (stop < 0)
    g_clear_object (&session);
  peer_await_closed (peer, 1); /* a session that lives: it was the cancel that closed the connection */
  n = peer_get_sent (peer);
  if (stop < 0)
    {
      g_assert_no_error (sent.error);
      g_assert_true (mimesend_receipt_check (sent.receipt, NULL));
      g_assert_cmpuint (peer_get_taken (peer), ==, 1);
    }
  else
    {
      assert_given_up (&sent, peer_has_end (peer));
      g_assert_cmpuint (peer_get_taken (peer), ==, 0);
      g_assert_cmpuint (n, ==, stop);
    }
  sent_clear (&sent);
  g_clear_object (&session);
  peer_stop (peer);
  return n;
}

static void
test_every_octet_of_the_server (gconstpointer data)
{
  const PeerSetup *dialogue = data;
  guint n = cancel_at (dialogue, -1, FALSE);

  g_assert_cmpuint (n, >, 60);
  for (guint i = 0; i < n; i++)
    {
      cancel_at (dialogue, (gint)i, FALSE);
      cancel_at (dialogue, (gint)i, TRUE);
    }
}

/* A content of one octet at a time, which cancels at one of them. */

#define TEST_TYPE_STOPS (test_stops_get_type ())
G_DECLARE_FINAL_TYPE (TestStops, test_stops, TEST, STOPS, MimesendContent)

struct _TestStops
{
  MimesendContent parent;
  GCancellable *cancellable;
  guint n, stop_at;
};

G_DEFINE_FINAL_TYPE (TestStops, test_stops, MIMESEND_TYPE_CONTENT)

static const char text[] = "Subject: y\n\n.\none\ntwo\n";

static GBytes *
test_stops_read_bytes (MimesendContent *content, gsize count, GCancellable *cancellable, GError **error)
{
  TestStops *self = TEST_STOPS (content);

  if (self->n == self->stop_at)
    g_cancellable_cancel (self->cancellable);
  if (self->n == sizeof text - 1)
    return g_bytes_new (NULL, 0);
  return g_bytes_new_static (text + self->n++, 1);
}

static void
test_stops_class_init (TestStopsClass *klass)
{
  MIMESEND_CONTENT_CLASS (klass)->read_bytes = test_stops_read_bytes;
}

static void
test_stops_init (TestStops *self)
{
}

/* The cancel is noticed at the next step: at the last octets the end may be out already. What is said must be true of the
 * server, whichever it is. */
static void
cancel_in_content (const PeerSetup *dialogue, guint stop, gboolean async)
{
  PeerSetup setup = *dialogue;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TestStops) content = g_object_new (TEST_TYPE_STOPS, NULL);
  g_autoptr (MimesendSession) session = NULL;
  g_autofree char *server = NULL;
  Sent sent = { 0 };
  Peer *peer;

  setup.mute_at_end = TRUE;
  content->cancellable = cancellable;
  content->stop_at = stop;
  peer = peer_start (&setup, NULL);
  server = peer_server (peer);
  session = session_to (server);
  send_once (session, MIMESEND_CONTENT (content), async, cancellable, &sent);
  peer_await_closed (peer, 1);
  if (peer_has_end (peer))
    assert_given_up (&sent, TRUE);
  else
    /* Of a mark that was given to the socket the peer may see nothing. */
    assert_given_up (&sent, sent.receipt != NULL &&
                                mimesend_receipt_get_outcome (sent.receipt) == MIMESEND_OUTCOME_IN_DOUBT);
  g_assert_cmpuint (peer_get_taken (peer), ==, 0);
  sent_clear (&sent);
  g_clear_object (&session);
  peer_stop (peer);
}

static void
test_every_octet_of_the_content (gconstpointer data)
{
  for (guint i = 0; i < sizeof text; i++)
    {
      cancel_in_content (data, i, FALSE);
      cancel_in_content (data, i, TRUE);
    }
}

/* No server is asked. */
static void
test_beforehand (void)
{
  const PeerSetup setup = { .ehlo = "250 peer\r\n", .stop_at = -1 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  for (guint async = 0; async < 2; async++)
    {
      Peer *peer = peer_start (&setup, NULL);
      g_autofree char *server = peer_server (peer);
      g_autoptr (MimesendSession) session = session_to (server);
      g_autoptr (GInputStream) input = g_memory_input_stream_new_from_data ("text\n", 5, NULL);
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      Sent sent = { 0 };

      g_assert_true (mimesend_content_add_input_stream (content, input, NULL));
      send_once (session, content, async == 1, cancellable, &sent);
      g_assert_error (sent.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (g_seekable_tell (G_SEEKABLE (input)), ==, 0); /* left as it was */
      sent_clear (&sent);
      /* and the session is as good as new */
      send_once (session, content, async == 1, NULL, &sent);
      g_assert_no_error (sent.error);
      g_assert_true (mimesend_receipt_check (sent.receipt, NULL));
      sent_clear (&sent);
      g_clear_object (&session);
      peer_stop (peer);
    }
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { "plain", "pipelining", "chunking", "lmtp" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/cancel/cancelled-beforehand-sends-nothing", test_beforehand);
  for (guint i = 0; i < G_N_ELEMENTS (dialogues); i++)
    {
      g_autofree char *server = g_strdup_printf ("/client/cancel/octets-of-the-server/%s", names[i]);
      g_autofree char *content = g_strdup_printf ("/client/cancel/octets-of-the-content/%s", names[i]);

      g_test_add_data_func (server, &dialogues[i], test_every_octet_of_the_server);
      g_test_add_data_func (content, &dialogues[i], test_every_octet_of_the_content);
    }
  return g_test_run ();
}

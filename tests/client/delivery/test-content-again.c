/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One content for several messages, through every way of sending: each is sent whole, or not at all with the reason. */
#include "async.h"

#include <string.h>

#include "content-kinds.h"
#include "test-sink.h"

static void
way_seed (const char *server, MimesendContent *content, Fate *fate)
{
  static const char *const to[] = { "a@example.org", NULL };
  g_autoptr (MimesendServer) where = mimesend_server_new (server, NULL);

  for (guint i = 0; i < TIMES; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendReceipt) receipt = NULL;

      mimesend_send_smtp_content (where, "joe@example.com", to, content,
                                  i == 1 ? MIMESEND_SEND_SERVE_ACCEPTED : MIMESEND_SEND_DEFAULT, &receipt,
                                  NULL, &error);
      fate_note (fate, receipt, error);
    }
}

typedef struct
{
  MimesendSession *session;
  MimesendContent *content;
  Fate *fate;
} InTurn;

/* The next one out of the callback that tells of the last one. */
static void
in_turn (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  InTurn *self = data;

  if (result != NULL)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendReceipt) receipt = mimesend_session_send_finish (self->session, result, &error);

      fate_note (self->fate, receipt, error);
    }
  if (self->fate->told < TIMES)
    mimesend_session_send_async (self->session, envelope, self->content, MIMESEND_SEND_DEFAULT,
                                 G_PRIORITY_DEFAULT, NULL, in_turn, self);
}

static void
way_async (const char *server, MimesendContent *content, Fate *fate)
{
  g_autoptr (MimesendSession) session = session_to (server);
  InTurn self = { session, content, fate };

  in_turn (NULL, NULL, &self);
  while (fate->told < TIMES)
    g_main_context_iteration (NULL, TRUE);
}

typedef struct
{
  MimesendContent *content;
  Fate *fate;
  guint given;
} Batch;

static MimesendNext
next (MimesendSession *session,
      MimesendEnvelope **envelope,
      MimesendContent **content,
      guint64 *tag,
      gpointer data)
{
  Batch *self = data;

  if (self->given == TIMES)
    return MIMESEND_NEXT_END;
  *envelope = envelope_to ("a@example.org", NULL);
  *content = g_object_ref (self->content);
  *tag = self->given++;
  return MIMESEND_NEXT_MESSAGE;
}

static void
settled_of_batch (MimesendSession *session, guint64 tag, MimesendReceipt *receipt, gpointer data)
{
  fate_note (((Batch *)data)->fate, receipt, NULL);
}

static void
send_each (const char *server, guint window, MimesendContent *content, Fate *fate)
{
  g_autoptr (MimesendSession) session = session_to (server);
  g_autoptr (GError) error = NULL;
  Batch batch = { content, fate, 0 };

  g_object_set (session, "window", window, NULL);
  mimesend_session_send_each (session, next, &batch, settled_of_batch, &batch, MIMESEND_SEND_DEFAULT, NULL,
                              &error);
  g_assert_no_error (error);
}

static void
way_each (const char *server, MimesendContent *content, Fate *fate)
{
  send_each (server, 1, content, fate);
}

static void
way_each_window (const char *server, MimesendContent *content, Fate *fate)
{
  send_each (server, 8, content, fate);
}

static void
settled_of_pool (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, GError *error, gpointer data)
{
  fate_note (data, receipt, error);
}

static void
taken (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (mimesend_pool_submit_finish (MIMESEND_POOL (source), result, NULL));
}

static void
drained (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (mimesend_pool_drain_finish (MIMESEND_POOL (source), result, NULL));
  *(gboolean *)data = TRUE;
}

static void
pool (const char *server, guint connections, MimesendContent *content, Fate *fate)
{
  g_autoptr (MimesendServer) where = mimesend_server_new (server, NULL);
  g_autoptr (MimesendPool) self =
      g_object_new (MIMESEND_TYPE_POOL, "server", where, "connections", connections, NULL);
  gboolean over = FALSE;

  g_signal_connect (self, "settled", G_CALLBACK (settled_of_pool), fate);
  for (guint i = 0; i < TIMES; i++)
    {
      g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);

      mimesend_pool_submit_async (self, envelope, content, MIMESEND_SEND_DEFAULT, i, G_PRIORITY_DEFAULT, NULL,
                                  taken, NULL);
    }
  mimesend_pool_drain_async (self, G_PRIORITY_DEFAULT, NULL, drained, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
way_pool_of_one (const char *server, MimesendContent *content, Fate *fate)
{
  pool (server, 1, content, fate);
}

static void
way_pool (const char *server, MimesendContent *content, Fate *fate)
{
  pool (server, 4, content, fate);
}

static const struct
{
  const char *name;
  void (*send) (const char *server, MimesendContent *content, Fate *fate);
} ways[] = {
  { "session", fate_of_session },
  { "seed", way_seed },
  { "async", way_async },
  { "each", way_each },
  { "each-window", way_each_window },
  { "pool-of-one", way_pool_of_one },
  { "pool", way_pool },
};

/* Boundaries are chosen anew for each tree: they are the same in length. */
static void
test_kind (gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (GBytes) whole = content_kind_octets (kind);
  TestSink *sink = test_sink_start (NULL);
  guint n_stored = 0;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (MimesendContent) content = kind->make ();
      g_autoptr (GBytes) first = NULL;
      guint due = kind->once ? 1 : TIMES;
      Fate fate = { 0 };

      ways[i].send (test_sink_server (sink), content, &fate);
      g_test_message ("%s: %u accepted", ways[i].name, fate.accepted);
      g_assert_cmpuint (fate.told, ==, TIMES);
      g_assert_cmpuint (fate.accepted, ==, due);
      g_assert_cmpuint (fate.n_errors, ==, TIMES - due);
      for (guint j = 0; j < fate.n_errors; j++)
        {
          g_assert_error (fate.errors[j], MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
          g_assert_nonnull (strstr (fate.errors[j]->message, "read already"));
          g_error_free (fate.errors[j]);
        }
      for (guint j = 0; j < due; j++)
        {
          g_autoptr (GBytes) got = NULL;

          test_sink_next (sink);
          got = test_sink_octets (sink);
          g_assert_cmpuint (g_bytes_get_size (got), ==, g_bytes_get_size (whole));
          if (first == NULL)
            first = g_steal_pointer (&got);
          else
            g_assert_true (g_bytes_equal (got, first));
        }
      n_stored += due;
    }
  g_assert_cmpuint (test_sink_count (sink), ==, n_stored);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  int status;

  g_mime_init ();
  g_test_init (&argc, &argv, NULL);
  content_kinds_begin ();
  for (const Kind *kind = content_kinds; kind->name != NULL; kind++)
    {
      g_autofree char *path = g_strconcat ("/client/content-again/", kind->name, NULL);

      g_test_add_data_func (path, kind, test_kind);
    }
  status = g_test_run ();
  content_kinds_end ();
  return status;
}

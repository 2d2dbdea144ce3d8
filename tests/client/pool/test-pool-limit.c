/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server that takes fewer connections at once than the pool wants, and turns the others away in whatever way: no message
 * fails for it, none uses up an attempt, and each is delivered once. */
#include "async.h"

#include "busy-server.h"

/* --- a pool --- */

typedef struct
{
  guint n, settled, accepted, deferred, refused, unreached, cancelled, untried, attempts_max, sessions;
  GCancellable *cancel_at_first;
  gboolean shut_down_at_first;
} Result;

static void
settled (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, GError *error, gpointer data)
{
  Result *self = data;

  self->settled++;
  if (receipt == NULL)
    {
      self->cancelled += g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      self->untried += g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_NOT_TRIED);
      self->unreached += error->domain == MIMESEND_ERROR && error->code != MIMESEND_ERROR_NOT_TRIED;
      g_test_message ("message %" G_GUINT64_FORMAT ": %s", tag, error->message);
    }
  else
    {
      self->accepted += mimesend_receipt_get_outcome (receipt) == MIMESEND_OUTCOME_ACCEPTED;
      self->deferred += mimesend_receipt_get_outcome (receipt) == MIMESEND_OUTCOME_DEFERRED;
      self->attempts_max = MAX (self->attempts_max, mimesend_receipt_get_attempts (receipt));
    }
  if (self->settled == 1 && self->cancel_at_first != NULL)
    g_cancellable_cancel (self->cancel_at_first);
  if (self->settled == 1 && self->shut_down_at_first)
    mimesend_pool_shutdown (pool);
}

static void
session_created (MimesendPool *pool, MimesendSession *session, gpointer data)
{
  ((Result *)data)->sessions++;
  mimesend_session_set_timeout (session, 2);
}

static void
drained (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (mimesend_pool_drain_finish (MIMESEND_POOL (source), result, NULL));
  *(gboolean *)data = TRUE;
}

static MimesendServer *
pool_server (Server *server)
{
  g_autofree char *text = g_strdup_printf ("smtp+insecure://127.0.0.1:%u", server->port);
  MimesendServer *plain = mimesend_server_new (text, NULL);
  MimesendServer *login;

  if (server->away != AWAY_AUTH_454 && server->away != AWAY_AUTH_535)
    return plain;
  login = mimesend_server_with_login (plain, "user", "password", NULL);
  g_assert_nonnull (login);
  mimesend_server_unref (plain);
  return login;
}

static MimesendPool *
make_pool (Server *server, guint connections, Result *result)
{
  g_autoptr (MimesendServer) where = pool_server (server);
  MimesendPool *pool = mimesend_pool_new (where);

  g_object_set (pool, "connections", connections, "queue-size", 500, NULL);
  g_signal_connect (pool, "settled", G_CALLBACK (settled), result);
  g_signal_connect (pool, "session-created", G_CALLBACK (session_created), result);
  return pool;
}

static void
submit_all (MimesendPool *pool, guint n, GCancellable *cancellable)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
      g_autoptr (MimesendContent) content = content_of_text ("text\n");

      mimesend_pool_submit_async (pool, envelope, content, MIMESEND_SEND_DEFAULT, i, G_PRIORITY_DEFAULT,
                                  i > 0 ? cancellable : NULL, NULL, NULL);
    }
}

/* Takes the pool. */
static void
drain (MimesendPool *pool, Result *result)
{
  gboolean over = FALSE;
  gpointer alive = pool;

  mimesend_pool_drain_async (pool, G_PRIORITY_DEFAULT, NULL, drained, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  mimesend_pool_shutdown (pool);
  over = FALSE;
  mimesend_pool_drain_async (pool, G_PRIORITY_DEFAULT, NULL, drained, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  g_object_add_weak_pointer (G_OBJECT (pool), &alive);
  g_object_unref (pool);
  while (alive != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (result->settled, ==, result->n);
}

typedef struct
{
  const char *name;
  Away away;
  guint connections, limit;
} Row;

static const Row rows[] = {
  { "greeting-421", AWAY_GREETING_421, 2, 1 },
  { "greeting-554", AWAY_GREETING_554, 2, 1 },
  { "closed", AWAY_CLOSED, 2, 1 },
  { "mute", AWAY_MUTE, 2, 1 },
  { "ehlo-421", AWAY_EHLO_421, 2, 1 },
  { "ehlo-451", AWAY_EHLO_451, 2, 1 },
  { "auth-454", AWAY_AUTH_454, 2, 1 },
  { "auth-535", AWAY_AUTH_535, 2, 1 },
  { "mail-421", AWAY_MAIL_421, 2, 1 },
  { "mail-450", AWAY_MAIL_450, 2, 1 },
  { "mail-closed", AWAY_MAIL_CLOSED, 2, 1 },
  { "rcpt-421", AWAY_RCPT_421, 2, 1 },
  { "three-of-eight", AWAY_GREETING_421, 8, 3 },
  { "three-of-eight-mail", AWAY_MAIL_421, 8, 3 },
  { "three-of-eight-put-off", AWAY_MAIL_450, 8, 3 },
  { "one-of-twenty", AWAY_CLOSED, 20, 1 },
};

/* With a retry policy and without one: a message that is turned away has used up no attempt. */
static void
test_row (gconstpointer data)
{
  const Row *row = data;

  for (guint retries = 0; retries < 2; retries++)
    {
      Server server = { .away = row->away, .limit = row->limit, .slow_ms = 10 };
      Result result = { .n = 40 };
      g_autoptr (MimesendRetry) often = mimesend_retry_new (2);
      g_autoptr (MimesendRetry) retry = mimesend_retry_with_delay (often, 3600, 3600);
      g_autoptr (MimesendMetrics) metrics = mimesend_metrics_new ();
      MimesendPool *pool;

      server_start (&server);
      pool = make_pool (&server, row->connections, &result);
      g_object_set (pool, "metrics", metrics, NULL);
      if (retries)
        g_object_set (pool, "retry", retry, NULL);
      submit_all (pool, result.n, NULL);
      drain (pool, &result);
      g_assert_cmpuint (result.accepted, ==, 40);
      g_assert_cmpuint (server.n_messages, ==, 40);
      g_test_message ("served %u, most %u, away %u, sessions %u", server.n_served, server.n_most,
                      server.n_away, result.sessions);
      g_assert_cmpuint (server.n_most, ==, row->limit);
      g_assert_cmpuint (server.n_away, >=, row->connections - row->limit);
      /* those of the beginning, and one after each pause */
      g_assert_cmpuint (server.n_away, <=, row->connections - row->limit + 4);
      g_assert_cmpuint (result.attempts_max, ==, 1);
      g_assert_cmpuint (mimesend_metrics_get_messages (metrics, MIMESEND_OUTCOME_ACCEPTED), ==, 40);
      g_assert_cmpuint (mimesend_metrics_get_messages (metrics, MIMESEND_OUTCOME_DEFERRED), ==, 0);
      server_stop (&server);
    }
}

/* The server no longer listens, and the connection that stands goes on. */
static void
test_refused (void)
{
  Server server = { .slow_ms = 10 };
  Result result = { .n = 40 };
  MimesendPool *pool;

  server_start (&server);
  pool = make_pool (&server, 4, &result);
  submit_all (pool, 1, NULL);
  while (result.settled < 1)
    g_main_context_iteration (NULL, TRUE);
  g_socket_service_stop (server.service);
  g_socket_listener_close (G_SOCKET_LISTENER (server.service));
  submit_all (pool, 39, NULL);
  drain (pool, &result);
  g_assert_cmpuint (result.accepted, ==, 40);
  g_assert_cmpuint (server.n_served, ==, 1);
  server_stop (&server);
}

/* Each connection takes five messages; the next one finds that the last still counts with the server for a while. */
static void
test_replaced (void)
{
  Server server = { .away = AWAY_GREETING_421, .limit = 1, .late_ms = 200 };
  Result result = { .n = 20 };
  MimesendPool *pool;

  server_start (&server);
  pool = make_pool (&server, 3, &result);
  g_object_set (pool, "messages", 5, NULL);
  submit_all (pool, result.n, NULL);
  drain (pool, &result);
  g_assert_cmpuint (result.accepted, ==, 20);
  g_assert_cmpuint (server.n_served, ==, 4);
  server_stop (&server);
}

/* After the pause there is room for more, and it is used. */
static void
test_more_later (void)
{
  Server server = { .away = AWAY_GREETING_421, .limit = 1, .slow_ms = 50 };
  Result result = { .n = 120 };
  MimesendPool *pool;

  server_start (&server);
  pool = make_pool (&server, 3, &result);
  submit_all (pool, result.n, NULL);
  while (result.settled < 5)
    g_main_context_iteration (NULL, TRUE);
  g_mutex_lock (&server.mutex);
  g_assert_cmpuint (server.n_most, ==, 1);
  server.limit = 3;
  g_mutex_unlock (&server.mutex);
  drain (pool, &result);
  g_assert_cmpuint (result.accepted, ==, 120);
  g_assert_cmpuint (server.n_most, ==, 3);
  server_stop (&server);
}

/* The pause grows: the seconds that it takes see few who are turned away. */
static void
test_pause_grows (void)
{
  Server server = { .away = AWAY_GREETING_421, .limit = 1, .slow_ms = 100 };
  Result result = { .n = 45 };
  MimesendPool *pool;

  server_start (&server);
  pool = make_pool (&server, 2, &result);
  submit_all (pool, result.n, NULL);
  drain (pool, &result);
  g_assert_cmpuint (result.accepted, ==, 45);
  g_assert_cmpuint (server.n_away, >=, 3); /* at once, after one second, after two more */
  g_assert_cmpuint (server.n_away, <=, 4);
  server_stop (&server);
}

/* Nothing works: each message ends as a session's does, by what became of its own connection. */
static void
test_none_works (gconstpointer data)
{
  Server server = { .away = (Away)GPOINTER_TO_UINT (data), .limit = 0 };
  Result result = { .n = 20 };
  MimesendPool *pool;

  server_start (&server);
  pool = make_pool (&server, 4, &result);
  submit_all (pool, result.n, NULL);
  drain (pool, &result);
  g_assert_cmpuint (result.unreached + result.deferred, ==, 20);
  g_assert_cmpuint (server.n_away, <=, 20 + 3); /* those of the beginning were hoped for once */
  g_assert_cmpuint (server.n_messages, ==, 0);
  server_stop (&server);
}

/* … and its policy tries it again. */
static void
test_none_works_retried (void)
{
  Server server = { .away = AWAY_GREETING_421, .limit = 0 };
  Result result = { .n = 4 };
  g_autoptr (MimesendRetry) thrice = mimesend_retry_new (3);
  g_autoptr (MimesendRetry) retry = mimesend_retry_with_delay (thrice, 0.001, 0.002);
  MimesendPool *pool;

  server_start (&server);
  pool = make_pool (&server, 1, &result);
  g_object_set (pool, "retry", retry, NULL);
  submit_all (pool, result.n, NULL);
  drain (pool, &result);
  g_assert_cmpuint (result.unreached, ==, 4);
  g_assert_cmpuint (server.n_away, ==, 3 * 4);
  server_stop (&server);
}

/* What came back to the queue is there as before: it can be cancelled, and a shutdown settles it. */
static void
test_given_up (gconstpointer data)
{
  gboolean shut_down = GPOINTER_TO_UINT (data);
  Server server = { .away = AWAY_GREETING_421, .limit = 1, .slow_ms = 200 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Result result = { .n = 10, .shut_down_at_first = shut_down };
  MimesendPool *pool;

  result.cancel_at_first = shut_down ? NULL : cancellable;
  server_start (&server);
  pool = make_pool (&server, 4, &result);
  submit_all (pool, result.n, cancellable);
  drain (pool, &result);
  g_assert_cmpuint (result.accepted, ==, server.n_messages);
  g_assert_cmpuint (result.accepted, >=, 1);
  if (shut_down)
    g_assert_cmpuint (result.untried, >=, 8);
  else
    g_assert_cmpuint (result.cancelled, >=, 8);
  server_stop (&server);
}

/* A program without a main loop. */
typedef struct
{
  Server *server;
  Result *result;
} Waiter;

static gpointer
wait_for_all (gpointer data)
{
  Waiter *self = data;
  MimesendPool *pool = make_pool (self->server, 4, self->result);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->result->n; i++)
    {
      g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
      g_autoptr (MimesendContent) content = content_of_text ("text\n");

      g_assert_true (mimesend_pool_submit (pool, envelope, content, MIMESEND_SEND_DEFAULT, i, NULL, &error));
    }
  g_assert_true (mimesend_pool_drain (pool, NULL, &error));
  mimesend_pool_shutdown (pool);
  g_assert_true (mimesend_pool_drain (pool, NULL, &error));
  g_object_unref (pool);
  g_main_context_wakeup (NULL);
  return NULL;
}

static gpointer
run_loop (gpointer loop)
{
  g_main_loop_run (loop);
  return NULL;
}

static void
test_blocking (void)
{
  Server server = { .away = AWAY_GREETING_421, .limit = 1, .slow_ms = 10 };
  Result result = { .n = 30 };
  Waiter waiter = { &server, &result };
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  GThread *accepting;

  server_start (&server);
  accepting = g_thread_new ("accepting", run_loop, loop);
  wait_for_all (&waiter);
  g_main_loop_quit (loop);
  g_thread_join (accepting);
  g_main_loop_unref (loop);
  g_assert_cmpuint (result.accepted, ==, 30);
  server_stop (&server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/client/pool-limit/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/client/pool-limit/refused-connections-fail-no-message", test_refused);
  g_test_add_func ("/client/pool-limit/replaced", test_replaced);
  g_test_add_func ("/client/pool-limit/more-later", test_more_later);
  g_test_add_func ("/client/pool-limit/pause-grows-with-each-try", test_pause_grows);
  g_test_add_data_func ("/client/pool-limit/no-working-connection-fails-messages/greeting",
                        GUINT_TO_POINTER (AWAY_GREETING_421), test_none_works);
  g_test_add_data_func ("/client/pool-limit/no-working-connection-fails-messages/closed",
                        GUINT_TO_POINTER (AWAY_CLOSED), test_none_works);
  g_test_add_data_func ("/client/pool-limit/no-working-connection-fails-messages/password",
                        GUINT_TO_POINTER (AWAY_AUTH_535), test_none_works);
  g_test_add_data_func ("/client/pool-limit/no-working-connection-fails-messages/mail",
                        GUINT_TO_POINTER (AWAY_MAIL_421), test_none_works);
  g_test_add_data_func ("/client/pool-limit/no-working-connection-fails-messages/put-off",
                        GUINT_TO_POINTER (AWAY_MAIL_450), test_none_works);
  g_test_add_func ("/client/pool-limit/no-working-connection-fails-messages/retried",
                   test_none_works_retried);
  g_test_add_data_func ("/client/pool-limit/cancelled", GUINT_TO_POINTER (FALSE), test_given_up);
  g_test_add_data_func ("/client/pool-limit/shut-down", GUINT_TO_POINTER (TRUE), test_given_up);
  g_test_add_func ("/client/pool-limit/blocking", test_blocking);
  return g_test_run ();
}

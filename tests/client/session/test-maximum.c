/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A number at its maximum, and where 32 bits of microseconds or of milliseconds end, is a long time or a large amount: never
 * a short one. Replies take longer than what each of these times would wrap to. */
#include "async.h"

#include <gio/gnetworking.h>

#include "test-sink.h"

/* 4,295 s are 33 ms in 32 bits, 8,590 are 65, 12,885 are 98; in milliseconds 4,294,968 s are 704. */
static const double seconds[] = { 4294,    4295,     8590,      12885, 86400,      604800,
                                  4294968, G_MAXINT, G_MAXUINT, 1e13,  G_MAXDOUBLE };

#define LATE "* delay 110ms"

typedef struct
{
  MimesendSession *session;
  Sent sent;
} One;

static void
one_start (One *self, TestSink *sink, const char *property, double value)
{
  self->session = session_to (test_sink_server (sink));
  g_object_set (self->session, property, value, NULL);
  start_text (self->session, "x\n", &self->sent);
}

static void
one_end (One *self)
{
  sent_await (&self->sent);
  assert_accepted (&self->sent);
  sent_clear (&self->sent);
  g_object_unref (self->session);
}

/* Each of them by itself, so that none hides behind another. */
static void
test_times (gconstpointer property)
{
  TestSink *sink = test_sink_start ("--script", LATE, NULL);
  One ones[G_N_ELEMENTS (seconds)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    one_start (&ones[i], sink, property, seconds[i]);
  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      g_test_message ("%s of %g s", (const char *)property, seconds[i]);
      one_end (&ones[i]);
    }
  g_assert_cmpuint (test_sink_count (sink), ==, G_N_ELEMENTS (seconds));
  test_sink_stop (sink);
}

/* The handshake ahead of the greeting, and behind STARTTLS, has a time of its own. */
static void
test_handshake (void)
{
  TestSink *sink = test_sink_start ("--tls-self-signed", "--implicit-tls", NULL);
  g_autofree char *url = test_sink_url (sink, "smtps");
  g_autoptr (MimesendServer) server = mimesend_server_new (url, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      g_autoptr (MimesendSession) session = mimesend_session_new (server);
      Sent sent = { 0 };

      mimesend_session_set_timeout (session, seconds[i]);
      start_text (session, "x\n", &sent);
      sent_await (&sent);
      g_assert_error (sent.error, MIMESEND_ERROR, MIMESEND_ERROR_TLS); /* its certificate: it got so far */
      sent_clear (&sent);
    }
  test_sink_stop (sink);
}

/* --- connecting --- */

/* A proxy that takes its time, and a greeting that no connection is kept after. */
typedef struct
{
  GSocketListener *listener;
  guint n, delay_ms;
} Proxy;

static gpointer
proxy_run (gpointer data)
{
  Proxy *self = data;

  for (guint i = 0; i < self->n; i++)
    {
      g_autoptr (GSocketConnection) client = g_socket_listener_accept (self->listener, NULL, NULL, NULL);
      g_autoptr (GDataInputStream) lines =
          g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (client)));
      const char answer[] = "HTTP/1.0 200 here\r\n\r\n554 5.3.2 not for you\r\n";
      char *line;

      while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL && *line != '\r' &&
             *line != '\0')
        g_free (line);
      g_free (line);
      g_usleep (self->delay_ms * 1000);
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (client)), answer,
                                 sizeof answer - 1, NULL, NULL, NULL);
    }
  return NULL;
}

static MimesendServer *
behind_proxy (Proxy *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendServer) plain = mimesend_server_new ("smtp+insecure://mail.example.com", NULL);
  g_autofree char *where = NULL;
  MimesendServer *server;

  self->listener = g_socket_listener_new ();
  where = g_strdup_printf ("http://127.0.0.1:%u",
                           g_socket_listener_add_any_inet_port (self->listener, NULL, NULL));
  server = mimesend_server_with_proxy (plain, where, NULL, &error);
  g_assert_no_error (error);
  return server;
}

static void
test_connecting (void)
{
  Proxy proxy = { .n = G_N_ELEMENTS (seconds), .delay_ms = 110 };
  g_autoptr (MimesendServer) server = behind_proxy (&proxy);
  GThread *thread = g_thread_new ("proxy", proxy_run, &proxy);

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      g_autoptr (MimesendSession) session = mimesend_session_new (server);
      Sent sent = { 0 };

      g_test_message ("%g s", seconds[i]);
      mimesend_session_set_timeout (session, seconds[i]);
      start_text (session, "x\n", &sent);
      sent_await (&sent);
      g_assert_error (sent.error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED); /* by the server behind it */
      sent_clear (&sent);
    }
  g_thread_join (thread);
  g_object_unref (proxy.listener);
}

static void
test_probe (void)
{
  const double times[] = { 4295, 4294968, G_MAXUINT, G_MAXDOUBLE };
  Proxy proxy = { .n = G_N_ELEMENTS (times), .delay_ms = 750 };
  g_autoptr (MimesendServer) server = behind_proxy (&proxy);
  GThread *thread = g_thread_new ("proxy", proxy_run, &proxy);

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendProbeResult) result = mimesend_probe (server, times[i], NULL, &error);

      g_assert_no_error (error);
      g_assert_false (mimesend_probe_result_check (result, &error));
      g_assert_nonnull (strstr (error->message, "not for you"));
    }
  g_thread_join (thread);
  g_object_unref (proxy.listener);
}

/* --- properties --- */

/* FALSE: it holds no number. */
static gboolean
set_to_maximum (GObject *object, const GParamSpec *spec)
{
  if (G_IS_PARAM_SPEC_UINT (spec))
    g_object_set (object, spec->name, ((const GParamSpecUInt *)spec)->maximum, NULL);
  else if (G_IS_PARAM_SPEC_INT (spec))
    g_object_set (object, spec->name, ((const GParamSpecInt *)spec)->maximum, NULL);
  else if (G_IS_PARAM_SPEC_UINT64 (spec))
    g_object_set (object, spec->name, ((const GParamSpecUInt64 *)spec)->maximum, NULL);
  else if (G_IS_PARAM_SPEC_DOUBLE (spec))
    g_object_set (object, spec->name, ((const GParamSpecDouble *)spec)->maximum, NULL);
  else
    return FALSE;
  return TRUE;
}

/* name: NULL for all of them. Returns how many. */
static guint
set_numbers (GObject *object, const char *name)
{
  guint n, set = 0;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  for (guint i = 0; i < n; i++)
    if (name == NULL || g_str_equal (name, specs[i]->name))
      set += set_to_maximum (object, specs[i]);
  return set;
}

static void
test_session_properties (void)
{
  TestSink *sink = test_sink_start ("--script", LATE, NULL);
  g_autoptr (GTypeClass) klass = g_type_class_ref (MIMESEND_TYPE_SESSION);
  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties ((GObjectClass *)klass, &n);
  g_autofree One *ones = g_new0 (One, n + 1);
  guint n_ones = 0;

  for (guint i = 0; i <= n; i++)
    {
      One *one = &ones[n_ones];

      one->session = session_to (test_sink_server (sink));
      if (set_numbers (G_OBJECT (one->session), i < n ? specs[i]->name : NULL) == 0)
        {
          g_clear_object (&one->session);
          continue;
        }
      start_text (one->session, "x\n", &one->sent);
      n_ones++;
    }
  g_assert_cmpuint (n_ones, >=, 6);
  for (guint i = 0; i < n_ones; i++)
    one_end (&ones[i]);
  test_sink_stop (sink);
}

static void
count_accepted (MimesendPool *pool, guint64 tag, MimesendReceipt *receipt, GError *error, gpointer data)
{
  g_assert_no_error (error);
  *(guint *)data += mimesend_receipt_get_outcome (receipt) == MIMESEND_OUTCOME_ACCEPTED;
}

static void
pool_takes_two (MimesendPool *pool, guint wanted)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_signal_connect (pool, "settled", G_CALLBACK (count_accepted), &n);
  for (guint i = 0; i < wanted; i++)
    {
      g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
      g_autoptr (MimesendContent) content = content_of_text ("x\n");

      g_assert_true (mimesend_pool_submit (pool, envelope, content, MIMESEND_SEND_DEFAULT, i, NULL, &error));
    }
  mimesend_pool_shutdown (pool);
  g_assert_true (mimesend_pool_drain (pool, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, wanted);
}

static void
test_pool_properties (void)
{
  TestSink *sink = test_sink_start ("--script", LATE, NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendPool) pool = mimesend_pool_new (server);
  /* one message in more than a lifetime: the first of them goes at once */
  g_autoptr (MimesendPool) slow = mimesend_pool_new (server);

  g_assert_cmpuint (set_numbers (G_OBJECT (pool), NULL), >=, 5);
  pool_takes_two (pool, 2);
  g_object_set (slow, "rate", G_MINDOUBLE, NULL);
  pool_takes_two (slow, 1);
  test_sink_stop (sink);
}

static void
test_mailing_properties (void)
{
  g_autoptr (MimesendMailing) mailing = NULL;
  g_autoptr (GError) error = NULL;
  const char *fields[] = { "Subject", NULL };
  GMimeObject *part = mimesend_part_new_text ("x\n");

  mailing = mimesend_mailing_new (part, fields, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (set_numbers (G_OBJECT (mailing), NULL), >=, 1);
  g_object_unref (part);
}

/* --- retries --- */

static gboolean
note_time (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
test_retries (void)
{
  TestSink *sink = test_sink_start ("--script", LATE, "--script", "@1 MAIL#1 reply 450 4.2.0 later", NULL);
  g_autoptr (MimesendRetry) most = mimesend_retry_new (G_MAXUINT);
  g_autoptr (MimesendRetry) soon = mimesend_retry_with_delay (most, 0.001, G_MAXDOUBLE);
  g_autoptr (MimesendRetry) bounded = mimesend_retry_with_deadline (soon, G_MAXDOUBLE);
  g_autoptr (MimesendRetry) never = mimesend_retry_with_delay (most, G_MAXDOUBLE, G_MAXDOUBLE);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  Sent sent = { 0 };

  mimesend_session_set_retry (session, bounded);
  mimesend_session_set_deadline (session, G_MAXDOUBLE);
  start_text (session, "x\n", &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  g_assert_cmpuint (mimesend_receipt_get_attempts (sent.receipt), ==, 2);
  sent_clear (&sent);
  test_sink_stop (sink);

  /* the second attempt is 136 years away, or at least half of that: the caller is who ends it */
  sink = test_sink_start ("--script", "MAIL reply 450 4.2.0 later", NULL);
  {
    g_autoptr (MimesendSession) patient = session_to (test_sink_server (sink));
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (MimesendContent) content = content_of_text ("x\n");
    gboolean waited = FALSE;

    g_object_set (patient, "retry", never, NULL);
    start (patient, content, cancellable, &sent);
    g_timeout_add (300, note_time, &waited);
    while (!waited)
      g_main_context_iteration (NULL, TRUE);
    g_assert_false (sent.done);
    g_cancellable_cancel (cancellable);
    sent_await (&sent);
    g_assert_no_error (sent.error);
    g_assert_cmpuint (mimesend_receipt_get_attempts (sent.receipt), ==, 1);
    sent_clear (&sent);
  }
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/maximum/largest-timeout-is-long", "timeout", test_times);
  g_test_add_data_func ("/client/maximum/largest-final-timeout-is-long", "final-timeout", test_times);
  g_test_add_data_func ("/client/maximum/largest-deadline-is-long", "deadline", test_times);
  g_test_add_func ("/client/maximum/handshake", test_handshake);
  g_test_add_func ("/client/maximum/connecting", test_connecting);
  g_test_add_func ("/client/maximum/probe", test_probe);
  g_test_add_func ("/client/maximum/session", test_session_properties);
  g_test_add_func ("/client/maximum/pool", test_pool_properties);
  g_test_add_func ("/client/maximum/mailing", test_mailing_properties);
  g_test_add_func ("/client/maximum/retries", test_retries);
  return g_test_run ();
}

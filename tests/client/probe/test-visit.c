/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocking questions to a server, without a message: a cancel ends it at once, wherever the server stands, and so does the
 * time that it was given, however slowly the server drips. */
#include <gio/gio.h>
#include <libmimesend/mimesend.h>
#include <string.h>

#include "client/probe/vrfy.h"
#include "test-sink.h"

#define AT_ONCE_US (2 * G_TIME_SPAN_SECOND) /* on a busy machine; the time that was given is a minute */

typedef struct
{
  const char *step, *scheme;
  gboolean tls;
} Row;

static const Row rows[] = {
  { "GREETING hang", "smtp", FALSE },  { "GREETING drip 100ms", "smtp", FALSE },
  { "EHLO hang", "smtp", FALSE },      { "EHLO drip 100ms", "smtp", FALSE },
  { "STARTTLS hang", "smtp", TRUE },   { "MAIL hang", "smtp", FALSE },
  { "RCPT hang", "smtp", FALSE },      { "QUIT hang", "smtp", FALSE },
  { "GREETING hang", "smtps", FALSE },
};

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (200000); /* by then it stands where it is to stand */
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
probed (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static MimesendProbeResult *
probe (MimesendServer *server, double timeout, gboolean blocking, GCancellable *cancellable, GError **error)
{
  static const char *const recipients[] = { "a@example.org", NULL };
  g_autoptr (GAsyncResult) result = NULL;

  if (blocking)
    return mimesend_probe_recipients (server, NULL, recipients, timeout, cancellable, error);
  mimesend_probe_recipients_async (server, NULL, recipients, timeout, G_PRIORITY_DEFAULT, cancellable, probed,
                                   &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return mimesend_probe_recipients_finish (result, error);
}

static void
test_probe_cancelled (gconstpointer data)
{
  gboolean blocking = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TestSink *sink = rows[i].tls ? test_sink_start ("--tls-self-signed", "--script", rows[i].step, NULL)
                                   : test_sink_start ("--script", rows[i].step, NULL);
      g_autofree char *url = test_sink_url (sink, rows[i].scheme);
      g_autoptr (MimesendServer) server = mimesend_server_new (url, NULL);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
      gint64 begun = g_get_monotonic_time ();

      g_test_message ("%s, %s", rows[i].step, rows[i].scheme);
      g_assert_null (probe (server, 60, blocking, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (g_get_monotonic_time () - begun, <, AT_ONCE_US);
      g_thread_join (thread);
      test_sink_stop (sink);
    }
}

/* Ahead of it, and while it connects: to a proxy that says nothing. */
static void
test_probe_cancelled_early (gconstpointer data)
{
  gboolean blocking = GPOINTER_TO_UINT (data);
  g_autoptr (GSocketListener) mute = g_socket_listener_new ();
  g_autofree char *proxy =
      g_strdup_printf ("http://127.0.0.1:%u", g_socket_listener_add_any_inet_port (mute, NULL, NULL));
  g_autoptr (MimesendServer) plain = mimesend_server_new ("smtp+insecure://mail.example.com", NULL);
  g_autoptr (MimesendServer) server = mimesend_server_with_proxy (plain, proxy, NULL, NULL);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GThread *thread = NULL;
      gint64 begun = g_get_monotonic_time ();

      if (i == 0)
        g_cancellable_cancel (cancellable);
      else
        thread = g_thread_new ("cancel", cancel_soon, cancellable);
      g_assert_null (probe (server, 60, blocking, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (g_get_monotonic_time () - begun, <, AT_ONCE_US);
      if (thread != NULL)
        g_thread_join (thread);
    }
}

/* The time for the whole is over while it connects: to a proxy that says nothing. */
static void
test_probe_late (void)
{
  g_autoptr (GSocketListener) mute = g_socket_listener_new ();
  g_autofree char *proxy =
      g_strdup_printf ("http://127.0.0.1:%u", g_socket_listener_add_any_inet_port (mute, NULL, NULL));
  g_autoptr (MimesendServer) plain = mimesend_server_new ("smtp+insecure://mail.example.com", NULL);
  g_autoptr (MimesendServer) server = mimesend_server_with_proxy (plain, proxy, NULL, NULL);
  g_autoptr (GError) error = NULL;
  gint64 begun = g_get_monotonic_time ();

  g_assert_null (mimesend_probe (server, 0.25, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 250000);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, AT_ONCE_US);
}

/* Each octet comes in time; all of them do not. */
static void
test_probe_dripped (void)
{
  TestSink *sink = test_sink_start ("--script", "EHLO drip 100ms", NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (GError) error = NULL;
  gint64 begun = g_get_monotonic_time ();
  g_autoptr (MimesendProbeResult) result = mimesend_probe (server, 1, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (mimesend_probe_result_check (result, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "in time"));
  g_assert_cmpint (g_get_monotonic_time () - begun, <, AT_ONCE_US);
  test_sink_stop (sink);
}

/* --- VRFY --- */

static GSocketConnectable *
place_of (TestSink *sink)
{
  return g_network_address_new ("127.0.0.1", test_sink_port (sink));
}

static void
test_vrfy_cancelled (void)
{
  static const char *const steps[] = { "GREETING hang", "EHLO drip 100ms", "VRFY hang", "VRFY drip 100ms" };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      TestSink *sink = test_sink_start ("--script", steps[i], NULL);
      g_autoptr (GSocketConnectable) where = place_of (sink);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autofree char *why = NULL;
      GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
      gint64 begun = g_get_monotonic_time ();

      g_test_message ("%s", steps[i]);
      g_assert_cmpint (mimesend_vrfy (where, "foo@example.com", cancellable, &why), ==,
                       MIMESEND_VRFY_NO_ANSWER);
      g_assert_cmpint (g_get_monotonic_time () - begun, <, AT_ONCE_US);
      g_thread_join (thread);
      test_sink_stop (sink);
    }
}

typedef struct
{
  const char *options[8];
  MimesendVrfyAnswer answer;
  const char *why; /* a part of it */
} Asked;

static const Asked asked[] = {
  { { "--script", "VRFY reply 550 5.1.1 no", NULL }, MIMESEND_VRFY_BOGUS, "550 no" },
  { { "--script", "VRFY#1 reply 550 5.1.1 no", "--script", "VRFY#2 reply 252 2.0.0 perhaps", NULL },
    MIMESEND_VRFY_PERHAPS,
    "252 perhaps" },
  { { "--script", "VRFY reply 502 5.5.1 not here", NULL }, MIMESEND_VRFY_PERHAPS, "502 not here" },
  { { "--script", "VRFY reply 421 4.3.2 leaving", NULL }, MIMESEND_VRFY_NO_ANSWER, "421" },
  { { "--script", "VRFY drop", NULL }, MIMESEND_VRFY_NO_ANSWER, "closed" },
  { { "--script", "GREETING reply 554 5.7.1 go away", NULL }, MIMESEND_VRFY_NO_ANSWER, "554" },
  /* over TLS, which need not be verified; and in the clear where that fails */
  { { "--tls-self-signed", "--script", "VRFY reply 550 5.1.1 no", NULL }, MIMESEND_VRFY_BOGUS, "550 no" },
  { { "--tls-self-signed", "--script", "STARTTLS reply 554 5.7.0 no", "--script", "VRFY reply 550 5.1.1 no",
      NULL },
    MIMESEND_VRFY_BOGUS,
    "550 no" },
};

static void
test_vrfy_answers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      TestSink *sink = test_sink_start_with (asked[i].options);
      g_autoptr (GSocketConnectable) where = place_of (sink);
      g_autofree char *why = NULL;

      g_test_message ("%u", i);
      g_assert_cmpint (mimesend_vrfy (where, "foo@example.com", NULL, &why), ==, asked[i].answer);
      g_test_message ("%s", why);
      g_assert_nonnull (strstr (why, asked[i].why));
      test_sink_stop (sink);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/visit/probe/cancelled/blocking", GUINT_TO_POINTER (TRUE),
                        test_probe_cancelled);
  g_test_add_data_func ("/client/visit/probe/cancelled/async", GUINT_TO_POINTER (FALSE),
                        test_probe_cancelled);
  g_test_add_data_func ("/client/visit/probe/cancelled-early/blocking", GUINT_TO_POINTER (TRUE),
                        test_probe_cancelled_early);
  g_test_add_data_func ("/client/visit/probe/cancelled-early/async", GUINT_TO_POINTER (FALSE),
                        test_probe_cancelled_early);
  g_test_add_func ("/client/visit/probe/dripped", test_probe_dripped);
  g_test_add_func ("/client/visit/probe/late", test_probe_late);
  g_test_add_func ("/client/visit/vrfy/cancelled", test_vrfy_cancelled);
  g_test_add_func ("/client/visit/vrfy/answers", test_vrfy_answers);
  return g_test_run ();
}

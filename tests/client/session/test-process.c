/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a process may do around a session: fork, and get signals. */
#include "async.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test-sink.h"

static MimesendReceipt *
send_text (MimesendSession *session, const char *text, GError **error)
{
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (MimesendContent) content = content_of_text (text);

  return mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, error);
}

static void
assert_sends (MimesendSession *session, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendReceipt) receipt = send_text (session, text, &error);

  g_assert_no_error (error);
  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_ACCEPTED);
}

/* --- fork --- */

/* The child: the session it inherited is refused, without an octet to the server; one of its own works. */
static void
be_the_child (MimesendSession *inherited, MimesendServer *server)
{
  g_autoptr (MimesendSession) own = mimesend_session_new (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) at_close = NULL;

  g_assert_null (send_text (inherited, "of the child\n", &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_false (mimesend_session_close (inherited, NULL, &at_close));
  g_assert_error (at_close, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_object_unref (inherited);
  assert_sends (own, "of the child\n");
  mimesend_session_close (own, NULL, NULL);
}

static gint64
next_connection (TestSink *sink)
{
  JsonObject *message = test_sink_next (sink);

  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (message, "violations")), ==, 0);
  return json_object_get_int_member (message, "connection");
}

static void
test_fork (gconstpointer data)
{
  gboolean tls = GPOINTER_TO_UINT (data);
  g_autofree char *folder = g_dir_make_tmp ("mimesend-test-XXXXXX", NULL);
  g_autofree char *certificate = g_build_filename (folder, "certificate.pem", NULL);
  TestSink *sink = test_sink_start ("--tls-self-signed", "--tls-cert-out", certificate, NULL);
  g_autoptr (MimesendServer) named = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (MimesendServer) asked =
      mimesend_server_with_tls (named, tls ? MIMESEND_TLS_REQUIRED : MIMESEND_TLS_NONE);
  g_autoptr (MimesendServer) server = mimesend_server_with_ca_file (asked, certificate);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  gint64 first;
  int status;
  pid_t child;

  assert_sends (session, "before\n");
  first = next_connection (sink);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      be_the_child (session, server);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpint (next_connection (sink), !=, first);
  assert_sends (session, "after\n"); /* the parent's connection is as it was */
  g_assert_cmpint (next_connection (sink), ==, first);
  mimesend_session_close (session, NULL, NULL);
  test_sink_stop (sink);
  g_unlink (certificate);
  g_rmdir (folder);
}

/* --- signals --- */

static gpointer
large_text (void)
{
  char *text = g_strnfill (4000000, 'x');

  for (guint i = 70; i < 4000000; i += 71)
    text[i] = '\n';
  return text;
}

/* The server leaves in the middle of the content, and the application wants SIGPIPE to kill it: a session does not raise it. */
static void
test_sigpipe (void)
{
  TestSink *sink = test_sink_start ("--script", "CONTENT reset after 4096", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autofree char *text = large_text ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendReceipt) receipt = NULL;

  g_object_unref (g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL));
  signal (SIGPIPE, SIG_DFL); /* GLib's first socket set it to ignored */
  receipt = send_text (session, text, &error);
  signal (SIGPIPE, SIG_IGN);
  g_assert_no_error (error);
  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_DEFERRED);
  test_sink_stop (sink);
}

static int alarms;

static void
count_alarm (int number)
{
  g_atomic_int_inc (&alarms);
}

/* Calls that wait are interrupted all the time, and go on. */
static void
test_interrupted (void)
{
  TestSink *sink = test_sink_start ("--script", "* delay 30ms", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autofree char *text = large_text ();
  struct sigaction action = { .sa_handler = count_alarm }, before; /* no SA_RESTART */
  struct itimerval often = { { 0, 2000 }, { 0, 2000 } }, never = { { 0, 0 }, { 0, 0 } };

  sigaction (SIGALRM, &action, &before);
  setitimer (ITIMER_REAL, &often, NULL);
  assert_sends (session, text);
  mimesend_session_close (session, NULL, NULL);
  setitimer (ITIMER_REAL, &never, NULL);
  sigaction (SIGALRM, &before, NULL);
  g_assert_cmpint (g_atomic_int_get (&alarms), >, 20);
  g_assert_cmpuint (test_sink_count (sink), ==, 1);
  test_sink_stop (sink);
}

static void
test_no_server (void)
{
  g_autoptr (MimesendSession) session = g_object_new (MIMESEND_TYPE_SESSION, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (send_text (session, "text\n", &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/process/child-cannot-use-parents-session/clear", GUINT_TO_POINTER (FALSE),
                        test_fork);
  g_test_add_data_func ("/client/process/child-cannot-use-parents-session/tls", GUINT_TO_POINTER (TRUE),
                        test_fork);
  g_test_add_func ("/client/process/lost-connection-raises-no-sigpipe", test_sigpipe);
  g_test_add_func ("/client/process/signals-do-not-interrupt", test_interrupted);
  g_test_add_func ("/client/process/no-server", test_no_server);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system has no room for another thread: what needs one fails with a reason, and the application lives. This program's own
 * pthread_create () stands ahead of the C library's for every library in the process. */
#include "async.h"

#include <dlfcn.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "test-sink.h"

static int none_left; /* atomic */

int
pthread_create (pthread_t *thread, const pthread_attr_t *attributes, void *(*run) (void *), void *data)
{
  static int (*real) (pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

  if (g_atomic_int_get (&none_left))
    return EAGAIN;
  if (real == NULL)
    *(void **)&real = dlsym (RTLD_NEXT, "pthread_create");
  return real (thread, attributes, run, data);
}

static void
let_threads_be_had (gboolean may)
{
  g_atomic_int_set (&none_left, !may);
}

static void
assert_says_why (const GError *error)
{
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "thread"));
  g_assert_nonnull (strstr (error->message, "again"));
}

typedef MimesendContent *(*Make) (int *writer);

static MimesendContent *
content_of_file (int *writer)
{
  MimesendContent *content = mimesend_content_new ();
  g_autofree char *path = NULL;
  GMimeStream *stream;
  int fd = g_file_open_tmp ("mimesend-test-XXXXXX", &path, NULL);

  g_assert_cmpint (write (fd, "Subject: x\n\ntext\n", 17), ==, 17);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  stream = g_mime_stream_fs_new (fd);
  g_assert_true (mimesend_content_add_stream (content, stream, NULL));
  g_object_unref (stream);
  g_unlink (path);
  *writer = -1;
  return content;
}

static MimesendContent *
content_of_pipe (int *writer)
{
  MimesendContent *content = content_of_open_pipe (writer);

  g_assert_cmpint (write (*writer, "text\n", 5), ==, 5);
  close (*writer);
  *writer = -1;
  return content;
}

/* A content that a worker reads: nothing of it is completed, and the next message goes. */
static void
test_content (gconstpointer data)
{
  gboolean blocking = GPOINTER_TO_UINT (data);
  const Make makes[] = { content_of_file, content_of_pipe };

  for (guint i = blocking ? 1 : 0; i < G_N_ELEMENTS (makes); i++)
    {
      TestSink *sink = test_sink_start (NULL);
      g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
      int writer;
      g_autoptr (MimesendContent) content = makes[i](&writer);
      g_autoptr (MimesendContent) other = makes[i](&writer);
      g_autoptr (GError) error = NULL;
      Sent sent = { 0 };

      let_threads_be_had (FALSE);
      send_way (session, content, blocking, &sent);
      let_threads_be_had (TRUE);
      g_assert_no_error (sent.error);
      g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), ==, MIMESEND_OUTCOME_NOT_TRIED);
      g_assert_false (mimesend_receipt_check (sent.receipt, &error));
      assert_says_why (error);
      sent_clear (&sent);
      g_assert_cmpuint (test_sink_count (sink), ==, 0);

      send_way (session, other, blocking, &sent);
      assert_accepted (&sent);
      sent_clear (&sent);
      test_sink_stop (sink);
    }
}

static void
test_login (void)
{
  TestSink *sink = test_sink_start ("--auth", "user:secret", NULL);
  g_autofree char *url = test_sink_url (sink, "smtp+insecure");
  g_autoptr (MimesendServer) plain = mimesend_server_new (url, NULL);
  g_autoptr (MimesendServer) server = mimesend_server_with_login (plain, "user", "secret", NULL);
  g_autoptr (MimesendSession) session = mimesend_session_new (server);
  g_autoptr (MimesendContent) content = content_of_text ("text\n");
  Sent sent = { 0 };

  let_threads_be_had (FALSE);
  send_way (session, content, FALSE, &sent);
  let_threads_be_had (TRUE);
  g_assert_error (sent.error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT); /* later it may do */
  assert_says_why (sent.error);
  sent_clear (&sent);
  send_way (session, content, FALSE, &sent);
  assert_accepted (&sent);
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* It is watched by the thread that GLib has made for its tasks. */
static void
test_program (void)
{
  g_autoptr (MimesendSession) session = session_to ("program:sh -c 'cat > /dev/null'");
  g_autoptr (MimesendContent) content = content_of_text ("text\n");
  Sent sent = { 0 };

  let_threads_be_had (FALSE);
  send_way (session, content, FALSE, &sent);
  let_threads_be_had (TRUE);
  assert_accepted (&sent);
  sent_clear (&sent);
}

static void
probed (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static void
test_probe (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendServer) server = mimesend_server_new (test_sink_server (sink), NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  let_threads_be_had (FALSE);
  mimesend_probe_async (server, 10, G_PRIORITY_DEFAULT, NULL, probed, &result);
  let_threads_be_had (TRUE);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (mimesend_probe_finish (result, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT);
  assert_says_why (error);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_type_ensure (
      G_TYPE_TASK); /* GLib makes a thread for its tasks with the first of them, and cannot do without */
  g_test_add_data_func ("/client/no-thread/content-fails-with-a-reason/async", GUINT_TO_POINTER (FALSE),
                        test_content);
  g_test_add_data_func ("/client/no-thread/content-fails-with-a-reason/blocking", GUINT_TO_POINTER (TRUE),
                        test_content);
  g_test_add_func ("/client/no-thread/login-fails-with-a-reason", test_login);
  g_test_add_func ("/client/no-thread/probe-fails-with-a-reason", test_probe);
  g_test_add_func ("/client/no-thread/program-fails-with-a-reason", test_program);
  return g_test_run ();
}

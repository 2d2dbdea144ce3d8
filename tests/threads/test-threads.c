/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sixty-four threads send at once, each through a session of its own, by every kind of content, in the clear and over TLS, blocking
 * and asynchronously; servers, envelopes and a file are shared. Under ThreadSanitizer (tests/threads/tsan-glib.c) no access
 * of ours may race. */
#include "../client/async.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "test-sink.h"

#define THREADS  64
#define MESSAGES 5 /* a thread's: one of each kind */

typedef struct
{
  MimesendServer *servers[2];
  MimesendEnvelope *envelope;
  char *path;
  GMutex mutex;
  GCond all_there;
  guint n_there;
  int n_accepted; /* atomic */
} Shared;

/* --- a content that waits for its octets --- */

#define TEST_TYPE_WAITS (test_waits_get_type ())
G_DECLARE_FINAL_TYPE (TestWaits, test_waits, TEST, WAITS, MimesendContent)

struct _TestWaits
{
  MimesendContent parent;
  guint n;
};

G_DEFINE_FINAL_TYPE (TestWaits, test_waits, MIMESEND_TYPE_CONTENT)

static gboolean
test_waits_answer (gpointer data)
{
  g_autoptr (GBytes) bytes =
      TEST_WAITS (data)->n++ < 3 ? g_bytes_new_static ("line\n", 5) : g_bytes_new (NULL, 0);

  mimesend_content_answer_bytes (data, bytes);
  return G_SOURCE_REMOVE;
}

static void
test_waits_request_bytes (MimesendContent *content, gsize count, GCancellable *cancellable)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, test_waits_answer, content, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
test_waits_class_init (TestWaitsClass *klass)
{
  MIMESEND_CONTENT_CLASS (klass)->request_bytes = test_waits_request_bytes;
}

static void
test_waits_init (TestWaits *self)
{
}

/* --- */

static MimesendContent *
content_of_pipe (void)
{
  MimesendContent *content = mimesend_content_new ();
  g_autoptr (GInputStream) input = NULL;
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (fds[1], "piped\n", 6), ==, 6);
  close (fds[1]);
  input = g_unix_input_stream_new (fds[0], TRUE);
  g_assert_true (mimesend_content_add_input_stream (content, input, NULL));
  return content;
}

static MimesendContent *
content_of_kind (Shared *shared, guint kind)
{
  GMimeObject *part;
  MimesendContent *content;

  if (kind == 0)
    return content_of_text ("text\n");
  if (kind == 1)
    return content_of_pipe ();
  if (kind == 2)
    return g_object_new (TEST_TYPE_WAITS, NULL);
  part = kind == 3 ? mimesend_part_new_file (shared->path, NULL) : mimesend_part_new_text ("Grüße\n");
  content = mimesend_content_new_for_part (part, NULL);
  g_object_unref (part);
  return content;
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define INSTRUMENTED
#endif
#endif

static void
await_all (Shared *shared)
{
  g_mutex_lock (&shared->mutex);
  shared->n_there++;
  g_cond_broadcast (&shared->all_there);
  while (shared->n_there < THREADS)
    g_cond_wait (&shared->all_there, &shared->mutex);
  g_mutex_unlock (&shared->mutex);
}

typedef struct
{
  Shared *shared;
  guint i;
} Sender;

static gpointer
send_all (gpointer data)
{
  Sender *self = data;
  Shared *shared = self->shared;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (MimesendSession) session = mimesend_session_new (shared->servers[self->i % 2]);

  g_main_context_push_thread_default (context);
  await_all (shared);
  for (guint kind = 0; kind < MESSAGES; kind++)
    {
      g_autoptr (MimesendContent) content = content_of_kind (shared, kind);
      Sent sent = { 0 };

      if (self->i % 4 < 2)
        {
          start (session, content, NULL, &sent);
          sent_await (&sent);
        }
      else
        sent.receipt = mimesend_session_send (session, shared->envelope, content, MIMESEND_SEND_DEFAULT, NULL,
                                              &sent.error);
      g_assert_no_error (sent.error);
      if (mimesend_receipt_get_outcome (sent.receipt) == MIMESEND_OUTCOME_ACCEPTED)
        g_atomic_int_inc (&shared->n_accepted);
      sent_clear (&sent);
    }
  mimesend_session_close (session, NULL, NULL);
  g_main_context_pop_thread_default (context);
  return NULL;
}

/* A class is made once, under a lock of GLib's that nothing outside can tell ThreadSanitizer of: there this is done ahead, by one
 * thread. Without it all threads come to it at once. */
static void
make_classes (Shared *shared)
{
#ifdef INSTRUMENTED
  Sender sender = { shared, 1 };

  shared->n_there = THREADS - 1;
  send_all (&sender);
  shared->n_there = 0;
  shared->n_accepted = 0;
#endif
}

static void
test_sixty_four (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mimesend-test-XXXXXX", NULL);
  g_autofree char *certificate = g_build_filename (folder, "certificate.pem", NULL);
  TestSink *clear = test_sink_start ("--discard", NULL);
  TestSink *secret = test_sink_start ("--discard", "--tls-self-signed", "--tls-cert-out", certificate, NULL);
  g_autofree char *url = g_strdup_printf ("smtp://%s?tls=required", test_sink_server (secret));
  g_autoptr (MimesendServer) server = NULL;
  g_autofree char *text = g_strnfill (300000, 'x');
  Shared shared = { .path = g_build_filename (folder, "file", NULL) };
  Sender senders[THREADS];
  GThread *threads[THREADS];
  g_autoptr (GError) error = NULL;

  for (guint i = 70; i < 300000; i += 71)
    text[i] = '\n';
  g_assert_true (g_file_set_contents (shared.path, text, 300000, NULL));
  shared.servers[0] = mimesend_server_new (test_sink_server (clear), NULL);
  server = mimesend_server_new (url, &error);
  g_assert_no_error (error);
  shared.servers[1] = mimesend_server_with_ca_file (server, certificate);
  shared.envelope = envelope_to ("a@example.org", "b@example.org");
  make_classes (&shared);
  for (guint i = 0; i < THREADS; i++)
    {
      senders[i] = (Sender){ &shared, i };
      threads[i] = g_thread_new ("sender", send_all, &senders[i]);
    }
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (g_atomic_int_get (&shared.n_accepted), ==, THREADS * MESSAGES);

  mimesend_envelope_unref (shared.envelope);
  mimesend_server_unref (shared.servers[0]);
  mimesend_server_unref (shared.servers[1]);
  test_sink_stop (clear);
  test_sink_stop (secret);
  g_unlink (certificate);
  g_unlink (shared.path);
  g_rmdir (folder);
  g_free (shared.path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/threads/sixty-four-threads-send", test_sixty_four);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message completes when its content is not read any more: the callback may close the stream, read from it or free it.
 * The loop goes on meanwhile, with the other messages. */
#include "async.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "content/content-pull.h"
#include "test-sink.h"

/* A stream whose read gives some octets and then stands still, and which nothing but release () ends. */
typedef struct
{
  GMimeStream parent;
  GMutex mutex;
  GCond changed;
  gboolean given, in_read, released;
} Stuck;
typedef GMimeStreamClass StuckClass;

static GType stuck_get_type (void);
G_DEFINE_TYPE (Stuck, stuck, GMIME_TYPE_STREAM)

static ssize_t
stuck_read (GMimeStream *stream, char *octets, size_t n)
{
  Stuck *self = (Stuck *)stream;

  if (!self->given)
    {
      g_assert_cmpuint (n, >=, 200);
      memset (octets, '\n', 200);
      self->given = TRUE;
      return 200;
    }
  g_mutex_lock (&self->mutex);
  self->in_read = TRUE;
  g_cond_broadcast (&self->changed);
  while (!self->released)
    g_cond_wait (&self->changed, &self->mutex);
  self->in_read = FALSE;
  g_mutex_unlock (&self->mutex);
  return -1;
}

static gboolean
stuck_eos (GMimeStream *stream)
{
  return FALSE;
}

static void
stuck_finalize (GObject *object)
{
  Stuck *self = (Stuck *)object;

  g_assert_false (self->in_read);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (stuck_parent_class)->finalize (object);
}

static void
stuck_class_init (StuckClass *klass)
{
  klass->read = stuck_read;
  klass->eos = stuck_eos;
  G_OBJECT_CLASS (klass)->finalize = stuck_finalize;
}

static void
stuck_init (Stuck *self)
{
  g_mime_stream_construct ((GMimeStream *)self, 0, -1);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
}

static gboolean
stuck_is_read (Stuck *self)
{
  gboolean in_read;

  g_mutex_lock (&self->mutex);
  in_read = self->in_read;
  g_mutex_unlock (&self->mutex);
  return in_read;
}

static void
stuck_release (Stuck *self)
{
  g_mutex_lock (&self->mutex);
  self->released = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

static MimesendContent *
content_of_stuck (Stuck **stuck)
{
  MimesendContent *content = mimesend_content_new ();

  *stuck = g_object_new (stuck_get_type (), NULL);
  g_assert_true (mimesend_content_add_stream (content, (GMimeStream *)*stuck, NULL));
  return content;
}

/* The same as a content, which must not be asked for its warnings while it is read. */
typedef struct
{
  MimesendContent parent;
  Stuck *stuck;
  guint8 octets[200];
} Watched;
typedef MimesendContentClass WatchedClass;

static GType watched_get_type (void);
static void watched_pull_init (MimesendPullInterface *interface);
G_DEFINE_TYPE_WITH_CODE (Watched,
                         watched,
                         MIMESEND_TYPE_CONTENT,
                         G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, watched_pull_init))

static MimesendPullStatus
watched_pull (MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  Watched *self = (Watched *)pull;

  if (stuck_read ((GMimeStream *)self->stuck, (char *)self->octets, sizeof self->octets) < 0)
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "released");
      return MIMESEND_PULL_FAILED;
    }
  *piece = (MimesendPiece){ .data = self->octets, .length = sizeof self->octets };
  return MIMESEND_PULL_PIECE;
}

static const char *const *
watched_warnings (MimesendPull *pull)
{
  static const char *const warnings[] = { "it was watched", NULL };

  g_assert_false (stuck_is_read (((Watched *)pull)->stuck));
  return warnings;
}

static gboolean
watched_may_block (MimesendPull *pull)
{
  return TRUE;
}

static void
watched_pull_init (MimesendPullInterface *interface)
{
  interface->pull = watched_pull;
  interface->may_block = watched_may_block;
  interface->warnings = watched_warnings;
}

static void
watched_finalize (GObject *object)
{
  g_object_unref (((Watched *)object)->stuck);
  G_OBJECT_CLASS (watched_parent_class)->finalize (object);
}

static void
watched_class_init (WatchedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = watched_finalize;
}

static void
watched_init (Watched *self)
{
}

static MimesendContent *
content_that_is_watched (Stuck **stuck)
{
  Watched *self = g_object_new (watched_get_type (), NULL);

  *stuck = g_object_new (stuck_get_type (), NULL);
  self->stuck = g_object_ref (*stuck);
  return (MimesendContent *)self;
}

/* --- a loop that is not held up --- */

static gboolean
tick (gpointer data)
{
  (*(guint *)data)++;
  return G_SOURCE_CONTINUE;
}

/* Fifteen turns of a clock. */
static void
go_on_for_a_while (void)
{
  guint ticks = 0;
  guint id = g_timeout_add (10, tick, &ticks);

  while (ticks < 15)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

/* FALSE: it was over ahead of it. */
static gboolean
await_read (Stuck *stuck, const gboolean *over)
{
  guint ticks = 0;
  guint id = g_timeout_add (1, tick, &ticks);

  while (!stuck_is_read (stuck) && !*over)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
  return stuck_is_read (stuck);
}

/* --- ways to end --- */

typedef struct
{
  const char *name;
  const char *script;   /* of the server */
  const char *program;  /* instead of it */
  const char *property; /* a second of it */
  gboolean cancelled;
} Way;

static const Way ways[] = {
  { "cancelled", .cancelled = TRUE },
  { "deadline", .property = "deadline" },
  { "content-is-late", .property = "timeout" },
  { "dropped", .script = "CONTENT drop after 10" },
  { "reset", .script = "CONTENT reset after 10" },
  { "answered-early", .script = "CONTENT raw \"554 5.6.0 enough\\r\\n\" after 10" },
  { "program-ends", .program = "program:sh -c 'head -c 50; exit 75'" },
  { "program-cancelled", .program = "program:sh -c 'cat > /dev/null'", .cancelled = TRUE },
};

static void
run_way (const Way *way, MimesendContent *(*make) (Stuck **stuck))
{
  TestSink *sink = test_sink_start ("--hide", "CHUNKING", "--script",
                                    way->script != NULL ? way->script : "QUIT delay 1ms", NULL);
  g_autoptr (MimesendSession) session =
      session_to (way->program != NULL ? way->program : test_sink_server (sink));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MimesendContent) content = NULL;
  Stuck *stuck = NULL;
  Sent sent = { 0 }, other = { 0 };

  if (way->property != NULL)
    g_object_set (session, way->property, 1.0, NULL);
  /* a server may be quicker than the worker */
  do
    {
      sent_clear (&sent);
      g_clear_object (&content);
      g_clear_object (&stuck);
      content = make (&stuck);
      start (session, content, cancellable, &sent);
    }
  while (!await_read (stuck, &sent.done));
  if (way->cancelled)
    g_cancellable_cancel (cancellable);
  /* the same session serves another one meanwhile; by then the first is out of the window */
  if (way->script != NULL || way->property != NULL)
    {
      g_autoptr (MimesendSession) same = g_object_ref (session);

      start_text (same, "other\n", &other);
      sent_await (&other);
      sent_clear (&other);
    }
  go_on_for_a_while ();
  g_assert_true (stuck_is_read (stuck));
  g_assert_false (sent.done);
  stuck_release (stuck);
  sent_await (&sent);
  g_assert_false (stuck_is_read (stuck));
  g_assert_no_error (sent.error);
  g_assert_cmpint (mimesend_receipt_get_outcome (sent.receipt), !=, MIMESEND_OUTCOME_ACCEPTED);
  g_assert_true (g_strv_contains (mimesend_receipt_get_warnings (sent.receipt), "it was watched") ==
                 (make == content_that_is_watched));
  sent_clear (&sent);
  /* there is no other reference */
  g_assert_cmpint (((GObject *)content)->ref_count, ==, 1);
  g_clear_object (&content);
  g_assert_cmpint (((GObject *)stuck)->ref_count, ==, 1);
  g_object_unref (stuck);
  test_sink_stop (sink);
}

static void
test_way (gconstpointer data)
{
  run_way (data, content_of_stuck);
  run_way (data, content_that_is_watched);
}

/* --- blocking --- */

typedef struct
{
  TestSink *sink;
  MimesendContent *content;
  GCancellable *cancellable;
  int done; /* atomic */
} Blocking;

static gpointer
send_and_wait (gpointer data)
{
  Blocking *self = data;
  g_autoptr (MimesendSession) session = session_to (test_sink_server (self->sink));
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendReceipt) receipt = mimesend_session_send (
      session, envelope, self->content, MIMESEND_SEND_DEFAULT, self->cancellable, &error);

  g_atomic_int_set (&self->done, 1);
  g_assert_no_error (error);
  g_assert_cmpint (mimesend_receipt_get_outcome (receipt), ==, MIMESEND_OUTCOME_NOT_TRIED);
  return NULL;
}

static void
test_blocking (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Stuck *stuck;
  g_autoptr (MimesendContent) content = content_of_stuck (&stuck);
  Blocking blocking = { .sink = sink, .content = content, .cancellable = cancellable };
  GThread *thread = g_thread_new ("sender", send_and_wait, &blocking);
  const gboolean never = FALSE;

  g_assert_true (await_read (stuck, &never));
  g_cancellable_cancel (cancellable);
  go_on_for_a_while ();
  g_assert_false (g_atomic_int_get (&blocking.done));
  stuck_release (stuck);
  g_thread_join (thread);
  g_assert_false (stuck_is_read (stuck));
  g_object_unref (stuck);
  test_sink_stop (sink);
}

/* --- streams that a cancel ends: their next octet is not waited for --- */

/* The server goes as the content comes: GIO's stream is free at once, and can be closed. */
static void
test_input_stream (void)
{
  TestSink *sink = test_sink_start ("--hide", "CHUNKING", "--script", "CONTENT drop after 10", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      g_autoptr (GInputStream) input = NULL;
      g_autoptr (GError) error = NULL;
      Sent sent = { 0 };
      int fds[2];

      g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
      input = g_unix_input_stream_new (fds[0], TRUE);
      g_assert_true (mimesend_content_add_input_stream (content, input, NULL));
      g_assert_cmpint (write (fds[1], "some octets and no end\n", 23), ==, 23);
      start (session, content, NULL, &sent);
      sent_await (&sent);
      g_assert_false (g_input_stream_has_pending (input));
      g_assert_true (g_input_stream_close (input, NULL, &error));
      g_assert_no_error (error);
      sent_clear (&sent);
      close (fds[1]);
    }
  test_sink_stop (sink);
}

static void
test_gmime_stream (gconstpointer data)
{
  gboolean of_files = GPOINTER_TO_UINT (data);
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      GMimeStream *stream;
      Sent sent = { 0 };
      int fds[2];

      g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
      stream = of_files ? g_mime_stream_fs_new (fds[0]) : g_mime_stream_pipe_new (fds[0]);
      g_assert_true (mimesend_content_add_stream (content, stream, NULL));
      g_assert_cmpint (write (fds[1], "some octets and no end\n", 23), ==, 23);
      start (session, content, cancellable, &sent);
      go_on_for_a_while ();
      g_cancellable_cancel (cancellable);
      sent_await (&sent);
      sent_clear (&sent);
      g_clear_object (&content);
      g_assert_cmpint (((GObject *)stream)->ref_count, ==, 1);
      g_object_unref (stream);
      close (fds[1]);
    }
  test_sink_stop (sink);
}

/* --- what the content warns of is in the receipt, each once --- */

/* A file, so that a worker reads it; long lines behind what is looked at ahead. */
static MimesendContent *
content_that_warns (const char *path)
{
  g_autoptr (GError) error = NULL;
  GMimeMultipart *multipart = g_mime_multipart_new_with_subtype ("mixed");
  MimesendContent *content;

  for (guint i = 0; i < 50; i++)
    {
      GMimeStream *stream = g_mime_stream_fs_open (path, O_RDONLY, 0, &error);
      GMimeDataWrapper *wrapper =
          g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);
      GMimePart *part = g_mime_part_new_with_type ("text", "plain");

      g_assert_no_error (error);
      g_mime_part_set_content (part, wrapper);
      g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_7BIT);
      g_mime_multipart_add (multipart, (GMimeObject *)part);
      g_object_unref (part);
      g_object_unref (wrapper);
      g_object_unref (stream);
    }
  content = mimesend_content_new_for_part ((GMimeObject *)multipart, NULL);
  g_object_unref (multipart);
  return content;
}

static void
test_warnings (void)
{
  TestSink *sink = test_sink_start ("--discard", NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("mimesend-test-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  while (text->len < 100000)
    g_string_append (text, "a line\n");
  g_string_append_printf (text, "%01200u\n", 1);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (MimesendContent) content = content_that_warns (path);
      const char *const *warnings;
      Sent sent = { 0 };
      guint n = 0;

      start (session, content, NULL, &sent);
      sent_await (&sent);
      g_assert_no_error (sent.error);
      warnings = mimesend_receipt_get_warnings (sent.receipt);
      for (; warnings[n] != NULL; n++)
        g_assert_false (g_strv_contains (warnings + n + 1, warnings[n]));
      g_assert_cmpuint (n, >=, 50);
      sent_clear (&sent);
    }
  g_remove (path);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = g_strconcat ("/client/handed-back/", ways[i].name, NULL);

      g_test_add_data_func (path, &ways[i], test_way);
    }
  g_test_add_func ("/client/handed-back/content-is-free-after-blocking-send", test_blocking);
  g_test_add_func ("/client/handed-back/input-stream-is-free-in-the-callback", test_input_stream);
  g_test_add_data_func ("/client/handed-back/gmime-stream-is-free-in-the-callback/pipe",
                        GUINT_TO_POINTER (FALSE), test_gmime_stream);
  g_test_add_data_func ("/client/handed-back/gmime-stream-is-free-in-the-callback/fs",
                        GUINT_TO_POINTER (TRUE), test_gmime_stream);
  g_test_add_func ("/client/handed-back/warnings", test_warnings);
  return g_test_run ();
}

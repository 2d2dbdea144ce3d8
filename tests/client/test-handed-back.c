/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message is over when nobody reads its content any more: who is told may close the stream, read from it or free it. The
 * loop goes on meanwhile, with the other messages. */
#include "async.h"

#include <string.h>
#include <unistd.h>

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

static void
await_read (Stuck *stuck)
{
  guint ticks = 0;
  guint id = g_timeout_add (1, tick, &ticks);

  while (!stuck_is_read (stuck))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
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
test_way (gconstpointer data)
{
  const Way *way = data;
  TestSink *sink = test_sink_start ("--hide", "CHUNKING", "--script",
                                    way->script != NULL ? way->script : "QUIT delay 1ms", NULL);
  g_autoptr (MimesendSession) session =
      session_to (way->program != NULL ? way->program : test_sink_server (sink));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Stuck *stuck;
  g_autoptr (MimesendContent) content = content_of_stuck (&stuck);
  Sent sent = { 0 }, other = { 0 };

  if (way->property != NULL)
    g_object_set (session, way->property, 1, NULL);
  start (session, content, cancellable, &sent);
  await_read (stuck);
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
  sent_clear (&sent);
  /* nobody else has it */
  g_assert_cmpint (((GObject *)content)->ref_count, ==, 1);
  g_clear_object (&content);
  g_assert_cmpint (((GObject *)stuck)->ref_count, ==, 1);
  g_object_unref (stuck);
  test_sink_stop (sink);
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

  await_read (stuck);
  g_cancellable_cancel (cancellable);
  go_on_for_a_while ();
  g_assert_false (g_atomic_int_get (&blocking.done));
  stuck_release (stuck);
  g_thread_join (thread);
  g_assert_false (stuck_is_read (stuck));
  g_object_unref (stuck);
  test_sink_stop (sink);
}

/* --- streams that a cancel ends: nobody waits for their next octet --- */

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

/* --- what the content warns of is in the receipt, once, also of a message that was cut short --- */

static void
test_warnings (gconstpointer step)
{
  TestSink *sink = test_sink_start ("--hide", "CHUNKING", "--script", step, NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (GString) text = g_string_new ("Subject: x\n\n");
  g_autoptr (GBytes) bytes = NULL;
  GMimeParser *parser;
  GMimeMessage *message;
  GMimeStream *stream;

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (text, "%01200u\n", i);
  stream = g_mime_stream_mem_new_with_buffer (text->str, text->len);
  parser = g_mime_parser_new_with_stream (stream);
  message = g_mime_parser_construct_message (parser, NULL);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new_for_part ((GMimeObject *)message, NULL);
      const char *const *warnings;
      Sent sent = { 0 };

      start (session, content, NULL, &sent);
      sent_await (&sent);
      g_assert_no_error (sent.error);
      warnings = mimesend_receipt_get_warnings (sent.receipt);
      for (guint j = 0; warnings[j] != NULL; j++)
        g_assert_false (g_strv_contains (warnings + j + 1, warnings[j]));
      sent_clear (&sent);
    }
  g_object_unref (message);
  g_object_unref (parser);
  g_object_unref (stream);
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
  g_test_add_func ("/client/handed-back/blocking", test_blocking);
  g_test_add_func ("/client/handed-back/input-stream", test_input_stream);
  g_test_add_data_func ("/client/handed-back/gmime/pipe", GUINT_TO_POINTER (FALSE), test_gmime_stream);
  g_test_add_data_func ("/client/handed-back/gmime/fs", GUINT_TO_POINTER (TRUE), test_gmime_stream);
  g_test_add_data_func ("/client/handed-back/warnings/whole", "QUIT delay 1ms", test_warnings);
  g_test_add_data_func ("/client/handed-back/warnings/cut", "CONTENT drop after 200000", test_warnings);
  return g_test_run ();
}

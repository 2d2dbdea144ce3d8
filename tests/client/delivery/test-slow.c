/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contents that take their time, of every kind: they get their octets from the main loop that sends, and one that held it up would
 * wait for ever. */
#include "async.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test-sink.h"

static void
assert_arrived (TestSink *sink, const char *expected)
{
  g_autoptr (GBytes) bytes = NULL;

  test_sink_next (sink);
  bytes = test_sink_octets (sink);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

/* A stream of an application's class: its reads block. */
typedef struct
{
  GMimeStream parent;
  int fd;
  gboolean ended;
} OwnStream;
typedef GMimeStreamClass OwnStreamClass;

static GType own_stream_get_type (void);
G_DEFINE_TYPE (OwnStream, own_stream, GMIME_TYPE_STREAM)

static ssize_t
own_stream_read (GMimeStream *stream, char *octets, size_t n)
{
  OwnStream *self = (OwnStream *)stream;
  ssize_t got = read (self->fd, octets, n);

  self->ended = got == 0;
  return got;
}

static gboolean
own_stream_eos (GMimeStream *stream)
{
  return ((OwnStream *)stream)->ended;
}

static void
own_stream_finalize (GObject *object)
{
  close (((OwnStream *)object)->fd);
  G_OBJECT_CLASS (own_stream_parent_class)->finalize (object);
}

static void
own_stream_class_init (OwnStreamClass *klass)
{
  klass->read = own_stream_read;
  klass->eos = own_stream_eos;
  G_OBJECT_CLASS (klass)->finalize = own_stream_finalize;
}

static void
own_stream_init (OwnStream *self)
{
  g_mime_stream_construct ((GMimeStream *)self, 0, -1);
}

typedef enum
{
  SLOW_PIPE,
  SLOW_SOCKET,
  SLOW_GMIME_PIPE,
  SLOW_OWN_STREAM,
  SLOW_LEAF, /* … in a tree */
} Slow;

static GMimeStream *
own_stream_new (int fd)
{
  OwnStream *self = g_object_new (own_stream_get_type (), NULL);

  self->fd = fd;
  return (GMimeStream *)self;
}

static MimesendContent *
content_of_socket (int *writer)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  MimesendContent *content = mimesend_content_new ();
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  *writer = fds[1];
  socket = g_socket_new_from_fd (fds[0], NULL);
  connection = g_socket_connection_factory_create_connection (socket);
  /* the connection would close it: the content is read within this test alone */
  g_assert_true (mimesend_content_add_input_stream (
      content, g_io_stream_get_input_stream (G_IO_STREAM (connection)), NULL));
  g_object_set_data_full (G_OBJECT (content), "connection", g_steal_pointer (&connection), g_object_unref);
  return content;
}

static MimesendContent *
content_of_slow (Slow slow, int *writer)
{
  MimesendContent *content;
  GMimeStream *stream;
  int fds[2];

  if (slow == SLOW_PIPE)
    return content_of_open_pipe (writer);
  if (slow == SLOW_SOCKET)
    return content_of_socket (writer);
  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  *writer = fds[1];
  stream = slow == SLOW_GMIME_PIPE ? g_mime_stream_pipe_new (fds[0]) : own_stream_new (fds[0]);
  if (slow == SLOW_LEAF)
    {
      GMimePart *part = g_mime_part_new_with_type ("text", "plain");
      GMimeDataWrapper *wrapper =
          g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);

      g_mime_part_set_content (part, wrapper);
      content = mimesend_content_new_for_part ((GMimeObject *)part, NULL);
      g_object_unref (wrapper);
      g_object_unref (part);
    }
  else
    {
      content = mimesend_content_new ();
      g_assert_true (mimesend_content_add_stream (content, stream, NULL));
    }
  g_object_unref (stream);
  return content;
}

typedef struct
{
  int writer;
  guint ticks;
} Drip;

/* The pipe gets its next octets from the same main loop: one that blocked would wait for ever. */
static gboolean
drip (gpointer data)
{
  Drip *self = data;

  if (self->ticks == 25)
    {
      close (self->writer);
      return G_SOURCE_REMOVE;
    }
  g_assert_cmpint (write (self->writer, "tick\n", 5), ==, 5);
  self->ticks++;
  return G_SOURCE_CONTINUE;
}

static void
test_slow (gconstpointer data)
{
  Slow slow = (Slow)GPOINTER_TO_UINT (data);
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (GString) expected = g_string_new (NULL);
  Drip dripping = { 0 };
  g_autoptr (MimesendContent) content = content_of_slow (slow, &dripping.writer);
  Sent sent = { 0 };

  start (session, content, NULL, &sent);
  g_timeout_add (2, drip, &dripping);
  sent_await (&sent);
  assert_accepted (&sent);
  g_assert_cmpuint (dripping.ticks, ==, 25);
  if (slow == SLOW_LEAF)
    g_string_append (expected, "Content-Type: text/plain\r\n\r\n");
  for (guint i = 0; i < 25; i++)
    g_string_append (expected, "tick\r\n");
  assert_arrived (sink, expected->str);
  sent_clear (&sent);
  test_sink_stop (sink);
}

/* A content that says nothing at all is left alone: the pipe is as it was, but for what was read ahead. */
static void
test_cancel_a_silent_pipe (void)
{
  TestSink *sink = test_sink_start (NULL);
  g_autoptr (MimesendSession) session = session_to (test_sink_server (sink));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  int writer;
  g_autoptr (MimesendContent) content = content_of_open_pipe (&writer);
  Sent sent = { 0 };

  start (session, content, cancellable, &sent);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, i == 0);
  g_assert_false (sent.done);
  g_cancellable_cancel (cancellable);
  sent_await (&sent);
  g_assert_true (sent.error != NULL ||
                 mimesend_receipt_get_outcome (sent.receipt) == MIMESEND_OUTCOME_NOT_TRIED);
  sent_clear (&sent);
  close (writer);
  start_text (session, "next\n", &sent);
  sent_await (&sent);
  assert_accepted (&sent);
  assert_arrived (sink, "next\r\n");
  sent_clear (&sent);
  test_sink_stop (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/slow/loop-runs-while-waiting/pipe", GUINT_TO_POINTER (SLOW_PIPE), test_slow);
  g_test_add_data_func ("/client/slow/loop-runs-while-waiting/socket", GUINT_TO_POINTER (SLOW_SOCKET),
                        test_slow);
  g_test_add_data_func ("/client/slow/loop-runs-while-waiting/gmime-pipe", GUINT_TO_POINTER (SLOW_GMIME_PIPE),
                        test_slow);
  g_test_add_data_func ("/client/slow/loop-runs-while-waiting/own-stream", GUINT_TO_POINTER (SLOW_OWN_STREAM),
                        test_slow);
  g_test_add_data_func ("/client/slow/loop-runs-while-waiting/leaf", GUINT_TO_POINTER (SLOW_LEAF), test_slow);
  g_test_add_func ("/client/slow/cancel-a-silent-pipe", test_cancel_a_silent_pipe);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/feed.h"

#include <unistd.h>
#include <gio/gunixinputstream.h>

#include "client/drive/step-source.h"

typedef struct
{
  MimesendFeed *feed;
  GMainLoop *loop;
  GString *got;
  gboolean failed;
  guint waits;
} Reader;

static void
read_on (gpointer data, MimesendWait *wait)
{
  Reader *self = data;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      MimesendPiece piece = { 0 };

      switch (mimesend_feed_next (self->feed, 65536, &piece, &error))
        {
        case MIMESEND_PULL_PIECE:
          g_string_append_len (self->got, (const char *)piece.data, (gssize)piece.length);
          mimesend_piece_clear (&piece);
          break;
        case MIMESEND_PULL_WAIT:
          self->waits++;
          return;
        case MIMESEND_PULL_FAILED:
          self->failed = TRUE;
          G_GNUC_FALLTHROUGH;
        case MIMESEND_PULL_END:
        default:
          g_main_loop_quit (self->loop);
          return;
        }
    }
}

static void
wake (gpointer source)
{
  mimesend_step_source_wake (source);
}

/* Reads a content to its end under a main loop, on a worker. */
static void
read_on_worker (Reader *self, MimesendContent *content)
{
  g_autoptr (MimesendPull) pull = mimesend_pull_new_for_content (content);
  GSource *source = mimesend_step_source_new (read_on, self, G_PRIORITY_DEFAULT);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->got = g_string_new (NULL);
  self->feed = mimesend_feed_new (pull, TRUE, wake, source);
  g_main_loop_run (self->loop);
  mimesend_feed_free (self->feed);
  g_source_destroy (source);
  g_source_unref (source);
  g_main_loop_unref (self->loop);
}

static void
test_worker (void)
{
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (GString) expected = g_string_new (NULL);
  Reader reader = { 0 };

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %u\n", i);

      mimesend_content_add_string (content, line, NULL);
      g_string_append (expected, line);
    }
  read_on_worker (&reader, content);
  g_assert_false (reader.failed);
  g_assert_true (g_string_equal (reader.got, expected));
  g_string_free (reader.got, TRUE);
}

static gpointer
write_slowly (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);

  for (guint i = 0; i < 50; i++)
    {
      g_assert_cmpint (write (fd, "tick\n", 5), ==, 5);
      g_thread_yield ();
    }
  close (fd);
  return NULL;
}

static void
test_pipe (void)
{
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (GInputStream) stream = NULL;
  Reader reader = { 0 };
  GThread *writer;
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  stream = g_unix_input_stream_new (ends[0], TRUE);
  mimesend_content_add_input_stream (content, stream, NULL);
  writer = g_thread_new ("writer", write_slowly, GINT_TO_POINTER (ends[1]));
  read_on_worker (&reader, content);
  g_thread_join (writer);
  g_assert_false (reader.failed);
  g_assert_cmpuint (reader.got->len, ==, 250);
  g_string_free (reader.got, TRUE);
}

/* A worker that stands in a read is left to itself: freeing the feed does not wait, and nothing is woken afterwards. */
static void
never (gpointer data)
{
  g_assert_not_reached ();
}

static void
test_given_up (void)
{
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (MimesendPull) pull = NULL;
  MimesendFeed *feed;
  MimesendPiece piece = { 0 };
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  stream = g_unix_input_stream_new (ends[0], FALSE);
  mimesend_content_add_input_stream (content, stream, NULL);
  pull = mimesend_pull_new_for_content (content);
  feed = mimesend_feed_new (pull, TRUE, never, NULL);
  g_assert_cmpint (mimesend_feed_next (feed, 100, &piece, NULL), ==, MIMESEND_PULL_WAIT);
  mimesend_feed_free (feed);
  close (ends[1]);
  close (ends[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/feed/worker-pulls-what-may-block", test_worker);
  g_test_add_func ("/client/feed/pipe-is-pulled-by-worker", test_pipe);
  g_test_add_func ("/client/feed/given-up-feed-releases-content", test_given_up);
  return g_test_run ();
}

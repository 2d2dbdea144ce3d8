/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where GMime's writer loses content and reports success, the walk fails and names the part. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

/* ── a stream that fails in the middle ── */

typedef struct
{
  GMimeStream parent;
  gsize left;
  gboolean says_nothing; /* reads of nothing, and no end */
} FailingStream;
typedef GMimeStreamClass FailingStreamClass;

static GType failing_stream_get_type (void);
G_DEFINE_TYPE (FailingStream, failing_stream, GMIME_TYPE_STREAM)

static ssize_t
failing_read (GMimeStream *stream, char *buf, size_t len)
{
  FailingStream *self = (FailingStream *)stream;
  gsize n = MIN (len, self->left);

  if (n == 0 && !self->says_nothing)
    {
      errno = EIO;
      return -1;
    }
  memset (buf, 'x', n);
  self->left -= n;
  stream->position += (gint64)n;
  return (ssize_t)n;
}

static gboolean
failing_eos (GMimeStream *stream)
{
  return FALSE;
}

static int
failing_reset (GMimeStream *stream)
{
  return 0;
}

static void
failing_stream_class_init (FailingStreamClass *klass)
{
  klass->read = failing_read;
  klass->eos = failing_eos;
  klass->reset = failing_reset;
}

static void
failing_stream_init (FailingStream *self)
{
  g_mime_stream_construct ((GMimeStream *)self, 0, -1);
}

/* ── helpers ── */

/* The leaf as the second part of a tree, unencoded and in base64, before anything was said and for a seven-bit server. */
static void
expect_leaf_failure (GMimeStream *stream, const char *words)
{
  static const GMimeContentEncoding encodings[] = { GMIME_CONTENT_ENCODING_DEFAULT,
                                                    GMIME_CONTENT_ENCODING_BASE64,
                                                    GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
                                                    GMIME_CONTENT_ENCODING_UUENCODE };

  for (gsize i = 0; i < G_N_ELEMENTS (encodings); i++)
    {
      GMimePart *part = leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT, encodings[i]);
      GMimeObject *tree;

      g_mime_part_set_filename (part, "report.pdf");
      tree = multipart_of ("mixed", leaf_with_text ("one", GMIME_CONTENT_ENCODING_7BIT), part);
      expect_failure_of (tree, (MimesendWireFlags)-1, MIMESEND_ERROR_CONTENT, words);
      expect_failure_of (tree, MIMESEND_WIRE_NONE, MIMESEND_ERROR_CONTENT, words);
      expect_failure_of (tree, (MimesendWireFlags)-1, MIMESEND_ERROR_CONTENT, "part 2 (report.pdf)");
      g_object_unref (tree);
    }
  g_object_unref (stream);
}

static char *
temporary_file (gsize length)
{
  char *path = NULL;
  g_autofree char *text = g_strnfill (length, 't');
  int fd = g_file_open_tmp ("mimesend-fault-XXXXXX", &path, NULL);

  g_assert_cmpint (write (fd, text, length), ==, length);
  close (fd);
  return path;
}

static GMimeStream *
fs_stream (const char *path, gint64 start, gint64 end)
{
  return g_mime_stream_fs_new_with_bounds (open (path, O_RDONLY | O_CLOEXEC), start, end);
}

/* ── the cases ── */

static void
test_closed (void)
{
  g_autofree char *path = temporary_file (100);
  GMimeStream *stream;

  stream = g_mime_stream_mem_new_with_buffer ("abc", 3);
  g_mime_stream_close (stream);
  expect_leaf_failure (stream, "closed");
  stream = fs_stream (path, 0, -1);
  g_mime_stream_close (stream);
  expect_leaf_failure (stream, "closed");
  stream = g_mime_stream_gio_new (g_file_new_for_path (path));
  g_mime_stream_close (stream);
  expect_leaf_failure (stream, "closed");
  stream = g_mime_stream_file_open (path, "r", NULL);
  g_mime_stream_close (stream);
  expect_leaf_failure (stream, "closed");
  g_unlink (path);
}

/* The parent of a substream holds the octets: GMime reads freed memory here. */
static void
test_closed_parent (void)
{
  GMimeStream *parent = g_mime_stream_mem_new_with_buffer ("abcdef", 6);
  GMimeStream *sub = g_mime_stream_substream (parent, 1, 3);

  g_mime_stream_close (parent);
  g_object_unref (parent);
  expect_leaf_failure (sub, "closed");
}

static void
test_closed_on_the_way (void)
{
  GMimeStream *stream = g_mime_stream_mem_new ();
  g_autofree char *text = g_strnfill (500000, 'x');
  g_autoptr (MimesendContent) content = NULL;
  g_autoptr (GError) error = NULL;
  MimesendPiece piece;
  GMimePart *part;

  g_mime_stream_write (stream, text, 500000);
  part = leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT, GMIME_CONTENT_ENCODING_7BIT);
  content = mimesend_content_new_for_part ((GMimeObject *)part, NULL);
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (mimesend_pull_next (MIMESEND_PULL (content), 4096, &piece, NULL, &error), ==,
                       MIMESEND_PULL_PIECE);
      mimesend_piece_clear (&piece);
    }
  g_mime_stream_close (stream);
  g_assert_cmpint (mimesend_pull_next (MIMESEND_PULL (content), 4096, &piece, NULL, &error), ==,
                   MIMESEND_PULL_FAILED);
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
  g_object_unref (part);
  g_object_unref (stream);
}

static void
test_pipe_twice (void)
{
  int fds[2];
  GMimeStream *stream;
  GMimePart *part;
  g_autoptr (MimesendContent) content = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (pipe (fds), ==, 0);
  g_assert_cmpint (write (fds[1], "through the pipe\n", 17), ==, 17);
  close (fds[1]);
  stream = g_mime_stream_pipe_new (fds[0]);
  part = leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT, GMIME_CONTENT_ENCODING_7BIT);
  content = mimesend_content_new_for_part ((GMimeObject *)part, NULL);
  g_assert_true (mimesend_pull_may_block (MIMESEND_PULL (content)));
  g_assert_false (mimesend_pull_can_rewind (MIMESEND_PULL (content)));
  g_assert_cmpint (mimesend_content_get_length (content), ==, -1);
  text = read_text (content, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "\r\nthrough the pipe\n"));
  g_assert_false (mimesend_pull_rewind (MIMESEND_PULL (content)));
  expect_failure_of ((GMimeObject *)part, MIMESEND_WIRE_NONE, MIMESEND_ERROR_CONTENT, "read before");
  g_object_unref (part);
  g_object_unref (stream);
}

static void
test_bounds_beyond_the_end (void)
{
  g_autofree char *path = temporary_file (100);
  GMimeStream *parent = g_mime_stream_mem_new_with_buffer ("0123456789", 10);

  expect_leaf_failure (g_mime_stream_substream (parent, 0, 3000), "beyond its end");
  expect_leaf_failure (g_mime_stream_substream (parent, 11, -1), "beyond its end");
  expect_leaf_failure (fs_stream (path, 0, 1000000), "shorter");
  expect_leaf_failure (fs_stream (path, 200, -1), "shorter");
  expect_leaf_failure (g_mime_stream_gio_new_with_bounds (g_file_new_for_path (path), 0, 101), "shorter");
  g_object_unref (parent);
  g_unlink (path);
}

static void
test_vanished (void)
{
  g_autofree char *path = temporary_file (100);
  GMimeStream *stream = g_mime_stream_gio_new (g_file_new_for_path (path));

  g_unlink (path);
  expect_leaf_failure (stream, path);
}

static void
test_directory (void)
{
  GMimeStream *fs = g_mime_stream_fs_new (open ("/tmp", O_RDONLY | O_CLOEXEC));

  expect_leaf_failure (fs, "directory");
  expect_leaf_failure (g_mime_stream_gio_new (g_file_new_for_path ("/tmp")), "directory");
  /* GMime reads this one for ever. */
  expect_leaf_failure (g_mime_stream_file_new (fopen ("/tmp", "r")), "directory");
}

static void
test_cat_with_directory (void)
{
  GMimeStream *cat = g_mime_stream_cat_new ();
  GMimeStream *one = g_mime_stream_mem_new_with_buffer ("one", 3);
  GMimeStream *two = g_mime_stream_fs_new (open ("/tmp", O_RDONLY | O_CLOEXEC));

  g_mime_stream_cat_add_source ((GMimeStreamCat *)cat, one);
  g_mime_stream_cat_add_source ((GMimeStreamCat *)cat, two);
  g_mime_stream_cat_add_source ((GMimeStreamCat *)cat, one);
  g_object_unref (one);
  g_object_unref (two);
  expect_leaf_failure (cat, "failed");
}

static void
test_fails_in_the_middle (void)
{
  FailingStream *stream = g_object_new (failing_stream_get_type (), NULL);

  stream->left = 100000;
  expect_leaf_failure ((GMimeStream *)stream, "failed");
  stream = g_object_new (failing_stream_get_type (), NULL);
  stream->left = 100000;
  stream->says_nothing = TRUE;
  expect_leaf_failure ((GMimeStream *)stream, "does not end");
}

/* The name goes into the body as it is. */
static void
test_uuencoded_name (void)
{
  GMimePart *part = leaf_with_text ("text", GMIME_CONTENT_ENCODING_UUENCODE);

  g_mime_content_type_set_parameter (g_mime_object_get_content_type ((GMimeObject *)part), "name", "a\tb");
  expect_failure_of ((GMimeObject *)part, (MimesendWireFlags)-1, MIMESEND_ERROR_CONTENT, "file name");
  g_object_unref (part);
}

static gpointer
feed_named_pipe (gpointer path)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (write (fd, "abc", 3), ==, 3);
  g_assert_cmpint (write (fd, "def", 3), ==, 3);
  close (fd);
  return NULL;
}

/* A named pipe is no fault: it has no size, and may block. */
static void
test_named_pipe (void)
{
  g_autofree char *path = temporary_file (0);
  GMimeStream *stream = g_mime_stream_gio_new (g_file_new_for_path (path));
  GMimePart *part =
      leaf_with_stream ("image/png", stream, GMIME_CONTENT_ENCODING_DEFAULT, GMIME_CONTENT_ENCODING_BASE64);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part ((GMimeObject *)part, NULL);
  g_autofree char *text = NULL;
  GThread *thread;

  g_unlink (path);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_true (mimesend_pull_may_block (MIMESEND_PULL (content)));
  g_assert_false (mimesend_pull_can_rewind (MIMESEND_PULL (content)));
  g_assert_cmpint (mimesend_content_get_length (content), ==, -1);
  thread = g_thread_new ("feed", feed_named_pipe, path);
  text = read_text (content, NULL);
  g_thread_join (thread);
  g_assert_true (g_str_has_suffix (text, "\r\n\r\nYWJjZGVm\r\n"));
  g_object_unref (part);
  g_object_unref (stream);
  g_unlink (path);
}

static void
test_null_stream (void)
{
  GMimeStream *stream = g_mime_stream_null_new ();
  GMimePart *part = leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
                                      GMIME_CONTENT_ENCODING_7BIT);
  g_autoptr (MimesendContent) content = mimesend_content_new_for_part ((GMimeObject *)part, NULL);
  g_autofree char *text = read_text (content, NULL);

  g_assert_true (g_str_has_suffix (text, "\r\n\r\n"));
  g_object_unref (part);
  g_object_unref (stream);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/walk/faults/closed-stream-fails", test_closed);
  g_test_add_func ("/walk/faults/stream-with-closed-parent-fails", test_closed_parent);
  g_test_add_func ("/walk/faults/stream-closed-while-read-fails", test_closed_on_the_way);
  g_test_add_func ("/walk/faults/pipe-fails-the-second-time", test_pipe_twice);
  g_test_add_func ("/walk/faults/bounds-beyond-the-end-fail", test_bounds_beyond_the_end);
  g_test_add_func ("/walk/faults/vanished-file-fails", test_vanished);
  g_test_add_func ("/walk/faults/directory-fails", test_directory);
  g_test_add_func ("/walk/faults/concatenation-with-directory-fails", test_cat_with_directory);
  g_test_add_func ("/walk/faults/read-error-in-the-middle-fails", test_fails_in_the_middle);
  g_test_add_func ("/walk/faults/control-in-uuencoded-name-fails", test_uuencoded_name);
  g_test_add_func ("/walk/faults/named-pipe-is-no-fault", test_named_pipe);
  g_test_add_func ("/walk/faults/null-stream-is-empty", test_null_stream);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Message arguments, one after another; classes of the caller's; what is refused. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "content/as-stream.h"
#include "content/concat.h"
#include "mimesend-part-stream.h"
#include "support.h"

/* ── a class as an application writes it ── */

typedef enum
{
  OWN_PARTS,
  OWN_NULL,
  OWN_NULL_WITH_ERROR
} OwnEnd;

typedef struct
{
  MimesendContent parent;
  guint calls;
  guint after_end;
  OwnEnd end;
  MimesendWireFlags wire;
} OwnContent;
typedef MimesendContentClass OwnContentClass;

static GType own_content_get_type (void);
G_DEFINE_TYPE (OwnContent, own_content, MIMESEND_TYPE_CONTENT)

static GBytes *
own_read_bytes (MimesendContent *content, gsize count, GCancellable *cancellable, GError **error)
{
  OwnContent *self = (OwnContent *)content;

  self->calls++;
  if (self->calls <= 3)
    return g_bytes_new ("own\n", 4);
  if (self->calls > 4)
    self->after_end++;
  if (self->end == OWN_PARTS)
    return g_bytes_new (NULL, 0);
  if (self->end == OWN_NULL_WITH_ERROR)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the database is gone");
  return NULL;
}

static gboolean
own_prepare (MimesendContent *content, MimesendWireFlags wire, GError **error)
{
  ((OwnContent *)content)->wire = wire;
  return TRUE;
}

static gint64
own_length (MimesendContent *content)
{
  return 15;
}

static void
own_content_class_init (OwnContentClass *klass)
{
  klass->read_bytes = own_read_bytes;
  klass->prepare = own_prepare;
  klass->length = own_length;
}

static void
own_content_init (OwnContent *self)
{
}

static OwnContent *
own_content (OwnEnd end)
{
  OwnContent *self = g_object_new (own_content_get_type (), NULL);

  self->end = end;
  return self;
}

/* ── S10, S11, S12 ── */

static void
test_everything_mixed (void)
{
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (MimesendContent) inner = mimesend_content_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static ("bytes\n", 6);
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_data ("input\n", 6, NULL);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer ("skipped stream\n", 15);
  GMimePart *part = leaf_with_text ("part\n", GMIME_CONTENT_ENCODING_7BIT);
  GMimeStream *part_stream = mimesend_part_stream_new ((GMimeObject *)part);
  OwnContent *own = own_content (OWN_PARTS);
  g_autofree char *text = NULL;
  char copied[] = "string\n";

  g_mime_stream_seek (stream, 8, GMIME_STREAM_SEEK_SET);
  g_assert_true (mimesend_content_add_string (content, copied, NULL));
  copied[0] = 'X';
  g_assert_true (mimesend_content_add_bytes (content, bytes, NULL));
  g_assert_true (mimesend_content_add_stream (content, stream, NULL));
  g_assert_true (mimesend_content_add_input_stream (content, input, NULL));
  g_assert_true (mimesend_content_add_stream (content, part_stream, NULL));
  g_assert_true (mimesend_content_add_string (inner, "inner\n", NULL));
  g_assert_true (mimesend_content_add_content (content, inner, NULL));
  g_assert_true (mimesend_content_add_content (content, (MimesendContent *)own, NULL));
  g_assert_true (mimesend_content_add_string (content, "", NULL));
  g_assert_cmpuint (mimesend_concat_count (content), ==, 8);
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_8BITMIME, NULL));
  g_assert_cmpint (own->wire, ==, MIMESEND_WIRE_8BITMIME);

  text = read_text (content, NULL);
  g_assert_cmpstr (text, ==,
                   "string\nbytes\nstream\ninput\n"
                   "Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\n\r\npart\n"
                   "inner\nown\nown\nown\n");
  g_assert_cmpuint (own->after_end, ==, 0);
  /* Neither closed nor rewound, at their end. */
  g_assert_true (g_mime_stream_eos (stream));
  g_assert_cmpint (g_mime_stream_tell (stream), ==, 15);
  g_assert_true (g_mime_stream_eos (part_stream));
  g_assert_false (g_input_stream_is_closed (input));
  g_object_unref (stream);
  g_object_unref (part_stream);
  g_object_unref (part);
  g_object_unref (own);
}

static void
test_no_limit (void)
{
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  GByteArray *all;

  for (int i = 0; i < 10000; i++)
    g_assert_true (mimesend_content_add_string (content, "line\n", NULL));
  g_assert_cmpint (mimesend_content_get_length (content), ==, 60000);
  all = read_content (content, 7, NULL);
  g_assert_cmpuint (all->len, ==, 50000);
  g_byte_array_unref (all);
  /* Read again from the beginning. */
  g_assert_true (mimesend_pull_can_rewind (MIMESEND_PULL (content)));
  g_assert_true (mimesend_pull_rewind (MIMESEND_PULL (content)));
  all = read_content (content, 100000, NULL);
  g_assert_cmpuint (all->len, ==, 50000);
  g_byte_array_unref (all);
}

static void
test_read_from_where_it_stands (void)
{
  FILE *file = tmpfile ();
  GMimeStream *stream;
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autofree char *text = NULL;
  char line[20];

  fputs ("first\nsecond\nthird\n", file);
  rewind (file);
  stream = g_mime_stream_file_new (file);
  g_assert_cmpint (g_mime_stream_read (stream, line, 6), ==, 6);
  g_assert_true (mimesend_content_add_stream (content, stream, NULL));
  g_assert_false (mimesend_pull_can_rewind (MIMESEND_PULL (content)));
  text = read_text (content, NULL);
  g_assert_cmpstr (text, ==, "second\nthird\n");
  g_assert_true (g_mime_stream_eos (stream));
  g_assert_cmpint (g_mime_stream_reset (stream), ==, 0); /* open still */
  g_object_unref (stream);
}

static void
test_streams_that_may_block (void)
{
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (MimesendContent) with_own = mimesend_content_new ();
  OwnContent *own = own_content (OWN_PARTS);
  int fds[2];
  GMimeStream *stream;

  g_assert_cmpint (pipe (fds), ==, 0);
  close (fds[1]);
  stream = g_mime_stream_pipe_new (fds[0]);
  mimesend_content_add_string (content, "x", NULL);
  g_assert_false (mimesend_pull_may_block (MIMESEND_PULL (content)));
  mimesend_content_add_stream (content, stream, NULL);
  g_assert_true (mimesend_pull_may_block (MIMESEND_PULL (content)));
  /* A class of the caller's that overrides read_bytes () alone gives its octets at once; what stands beside it may not. */
  mimesend_content_add_content (with_own, (MimesendContent *)own, NULL);
  g_assert_false (mimesend_pull_may_block (MIMESEND_PULL (with_own)));
  mimesend_content_add_content (with_own, content, NULL);
  g_assert_true (mimesend_pull_may_block (MIMESEND_PULL (with_own)));
  g_object_unref (own);
  g_object_unref (stream);
}

/* ── failures ── */

static void
test_stream_faults (void)
{
  GMimeStream *closed = g_mime_stream_mem_new_with_buffer ("x", 1);
  GMimeStream *parent = g_mime_stream_mem_new_with_buffer ("x", 1);
  GMimeStream *lying = g_mime_stream_substream (parent, 0, 100);
  GMimeStream *directory = g_mime_stream_fs_new (open ("/tmp", O_RDONLY | O_CLOEXEC));
  GMimeStream *shorter = g_mime_stream_file_new_with_bounds (tmpfile (), 0, 100);
  g_autoptr (GInputStream) input = g_memory_input_stream_new ();
  GMimeStream *streams[] = { closed, lying, directory, shorter };

  g_mime_stream_close (closed);
  g_input_stream_close (input, NULL, NULL);
  for (gsize i = 0; i <= G_N_ELEMENTS (streams); i++)
    {
      g_autoptr (MimesendContent) content = mimesend_content_new ();
      g_autoptr (GError) error = NULL;

      mimesend_content_add_string (content, "before\n", NULL);
      if (i < G_N_ELEMENTS (streams))
        mimesend_content_add_stream (content, streams[i], NULL);
      else
        mimesend_content_add_input_stream (content, input, NULL);
      g_assert_null (read_content (content, 4096, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      g_assert_nonnull (strstr (error->message, "argument 2"));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (streams); i++)
    g_object_unref (streams[i]);
  g_object_unref (parent);
}

/* NULL is a failure, with or without an error; and nothing is asked afterwards. */
static void
test_own_class_fails (void)
{
  static const OwnEnd ends[] = { OWN_NULL, OWN_NULL_WITH_ERROR };
  static const char *const words[] = { "stopped without saying why", "the database is gone" };

  for (int i = 0; i < 2; i++)
    for (int added = 0; added < 2; added++)
      {
        OwnContent *own = own_content (ends[i]);
        g_autoptr (MimesendContent) content = mimesend_content_new ();
        MimesendContent *asked = (MimesendContent *)own;
        g_autoptr (GError) error = NULL;

        mimesend_content_add_content (content, (MimesendContent *)own, NULL);
        if (added)
          asked = content;
        for (int again = 0; again < 3; again++)
          {
            g_clear_error (&error);
            g_assert_null (read_content (asked, 100, &error));
            g_assert_nonnull (strstr (error->message, words[i]));
          }
        g_assert_cmpuint (own->calls, ==, 4);
        g_object_unref (own);
      }
}

static void
test_own_class_ends (void)
{
  OwnContent *own = own_content (OWN_PARTS);
  g_autoptr (MimesendContent) content = mimesend_content_new ();

  mimesend_content_add_content (content, (MimesendContent *)own, NULL);
  g_assert_cmpint (mimesend_content_get_length (content), ==, 15);
  for (int again = 0; again < 3; again++)
    {
      g_autofree char *text = read_text (content, NULL);

      g_assert_cmpstr (text, ==, again == 0 ? "own\nown\nown\n" : "");
    }
  g_assert_cmpuint (own->calls, ==, 4);
  g_object_unref (own);
}

static void
test_base_class_alone (void)
{
  /* A class that overrides nothing. */
  static const GTypeInfo info = { .class_size = sizeof (MimesendContentClass),
                                  .instance_size = sizeof (OwnContent) };
  GType type = g_type_register_static (MIMESEND_TYPE_CONTENT, "NothingContent", &info, 0);
  g_autoptr (MimesendContent) content = g_object_new (type, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (mimesend_content_read_bytes (content, 10, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_cmpint (mimesend_content_get_length (content), ==, -1);
}

static void
test_arguments_refused (void)
{
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  GMimePart *part = leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT);
  g_autoptr (MimesendContent) of_part = mimesend_content_new_for_part ((GMimeObject *)part, NULL);
  g_autoptr (MimesendContent) outer = mimesend_content_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_content_add_string (content, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "argument 1 is NULL"));
  g_clear_error (&error);
  g_assert_false (mimesend_content_add_stream (content, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (mimesend_content_add_string (of_part, "x", &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_clear_error (&error);
  mimesend_content_add_content (outer, content, NULL);
  g_assert_false (mimesend_content_add_content (content, outer, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (mimesend_content_read_bytes (content, 0, NULL, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_bytes_unref (mimesend_content_read_bytes (content, 10, NULL, NULL));
  g_assert_false (mimesend_content_add_string (content, "late", &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_object_unref (part);
}

static void
test_a_part_is_no_stream (void)
{
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  GMimePart *part = leaf_with_text ("x", GMIME_CONTENT_ENCODING_7BIT);
  g_autoptr (GError) error = NULL;

  g_assert_false (mimesend_content_add_stream (content, (GMimeStream *)part, &error));
  g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "mimesend_part_stream_new ()"));
  g_object_unref (part);
}

/* Cancelling is no failure: it may go on. */
static void
test_cancelled (void)
{
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  mimesend_content_add_string (content, "x", NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (mimesend_content_read_bytes (content, 10, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  text = read_text (content, NULL);
  g_assert_cmpstr (text, ==, "x");
}

/* ── a content as the leaf of a tree ── */

static void
test_content_as_leaf (void)
{
  g_autoptr (MimesendContent) text = mimesend_content_new ();
  OwnContent *own = own_content (OWN_NULL_WITH_ERROR);
  g_autoptr (GError) error = NULL;
  g_autofree char *all = NULL;
  GMimeStream *stream;
  GMimePart *part;

  mimesend_content_add_string (text, "one\n", NULL);
  mimesend_content_add_string (text, "two\n", NULL);
  stream = mimesend_content_stream_new (text);
  part =
      leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT, GMIME_CONTENT_ENCODING_BASE64);
  {
    g_autoptr (MimesendContent) tree = mimesend_content_new_for_part ((GMimeObject *)part, NULL);

    g_assert_true (mimesend_pull_can_rewind (MIMESEND_PULL (tree)));
    all = read_text (tree, &error);
    g_assert_no_error (error);
    g_assert_true (g_str_has_suffix (all, "\r\n\r\nb25lCnR3bwo=\r\n"));
    g_assert_true (mimesend_pull_rewind (MIMESEND_PULL (tree)));
    g_free (all);
    all = read_text (tree, &error);
    g_assert_true (g_str_has_suffix (all, "\r\n\r\nb25lCnR3bwo=\r\n"));
  }
  g_object_unref (part);
  g_object_unref (stream);

  /* Its failure is told in its own words. */
  stream = mimesend_content_stream_new ((MimesendContent *)own);
  part =
      leaf_with_stream ("text/plain", stream, GMIME_CONTENT_ENCODING_DEFAULT, GMIME_CONTENT_ENCODING_BASE64);
  {
    g_autoptr (MimesendContent) tree = mimesend_content_new_for_part ((GMimeObject *)part, NULL);

    g_assert_null (read_text (tree, &error));
    g_assert_nonnull (strstr (error->message, "the database is gone"));
  }
  g_object_unref (part);
  g_object_unref (stream);
  g_object_unref (own);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seed/S10/no-limit", test_no_limit);
  g_test_add_func ("/seed/S11/everything-mixed", test_everything_mixed);
  g_test_add_func ("/seed/S12/read-from-where-it-stands", test_read_from_where_it_stands);
  g_test_add_func ("/seed/S13/a-part-is-no-stream", test_a_part_is_no_stream);
  g_test_add_func ("/content/content/knows-streams-that-may-block", test_streams_that_may_block);
  g_test_add_func ("/content/content/stream-faults-are-errors", test_stream_faults);
  g_test_add_func ("/content/content/failure-of-own-class-is-kept", test_own_class_fails);
  g_test_add_func ("/content/content/own-class-is-not-called-after-its-end", test_own_class_ends);
  g_test_add_func ("/content/content/base-class-fails", test_base_class_alone);
  g_test_add_func ("/content/content/refuses-bad-arguments", test_arguments_refused);
  g_test_add_func ("/content/content/cancel-is-no-failure", test_cancelled);
  g_test_add_func ("/content/content/content-can-be-a-leaf", test_content_as_leaf);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trees that cannot be walked are refused ahead of the first octet. */
#include "support.h"

static void
test_null_boundary (void)
{
  GMimeObject *tree = multipart_of ("mixed", leaf_with_text ("one", GMIME_CONTENT_ENCODING_7BIT), NULL);
  GMimeContentType *type = g_mime_content_type_new ("multipart", "mixed");
  GMimeObject *outer = multipart_of ("mixed", tree, NULL);

  g_mime_object_set_content_type (tree, type);
  expect_failure_of (outer, (MimesendWireFlags)-1, MIMESEND_ERROR_CONTENT,
                     "part 1: a multipart without a boundary");
  g_object_unref (type);
  g_object_unref (outer);
}

/* ── classes with a writer of their own ── */

typedef GMimePart OwnPart;
typedef GMimePartClass OwnPartClass;
typedef GMimeDataWrapper OwnWrapper;
typedef GMimeDataWrapperClass OwnWrapperClass;

static GType own_part_get_type (void);
static GType own_wrapper_get_type (void);
G_DEFINE_TYPE (OwnPart, own_part, GMIME_TYPE_PART)
G_DEFINE_TYPE (OwnWrapper, own_wrapper, GMIME_TYPE_DATA_WRAPPER)

static ssize_t
own_write (GMimeObject *object, GMimeFormatOptions *options, gboolean content_only, GMimeStream *stream)
{
  return g_mime_stream_write_string (stream, "what nobody can know");
}

static ssize_t
own_wrapper_write (GMimeDataWrapper *wrapper, GMimeStream *stream)
{
  return g_mime_stream_write_string (stream, "what nobody can know");
}

static void
own_part_class_init (OwnPartClass *klass)
{
  ((GMimeObjectClass *)klass)->write_to_stream = own_write;
}

static void
own_part_init (OwnPart *self)
{
}

static void
own_wrapper_class_init (OwnWrapperClass *klass)
{
  klass->write_to_stream = own_wrapper_write;
}

static void
own_wrapper_init (OwnWrapper *self)
{
}

static void
test_own_writers (void)
{
  GMimeObject *part = g_object_new (own_part_get_type (), NULL);
  GMimeDataWrapper *wrapper = g_object_new (own_wrapper_get_type (), NULL);
  GMimePart *plain = g_mime_part_new ();

  expect_failure_of (part, (MimesendWireFlags)-1, MIMESEND_ERROR_UNSUPPORTED, "OwnPart");
  g_mime_part_set_content (plain, wrapper);
  expect_failure_of ((GMimeObject *)plain, (MimesendWireFlags)-1, MIMESEND_ERROR_UNSUPPORTED,
                     "way of its own");
  g_object_unref (part);
  g_object_unref (wrapper);
  g_object_unref (plain);
}

static void
test_too_deep (void)
{
  GMimeObject *tree = (GMimeObject *)leaf_with_text ("deep", GMIME_CONTENT_ENCODING_7BIT);

  for (int i = 0; i < 998; i++)
    tree = multipart_of ("mixed", tree, NULL);
  {
    g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);
    g_autofree char *text = read_text (content, NULL);

    g_assert_nonnull (text);
  }
  for (int i = 0; i < 10; i++)
    tree = multipart_of ("mixed", tree, NULL);
  expect_failure_of (tree, (MimesendWireFlags)-1, MIMESEND_ERROR_UNSUPPORTED, "1000 deep");
  g_object_unref (tree);
}

/* A few objects, and more parts than can ever be sent. */
static void
test_too_many (void)
{
  GMimeObject *tree = (GMimeObject *)leaf_with_text ("again", GMIME_CONTENT_ENCODING_7BIT);

  for (int i = 0; i < 40; i++)
    tree = multipart_of ("mixed", tree, g_object_ref (tree));
  expect_failure_of (tree, (MimesendWireFlags)-1, MIMESEND_ERROR_UNSUPPORTED, "more than");
  g_object_unref (tree);
}

/* A tree that is changed meanwhile is not sent in part. */
static void
test_changed_on_the_way (void)
{
  g_autofree char *text = g_strnfill (100000, 't');

  for (int way = 0; way < 2; way++)
    {
      GMimeObject *tree = multipart_of ("mixed", leaf_with_text (text, GMIME_CONTENT_ENCODING_BASE64),
                                        leaf_with_text ("two", GMIME_CONTENT_ENCODING_7BIT));
      g_autoptr (MimesendContent) content = mimesend_content_new_for_part (tree, NULL);
      g_autoptr (GError) error = NULL;

      g_bytes_unref (mimesend_content_read_bytes (content, 50, NULL, NULL));
      if (way == 0)
        g_object_unref (g_mime_multipart_remove_at ((GMimeMultipart *)tree, 1));
      else
        g_mime_multipart_add ((GMimeMultipart *)tree, g_mime_multipart_get_part ((GMimeMultipart *)tree, 0));
      g_assert_null (read_content (content, 4096, &error));
      g_assert_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT);
      g_object_unref (tree);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  g_test_add_func ("/walk/tree/refuses-null-boundary", test_null_boundary);
  g_test_add_func ("/walk/tree/refuses-classes-with-own-writers", test_own_writers);
  g_test_add_func ("/walk/tree/refuses-too-deep-tree", test_too_deep);
  g_test_add_func ("/walk/tree/refuses-too-many-objects", test_too_many);
  g_test_add_func ("/walk/tree/detects-change-while-walked", test_changed_on_the_way);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content-kinds.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "async.h"

#define TEST_TYPE_COUNTED (test_counted_get_type ())
G_DECLARE_FINAL_TYPE (TestCounted, test_counted, TEST, COUNTED, MimesendContent)

struct _TestCounted
{
  MimesendContent parent;
  guint n;
  gboolean may_rewind;
};

G_DEFINE_FINAL_TYPE (TestCounted, test_counted, MIMESEND_TYPE_CONTENT)

static GBytes *
test_counted_read_bytes (MimesendContent *content, gsize count, GCancellable *cancellable, GError **error)
{
  TestCounted *self = TEST_COUNTED (content);
  g_autofree char *line = g_strdup_printf ("line %u\n", self->n);

  return self->n++ < 3 ? g_bytes_new (line, strlen (line)) : g_bytes_new (NULL, 0);
}

static gboolean
test_counted_rewind (MimesendContent *content, GError **error)
{
  TestCounted *self = TEST_COUNTED (content);

  if (!self->may_rewind)
    return FALSE; /* and does not say why */
  self->n = 0;
  return TRUE;
}

static void
test_counted_class_init (TestCountedClass *klass)
{
  MIMESEND_CONTENT_CLASS (klass)->read_bytes = test_counted_read_bytes;
  MIMESEND_CONTENT_CLASS (klass)->rewind = test_counted_rewind;
}

static void
test_counted_init (TestCounted *self)
{
}

static MimesendContent *
counted (gboolean may_rewind)
{
  TestCounted *self = g_object_new (TEST_TYPE_COUNTED, NULL);

  self->may_rewind = may_rewind;
  return MIMESEND_CONTENT (self);
}

static char *folder;
static char *large_path; /* lines, 300,000 octets of them */

static MimesendContent *
in_content (MimesendContent *one)
{
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_string (content, "Subject: x\n\n", NULL));
  g_assert_true (mimesend_content_add_content (content, one, NULL));
  g_object_unref (one);
  return content;
}

static MimesendContent *
one_string (void)
{
  return content_of_text ("Subject: one\n\nas often as wanted\n");
}

static MimesendContent *
several_strings (void)
{
  return in_content (in_content (one_string ()));
}

static MimesendContent *
same_twice (void)
{
  g_autoptr (MimesendContent) one = one_string ();
  MimesendContent *content = in_content (g_object_ref (one));

  g_assert_true (mimesend_content_add_content (content, one, NULL));
  return content;
}

static MimesendContent *
of_file (gsize from)
{
  g_autoptr (GFile) file = g_file_new_for_path (large_path);
  g_autoptr (GInputStream) input = G_INPUT_STREAM (g_file_read (file, NULL, NULL));
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (g_seekable_seek (G_SEEKABLE (input), (goffset)from, G_SEEK_SET, NULL, NULL));
  g_assert_true (mimesend_content_add_input_stream (content, input, NULL));
  return content;
}

static MimesendContent *
file_stream (void)
{
  return of_file (0);
}

static MimesendContent *
from_the_middle (void)
{
  return of_file (10000);
}

static MimesendContent *
of_gmime_stream (GMimeStream *stream)
{
  MimesendContent *content = mimesend_content_new ();

  g_assert_true (mimesend_content_add_stream (content, stream, NULL));
  g_object_unref (stream);
  return content;
}

static MimesendContent *
gmime_memory (void)
{
  return of_gmime_stream (g_mime_stream_mem_new_with_buffer ("octets\nof memory\n", 17));
}

static MimesendContent *
gmime_file (void)
{
  return of_gmime_stream (g_mime_stream_fs_open (large_path, O_RDONLY, 0, NULL));
}

static MimesendContent *
gmime_filtered (void)
{
  GMimeStream *file = g_mime_stream_fs_open (large_path, O_RDONLY, 0, NULL);
  GMimeStream *filtered = g_mime_stream_filter_new (file);
  GMimeFilter *filter = g_mime_filter_dos2unix_new (TRUE);

  g_mime_stream_filter_add (GMIME_STREAM_FILTER (filtered), filter);
  g_object_unref (filter);
  g_object_unref (file);
  return of_gmime_stream (filtered);
}

static GMimeObject *
tree_of (GMimeObject *attached)
{
  GMimeObject *parts[] = { mimesend_part_new_text ("A tree\n"), attached };
  GMimeObject *tree = mimesend_part_new_multipart (NULL, parts, 2, NULL);

  g_mime_object_set_header (tree, "From", "joe@example.com", NULL);
  g_object_unref (parts[0]);
  g_object_unref (parts[1]);
  return tree;
}

static MimesendContent *
tree (void)
{
  GMimeObject *top = tree_of (mimesend_part_new_file (large_path, NULL));
  MimesendContent *content = mimesend_content_new_for_part (top, NULL);

  g_object_unref (top);
  return content;
}

/* Text that is encoded only where the server does not take it as it is. */
static MimesendContent *
tree_8bit (void)
{
  GMimeObject *part = mimesend_part_new_text ("Gr\303\274\303\237e\n");
  MimesendContent *content;

  g_mime_part_set_content_encoding (GMIME_PART (part), GMIME_CONTENT_ENCODING_8BIT);
  g_mime_object_set_header (part, "From", "joe@example.com", NULL);
  content = mimesend_content_new_for_part (part, NULL);
  g_object_unref (part);
  return content;
}

/* What is read ahead of it for its header is made of the tree. */
static MimesendContent *
tree_behind_a_field (void)
{
  g_autoptr (MimesendContent) one = tree_8bit ();
  MimesendContent *content = content_of_text ("X-Ahead: 1\n");

  g_assert_true (mimesend_content_add_content (content, one, NULL));
  return content;
}

static MimesendContent *
part_stream (void)
{
  GMimeObject *top = tree_of (mimesend_part_new_file (large_path, NULL));
  MimesendContent *content = of_gmime_stream (mimesend_part_stream_new (top));

  g_object_unref (top);
  return content;
}

static MimesendContent *
letter_of_a_mailing (void)
{
  static const char *const fields[] = { "To", NULL }, *const values[] = { "a@example.org", NULL };
  GMimeObject *top = tree_of (mimesend_part_new_file (large_path, NULL));
  g_autoptr (MimesendMailing) mailing = mimesend_mailing_new (top, fields, NULL);

  g_object_unref (top);
  return mimesend_mailing_new_content (mailing, values, NULL);
}

static MimesendContent *
own_class (void)
{
  return counted (TRUE);
}

static MimesendContent *
own_class_inside (void)
{
  return in_content (counted (TRUE));
}

/* A worker reads it, and asks for the class's octets where it may be called. */
static MimesendContent *
own_class_beside_a_file (void)
{
  g_autoptr (MimesendContent) one = counted (TRUE);
  MimesendContent *content = in_content (file_stream ());

  g_assert_true (mimesend_content_add_content (content, one, NULL));
  return content;
}

/* The beginning was read by another reader, not by the sender. */
static MimesendContent *
read_in_part (void)
{
  MimesendContent *content = in_content (file_stream ());
  g_autoptr (GBytes) bytes = mimesend_content_read_bytes (content, 5, NULL, NULL);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 5);
  return content;
}

/* A part of it has gone with another content. */
static MimesendContent *
read_inside (void)
{
  g_autoptr (MimesendContent) one = one_string ();
  g_autoptr (GBytes) bytes = mimesend_content_read_bytes (one, 1000, NULL, NULL);

  g_assert_nonnull (bytes);
  return in_content (g_steal_pointer (&one));
}

static MimesendContent *
own_class_once (void)
{
  return counted (FALSE);
}

static MimesendContent *
own_class_once_inside (void)
{
  return in_content (in_content (counted (FALSE)));
}

static GMimeStream *
pipe_with_text (void)
{
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (fds[1], "through a pipe\n", 15), ==, 15);
  close (fds[1]);
  return g_mime_stream_pipe_new (fds[0]);
}

static MimesendContent *
gmime_pipe (void)
{
  return of_gmime_stream (pipe_with_text ());
}

static MimesendContent *
unix_pipe (void)
{
  int writer;
  MimesendContent *content = content_of_open_pipe (&writer);

  g_assert_cmpint (write (writer, "through a pipe\n", 15), ==, 15);
  close (writer);
  return in_content (content);
}

static MimesendContent *
tree_with_pipe (void)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  GMimeStream *stream = pipe_with_text ();
  GMimeObject *top;
  MimesendContent *content;

  mimesend_part_builder_set_stream (builder, stream);
  top = tree_of (mimesend_part_builder_build (builder, NULL));
  content = mimesend_content_new_for_part (top, NULL);
  g_object_unref (top);
  g_object_unref (stream);
  return content;
}

/* Of both: it cannot be begun again, and what is read ahead of it is made for one server. */
static MimesendContent *
tree_8bit_with_pipe (void)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  GMimeObject *parts[2] = { mimesend_part_new_text ("Gr\303\274\303\237e\n"), NULL };
  GMimeStream *stream = pipe_with_text ();
  MimesendContent *content = content_of_text ("X-Ahead: 1\n");
  g_autoptr (MimesendContent) one = NULL;
  GMimeObject *top;

  g_mime_part_set_content_encoding (GMIME_PART (parts[0]), GMIME_CONTENT_ENCODING_8BIT);
  mimesend_part_builder_set_stream (builder, stream);
  parts[1] = mimesend_part_builder_build (builder, NULL);
  top = mimesend_part_new_multipart (NULL, parts, 2, NULL);
  one = mimesend_content_new_for_part (top, NULL);
  g_assert_true (mimesend_content_add_content (content, one, NULL));
  g_object_unref (top);
  g_object_unref (parts[0]);
  g_object_unref (parts[1]);
  g_object_unref (stream);
  return content;
}

const Kind content_kinds[] = {
  { "string", one_string, FALSE },
  { "strings", several_strings, FALSE },
  { "same-twice", same_twice, FALSE },
  { "file-stream", file_stream, FALSE },
  { "gmime-memory", gmime_memory, FALSE },
  { "gmime-file", gmime_file, FALSE },
  { "gmime-filtered", gmime_filtered, FALSE },
  { "tree", tree, FALSE },
  { "tree-8bit", tree_8bit, FALSE },
  { "tree-behind-a-field", tree_behind_a_field, FALSE },
  { "part-stream", part_stream, FALSE },
  { "mailing", letter_of_a_mailing, FALSE },
  { "class", own_class, FALSE },
  { "class-inside", own_class_inside, FALSE },
  { "class-beside-a-file", own_class_beside_a_file, FALSE },
  { "read-in-part", read_in_part, FALSE },
  { "read-inside", read_inside, FALSE },
  { "middle", from_the_middle, TRUE },
  { "class-once", own_class_once, TRUE },
  { "class-once-inside", own_class_once_inside, TRUE },
  { "gmime-pipe", gmime_pipe, TRUE },
  { "unix-pipe", unix_pipe, TRUE },
  { "tree-with-pipe", tree_with_pipe, TRUE },
  { "tree-8bit-with-pipe", tree_8bit_with_pipe, TRUE },
  { NULL, NULL, FALSE },
};

GBytes *
content_kind_octets (const Kind *kind)
{
  g_autoptr (MimesendContent) content = kind->make ();
  g_autoptr (GError) error = NULL;
  GByteArray *all = g_byte_array_new ();
  gsize n = 1;

  mimesend_content_rewind (content, NULL); /* one that was read in part */
  g_assert_true (mimesend_content_prepare (content, MIMESEND_WIRE_8BITMIME, NULL));
  while (n > 0)
    {
      g_autoptr (GBytes) bytes = mimesend_content_read_bytes (content, 100000, NULL, &error);

      g_assert_no_error (error);
      n = g_bytes_get_size (bytes);
      for (gsize i = 0; i < n; i++)
        {
          guint8 c = ((const guint8 *)g_bytes_get_data (bytes, NULL))[i];

          if (c == '\n' && (all->len == 0 || all->data[all->len - 1] != '\r'))
            g_byte_array_append (all, (const guint8 *)"\r", 1);
          g_byte_array_append (all, &c, 1);
        }
    }
  return g_byte_array_free_to_bytes (all);
}

void
content_kinds_begin (void)
{
  GString *lines = g_string_new (NULL);

  folder = g_dir_make_tmp ("mimesend-again-XXXXXX", NULL);
  large_path = g_build_filename (folder, "large.txt", NULL);
  for (guint i = 0; lines->len < 300000; i++)
    g_string_append_printf (lines, "line %u of a file that takes several reads\n", i);
  g_assert_true (g_file_set_contents (large_path, lines->str, (gssize)lines->len, NULL));
  g_string_free (lines, TRUE);
}

void
content_kinds_end (void)
{
  g_unlink (large_path);
  g_rmdir (folder);
  g_free (large_path);
  g_free (folder);
}

const Kind *
content_kind (const char *name)
{
  for (const Kind *kind = content_kinds; kind->name != NULL; kind++)
    if (strcmp (kind->name, name) == 0)
      return kind;
  g_assert_not_reached ();
}

/* --- what became of them --- */

void
fate_note (Fate *self, MimesendReceipt *receipt, const GError *error)
{
  GError *own = NULL;

  self->told++;
  if (receipt != NULL && mimesend_receipt_check (receipt, &own))
    self->accepted++;
  else
    self->errors[self->n_errors++] = own != NULL ? own : g_error_copy (error);
}

void
fate_of_session (const char *server, MimesendContent *content, Fate *fate)
{
  g_autoptr (MimesendSession) session = session_to (server);
  g_autoptr (MimesendEnvelope) envelope = envelope_to ("a@example.org", NULL);

  for (guint i = 0; i < TIMES; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MimesendReceipt) receipt =
          mimesend_session_send (session, envelope, content, MIMESEND_SEND_DEFAULT, NULL, &error);

      fate_note (fate, receipt, error);
    }
}

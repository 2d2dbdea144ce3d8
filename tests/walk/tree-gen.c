/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree-gen.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const GMimeContentEncoding encodings[] = {
  GMIME_CONTENT_ENCODING_DEFAULT, GMIME_CONTENT_ENCODING_7BIT,   GMIME_CONTENT_ENCODING_8BIT,
  GMIME_CONTENT_ENCODING_BINARY,  GMIME_CONTENT_ENCODING_BASE64, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
  GMIME_CONTENT_ENCODING_UUENCODE
};

static int
upto (TreeGen *self, int n)
{
  return g_rand_int_range (self->rand, 0, n);
}

static gboolean
one_in (TreeGen *self, int n)
{
  return upto (self, n) == 0;
}

/* Random octets without runs of CR: GMime's quoted-printable then stays within 76 (and ours equals it). */
static GByteArray *
random_octets (TreeGen *self, int length)
{
  static const char *const words[] = { "word ", "\n",  "\r\n", ".",        "From ", "=",
                                       "\t",    " \n", "--b",  "\303\244", "a\r",   "0" };
  GByteArray *array = g_byte_array_new ();
  int style = upto (self, 3);

  while ((int)array->len < length)
    if (style == 0)
      {
        guint8 octet = (guint8)upto (self, 256);

        if (octet == '\r' && array->len > 0 && array->data[array->len - 1] == '\r')
          octet = 'x';
        g_byte_array_append (array, &octet, 1);
      }
    else
      {
        const char *word = words[upto (self, style == 1 ? 11 : (int)G_N_ELEMENTS (words))];

        if (style == 2 && upto (self, 9) > 0)
          word = "text\n";
        g_byte_array_append (array, (const guint8 *)word, (guint)strlen (word));
      }
  g_byte_array_set_size (array, (guint)length);
  return array;
}

static int
random_length (TreeGen *self)
{
  static const int lengths[] = { 0, 1, 2, 3, 44, 45, 46, 56, 57, 58, 76, 998, 4095, 4096, 4097, 8192 };

  if (one_in (self, 2))
    return lengths[upto (self, (int)G_N_ELEMENTS (lengths))];
  return upto (self, one_in (self, 20) ? 300000 : 10000);
}

void
tree_gen_init (TreeGen *self, guint32 seed)
{
  g_autofree char *path = NULL;
  GByteArray *octets;

  *self = (TreeGen){ 0 };
  self->rand = g_rand_new_with_seed (seed);
  octets = random_octets (self, 20000);
  self->fd = g_file_open_tmp ("mimesend-tree-XXXXXX", &path, NULL);
  g_assert_cmpint (self->fd, >=, 0);
  g_assert_cmpint (write (self->fd, octets->data, octets->len), ==, octets->len);
  self->fd_length = octets->len;
  self->path = g_steal_pointer (&path);
  g_byte_array_unref (octets);
}

void
tree_gen_clear (TreeGen *self)
{
  g_rand_free (self->rand);
  close (self->fd);
  g_unlink (self->path);
  g_free ((char *)self->path);
}

static GMimeStream *
filtered (GMimeStream *source, GMimeFilter *filter)
{
  GMimeStream *stream = g_mime_stream_filter_new (source);

  g_mime_stream_filter_add ((GMimeStreamFilter *)stream, filter);
  g_object_unref (filter);
  g_object_unref (source);
  return stream;
}

static GMimeStream *
memory_stream (TreeGen *self)
{
  GByteArray *octets = random_octets (self, random_length (self));
  GMimeStream *stream = g_mime_stream_mem_new_with_byte_array (octets);

  if (octets->len > 4 && one_in (self, 5))
    {
      GMimeStream *sub = g_mime_stream_substream (stream, 2, octets->len - 1);

      g_object_unref (stream);
      return sub;
    }
  if (octets->len > 4 && one_in (self, 5))
    g_mime_stream_seek (stream, 4, GMIME_STREAM_SEEK_SET);
  return stream;
}

static GMimeStream *
file_stream (TreeGen *self)
{
  gint64 start = upto (self, 1000), end = one_in (self, 2) ? -1 : start + upto (self, 15000);
  GMimeStream *stream;
  GFile *file;

  switch (upto (self, self->simple ? 3 : 4))
    {
    case 0:
      stream = g_mime_stream_fs_new_with_bounds (self->fd, start, end);
      g_mime_stream_fs_set_owner ((GMimeStreamFs *)stream, FALSE);
      return stream;
    case 1:
      /* GMime takes the file over. */
      file = g_file_new_for_path (self->path);
      return g_mime_stream_gio_new_with_bounds (file, start, end);
    case 2:
      stream = g_mime_stream_mmap_new (dup (self->fd), 1 /* PROT_READ */, 2 /* MAP_PRIVATE */);
      return stream;
    default:
      return g_mime_stream_file_new_with_bounds (fdopen (dup (self->fd), "r"), start, end);
    }
}

static GMimeStream *
random_stream (TreeGen *self)
{
  GMimeStream *stream, *second;

  switch (upto (self, self->simple ? 6 : 10))
    {
    case 0:
    case 1:
      return file_stream (self);
    case 6:
      return filtered (memory_stream (self), g_mime_filter_dos2unix_new (FALSE));
    case 7:
      return filtered (filtered (memory_stream (self), g_mime_filter_unix2dos_new (FALSE)),
                       g_mime_filter_from_new (GMIME_FILTER_FROM_MODE_ARMOR));
    case 8:
      stream = g_mime_stream_cat_new ();
      second = memory_stream (self);
      g_mime_stream_cat_add_source ((GMimeStreamCat *)stream, second);
      g_object_unref (second);
      second = memory_stream (self);
      g_mime_stream_cat_add_source ((GMimeStreamCat *)stream, second);
      g_object_unref (second);
      return stream;
    case 9:
      second = memory_stream (self);
      stream = g_mime_stream_buffer_new (second, GMIME_STREAM_BUFFER_BLOCK_READ);
      g_object_unref (second);
      return stream;
    default:
      return memory_stream (self);
    }
}

static void
add_headers (TreeGen *self, GMimeObject *object)
{
  static const char *const values[] = {
    "plain", "Gr\303\274\303\237e aus K\303\266ln", "",
    ("a long value that has to be folded because it has more than seventy-eight letters in it, "
     "which is the length that lines should have at most")
  };
  static const char *const names[] = { "X-One", "Subject", "X-Hidden", "Comments", "Content-Description" };

  for (int n = upto (self, 4); n > 0; n--)
    {
      const char *name = names[upto (self, (int)G_N_ELEMENTS (names))];
      const char *value = values[upto (self, (int)G_N_ELEMENTS (values))];

      if (one_in (self, 2))
        g_mime_header_list_append (object->headers, name, value, "utf-8");
      else
        g_mime_header_list_prepend (object->headers, name, value, "utf-8");
    }
}

GMimeObject *
tree_gen_leaf (TreeGen *self)
{
  static const char *const types[] = { "text/plain", "text/html", "application/octet-stream", "image/png" };
  g_auto (GStrv) type = g_strsplit (types[upto (self, 4)], "/", 2);
  GMimePart *part = g_mime_part_new_with_type (type[0], type[1]);
  GMimeContentEncoding stored = GMIME_CONTENT_ENCODING_DEFAULT;
  GMimeDataWrapper *content;
  GMimeStream *stream;

  add_headers (self, (GMimeObject *)part);
  if (one_in (self, 3))
    {
      g_autofree char *name = g_strnfill ((gsize)upto (self, 200), 'n');
      g_autofree char *full = g_strconcat (one_in (self, 2) ? "B\303\244r " : "bear", name, ".dat", NULL);

      g_mime_part_set_filename (part, full);
    }
  if (one_in (self, 12))
    return (GMimeObject *)part;
  if (!self->simple && one_in (self, 4))
    stored = encodings[upto (self, (int)G_N_ELEMENTS (encodings))];
  stream = random_stream (self);
  content = g_mime_data_wrapper_new_with_stream (stream, stored);
  g_mime_part_set_content (part, content);
  g_object_unref (stream);
  g_object_unref (content);
  g_mime_part_set_content_encoding (
      part, one_in (self, 6) ? stored : encodings[upto (self, (int)G_N_ELEMENTS (encodings))]);
  return (GMimeObject *)part;
}

static GMimeObject *
random_multipart (TreeGen *self, int depth)
{
  static const char *const subtypes[] = { "mixed", "alternative", "related", "signed", "encrypted" };
  GMimeMultipart *multipart = g_mime_multipart_new_with_subtype (subtypes[upto (self, 5)]);
  int n = upto (self, 4);

  add_headers (self, (GMimeObject *)multipart);
  if (one_in (self, 3))
    g_mime_multipart_set_prologue (multipart, one_in (self, 2) ? "before\nall" : "");
  if (one_in (self, 3))
    g_mime_multipart_set_epilogue (multipart, one_in (self, 2) ? "after all\r\n" : "");
  if (one_in (self, 10))
    multipart->write_end_boundary = FALSE;
  g_mime_multipart_set_boundary (multipart, one_in (self, 2) ? "=-b" : "a boundary with blanks");
  for (int i = 0; i < n; i++)
    {
      GMimeObject *child = tree_gen_tree (self, depth - 1);

      g_mime_multipart_add (multipart, child);
      if (one_in (self, 8))
        g_mime_multipart_add (multipart, child); /* the same part twice */
      g_object_unref (child);
    }
  return (GMimeObject *)multipart;
}

static GMimeMessage *
random_message (TreeGen *self, int depth)
{
  GMimeMessage *message = g_mime_message_new (one_in (self, 2));

  g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_FROM, "J\303\266rg", "joe@example.com");
  g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_TO, NULL, "jimmy@example.org");
  add_headers (self, (GMimeObject *)message);
  if (!one_in (self, 10))
    {
      GMimeObject *part = tree_gen_tree (self, depth - 1);

      if (GMIME_IS_MESSAGE (part))
        g_clear_object (&part);
      if (part != NULL)
        {
          g_mime_message_set_mime_part (message, part);
          g_object_unref (part);
        }
    }
  return message;
}

GMimeObject *
tree_gen_tree (TreeGen *self, int depth)
{
  GMimeMessagePart *part;
  GMimeMessage *message;

  if (depth <= 0)
    return tree_gen_leaf (self);
  switch (upto (self, 6))
    {
    case 0:
    case 1:
    case 2:
      return random_multipart (self, depth);
    case 3:
      part = g_mime_message_part_new ("rfc822");
      add_headers (self, (GMimeObject *)part);
      if (one_in (self, 8))
        return (GMimeObject *)part;
      message = random_message (self, depth);
      if (one_in (self, 3))
        message->marker = g_strdup (one_in (self, 2) ? "From joe Mon Jan  1\n" : "From joe\r\n");
      g_mime_message_part_set_message (part, message);
      g_object_unref (message);
      return (GMimeObject *)part;
    default:
      return tree_gen_leaf (self);
    }
}

GByteArray *
tree_written_by_gmime (GMimeObject *object, GMimeFormatOptions *options, gboolean dos)
{
  GMimeFormatOptions *own = g_mime_format_options_clone (options);
  GMimeStream *stream = g_mime_stream_mem_new ();
  GByteArray *array;

  g_mime_format_options_set_newline_format (own, dos ? GMIME_NEWLINE_FORMAT_DOS : GMIME_NEWLINE_FORMAT_UNIX);
  g_assert_cmpint (g_mime_object_write_to_stream (object, own, stream), >=, 0);
  array = g_mime_stream_mem_get_byte_array ((GMimeStreamMem *)stream);
  g_mime_stream_mem_set_owner ((GMimeStreamMem *)stream, FALSE);
  g_object_unref (stream);
  g_mime_format_options_free (own);
  return array;
}

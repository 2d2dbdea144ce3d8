/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/tree.h"

static void
part_clear (gpointer data)
{
  TreePart *part = data;

  g_free (part->type);
  g_free (part->name);
}

static gint64
content_length (GMimePart *part)
{
  GMimeDataWrapper *content = g_mime_part_get_content (part);
  GMimeStream *stream = content != NULL ? g_mime_data_wrapper_get_stream (content) : NULL;

  return stream != NULL ? g_mime_stream_length (stream) : -1;
}

static void
tree_append (GArray *parts, GMimeObject *object, guint depth)
{
  TreePart part = { .depth = depth, .octets = -1 };
  GMimeContentType *type = g_mime_object_get_content_type (object);

  part.type = g_mime_content_type_get_mime_type (type);
  if (GMIME_IS_PART (object))
    {
      part.encoding =
          g_mime_content_encoding_to_string (g_mime_part_get_content_encoding (GMIME_PART (object)));
      part.name = g_strdup (g_mime_part_get_filename (GMIME_PART (object)));
      part.octets = content_length (GMIME_PART (object));
    }
  g_array_append_val (parts, part);
  if (GMIME_IS_MULTIPART (object))
    for (int i = 0; i < g_mime_multipart_get_count (GMIME_MULTIPART (object)); i++)
      tree_append (parts, g_mime_multipart_get_part (GMIME_MULTIPART (object), i), depth + 1);
}

GArray *
tree_list (GMimeObject *top)
{
  GArray *parts = g_array_new (FALSE, FALSE, sizeof (TreePart));

  g_array_set_clear_func (parts, part_clear);
  if (GMIME_IS_MESSAGE (top))
    top = g_mime_message_get_mime_part (GMIME_MESSAGE (top));
  if (top != NULL)
    tree_append (parts, top, 0);
  return parts;
}

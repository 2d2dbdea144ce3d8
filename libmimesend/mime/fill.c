/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What has a place is taken out of the letter's tree as a pattern; what is made of it is built as a letter's own parts are. */
#include "mime/fill.h"

#include <string.h>

#include "mime/header.h"
#include "mime/part-builder.h"
#include "mimesend-error.h"
#include "octets/pattern.h"

/* A text that is longer is no letter. */
#define TEXT_OCTETS_MAX (16 * 1024 * 1024)

typedef struct
{
  GMimePart *part;
  char *boundary;        /* NULL: the whole message */
  MimesendPattern *text; /* NULL: the content is the part's */
  MimesendPattern *name; /* NULL: the file name is the part's */
} FillLeaf;

struct _MimesendFill
{
  const char *const *names; /* while it is made */
  GArray *leaves;           /* of FillLeaf */
  GPtrArray *parts;         /* of GMimePart */
};

static void
leaf_clear (gpointer data)
{
  FillLeaf *leaf = data;

  g_object_unref (leaf->part);
  g_free (leaf->boundary);
  g_clear_pointer (&leaf->text, mimesend_pattern_free);
  g_clear_pointer (&leaf->name, mimesend_pattern_free);
}

void
mimesend_fill_free (MimesendFill *self)
{
  g_array_unref (self->leaves);
  g_ptr_array_unref (self->parts);
  g_free (self);
}

static gboolean
fill_refuse (GMimePart *part, const char *what, GError **error, GError *inner)
{
  g_autofree char *type =
      g_mime_content_type_get_mime_type (g_mime_object_get_content_type (GMIME_OBJECT (part)));

  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the %s of the letter (%s), %s", what, type,
               inner->message);
  g_error_free (inner);
  return FALSE;
}

static gboolean
is_letter_text (GMimePart *part)
{
  GMimeContentType *type = g_mime_object_get_content_type (GMIME_OBJECT (part));
  GMimeContentDisposition *disposition = g_mime_object_get_content_disposition (GMIME_OBJECT (part));

  if (disposition != NULL && g_mime_content_disposition_is_attachment (disposition))
    return FALSE;
  return g_mime_content_type_is_type (type, "text", "plain") ||
         g_mime_content_type_is_type (type, "text", "html");
}

/* In UTF-8; NULL: it is not in memory, or no text in its charset. */
static char *
text_of (GMimePart *part, gsize *n)
{
  GMimeDataWrapper *content = g_mime_part_get_content (part);
  const char *charset = g_mime_object_get_content_type_parameter (GMIME_OBJECT (part), "charset");
  GMimeStream *memory;
  GByteArray *octets;
  char *text = NULL;

  if (content == NULL || !GMIME_IS_STREAM_MEM (g_mime_data_wrapper_get_stream (content)))
    return NULL;
  memory = g_mime_stream_mem_new ();
  g_mime_data_wrapper_write_to_stream (content, memory);
  octets = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (memory));
  if (octets->len <= TEXT_OCTETS_MAX && octets->len > 0)
    text = charset == NULL || g_ascii_strcasecmp (charset, "utf-8") == 0
               ? g_strndup ((const char *)octets->data, octets->len)
               : g_convert ((const char *)octets->data, octets->len, "UTF-8",
                            g_mime_charset_iconv_name (charset), NULL, NULL, NULL);
  g_object_unref (memory);
  *n = text != NULL ? strlen (text) : 0;
  return text;
}

static gboolean
fill_look_at_text (MimesendFill *self, FillLeaf *leaf, GError **error)
{
  GMimeContentType *type = g_mime_object_get_content_type (GMIME_OBJECT (leaf->part));
  gboolean html = g_mime_content_type_is_type (type, "text", "html");
  GError *inner = NULL;
  g_autofree char *text = NULL;
  gsize n = 0;

  if (!is_letter_text (leaf->part))
    return TRUE;
  text = text_of (leaf->part, &n);
  if (text == NULL || !mimesend_pattern_is_one (text, n))
    return TRUE;
  leaf->text = mimesend_pattern_new (text, n, self->names, html, &inner);
  return leaf->text != NULL || fill_refuse (leaf->part, html ? "HTML" : "text", error, inner);
}

static gboolean
look_at_name (MimesendFill *self, FillLeaf *leaf, GError **error)
{
  const char *name = g_mime_part_get_filename (leaf->part);
  GError *inner = NULL;

  if (name == NULL || !mimesend_pattern_is_one (name, strlen (name)))
    return TRUE;
  leaf->name = mimesend_pattern_new (name, strlen (name), self->names, FALSE, &inner);
  return leaf->name != NULL || fill_refuse (leaf->part, "file name of a part", error, inner);
}

static gboolean
fill_look_at_leaf (MimesendFill *self, GMimePart *part, const char *boundary, GError **error)
{
  FillLeaf leaf = { .part = g_object_ref (part), .boundary = g_strdup (boundary) };

  if (!fill_look_at_text (self, &leaf, error) || !look_at_name (self, &leaf, error))
    {
      leaf_clear (&leaf);
      return FALSE;
    }
  if (leaf.text == NULL && leaf.name == NULL)
    {
      leaf_clear (&leaf);
      return TRUE;
    }
  g_array_append_val (self->leaves, leaf);
  g_ptr_array_add (self->parts, part);
  return TRUE;
}

/* Not into messages, and not below a signature, which covers what is there. A letter's own tree is three deep; a caller's part may
 * be deeper, and its depth is bounded by the walk. */
static gboolean
fill_look_at_object (
    MimesendFill *self, GMimeObject *object, const char *boundary, guint depth, GError **error)
{
  GMimeMultipart *multipart;

  if (GMIME_IS_PART (object))
    return fill_look_at_leaf (self, GMIME_PART (object), boundary, error);
  if (!GMIME_IS_MULTIPART (object) || GMIME_IS_MULTIPART_SIGNED (object) ||
      GMIME_IS_MULTIPART_ENCRYPTED (object) || depth > 100)
    return TRUE;
  multipart = GMIME_MULTIPART (object);
  for (int i = 0; i < g_mime_multipart_get_count (multipart); i++)
    if (!fill_look_at_object (self, g_mime_multipart_get_part (multipart, i),
                              g_mime_multipart_get_boundary (multipart), depth + 1, error))
      return FALSE;
  return TRUE;
}

MimesendFill *
mimesend_fill_new (GMimeObject *tree, const char *const *names, GError **error)
{
  MimesendFill *self = g_new0 (MimesendFill, 1);
  GMimeObject *top = GMIME_IS_MESSAGE (tree) ? g_mime_message_get_mime_part (GMIME_MESSAGE (tree)) : tree;

  self->names = names;
  self->leaves = g_array_new (FALSE, FALSE, sizeof (FillLeaf));
  g_array_set_clear_func (self->leaves, leaf_clear);
  self->parts = g_ptr_array_new ();
  if (top != NULL && !fill_look_at_object (self, top, NULL, 0, error))
    g_clear_pointer (&self, mimesend_fill_free);
  else
    self->names = NULL;
  return self;
}

GPtrArray *
mimesend_fill_get_leaves (MimesendFill *self)
{
  return self->parts;
}

const char *
mimesend_fill_get_boundary (MimesendFill *self, guint leaf)
{
  return g_array_index (self->leaves, FillLeaf, leaf).boundary;
}

/* All that the part says of itself but what depends on the content. */
static void
copy_fields (GMimeObject *to, GMimeObject *from)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (from);

  for (int i = 0; i < g_mime_header_list_get_count (headers); i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header_at (headers, i);
      const char *name = g_mime_header_get_name (header);

      if (g_ascii_strcasecmp (name, "Content-Type") != 0 &&
          g_ascii_strcasecmp (name, "Content-Transfer-Encoding") != 0 &&
          g_ascii_strcasecmp (name, "Content-MD5") != 0)
        mimesend_header_copy (to, header);
    }
}

static GMimeObject *
make_text (const FillLeaf *leaf, const char *const *values, GError **error)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *type =
      g_mime_content_type_get_mime_type (g_mime_object_get_content_type (GMIME_OBJECT (leaf->part)));
  GMimeObject *made;

  mimesend_pattern_fill (leaf->text, values, text);
  mimesend_part_builder_set_text (builder, text->str, (gssize)text->len);
  mimesend_part_builder_set_charset (builder, "utf-8", NULL);
  mimesend_part_builder_set_disposition (builder, "", NULL);
  made = mimesend_part_builder_set_content_type (builder, type, error)
             ? mimesend_part_builder_build (builder, error)
             : NULL;
  if (made != NULL)
    copy_fields (made, GMIME_OBJECT (leaf->part));
  return made;
}

/* The content is shared with the letter's part. */
static GMimeObject *
copy_leaf (const FillLeaf *leaf)
{
  GMimeObject *copy = g_object_new (G_OBJECT_TYPE (leaf->part), NULL);
  GMimeHeaderList *headers = g_mime_object_get_header_list (GMIME_OBJECT (leaf->part));

  for (int i = 0; i < g_mime_header_list_get_count (headers); i++)
    mimesend_header_copy (copy, g_mime_header_list_get_header_at (headers, i));
  g_mime_part_set_content (GMIME_PART (copy), g_mime_part_get_content (leaf->part));
  return copy;
}

GMimeObject *
mimesend_fill_make (MimesendFill *self, guint leaf, const char *const *values, GError **error)
{
  const FillLeaf *it = &g_array_index (self->leaves, FillLeaf, leaf);
  GMimeObject *made = it->text != NULL ? make_text (it, values, error) : copy_leaf (it);
  g_autoptr (GString) name = g_string_new (NULL);

  if (made == NULL || it->name == NULL)
    return made;
  mimesend_pattern_fill (it->name, values, name);
  if (!mimesend_header_set_file_name (made, name->str, error))
    g_clear_object (&made);
  return made;
}

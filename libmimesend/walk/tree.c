/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk/tree.h"

#include "mimesend-error.h"
#include "octets/printable.h"

/* The same part may stand in a tree many times over: a few objects can make a practically endless tree. */
#define OBJECTS_MAX 1000000

typedef struct
{
  GMimeObject *object;
  gint next; /* the child to visit next */
  gboolean sealed;
} Place;

GMimeStream *
mimesend_part_get_stream (GMimeObject *object)
{
  GMimeDataWrapper *content = GMIME_IS_PART (object) ? ((GMimePart *)object)->content : NULL;

  return content != NULL ? content->stream : NULL;
}

gboolean
mimesend_walk_is_sealing (GMimeObject *object)
{
  GMimeContentType *type = object->content_type;

  return type != NULL && (g_mime_content_type_is_type (type, "multipart", "signed") ||
                          g_mime_content_type_is_type (type, "multipart", "encrypted"));
}

/* A part made by g_object_new () has no content type, and GMime's accessors count on one. */
const char *
mimesend_part_get_name (GMimeObject *object)
{
  return GMIME_IS_PART (object) && object->content_type != NULL
             ? g_mime_part_get_filename ((GMimePart *)object)
             : NULL;
}

const char *
mimesend_part_get_boundary (GMimeObject *object)
{
  return object->content_type != NULL ? g_mime_content_type_get_parameter (object->content_type, "boundary")
                                      : NULL;
}

char *
mimesend_part_describe (const char *numbers, GMimeObject *object)
{
  const char *name = mimesend_part_get_name (object);
  g_autofree char *shown = name != NULL ? mimesend_printable_lines (name, 200) : NULL;
  const char *what = *numbers != '\0' ? "part " : "the message";

  if (shown == NULL)
    return g_strconcat (what, numbers, NULL);
  return g_strdup_printf ("%s%s (%s)", what, numbers, shown);
}

void
mimesend_part_prefix_error (GError **error, const char *numbers, GMimeObject *object)
{
  g_autofree char *name = NULL;

  if (error == NULL || *error == NULL)
    return;
  name = mimesend_part_describe (numbers, object);
  g_prefix_error (error, "%s: ", name);
}

static GMimeObject *
tree_child_at (GMimeObject *object, gint index)
{
  if (GMIME_IS_MULTIPART (object))
    {
      GPtrArray *children = ((GMimeMultipart *)object)->children;

      return (guint)index < children->len ? children->pdata[index] : NULL;
    }
  if (index > 0)
    return NULL;
  if (GMIME_IS_MESSAGE (object))
    return ((GMimeMessage *)object)->mime_part;
  if (GMIME_IS_MESSAGE_PART (object))
    return (GMimeObject *)((GMimeMessagePart *)object)->message;
  return NULL;
}

static char *
numbers_of (GArray *places)
{
  GString *numbers = g_string_new (NULL);

  for (guint i = 0; i + 1 < places->len; i++)
    {
      Place *place = &g_array_index (places, Place, i);

      if (GMIME_IS_MULTIPART (place->object))
        g_string_append_printf (numbers, "%s%d", numbers->len > 0 ? "." : "", place->next);
    }
  return g_string_free (numbers, FALSE);
}

static gboolean
tree_visit (GArray *places,
            GMimeObject *object,
            gboolean sealed,
            MimesendTreeFunc func,
            gpointer data,
            GError **error)
{
  Place place = { object, 0, sealed };
  GError *own = NULL;

  g_array_append_val (places, place);
  if (places->len > MIMESEND_DEPTH_MAX)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED, "parts are nested more than %d deep",
                   MIMESEND_DEPTH_MAX);
      return FALSE;
    }
  if (!func (object, sealed, data, &own))
    {
      g_autofree char *numbers = own != NULL ? numbers_of (places) : NULL;

      if (own == NULL) /* a function returned FALSE without an error */
        return FALSE;
      mimesend_part_prefix_error (&own, numbers, object);
      g_propagate_error (error, own);
      return FALSE;
    }
  return TRUE;
}

gboolean
mimesend_tree_foreach (GMimeObject *top, MimesendTreeFunc func, gpointer data, GError **error)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  guint visited = 1;

  if (!tree_visit (places, top, FALSE, func, data, error))
    return FALSE;
  while (places->len > 0)
    {
      Place *place = &g_array_index (places, Place, places->len - 1);
      GMimeObject *child = tree_child_at (place->object, place->next);

      place->next++;
      if (child == NULL)
        g_array_set_size (places, places->len - 1);
      else if (++visited > OBJECTS_MAX)
        {
          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
                       "the message has more than %d parts", OBJECTS_MAX);
          return FALSE;
        }
      else if (!tree_visit (places, child, place->sealed || mimesend_walk_is_sealing (place->object), func,
                            data, error))
        return FALSE;
    }
  return TRUE;
}

/* Whether the instance is written by GMime's own writer of that class. */
static gboolean
writes_as (GMimeObject *object, GType type)
{
  GMimeObjectClass *known = g_type_class_ref (type);
  gboolean same = GMIME_OBJECT_GET_CLASS (object)->write_to_stream == known->write_to_stream;

  g_type_class_unref (known);
  return same;
}

static gboolean
writes_as_known (GMimeObject *object)
{
  if (GMIME_IS_PART (object))
    return writes_as (object, GMIME_TYPE_PART);
  if (GMIME_IS_MULTIPART (object))
    return writes_as (object, GMIME_TYPE_MULTIPART);
  if (GMIME_IS_MESSAGE (object))
    return writes_as (object, GMIME_TYPE_MESSAGE);
  if (GMIME_IS_MESSAGE_PART (object))
    return writes_as (object, GMIME_TYPE_MESSAGE_PART);
  return FALSE;
}

static gboolean
content_writes_as_known (GMimeDataWrapper *content)
{
  GMimeDataWrapperClass *known = g_type_class_ref (GMIME_TYPE_DATA_WRAPPER);
  gboolean same = GMIME_DATA_WRAPPER_GET_CLASS (content)->write_to_stream == known->write_to_stream;

  g_type_class_unref (known);
  return same;
}

static gboolean
check_object (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  if (!writes_as_known (object) || (GMIME_IS_PART (object) && ((GMimePart *)object)->content != NULL &&
                                    !content_writes_as_known (((GMimePart *)object)->content)))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
                   "%s writes itself in a way of its own and cannot be read piece by piece",
                   G_OBJECT_TYPE_NAME (object));
      return FALSE;
    }
  if (GMIME_IS_MULTIPART (object) && ((GMimeMultipart *)object)->children->len > 0 &&
      mimesend_part_get_boundary (object) == NULL)
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                           "a multipart without a boundary: its parts could not be told apart. Call "
                           "g_mime_multipart_set_boundary () after setting its content type");
      return FALSE;
    }
  return TRUE;
}

gboolean
mimesend_tree_check (GMimeObject *top, GError **error)
{
  return mimesend_tree_foreach (top, check_object, NULL, error);
}

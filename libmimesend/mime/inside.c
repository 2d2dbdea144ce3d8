/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/inside.h"

#include "mime/peruse.h"
#include "octets/seven-bit.h"

/* Trees that are deeper, or have more parts, are labelled by the walk instead: the same part may stand in a tree many
 * times. */
#define DEEP_ENOUGH 100
#define MANY_ENOUGH 10000
#define LOOKED_AT   65536

typedef struct
{
  gsize octets;
  gboolean eight_bit;
} Seen;

static gboolean
inside_look_cb (gpointer data, const guint8 *octets, gsize n)
{
  Seen *seen = data;

  seen->eight_bit = !mimesend_is_seven_bit (octets, n);
  seen->octets += n;
  return !seen->eight_bit && seen->octets < LOOKED_AT;
}

static gboolean
leaf_is_eight_bit (GMimePart *part)
{
  GMimeDataWrapper *content = g_mime_part_get_content (part);
  GMimeStream *stream = content != NULL ? g_mime_data_wrapper_get_stream (content) : NULL;
  Seen seen = { 0, FALSE };

  switch (g_mime_part_get_content_encoding (part))
    {
    case GMIME_CONTENT_ENCODING_8BIT:
      return TRUE;
    case GMIME_CONTENT_ENCODING_DEFAULT:
    case GMIME_CONTENT_ENCODING_7BIT:
      return stream != NULL && mimesend_peruse (stream, inside_look_cb, &seen) && seen.eight_bit;
    default:
      return FALSE;
    }
}

static gboolean
header_is_eight_bit (GMimeObject *object)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (object);

  for (int i = 0; i < g_mime_header_list_get_count (headers); i++)
    {
      const char *raw = g_mime_header_get_raw_value (g_mime_header_list_get_header_at (headers, i));

      if (raw != NULL && !g_str_is_ascii (raw))
        return TRUE;
    }
  return FALSE;
}

static GMimeObject *
inside_child_at (GMimeObject *object, int index)
{
  if (GMIME_IS_MULTIPART (object))
    return index < g_mime_multipart_get_count (GMIME_MULTIPART (object))
               ? g_mime_multipart_get_part (GMIME_MULTIPART (object), index)
               : NULL;
  if (index > 0)
    return NULL;
  if (GMIME_IS_MESSAGE (object))
    return g_mime_message_get_mime_part (GMIME_MESSAGE (object));
  if (GMIME_IS_MESSAGE_PART (object))
    return GMIME_OBJECT (g_mime_message_part_get_message (GMIME_MESSAGE_PART (object)));
  return NULL;
}

static gboolean
is_eight_bit_inside (GMimeObject *object, guint depth, guint *seen)
{
  GMimeObject *child;

  for (int i = 0;
       depth < DEEP_ENOUGH && (child = inside_child_at (object, i)) != NULL && ++*seen < MANY_ENOUGH; i++)
    if (header_is_eight_bit (child) || (GMIME_IS_PART (child) && leaf_is_eight_bit (GMIME_PART (child))) ||
        is_eight_bit_inside (child, depth + 1, seen))
      return TRUE;
  return FALSE;
}

void
mimesend_inside_set_label (GMimeObject *object)
{
  guint seen = 0;

  if (g_mime_object_get_header (object, "Content-Transfer-Encoding") == NULL &&
      is_eight_bit_inside (object, 0, &seen))
    g_mime_object_set_header (object, "Content-Transfer-Encoding", "8bit", NULL);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Header blocks of the walk: in GMime's order, through one newline filter, one label changed where the content was. */
#include "content/part-convert.h"
#include "content/part-header.h"
#include "content/part-walk-private.h"

static gboolean
put_header (
    MimesendPartWalk *self, MimesendWalkFrame *frame, GMimeObject *owner, GMimeHeader *header, GError **error)
{
  GByteArray *rendered = ((GMimeStreamMem *)self->header)->buffer;
  const char *value = NULL;
  gsize length, prespace;
  char *made;

  if (g_mime_format_options_is_hidden_header (frame->options, g_mime_header_get_name (header)))
    return TRUE;
  if (frame->label != NULL && !frame->label_written && owner == mimesend_walk_labelled_object (frame) &&
      g_ascii_strcasecmp (g_mime_header_get_name (header), "Content-Transfer-Encoding") == 0)
    {
      value = frame->label;
      frame->label_written = TRUE;
    }
  if (!mimesend_part_header_render (header, frame->options, value, self->header, error))
    return mimesend_walk_named_failure (self, owner, error);
  if (rendered->len == 0)
    return TRUE;
  if (frame->newline == NULL)
    frame->newline = g_mime_format_options_create_newline_filter (frame->options, FALSE);
  g_mime_filter_filter (frame->newline, (char *)rendered->data, rendered->len, 0, &made, &length, &prespace);
  g_byte_array_append (self->out, (const guint8 *)made, (guint)length);
  return TRUE;
}

/* Whose turn is it? A message's headers and its part's are written in the order they had when they were parsed, until a
 * header of the part has no such place; then all that is left of the message, then of the part. NULL: none is left. */
static GMimeHeader *
next_header (MimesendWalkFrame *frame, GMimeObject **owner)
{
  GMimeObject *part = GMIME_IS_MESSAGE (frame->object) ? ((GMimeMessage *)frame->object)->mime_part : NULL;
  GMimeHeaderList *own = frame->object->headers;
  GMimeHeader *mine = NULL, *parts = NULL;

  if (frame->own_header < g_mime_header_list_get_count (own))
    mine = g_mime_header_list_get_header_at (own, frame->own_header);
  if (part != NULL && frame->part_header < g_mime_header_list_get_count (part->headers))
    parts = g_mime_header_list_get_header_at (part->headers, frame->part_header);

  if (parts != NULL &&
      (mine == NULL || (g_mime_header_get_offset (parts) >= 0 &&
                        g_mime_header_get_offset (mine) >= g_mime_header_get_offset (parts))))
    {
      frame->part_header++;
      *owner = part;
      return parts;
    }
  frame->own_header += mine != NULL;
  *owner = frame->object;
  return mine;
}

gboolean
mimesend_walk_put_headers (MimesendPartWalk *self, MimesendWalkFrame *frame, GError **error)
{
  while (self->out->len < MIMESEND_WALK_OUT_ENOUGH)
    {
      GMimeObject *owner;
      GMimeHeader *header = next_header (frame, &owner);

      if (header != NULL)
        {
          if (!put_header (self, frame, owner, header, error))
            return FALSE;
          continue;
        }
      if (frame->label != NULL && !frame->label_written)
        {
          mimesend_walk_put (self, "Content-Transfer-Encoding: ");
          mimesend_walk_put (self, frame->label);
          mimesend_walk_put_newline (self);
        }
      mimesend_walk_put_newline (self);
      frame->state = WALK_BODY;
      break;
    }
  return TRUE;
}

/* A tree that is a message in all but name becomes one that a reader takes for MIME (RFC 2045 4). */
void
mimesend_walk_put_mime_version (MimesendPartWalk *self)
{
  static const char *const fields[] = { "From", "To", "Subject", "Date" };
  gboolean addressed = FALSE;

  if (GMIME_IS_MESSAGE (self->top) || mimesend_part_find_header (self->top, "MIME-Version") != NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    addressed = addressed || mimesend_part_find_header (self->top, fields[i]) != NULL;
  if (!addressed)
    return;
  mimesend_walk_put (self, "MIME-Version: 1.0");
  mimesend_walk_put_newline (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header blocks of the walk: in GMime's order, through one newline filter, with the label of a leaf whose encoding
 * changed. */
#include "walk/convert.h"
#include "walk/header.h"
#include "walk/message-leaf.h"
#include "walk/tree.h"
#include "walk/walk-private.h"
#include "mimesend-error.h"
#include "octets/printable.h"

static gboolean
refuse_open (MimesendWalk *self, MimesendWalkFrame *frame, const char *what, GError **error)
{
  g_autofree char *name = mimesend_printable (g_mime_header_get_raw_name (frame->open_header), 100);

  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "the header %s has no line end, and %s follows it", name, what);
  return mimesend_walk_named_failure (self, frame->object, error);
}

/* Parsed mail that ends within its header block can be sent unchanged; a body after it would become part of the header. */
static gboolean
has_no_body (MimesendWalkFrame *frame)
{
  GMimeObject *object = mimesend_walk_labelled_object (frame);
  GMimeStream *stream = object != NULL ? mimesend_part_get_stream (object) : NULL;
  MimesendPromise promise = { .known = TRUE };

  if (object == NULL)
    return TRUE;
  if (GMIME_IS_MESSAGE_PART (object))
    return ((GMimeMessagePart *)object)->message == NULL;
  if (!GMIME_IS_PART (object))
    return FALSE;
  if (stream != NULL)
    mimesend_promise_make (&promise, stream);
  return promise.known && promise.octets == 0;
}

static gboolean
put_header (
    MimesendWalk *self, MimesendWalkFrame *frame, GMimeObject *owner, GMimeHeader *header, GError **error)
{
  GByteArray *rendered = ((GMimeStreamMem *)self->header)->buffer;
  const char *value = NULL;
  g_autofree char *type = NULL;
  gsize length, prespace;
  gboolean open;
  char *made;

  if (g_mime_format_options_is_hidden_header (frame->options, g_mime_header_get_name (header)))
    return TRUE;
  if (frame->open_header)
    return refuse_open (self, frame, "another header", error);
  if (frame->label != NULL && !frame->label_written && owner == mimesend_walk_labelled_object (frame) &&
      g_ascii_strcasecmp (g_mime_header_get_name (header), "Content-Transfer-Encoding") == 0)
    {
      value = frame->label;
      frame->label_written = TRUE;
    }
  if (frame->leaf != NULL && mimesend_leaf_is_octets (frame->leaf) &&
      owner == mimesend_walk_labelled_object (frame) &&
      g_ascii_strcasecmp (g_mime_header_get_name (header), "Content-Type") == 0)
    value = type = mimesend_part_octet_type (header);
  if (!mimesend_header_block_render (header, frame->options, value, frame->sealed, self->header, &open,
                                     error))
    return mimesend_walk_named_failure (self, owner, error);
  frame->open_header = open ? header : NULL;
  if (rendered->len == 0)
    return TRUE;
  if (frame->newline == NULL)
    frame->newline = g_mime_format_options_create_newline_filter (frame->options, FALSE);
  g_mime_filter_filter (frame->newline, (char *)rendered->data, rendered->len, 0, &made, &length, &prespace);
  g_byte_array_append (self->out, (const guint8 *)made, (guint)length);
  return TRUE;
}

/* The next header to write. The headers of a message and of its part are merged in the order they had when they were
 * parsed, until a header of the part has no such place; then come the rest of the message's, then of the part's. NULL: none
 * is left. */
static GMimeHeader *
next_header (MimesendWalkFrame *frame, GMimeObject **owner)
{
  GMimeObject *part =
      GMIME_IS_MESSAGE (frame->object) && !frame->taken ? ((GMimeMessage *)frame->object)->mime_part : NULL;
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

/* ── replaced fields ── */

static gboolean
header_reach (MimesendWalk *self, MimesendWalkFrame *frame, guint field, GError **error)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << field;

  if (self->fields_reached & bit)
    return TRUE;
  if (frame->open_header)
    return refuse_open (self, frame, "another header", error);
  self->fields_reached |= bit;
  self->setup.fields->reached (self->setup.fields->data, field, self->out->len);
  return TRUE;
}

/* The index of the replacement field for the header; −1: none. */
static gint
field_of (MimesendWalk *self, GMimeHeader *header)
{
  const char *const *names = self->setup.fields->names;

  for (gint i = 0; names[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_mime_header_get_name (header), names[i]) == 0)
      return i;
  return -1;
}

/* All of the object's own headers are written: fields without a place of their own follow here. */
static gboolean
reach_others (MimesendWalk *self, MimesendWalkFrame *frame, GError **error)
{
  if (self->fields_complete || frame->own_header < g_mime_header_list_get_count (frame->object->headers))
    return TRUE;
  self->fields_complete = TRUE;
  for (guint i = 0; self->setup.fields->names[i] != NULL; i++)
    if (!header_reach (self, frame, i, error))
      return FALSE;
  return TRUE;
}

gboolean
mimesend_walk_put_headers (MimesendWalk *self, MimesendWalkFrame *frame, GError **error)
{
  gboolean has_fields = self->setup.fields != NULL && self->frames->len == 1;

  while (self->out->len < MIMESEND_WALK_OUT_ENOUGH)
    {
      GMimeObject *owner;
      GMimeHeader *header;
      gint field;

      if (has_fields && !reach_others (self, frame, error))
        return FALSE;
      header = next_header (frame, &owner);
      if (header != NULL)
        {
          field = has_fields && owner == frame->object ? field_of (self, header) : -1;
          if (field >= 0)
            {
              if (!header_reach (self, frame, (guint)field, error))
                return FALSE;
              continue;
            }
          if (!put_header (self, frame, owner, header, error))
            return FALSE;
          continue;
        }
      if (frame->open_header && !has_no_body (frame))
        return refuse_open (self, frame, "a body", error);
      if (frame->needs_mime_version && !frame->open_header)
        {
          mimesend_walk_put (self, "MIME-Version: 1.0");
          mimesend_walk_put_newline (self);
        }
      if (frame->label != NULL && !frame->label_written && !frame->open_header)
        {
          mimesend_walk_put (self, "Content-Transfer-Encoding: ");
          mimesend_walk_put (self, frame->label);
          mimesend_walk_put_newline (self);
        }
      if (!frame->taken)
        mimesend_walk_put_newline (self);
      frame->state = WALK_BODY;
      break;
    }
  return TRUE;
}

static gboolean
will_come (MimesendWalk *self, const char *name)
{
  for (guint i = 0; self->setup.fields != NULL && self->setup.fields->names[i] != NULL; i++)
    if (g_ascii_strcasecmp (self->setup.fields->names[i], name) == 0)
      return TRUE;
  return FALSE;
}

/* Adds MIME-Version to a part that has a message's headers, so that readers take it for MIME (RFC 2045 4). */
void
mimesend_walk_put_mime_version (MimesendWalk *self)
{
  static const char *const fields[] = { "From", "To", "Subject", "Date" };
  gboolean addressed = FALSE;

  if (GMIME_IS_MESSAGE (self->top) || mimesend_walk_find_header (self->top, "MIME-Version") != NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    addressed =
        addressed || mimesend_walk_find_header (self->top, fields[i]) != NULL || will_come (self, fields[i]);
  if (!addressed)
    return;
  mimesend_walk_put (self, "MIME-Version: 1.0");
  mimesend_walk_put_newline (self);
}

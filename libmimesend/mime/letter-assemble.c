/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Assembles text, HTML, body and attachments into one tree. The caller's parts are used unchanged; where one must differ
 * (children added, headers that belong to the message), a shallow copy is used. */
#include "mime/calendar.h"
#include "mime/inside.h"
#include "mime/letter.h"
#include "mime/part-builder.h"
#include "mimesend-error.h"

static GMimeObject *
new_text (MimesendLetter *self, const char *text, const char *content_type, GError **error)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();

  mimesend_part_builder_set_text (builder, text, -1);
  if (!mimesend_part_builder_set_content_type (builder, content_type, error) ||
      !mimesend_part_builder_set_charset (builder, self->charset, error))
    return NULL;
  return mimesend_part_builder_build (builder, error);
}

static GMimeObject *
new_multipart (const char *subtype)
{
  GMimeMultipart *multipart = g_mime_multipart_new_with_subtype (subtype);

  g_mime_multipart_get_boundary (multipart);
  return GMIME_OBJECT (multipart);
}

static void
add_child (GMimeObject *multipart, GMimeObject *part)
{
  GMimeObject *child = mimesend_part_for_multipart (part);

  g_mime_multipart_add (GMIME_MULTIPART (multipart), child);
  g_object_unref (child);
}

static GMimeObject *
new_own_body (MimesendLetter *self, GError **error)
{
  GMimeObject *text = NULL, *html = NULL, *both;

  if (self->text != NULL || self->html == NULL)
    {
      text = new_text (self, self->text != NULL ? self->text : "", "text/plain", error);
      if (text == NULL)
        return NULL;
    }
  if (self->html != NULL)
    {
      html = new_text (self, self->html, "text/html", error);
      if (html == NULL)
        {
          g_clear_object (&text);
          return NULL;
        }
    }
  if (text == NULL || html == NULL)
    return text != NULL ? text : html;

  both = new_multipart ("alternative");
  add_child (both, text);
  add_child (both, html);
  g_object_unref (text);
  g_object_unref (html);
  return both;
}

static gboolean
is_content_header (const char *name)
{
  return g_ascii_strncasecmp (name, "Content-", 8) == 0;
}

static gboolean
has_message_headers (GMimeObject *part)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (part);

  for (int i = 0; i < g_mime_header_list_get_count (headers); i++)
    if (!is_content_header (g_mime_header_get_name (g_mime_header_list_get_header_at (headers, i))))
      return TRUE;
  return FALSE;
}

/* Removes the two fields that the walk hides at the top and GMime's own writer does not. */
static gboolean
has_hidden_recipients (GMimeObject *part)
{
  return g_mime_object_get_header (part, "Bcc") != NULL ||
         g_mime_object_get_header (part, "Resent-Bcc") != NULL;
}

GMimeObject *
mimesend_part_copy_shallow (GMimeObject *part)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (part);
  GMimeObject *copy = g_object_new (G_OBJECT_TYPE (part), NULL);

  for (int i = 0; i < g_mime_header_list_get_count (headers); i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header_at (headers, i);

      if (is_content_header (g_mime_header_get_name (header)))
        mimesend_header_copy (copy, header);
    }
  if (GMIME_IS_MULTIPART (part))
    {
      GMimeMultipart *from = GMIME_MULTIPART (part);

      for (int i = 0; i < g_mime_multipart_get_count (from); i++)
        g_mime_multipart_add (GMIME_MULTIPART (copy), g_mime_multipart_get_part (from, i));
      g_mime_multipart_set_prologue (GMIME_MULTIPART (copy), g_mime_multipart_get_prologue (from));
      g_mime_multipart_set_epilogue (GMIME_MULTIPART (copy), g_mime_multipart_get_epilogue (from));
    }
  else if (GMIME_IS_MESSAGE_PART (part))
    g_mime_message_part_set_message (GMIME_MESSAGE_PART (copy),
                                     g_mime_message_part_get_message (GMIME_MESSAGE_PART (part)));
  else if (GMIME_IS_PART (part))
    g_mime_part_set_content (GMIME_PART (copy), g_mime_part_get_content (GMIME_PART (part)));
  return copy;
}

/* A multipart of that subtype that takes more children: the body itself, copied, or a new one around it. */
static GMimeObject *
open_multipart (GMimeObject *body, const char *subtype)
{
  GMimeContentType *type = g_mime_object_get_content_type (body);
  GMimeObject *multipart;

  if (GMIME_IS_MULTIPART (body) && g_mime_content_type_is_type (type, "multipart", subtype))
    {
      multipart = mimesend_part_copy_shallow (body);
      /* Its boundary was chosen without the children to come. */
      g_mime_multipart_set_boundary (GMIME_MULTIPART (multipart), NULL);
    }
  else
    {
      GMimeObject *first =
          has_message_headers (body) ? mimesend_part_copy_shallow (body) : g_object_ref (body);

      multipart = new_multipart (subtype);
      add_child (multipart, first);
      g_object_unref (first);
    }
  return multipart;
}

/* The calendar as the last alternative, which is the one that readers with calendars show (RFC 2046 5.1.4). */
static GMimeObject *
with_calendar (MimesendLetter *self, GMimeObject *body, GError **error)
{
  GMimeObject *part = mimesend_calendar_new_alternative (self->calendar, error), *both;

  if (part == NULL)
    return NULL;
  both = open_multipart (body, "alternative");
  add_child (both, part);
  mimesend_inside_set_label (both);
  g_object_unref (part);
  return both;
}

static GMimeObject *
with_attachments (MimesendLetter *self, GMimeObject *body, GPtrArray *attachments)
{
  gboolean is_mixed =
      g_mime_content_type_is_type (g_mime_object_get_content_type (body), "multipart", "mixed");
  GMimeObject *mixed = open_multipart (body, "mixed");

  if (!is_mixed)
    g_mime_multipart_set_prologue (GMIME_MULTIPART (mixed), MIMESEND_PREAMBLE);
  for (guint i = 0; i < attachments->len; i++)
    add_child (mixed, attachments->pdata[i]);
  mimesend_inside_set_label (mixed);
  return mixed;
}

/* Those of the letter, and the calendar as a file for readers that know it as nothing else. NULL with error. */
static GPtrArray *
all_attachments (MimesendLetter *self, GError **error)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);
  GMimeObject *part;

  for (guint i = 0; i < self->attachments->len; i++)
    g_ptr_array_add (all, g_object_ref (self->attachments->pdata[i]));
  if (self->calendar == NULL)
    return all;
  part = mimesend_calendar_new_attachment (self->calendar, error);
  if (part != NULL)
    g_ptr_array_add (all, part);
  else
    g_clear_pointer (&all, g_ptr_array_unref);
  return all;
}

GMimeObject *
mimesend_letter_assemble (MimesendLetter *self, gboolean *carry, GError **error)
{
  g_autoptr (GPtrArray) attachments = NULL;
  GMimeObject *body, *inner, *whole;

  *carry = FALSE;
  if (self->body != NULL && (self->text != NULL || self->html != NULL))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "the letter has a body and text or HTML: set one or the other");
      return NULL;
    }
  if (self->body != NULL && GMIME_IS_MESSAGE (self->body))
    {
      body = g_mime_message_get_mime_part (GMIME_MESSAGE (self->body));
      body = body != NULL ? g_object_ref (body) : new_text (self, "", "text/plain", error);
    }
  else
    body = self->body != NULL ? g_object_ref (self->body) : new_own_body (self, error);
  if (body == NULL)
    return NULL;

  attachments = all_attachments (self, error);
  inner = attachments == NULL      ? NULL
          : self->calendar != NULL ? with_calendar (self, body, error)
                                   : g_object_ref (body);
  if (inner == NULL)
    {
      g_object_unref (body);
      return NULL;
    }
  if (self->body == NULL && GMIME_IS_MULTIPART (inner) && attachments->len == 0)
    g_mime_multipart_set_prologue (GMIME_MULTIPART (inner), MIMESEND_PREAMBLE);
  /* The message's own headers stand outside of what is signed or encrypted. */
  if (attachments->len == 0 && !has_hidden_recipients (body) &&
      (self->protector == NULL || !has_message_headers (body)))
    {
      g_object_unref (body);
      return inner;
    }
  whole =
      attachments->len > 0 ? with_attachments (self, inner, attachments) : mimesend_part_copy_shallow (inner);
  *carry = has_message_headers (body);
  g_object_unref (body);
  g_object_unref (inner);
  return whole;
}

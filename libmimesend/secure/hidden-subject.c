/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/hidden-subject.h"

#include "mime/letter.h"

#define OUTSIDE "[...]" /* RFC 9788 3.2.1 */

/* Fields of MIME are each part's own (RFC 9788 1.1.1). */
static gboolean
is_structural (const char *name)
{
  return g_ascii_strcasecmp (name, "MIME-Version") == 0 || g_ascii_strncasecmp (name, "Content-", 8) == 0;
}

/* "HP-Outer: NAME: VALUE": what stands outside (RFC 9788 2.2). */
static void
note_outer (GMimeObject *part, GMimeHeader *header)
{
  GMimeHeaderList *inside = g_mime_object_get_header_list (part);
  const char *raw = g_mime_header_get_raw_value (header);
  g_autofree char *value =
      g_strdup_printf (" %s:%s", g_mime_header_get_name (header), raw != NULL ? raw : "\n");

  g_mime_header_list_append (inside, "HP-Outer", "", NULL);
  g_mime_header_set_raw_value (
      g_mime_header_list_get_header_at (inside, g_mime_header_list_get_count (inside) - 1), value);
}

GMimeObject *
mimesend_hide_subject (GMimeMessage *message, GMimeObject *part)
{
  GMimeHeaderList *outside = g_mime_object_get_header_list ((GMimeObject *)message);
  GMimeObject *inner = mimesend_part_copy_shallow (part);
  int count = g_mime_header_list_get_count (outside);

  for (int i = 0; i < count; i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header_at (outside, i);

      if (!is_structural (g_mime_header_get_name (header)))
        mimesend_header_copy (inner, header);
    }
  if (g_mime_object_get_header ((GMimeObject *)message, "Subject") != NULL)
    g_mime_object_set_header ((GMimeObject *)message, "Subject", OUTSIDE, NULL);
  for (int i = 0; i < count; i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header_at (outside, i);

      if (!is_structural (g_mime_header_get_name (header)))
        note_outer (inner, header);
    }
  g_mime_object_set_content_type_parameter (inner, "hp", "cipher");
  return inner;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk/message-leaf.h"

#include <string.h>

#include "octets/message-look.h"

#define WINDOW 65536

gboolean
mimesend_part_is_message_leaf (GMimePart *part)
{
  static const char *const subtypes[] = { "rfc822", "rfc2822", "global", "news" };
  GMimeContentType *type = ((GMimeObject *)part)->content_type;

  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (subtypes); i++)
    if (g_mime_content_type_is_type (type, "message", subtypes[i]))
      return TRUE;
  return FALSE;
}

static gboolean
message_passes (const MimesendMessageLook *look,
                GMimeContentEncoding label,
                gboolean complete,
                MimesendWireFlags wire)
{
  gboolean eight_bit = (wire & MIMESEND_WIRE_8BITMIME) != 0;

  if (!mimesend_message_look_fits (look, eight_bit))
    return FALSE;
  if (complete)
    return TRUE;
  return label == GMIME_CONTENT_ENCODING_7BIT || (label == GMIME_CONTENT_ENCODING_8BIT && eight_bit);
}

gboolean
mimesend_part_choose_for_message (MimesendLeaf *leaf, MimesendWireFlags wire, GError **error)
{
  GMimeContentEncoding label = mimesend_leaf_get_part (leaf)->encoding;
  GMimeContentEncoding encoding = label;
  MimesendMessageLook look = { 0 };
  const guint8 *octets;
  gsize n;
  gboolean complete;

  if (!mimesend_source_peek (mimesend_leaf_get_source (leaf), WINDOW, &octets, &n, &complete, error))
    return FALSE;
  mimesend_message_look (&look, octets, n);
  if (complete)
    mimesend_message_look_end (&look);
  if (!message_passes (&look, label, complete, wire))
    {
      mimesend_leaf_make_octets (leaf);
      return TRUE;
    }
  if (look.eight_bit)
    encoding = GMIME_CONTENT_ENCODING_8BIT;
  else if (complete && (label == GMIME_CONTENT_ENCODING_BINARY || !(wire & MIMESEND_WIRE_8BITMIME)))
    encoding = GMIME_CONTENT_ENCODING_7BIT;
  if (encoding != label &&
      !(encoding == GMIME_CONTENT_ENCODING_7BIT && label == GMIME_CONTENT_ENCODING_DEFAULT))
    mimesend_leaf_set_encoding (leaf, encoding, FALSE);
  return TRUE;
}

char *
mimesend_part_octet_type (GMimeHeader *header)
{
  const char *raw = g_mime_header_get_raw_value (header);
  const char *parameters = raw != NULL ? strchr (raw, ';') : NULL;
  g_autofree char *kept = NULL;

  if (parameters == NULL)
    return g_strdup ("application/octet-stream");
  /* The new name is longer than the old one: what follows it is on a line of its own. */
  kept = g_strchomp (g_strdup (parameters + 1 + strspn (parameters + 1, " \t\r\n")));
  return *kept != '\0' ? g_strconcat ("application/octet-stream;\n ", kept, NULL)
                       : g_strdup ("application/octet-stream");
}

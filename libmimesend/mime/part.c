/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Constructors of the common kinds of parts. */
#include "mimesend-part.h"

#include <string.h>

#include "mime/leaf.h"
#include "mime/part-builder.h"
#include "mime/sniff.h"
#include "mimesend-error.h"

/* These functions report no error: octets that are not UTF-8 are sent unchanged, with RFC 1428's label for an unknown
 * charset. */
static GMimeObject *
new_unknown_text (const char *text, const char *subtype)
{
  gsize length = strlen (text);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (text, length);
  GMimePart *part = GMIME_PART (g_mime_text_part_new_with_subtype (subtype));

  mimesend_leaf_set_stream (part, stream);
  g_mime_part_set_content_encoding (
      part, mimesend_sniff_encoding ((const guint8 *)text, length, MIMESEND_SNIFF_LINE_SAFE));
  g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "charset", "unknown-8bit");
  g_object_unref (stream);
  return GMIME_OBJECT (part);
}

static GMimeObject *
part_new_text (const char *text, const char *content_type, const char *subtype)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();

  g_return_val_if_fail (text != NULL, NULL);
  if (!g_utf8_validate (text, -1, NULL))
    return new_unknown_text (text, subtype);
  mimesend_part_builder_set_text (builder, text, -1);
  mimesend_part_builder_set_content_type (builder, content_type, NULL); /* a literal */
  return mimesend_part_builder_build (builder, NULL);
}

/**
 * mimesend_part_new_text:
 * @text: text in UTF-8
 *
 * Makes a text/plain part: 7bit if it is ASCII with lines of at most 989 octets (some servers break longer ones),
 * quoted-printable if it is mostly ASCII, else base64. Text that is not UTF-8 is labelled "unknown-8bit";
 * mimesend_part_builder_set_charset () can name its charset.
 *
 * Returns: (transfer full): a part
 *
 * Since: 0.1
 */
GMimeObject *
mimesend_part_new_text (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);
  return part_new_text (text, "text/plain", "plain");
}

/**
 * mimesend_part_new_html:
 * @html: HTML in UTF-8
 *
 * Makes a text/html part, encoded as mimesend_part_new_text () does.
 *
 * Returns: (transfer full): a part
 *
 * Since: 0.1
 */
GMimeObject *
mimesend_part_new_html (const char *html)
{
  g_return_val_if_fail (html != NULL, NULL);
  return part_new_text (html, "text/html", "html");
}

/**
 * mimesend_part_new_bytes:
 * @bytes: octets
 * @content_type: (nullable): "type/subtype"; %NULL for application/octet-stream
 * @error: return location for an error, or %NULL
 *
 * Makes a part of octets in memory.
 *
 * Returns: (transfer full): a part, or %NULL with @error set
 *
 * Since: 0.1
 */
GMimeObject *
mimesend_part_new_bytes (GBytes *bytes, const char *content_type, GError **error)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();

  g_return_val_if_fail (bytes != NULL, NULL);
  mimesend_part_builder_set_bytes (builder, bytes);
  if (!mimesend_part_builder_set_content_type (builder, content_type, error))
    return NULL;
  return mimesend_part_builder_build (builder, error);
}

/**
 * mimesend_part_new_file:
 * @path: (type filename): a file
 * @error: return location for an error, or %NULL
 *
 * Makes an attachment: the type follows from the file's name, the charset of a text from its current content
 * (mimesend_part_builder_set_charset()). A message (.eml) is attached octet for octet, line ends apart: as message/rfc822,
 * or as application/octet-stream if it has no header, cannot be carried as mail, or has 8-bit octets that the server does
 * not take. The file is checked to be readable now, and is opened and read each time the part is rendered.
 *
 * The file may be written while it is sent. If it only grew, it is sent with the size it had at first, and the receipt has
 * a warning. If it became shorter, or no longer holds the octets that were sent, the message fails
 * (%MIMESEND_ERROR_CONTENT) and is not completed; new times alone are no error. A write between the look at its size and
 * its first octet is detected as far as the file's times show it.
 *
 * Returns: (transfer full): a part, or %NULL with @error set (%MIMESEND_ERROR_CONTENT: it cannot be read)
 *
 * Since: 0.1
 */
GMimeObject *
mimesend_part_new_file (const char *path, GError **error)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();

  g_return_val_if_fail (path != NULL, NULL);
  mimesend_part_builder_set_file (builder, path);
  return mimesend_part_builder_build (builder, error);
}

/**
 * mimesend_part_new_multipart:
 * @subtype: (nullable): "mixed", "alternative", "related" …; %NULL for "mixed"
 * @parts: (array length=n_parts): the parts, which are referenced and not changed
 * @n_parts: how many
 * @error: return location for an error, or %NULL
 *
 * Makes a multipart of one part or more.
 *
 * Returns: (transfer full): a part, or %NULL with @error set
 *
 * Since: 0.1
 */
GMimeObject *
mimesend_part_new_multipart (const char *subtype, GMimeObject **parts, gsize n_parts, GError **error)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  g_autofree char *type = g_strconcat ("multipart/", subtype != NULL ? subtype : "mixed", NULL);

  g_return_val_if_fail (parts != NULL || n_parts == 0, NULL);
  for (gsize i = 0; i < n_parts; i++)
    mimesend_part_builder_add_subpart (builder, parts[i]);
  if (!mimesend_part_builder_set_content_type (builder, type, error))
    return NULL;
  return mimesend_part_builder_build (builder, error);
}

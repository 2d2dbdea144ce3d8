/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part builder: the setters. part-build.c makes the part.
 */
#include "mime/part-builder.h"
#include "mime/header.h"
#include "mime/sniff.h"
#include "mimesend-error.h"
#include "octets/boxed.h"

#include <string.h>

MIMESEND_DEFINE_BOXED (MimesendPartBuilder, mimesend_part_builder)

static void
pair_free (gpointer data)
{
  MimesendPair *pair = data;

  g_free (pair->name);
  g_free (pair->value);
  g_free (pair);
}

static void
add_pair (GPtrArray *pairs, const char *name, const char *value)
{
  MimesendPair *pair = g_new (MimesendPair, 1);

  pair->name = g_strdup (name);
  pair->value = g_strdup (value);
  g_ptr_array_add (pairs, pair);
}

static void
builder_replace_string (char **where, const char *value)
{
  char *copy = g_strdup (value);

  g_free (*where);
  *where = copy;
}

/* Whether a field would take the value: asked of a part that is not kept, so that there is one rule of what a header may hold. */
static gboolean
builder_would_take (gboolean (*set) (GMimeObject *object, const char *value, GError **error),
                    const char *value,
                    GError **error)
{
  GMimePart *part = g_mime_part_new ();
  gboolean taken = set (GMIME_OBJECT (part), value, error);

  g_object_unref (part);
  return taken;
}

static gboolean
builder_would_take_parameter (const char *name, const char *value, GError **error)
{
  GMimePart *part = g_mime_part_new ();
  gboolean taken = mimesend_header_set_parameter (GMIME_OBJECT (part), name, value, error);

  g_object_unref (part);
  return taken;
}

/**
 * mimesend_part_builder_new:
 *
 * Makes an empty builder. Set exactly one content (text, bytes, file, stream, or subparts) and any other property, then
 * call mimesend_part_builder_build ().
 *
 * A setter that can refuse its value returns %FALSE with an error, and nothing is changed then, as in a letter; one that takes
 * every value returns nothing. What belongs together, and what the content holds, is checked by mimesend_part_builder_build ().
 *
 * Returns: (transfer full): a builder
 *
 * Since: 0.1
 */
MimesendPartBuilder *
mimesend_part_builder_new (void)
{
  MimesendPartBuilder *self = g_new0 (MimesendPartBuilder, 1);

  mimesend_mime_init ();
  g_atomic_ref_count_init (&self->refs);
  self->range_end = -1;
  self->encoding = GMIME_CONTENT_ENCODING_DEFAULT;
  self->subparts = g_ptr_array_new_with_free_func (g_object_unref);
  self->parameters = g_ptr_array_new_with_free_func (pair_free);
  self->headers = g_ptr_array_new_with_free_func (pair_free);
  return self;
}

/**
 * mimesend_part_builder_ref:
 * @self: a builder
 *
 * Takes a reference; mimesend_part_builder_unref() gives it back.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
MimesendPartBuilder *
mimesend_part_builder_ref (MimesendPartBuilder *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_part_builder_unref:
 * @self: (transfer full) (nullable): a builder
 *
 * Gives a reference back; the last one frees the builder.
 *
 * Since: 0.1
 */
void
mimesend_part_builder_unref (MimesendPartBuilder *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->text, g_bytes_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_object (&self->stream);
  g_ptr_array_unref (self->subparts);
  g_ptr_array_unref (self->parameters);
  g_ptr_array_unref (self->headers);
  g_free (self->path);
  g_free (self->content_type);
  g_free (self->charset);
  g_free (self->disposition);
  g_free (self->name);
  g_free (self->id);
  g_free (self->description);
  g_free (self);
}

/**
 * mimesend_part_builder_set_text:
 * @self: a builder
 * @text: (nullable) (array length=length) (element-type guint8): text in the charset of the part; %NULL unsets it
 * @length: its octets, or -1 if it ends with a NUL
 *
 * Makes the content a string: text/plain unless another type is set, without a disposition. The text is copied.
 *
 * Since: 0.1
 */
void
mimesend_part_builder_set_text (MimesendPartBuilder *self, const char *text, gssize length)
{
  g_return_if_fail (self != NULL);
  g_clear_pointer (&self->text, g_bytes_unref);
  if (text != NULL)
    self->text = g_bytes_new (text, length < 0 ? strlen (text) : (gsize)length);
}

/**
 * mimesend_part_builder_set_bytes:
 * @self: a builder
 * @bytes: (nullable): octets; %NULL unsets them
 *
 * Makes the content octets. The type is the one set, else it follows from the name, else application/octet-stream. Octets that
 * have a name are an attachment: their disposition is "attachment", and text among them arrives octet for octet, with the
 * charset that is detected (mimesend_part_builder_set_charset()).
 *
 * Since: 0.1
 */
void
mimesend_part_builder_set_bytes (MimesendPartBuilder *self, GBytes *bytes)
{
  GBytes *old;

  g_return_if_fail (self != NULL);
  old = self->bytes;
  self->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  g_clear_pointer (&old, g_bytes_unref);
}

/**
 * mimesend_part_builder_set_range:
 * @self: a builder
 * @start: the first octet of the content that belongs to the part
 * @end: the offset after the last one, or -1 for the end of the content
 *
 * Takes a part of the text, the bytes or the file. A range that is not wholly inside the content is an error.
 *
 * Since: 0.1
 */
void
mimesend_part_builder_set_range (MimesendPartBuilder *self, gint64 start, gint64 end)
{
  g_return_if_fail (self != NULL);
  self->has_range = TRUE;
  self->range_start = start;
  self->range_end = end;
}

/**
 * mimesend_part_builder_set_file:
 * @self: a builder
 * @path: (type filename) (nullable): a file; %NULL unsets it
 *
 * Makes the content a file. It is checked to be readable when the part is built, and read when the part is rendered. The
 * content type follows from the name, the disposition is "attachment". A message (message/rfc822) is scanned when the part
 * is built: it becomes a #GMimePart of its own octets, see mimesend_part_new_file().
 *
 * Since: 0.1
 */
void
mimesend_part_builder_set_file (MimesendPartBuilder *self, const char *path)
{
  g_return_if_fail (self != NULL);
  builder_replace_string (&self->path, path);
}

/**
 * mimesend_part_builder_set_stream:
 * @self: a builder
 * @stream: (nullable): a stream; %NULL unsets it
 *
 * Makes the content a stream, which is read when the part is rendered. Its disposition is "attachment".
 *
 * Since: 0.1
 */
void
mimesend_part_builder_set_stream (MimesendPartBuilder *self, GMimeStream *stream)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (stream == NULL || GMIME_IS_STREAM (stream));
  g_set_object (&self->stream, stream);
}

/**
 * mimesend_part_builder_add_subpart:
 * @self: a builder
 * @part: a part; a #GMimeMessage becomes a message/rfc822 part
 *
 * Adds a child: the content is a multipart, multipart/mixed unless another type is set. @part is referenced, not changed.
 *
 * Since: 0.1
 */
void
mimesend_part_builder_add_subpart (MimesendPartBuilder *self, GMimeObject *part)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (GMIME_IS_OBJECT (part));
  g_ptr_array_add (self->subparts, g_object_ref (part));
}

/**
 * mimesend_part_builder_set_content_type:
 * @self: a builder
 * @content_type: (nullable): "type/subtype", parameters may follow; %NULL: the default for the content
 * @error: return location for an error, or %NULL
 *
 * Sets the content type.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_CONTENT: it is no content type, or %MIMESEND_ERROR_ARGUMENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_part_builder_set_content_type (MimesendPartBuilder *self, const char *content_type, GError **error)
{
  GMimeContentType *type;

  g_return_val_if_fail (self != NULL, FALSE);
  type = content_type != NULL ? mimesend_header_parse_type (content_type, error) : NULL;
  if (content_type != NULL && type == NULL)
    return FALSE;
  g_clear_object (&type);
  builder_replace_string (&self->content_type, content_type);
  return TRUE;
}

/**
 * mimesend_part_builder_set_parameter:
 * @self: a builder
 * @name: the name of a parameter of the content type, at most 40 octets
 * @value: (nullable): its value in UTF-8; %NULL unsets it
 * @error: return location for an error, or %NULL
 *
 * Sets a parameter of the content type.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_part_builder_set_parameter (MimesendPartBuilder *self,
                                     const char *name,
                                     const char *value,
                                     GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  if (value != NULL && !builder_would_take_parameter (name, value, error))
    return FALSE;
  for (guint i = 0; i < self->parameters->len; i++)
    if (g_ascii_strcasecmp (((MimesendPair *)self->parameters->pdata[i])->name, name) == 0)
      {
        g_ptr_array_remove_index (self->parameters, i);
        break;
      }
  if (value != NULL)
    add_pair (self->parameters, name, value);
  return TRUE;
}

/**
 * mimesend_part_builder_set_charset:
 * @self: a builder
 * @charset: (nullable): the charset in which a text is; %NULL: UTF-8 for text in memory, else detected
 * @error: return location for an error, or %NULL
 *
 * Sets the charset; nothing is converted. A text in memory that is not in that charset is an error.
 *
 * A file or a stream of a type text/… whose charset is not named is scanned: "us-ascii" or "utf-8" if all of it is that,
 * "utf-16" or "utf-32" if it begins with their byte order mark. Everything else gets no charset, as a wrong label is worse
 * than none: other charsets, NUL octets, streams that can be read only once, and texts of more than 16 MiB but for those
 * that have a byte order mark.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_CONTENT: it is not known) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_part_builder_set_charset (MimesendPartBuilder *self, const char *charset, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  if (charset != NULL && !mimesend_sniff_check_charset_name (charset, error))
    return FALSE;
  builder_replace_string (&self->charset, charset);
  return TRUE;
}

/**
 * mimesend_part_builder_set_encoding:
 * @self: a builder
 * @encoding: a transfer encoding; %GMIME_CONTENT_ENCODING_DEFAULT chooses
 *
 * Sets the encoding instead of the default: 7bit for ASCII text with lines of at most 989 octets, quoted-printable for text
 * that is mostly ASCII and for text files, base64 for the rest.
 *
 * Since: 0.1
 */
void
mimesend_part_builder_set_encoding (MimesendPartBuilder *self, GMimeContentEncoding encoding)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail ((guint)encoding <= GMIME_CONTENT_ENCODING_UUENCODE);
  self->encoding = encoding;
}

/**
 * mimesend_part_builder_set_disposition:
 * @self: a builder
 * @disposition: (nullable): "attachment", "inline", or "" for none; %NULL: the default for the content
 * @error: return location for an error, or %NULL
 *
 * Sets the disposition (RFC 2183).
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_part_builder_set_disposition (MimesendPartBuilder *self, const char *disposition, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  if (disposition != NULL && *disposition != '\0' &&
      !builder_would_take (mimesend_header_set_disposition, disposition, error))
    return FALSE;
  builder_replace_string (&self->disposition, disposition);
  return TRUE;
}

/**
 * mimesend_part_builder_set_name:
 * @self: a builder
 * @name: (nullable): the file name that the recipient sees, in UTF-8; %NULL: that of the file
 * @error: return location for an error, or %NULL
 *
 * Sets the file name. Of a path only the last component is used.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_part_builder_set_name (MimesendPartBuilder *self, const char *name, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  if (name != NULL && !builder_would_take (mimesend_header_set_file_name, name, error))
    return FALSE;
  builder_replace_string (&self->name, name);
  return TRUE;
}

/**
 * mimesend_part_builder_set_id:
 * @self: a builder
 * @content_id: (nullable): a content id, with or without angle brackets (RFC 2045 7)
 * @error: return location for an error, or %NULL
 *
 * Sets the content id.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_part_builder_set_id (MimesendPartBuilder *self, const char *content_id, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  if (content_id != NULL && !builder_would_take (mimesend_header_set_content_id, content_id, error))
    return FALSE;
  builder_replace_string (&self->id, content_id);
  return TRUE;
}

/**
 * mimesend_part_builder_set_description:
 * @self: a builder
 * @description: (nullable): one line in UTF-8 (RFC 2045 8)
 * @error: return location for an error, or %NULL
 *
 * Sets the description.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_part_builder_set_description (MimesendPartBuilder *self, const char *description, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  if (description != NULL && !mimesend_header_check_field ("Content-Description", description, error))
    return FALSE;
  builder_replace_string (&self->description, description);
  return TRUE;
}

/**
 * mimesend_part_builder_add_header:
 * @self: a builder
 * @name: the name of a header
 * @value: its value in UTF-8, on one line; long ones are folded
 * @error: return location for an error, or %NULL
 *
 * Adds a header to the part, in order, as mimesend_letter_add_header() does to a letter. Those that have a setter here
 * (Content-Type, Content-ID, MIME-Version …) are %MIMESEND_ERROR_ARGUMENT.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ARGUMENT; %MIMESEND_ERROR_CONTENT for a name or a value that no
 *   header may have, such as one with a line end) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_part_builder_add_header (MimesendPartBuilder *self,
                                  const char *name,
                                  const char *value,
                                  GError **error)
{
  static const struct
  {
    const char *name, *setter;
  } setters[] = {
    { "Content-Type", "set_content_type ()" },       { "Content-Transfer-Encoding", "set_encoding ()" },
    { "Content-Disposition", "set_disposition ()" }, { "Content-ID", "set_id ()" },
    { "Content-Description", "set_description ()" }, { "MIME-Version", "set_top ()" },
  };

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (setters); i++)
    if (g_ascii_strcasecmp (name, setters[i].name) == 0)
      {
        g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "the header %s is set by %s",
                     setters[i].name, setters[i].setter);
        return FALSE;
      }
  if (!mimesend_header_check_field (name, value, error))
    return FALSE;
  add_pair (self->headers, name, value);
  return TRUE;
}

/**
 * mimesend_part_builder_set_top:
 * @self: a builder
 * @top: whether the part is the outermost one, and not part of a letter
 *
 * An outermost part gets MIME-Version, and a multipart a sentence for readers without MIME.
 *
 * Since: 0.1
 */
void
mimesend_part_builder_set_top (MimesendPartBuilder *self, gboolean top)
{
  g_return_if_fail (self != NULL);
  self->top = top;
}

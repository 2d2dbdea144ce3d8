/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Builds a GMimeObject from a builder: its content, its type, the leaf, its fields, in this order. */
#include <string.h>

#include "mime/charset-look.h"
#include "mime/inside.h"
#include "mime/leaf.h"
#include "mime/look.h"
#include "mime/part-builder.h"
#include "mime/peruse.h"
#include "mime/sniff.h"
#include "mimesend-error.h"
#include "octets/message-look.h"

static gboolean
part_fail (GError **error, const char *words)
{
  g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, words);
  return FALSE;
}

static gboolean
check_one_content (MimesendPartBuilder *self, GError **error)
{
  int n = (self->text != NULL) + (self->bytes != NULL) + (self->path != NULL) + (self->stream != NULL) +
          (self->subparts->len > 0);

  if (n == 0)
    return part_fail (error, "the part has no content: set text, bytes, a file, a stream, or add a subpart");
  if (n > 1)
    return part_fail (
        error, "the part has more than one content: set one of text, bytes, file, stream and subparts");
  return TRUE;
}

/* Applies the range: cuts the text or the bytes, or checks it against the size of the file. */
static gboolean
cut_range (MimesendPartBuilder *self, gint64 size, gint64 *start, gint64 *end, GError **error)
{
  *start = self->has_range ? self->range_start : 0;
  *end = self->has_range ? self->range_end : -1;
  if (!self->has_range)
    return TRUE;
  if (size < 0)
    return part_fail (
        error, "a range was given for a content of unknown length: set it for text, bytes or a regular file");
  if (*end == -1)
    *end = size;
  if (*start < 0 || *start > *end || *end > size)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "the range %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                   " is not inside the content, which has %" G_GINT64_FORMAT " octets",
                   self->range_start, self->range_end, size);
      return FALSE;
    }
  return TRUE;
}

static GMimeContentType *
choose_type (MimesendPartBuilder *self, GError **error)
{
  g_autofree char *guess = NULL;

  if (self->content_type != NULL)
    return mimesend_header_parse_type (self->content_type, error);
  if (self->subparts->len > 0)
    return mimesend_header_parse_type ("multipart/mixed", error);
  if (self->text != NULL)
    return mimesend_header_parse_type ("text/plain", error);
  if (self->path != NULL)
    guess = mimesend_sniff_type (self->path);
  else if ((self->stream != NULL || self->bytes != NULL) && self->name != NULL)
    guess = mimesend_sniff_type (self->name);
  return mimesend_header_parse_type (guess != NULL ? guess : "application/octet-stream", error);
}

GMimeObject *
mimesend_part_for_multipart (GMimeObject *part)
{
  GMimeObject *object;

  if (!GMIME_IS_MESSAGE (part))
    return g_object_ref (part);
  object = GMIME_OBJECT (g_mime_message_part_new_with_message ("rfc822", GMIME_MESSAGE (part)));
  mimesend_inside_set_label (object);
  return object;
}

static GMimeObject *
build_multipart (MimesendPartBuilder *self, GMimeContentType *type, GError **error)
{
  GMimeObject *object;

  if (!g_mime_content_type_is_type (type, "multipart", "*"))
    {
      part_fail (error, "subparts need a content type of multipart/...: leave it away for multipart/mixed");
      return NULL;
    }
  if (self->has_range)
    {
      part_fail (error, "a range belongs to text, bytes or a file, not to subparts");
      return NULL;
    }
  if (self->encoding == GMIME_CONTENT_ENCODING_BASE64 ||
      self->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
      self->encoding == GMIME_CONTENT_ENCODING_UUENCODE)
    {
      part_fail (error, "a multipart cannot be encoded (RFC 2045 6.4): set the encoding of its subparts");
      return NULL;
    }
  object = g_mime_object_new (NULL, type);
  for (guint i = 0; i < self->subparts->len; i++)
    {
      GMimeObject *child = mimesend_part_for_multipart (self->subparts->pdata[i]);

      g_mime_multipart_add (GMIME_MULTIPART (object), child);
      g_object_unref (child);
    }
  g_mime_multipart_get_boundary (GMIME_MULTIPART (object));
  if (self->top)
    g_mime_multipart_set_prologue (GMIME_MULTIPART (object), MIMESEND_PREAMBLE);
  mimesend_inside_set_label (object);
  return object;
}

static gboolean
message_look_cb (gpointer look, const guint8 *octets, gsize n)
{
  mimesend_message_look (look, octets, n);
  return TRUE;
}

/* A message is attached octet for octet and never encoded (RFC 2046 5.2.1). One that cannot be embedded so (no header,
 * NULs, lines that are too long) is attached as application/octet-stream. What cannot be looked at now is decided when it
 * is sent. */
static GMimeObject *
build_message (MimesendPartBuilder *self, GMimeStream *stream, GMimeContentType *type, GError **error)
{
  MimesendMessageLook look = { 0 };
  gboolean known = mimesend_peruse (stream, message_look_cb, &look);
  GMimeContentEncoding encoding = GMIME_CONTENT_ENCODING_DEFAULT;
  GMimeObject *object = GMIME_OBJECT (g_mime_part_new ());

  mimesend_message_look_end (&look);
  if (known && self->content_type != NULL && !mimesend_message_look_has_header (&look))
    {
      part_fail (error,
                 "the content is no message: set another content type, such as application/octet-stream");
      g_object_unref (object);
      return NULL;
    }
  if (known)
    encoding = look.eight_bit ? GMIME_CONTENT_ENCODING_8BIT : GMIME_CONTENT_ENCODING_7BIT;
  if (known && !mimesend_message_look_fits (&look, TRUE))
    {
      encoding = GMIME_CONTENT_ENCODING_BASE64;
      g_mime_content_type_set_media_type (type, "application");
      g_mime_content_type_set_media_subtype (type, "octet-stream");
    }
  g_mime_object_set_content_type (object, type);
  mimesend_leaf_set_stream (GMIME_PART (object), stream);
  g_mime_part_set_content_encoding (GMIME_PART (object), encoding);
  return object;
}

static gboolean
is_textual (GMimeContentType *type)
{
  return g_mime_content_type_is_type (type, "text", "*") ||
         g_mime_content_type_is_type (type, "message", "*");
}

/* Whether the part is an attachment, which arrives octet for octet, its line ends too. */
static gboolean
is_attached (const MimesendPartBuilder *self)
{
  if (self->disposition != NULL)
    return g_ascii_strcasecmp (self->disposition, GMIME_DISPOSITION_ATTACHMENT) == 0;
  return self->path != NULL || self->stream != NULL || (self->bytes != NULL && self->name != NULL);
}

/* Chooses the encoding of octets in memory. */
static gboolean
choose_memory_encoding (MimesendPartBuilder *self,
                        GMimeContentType *type,
                        GBytes *octets,
                        GMimeContentEncoding *encoding,
                        GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (octets, &length);
  gboolean wants_7bit = self->encoding == GMIME_CONTENT_ENCODING_7BIT;
  GMimeContentEncoding best =
      mimesend_sniff_encoding (data, length, wants_7bit ? MIMESEND_SNIFF_LINE_MAX : MIMESEND_SNIFF_LINE_SAFE);

  *encoding = self->encoding;
  if (self->encoding == GMIME_CONTENT_ENCODING_DEFAULT)
    *encoding = self->text != NULL || (is_textual (type) && !is_attached (self))
                    ? best
                    : GMIME_CONTENT_ENCODING_BASE64;
  else if (wants_7bit && best != GMIME_CONTENT_ENCODING_7BIT)
    return part_fail (
        error, "the content is not 7bit: it has octets above 127, NUL, a bare CR or a line over 998 octets; "
               "leave the encoding to the builder");
  return TRUE;
}

/* The charset that was set, or that of the content type; NULL: none. */
static const char *
given_charset (MimesendPartBuilder *self, GMimeContentType *type)
{
  const char *charset = g_mime_content_type_get_parameter (type, "charset");

  if (self->charset != NULL)
    return self->charset;
  for (guint i = 0; i < self->parameters->len; i++)
    {
      MimesendPair *pair = self->parameters->pdata[i];

      if (g_ascii_strcasecmp (pair->name, "charset") == 0)
        charset = pair->value;
    }
  return charset;
}

/* The charset of text in memory: the one set, else UTF-8; checked in either case. That of an attachment is detected. */
static gboolean
settle_charset (
    MimesendPartBuilder *self, GMimeContentType *type, GBytes *octets, const char **charset, GError **error)
{
  const char *what = g_mime_content_type_is_type (type, "text", "html") ? "HTML"
                     : self->text != NULL                               ? "text"
                                                                        : "content";

  *charset = given_charset (self, type);
  if (!g_mime_content_type_is_type (type, "text", "*") && *charset == NULL)
    return TRUE;
  if (*charset == NULL && self->bytes != NULL && is_attached (self))
    {
      MimesendCharsetLook look = { 0 };

      mimesend_charset_look (&look, g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
      *charset = mimesend_charset_look_get (&look, TRUE);
      return TRUE;
    }
  if (*charset == NULL)
    *charset = "utf-8";
  return mimesend_sniff_check_charset (what, g_bytes_get_data (octets, NULL), g_bytes_get_size (octets),
                                       *charset, error);
}

static GMimeObject *
make_leaf (MimesendPartBuilder *self,
           GMimeStream *stream,
           GMimeContentType *type,
           GMimeContentEncoding encoding,
           const char *charset,
           GError **error)
{
  GMimeObject *object = g_mime_object_new (NULL, type);

  if (GMIME_IS_MESSAGE_PART (object))
    {
      g_object_unref (object);
      return build_message (self, stream, type, error);
    }
  mimesend_leaf_set_stream (GMIME_PART (object), stream);
  g_mime_part_set_content_encoding (GMIME_PART (object), encoding);
  if (charset != NULL && !mimesend_header_set_parameter (object, "charset", charset, error))
    g_clear_object (&object);
  return object;
}

static GMimeObject *
build_memory (MimesendPartBuilder *self, GMimeContentType *type, GError **error)
{
  GBytes *whole = self->text != NULL ? self->text : self->bytes;
  g_autoptr (GBytes) octets = NULL;
  GMimeContentEncoding encoding;
  const char *charset;
  const char *data;
  gsize length;
  GMimeStream *stream;
  GMimeObject *object;
  gint64 start, end;

  if (!cut_range (self, (gint64)g_bytes_get_size (whole), &start, &end, error))
    return NULL;
  octets = self->has_range ? g_bytes_new_from_bytes (whole, (gsize)start, (gsize)(end - start))
                           : g_bytes_ref (whole);
  if (!settle_charset (self, type, octets, &charset, error) ||
      !choose_memory_encoding (self, type, octets, &encoding, error))
    return NULL;
  if (self->text != NULL && encoding == GMIME_CONTENT_ENCODING_BASE64 && charset != NULL &&
      mimesend_sniff_charset_has_ascii_lines (charset))
    {
      GBytes *canonical = mimesend_leaf_canonical_text (octets);

      g_bytes_unref (octets);
      octets = canonical;
    }

  data = g_bytes_get_data (octets, &length);
  /* Empty GBytes may hold NULL, which GMime does not accept. */
  stream = g_mime_stream_mem_new_with_buffer (data != NULL ? data : "", length);
  object = make_leaf (self, stream, type, encoding, charset, error);
  g_object_unref (stream);
  return object;
}

/* An attachment must arrive octet for octet, line ends included: base64. Text that is shown may get CRLF line ends, if its
 * lines end in octet 10; those of UTF-16 do not. */
static GMimeContentEncoding
unseen_encoding (const MimesendPartBuilder *self,
                 GMimeContentType *type,
                 const char *charset,
                 const MimesendLook *look)
{
  gboolean has_lines = charset != NULL ? mimesend_sniff_charset_has_ascii_lines (charset) : look->has_lines;

  if (!g_mime_content_type_is_type (type, "text", "*"))
    has_lines = TRUE; /* message/…, which may not be base64 */
  return is_textual (type) && !is_attached (self) && has_lines ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
                                                               : GMIME_CONTENT_ENCODING_BASE64;
}

/* Sets the charset that was given, else the detected one: a wrong label is worse than none. */
static gboolean
settle_unseen_charset (MimesendPartBuilder *self,
                       GMimeContentType *type,
                       gint64 start,
                       gint64 end,
                       MimesendLook *look,
                       const char **charset,
                       GError **error)
{
  *look = (MimesendLook){ 0 };
  *charset = given_charset (self, type);
  if (*charset != NULL)
    return mimesend_sniff_check_charset_name (*charset, error);
  if (!g_mime_content_type_is_type (type, "text", "*"))
    return TRUE;
  if (self->path != NULL)
    mimesend_look_at_file (look, self->path, start, end);
  else
    mimesend_look_at_stream (look, self->stream);
  *charset = look->charset;
  return TRUE;
}

/* For a file or a stream, whose content may change until it is sent: an encoding that carries anything. */
static GMimeObject *
build_unseen (MimesendPartBuilder *self, GMimeContentType *type, GError **error)
{
  GMimeContentEncoding encoding = self->encoding;
  const char *charset;
  MimesendLook look;
  GMimeStream *stream;
  GMimeObject *object;
  gint64 size = -1, start, end;

  if (self->path != NULL && !mimesend_leaf_check_file (self->path, &size, error))
    return NULL;
  if (!cut_range (self, size, &start, &end, error) ||
      !settle_unseen_charset (self, type, start, end, &look, &charset, error))
    return NULL;
  if (encoding == GMIME_CONTENT_ENCODING_DEFAULT)
    encoding = unseen_encoding (self, type, charset, &look);

  stream =
      self->path != NULL ? mimesend_leaf_open_later (self->path, start, end) : g_object_ref (self->stream);
  object = make_leaf (self, stream, type, encoding, charset, error);
  g_object_unref (stream);
  return object;
}

/* The default disposition: attachment for files, streams and named octets, none for text and multiparts, inline otherwise; ""
 * means none. */
static gboolean
set_disposition_and_name (MimesendPartBuilder *self, GMimeObject *object, GError **error)
{
  GMimeContentType *type = g_mime_object_get_content_type (object);
  const char *disposition = self->disposition;
  const char *name = self->name;

  if (disposition == NULL && is_attached (self))
    disposition = GMIME_DISPOSITION_ATTACHMENT;
  else if (disposition == NULL && !g_mime_content_type_is_type (type, "text", "*") &&
           !GMIME_IS_MULTIPART (object))
    disposition = GMIME_DISPOSITION_INLINE;

  if (disposition != NULL && *disposition != '\0' &&
      !mimesend_header_set_disposition (object, disposition, error))
    return FALSE;
  if (name == NULL && self->path != NULL)
    name = self->path;
  return name == NULL || mimesend_header_set_file_name (object, name, error);
}

static gboolean
set_fields (MimesendPartBuilder *self, GMimeObject *object, GError **error)
{
  for (guint i = 0; i < self->parameters->len; i++)
    {
      MimesendPair *pair = self->parameters->pdata[i];

      if (!mimesend_header_set_parameter (object, pair->name, pair->value, error))
        return FALSE;
    }
  if (self->charset != NULL && !mimesend_header_set_parameter (object, "charset", self->charset, error))
    return FALSE;
  if (!set_disposition_and_name (self, object, error))
    return FALSE;
  if (self->id != NULL && !mimesend_header_set_content_id (object, self->id, error))
    return FALSE;
  if (self->description != NULL &&
      !mimesend_header_append (object, "Content-Description", self->description, error))
    return FALSE;
  for (guint i = 0; i < self->headers->len; i++)
    {
      MimesendPair *pair = self->headers->pdata[i];

      if (!mimesend_header_append (object, pair->name, pair->value, error))
        return FALSE;
    }
  if (self->top)
    g_mime_object_set_header (object, "MIME-Version", "1.0", NULL);
  return TRUE;
}

/**
 * mimesend_part_builder_build:
 * @self: a builder
 * @error: return location for an error, or %NULL
 *
 * Makes the part. A file is checked to be readable; it is read when the part is rendered. Up to 16 MiB of a text file, or
 * of a stream in memory or of a regular file, are read to detect the charset (mimesend_part_builder_set_charset()).
 *
 * Errors: %MIMESEND_ERROR_ARGUMENT for keys that do not go together, %MIMESEND_ERROR_CONTENT for a value that
 * no header may hold, a text that is not in its charset, or a file that cannot be read.
 *
 * Returns: (transfer full): a part, or %NULL with @error set
 *
 * Since: 0.1
 */
GMimeObject *
mimesend_part_builder_build (MimesendPartBuilder *self, GError **error)
{
  GMimeContentType *type;
  GMimeObject *object = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  mimesend_mime_init ();
  if (!check_one_content (self, error))
    return NULL;
  type = choose_type (self, error);
  if (type == NULL)
    return NULL;
  if (self->subparts->len > 0)
    object = build_multipart (self, type, error);
  else if (g_mime_content_type_is_type (type, "multipart", "*"))
    part_fail (
        error,
        "a multipart has subparts and no content of its own: add subparts, or set another content type");
  else if (self->text != NULL || self->bytes != NULL)
    object = build_memory (self, type, error);
  else
    object = build_unseen (self, type, error);
  g_object_unref (type);

  if (object != NULL && !set_fields (self, object, error))
    g_clear_object (&object);
  return object;
}

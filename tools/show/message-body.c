/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a message, each read once as it stands and once decoded. */
#include "show/message-body.h"

#include "libmimesend/octets/printable.h"

#include <libmimesend/mimesend-gmime-autoptr.h>
#include <string.h>

/* GMime's parser goes no deeper either. */
#define DEPTH_MAX 1024

/* What the encoded octets of a leaf showed. */
typedef struct
{
  guint64 octets, eight_bit, nul, foreign, digits;
} LeafLook;

static gboolean
is_base64_octet (guint8 octet)
{
  return g_ascii_isalnum (octet) || octet == '+' || octet == '/';
}

static void
body_look_at (LeafLook *look, const guint8 *octets, gsize n)
{
  look->octets += n;
  for (gsize i = 0; i < n; i++)
    {
      guint8 octet = octets[i];

      look->eight_bit += octet >= 0x80;
      look->nul += octet == '\0';
      look->digits += is_base64_octet (octet) || octet == '=';
      look->foreign += !is_base64_octet (octet) && octet != '=' && strchr ("\r\n \t", octet) == NULL;
    }
}

static gboolean
read_encoded (GMimeStream *stream, LeafLook *look)
{
  guint8 block[16384];
  ssize_t n;

  memset (look, 0, sizeof *look);
  if (stream == NULL)
    return TRUE;
  g_mime_stream_reset (stream);
  while ((n = g_mime_stream_read (stream, (char *)block, sizeof block)) > 0)
    body_look_at (look, block, (gsize)n);
  return n == 0 || g_mime_stream_eos (stream); /* a stream with bounds says −1 at its end */
}

static gboolean
read_decoded (GMimeDataWrapper *content, ShowPart *part)
{
  g_autoptr (GMimeStream) nowhere = g_mime_stream_null_new ();
  g_autoptr (GMimeStream) filtered = g_mime_stream_filter_new (nowhere);
  g_autoptr (GMimeFilter) checksum = g_mime_filter_checksum_new (G_CHECKSUM_SHA256);

  g_mime_stream_filter_add (GMIME_STREAM_FILTER (filtered), checksum);
  if (content != NULL &&
      (g_mime_data_wrapper_write_to_stream (content, filtered) < 0 || g_mime_stream_flush (filtered) < 0))
    return FALSE;
  part->octets = g_mime_stream_tell (nowhere);
  part->sha256 = g_mime_filter_checksum_get_string (GMIME_FILTER_CHECKSUM (checksum));
  return TRUE;
}

static void
note_of (ShowMessage *self, const ShowPart *part, const char *what)
{
  if (part->number[0] == '\0')
    show_message_note (self, "%s: %s", part->type, what);
  else
    show_message_note (self, "part %s, %s: %s", part->number, part->type, what);
}

static void
judge_encoding (ShowMessage *self, const ShowPart *part, const LeafLook *look)
{
  const char *encoding = part->encoding != NULL ? part->encoding : "7bit";
  g_autofree char *words = NULL;

  if (g_mime_content_encoding_from_string (encoding) == GMIME_CONTENT_ENCODING_DEFAULT)
    {
      words = g_strdup_printf ("the encoding '%s' is not known, and nothing was decoded (RFC 2045 6.4)",
                               encoding);
      note_of (self, part, words);
      return;
    }
  if (look->eight_bit > 0 && strcmp (encoding, "8bit") != 0 && strcmp (encoding, "binary") != 0)
    note_of (self, part,
             part->encoding != NULL ? "octets above 127 in what is labelled as ASCII"
                                    : "octets above 127, and no Content-Transfer-Encoding");
  if (look->nul > 0 && strcmp (encoding, "binary") != 0)
    note_of (self, part, "octets of value 0");
  if (strcmp (encoding, "base64") == 0 && look->foreign > 0)
    note_of (self, part, "characters that base64 does not have");
  else if (strcmp (encoding, "base64") == 0 && look->digits % 4 != 0)
    note_of (self, part, "the base64 is cut: its length is no multiple of four");
}

static void
judge_charset (ShowMessage *self, const ShowPart *part)
{
  g_autofree char *words = NULL;
  GIConv converter;

  if (part->charset == NULL || !g_str_has_prefix (part->type, "text/"))
    return;
  converter = g_iconv_open ("UTF-8", g_mime_charset_iconv_name (part->charset));
  if (converter != (GIConv)-1)
    {
      g_iconv_close (converter);
      return;
    }
  words = g_strdup_printf ("the charset '%s' is not known on this machine", part->charset);
  note_of (self, part, words);
}

static void
judge_name (ShowMessage *self, const ShowPart *part)
{
  if (part->name == NULL)
    return;
  if (strpbrk (part->name, "/\\") != NULL)
    note_of (self, part, "the file name holds a path");
  for (const char *c = part->name; *c != '\0'; c = g_utf8_next_char (c))
    if (mimesend_character_is_hidden (g_utf8_get_char (c)))
      {
        note_of (self, part,
                 "the file name holds controls, or characters that are invisible or turn the direction of "
                 "writing");
        break;
      }
}

static char *
valid_or_null (const char *text)
{
  return text != NULL && text[0] != '\0' ? g_utf8_make_valid (text, -1) : NULL;
}

static void
part_init (ShowPart *part, GMimeObject *object, const char *number, guint depth)
{
  GMimeContentType *type = g_mime_object_get_content_type (object);
  GMimeContentDisposition *disposition = g_mime_object_get_content_disposition (object);
  const char *encoding = g_mime_object_get_header (object, "Content-Transfer-Encoding");
  g_autofree char *mime_type =
      type != NULL ? g_mime_content_type_get_mime_type (type) : g_strdup ("text/plain");
  const char *name =
      disposition != NULL ? g_mime_content_disposition_get_parameter (disposition, "filename") : NULL;

  if (name == NULL && type != NULL)
    name = g_mime_content_type_get_parameter (type, "name");
  *part = (ShowPart){ .depth = depth, .number = g_strdup (number), .encoded = -1, .octets = -1 };
  part->type = g_utf8_make_valid (mime_type, -1);
  part->charset = valid_or_null (type != NULL ? g_mime_content_type_get_parameter (type, "charset") : NULL);
  part->name = valid_or_null (name);
  part->content_id = valid_or_null (g_mime_object_get_content_id (object));
  part->disposition =
      valid_or_null (disposition != NULL ? g_mime_content_disposition_get_disposition (disposition) : NULL);
  if (encoding != NULL)
    {
      g_autofree char *lower = g_ascii_strdown (encoding, -1);

      part->encoding = valid_or_null (g_strstrip (lower));
    }
}

static gboolean body_look_at_object (
    ShowMessage *self, GMimeObject *object, const char *number, guint depth, Failure *failure);

static char *
number_within (const char *number, int i)
{
  return number[0] == '\0' ? g_strdup_printf ("%d", i + 1) : g_strdup_printf ("%s.%d", number, i + 1);
}

static gboolean
body_look_at_leaf (ShowMessage *self, GMimePart *leaf, ShowPart *part, Failure *failure)
{
  GMimeDataWrapper *content = g_mime_part_get_content (leaf);
  LeafLook look;

  if (!read_encoded (content != NULL ? g_mime_data_wrapper_get_stream (content) : NULL, &look) ||
      !read_decoded (content, part))
    {
      failure_set (failure, EXIT_CODE_NO_INPUT, "FILE", "part %s cannot be read again",
                   part->number[0] != '\0' ? part->number : "1");
      return FALSE;
    }
  part->encoded = (gint64)look.octets;
  judge_encoding (self, part, &look);
  judge_charset (self, part);
  judge_name (self, part);
  return TRUE;
}

static gboolean
look_at_children (ShowMessage *self, GMimeMultipart *multipart, const ShowPart *part, Failure *failure)
{
  g_autofree char *number = g_strdup (part->number);
  guint depth = part->depth + 1;
  int n = g_mime_multipart_get_count (multipart);

  if (n == 0)
    note_of (self, part, "no part inside (its boundary does not stand in the body)");
  if (part->encoding != NULL && strcmp (part->encoding, "7bit") != 0 &&
      strcmp (part->encoding, "8bit") != 0 && strcmp (part->encoding, "binary") != 0)
    note_of (self, part, "a multipart has no encoding of its own (RFC 2045 6.4)");
  for (int i = 0; i < n; i++)
    {
      g_autofree char *child = number_within (number, i);

      if (!body_look_at_object (self, g_mime_multipart_get_part (multipart, i), child, depth, failure))
        return FALSE;
    }
  return TRUE;
}

static gboolean
body_look_at_object (
    ShowMessage *self, GMimeObject *object, const char *number, guint depth, Failure *failure)
{
  ShowPart part;
  GMimeMessage *inner;
  gboolean good = TRUE;

  part_init (&part, object, number, depth);
  if (GMIME_IS_PART (object))
    {
      good = body_look_at_leaf (self, GMIME_PART (object), &part, failure);
      g_array_append_val (self->parts, part);
      return good;
    }
  inner =
      GMIME_IS_MESSAGE_PART (object) ? g_mime_message_part_get_message (GMIME_MESSAGE_PART (object)) : NULL;
  if (inner != NULL)
    part.subject = valid_or_null (g_mime_message_get_subject (inner));
  judge_name (self, &part);
  g_array_append_val (self->parts, part);
  if (depth >= DEPTH_MAX)
    note_of (self, &part, "nested too deep: what is inside is not shown");
  else if (GMIME_IS_MULTIPART (object))
    good = look_at_children (self, GMIME_MULTIPART (object), &part, failure);
  else if (inner != NULL && g_mime_message_get_mime_part (inner) != NULL)
    {
      g_autofree char *child = number_within (part.number, 0);

      good = body_look_at_object (self, g_mime_message_get_mime_part (inner), child, depth + 1, failure);
    }
  return good;
}

gboolean
show_body_look (ShowMessage *self, GMimeMessage *message, Failure *failure)
{
  GMimeObject *top = g_mime_message_get_mime_part (message);

  return top == NULL || body_look_at_object (self, top, "", 0, failure);
}

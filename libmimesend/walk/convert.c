/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chooses a leaf's encoding before its header block is written, from the beginning of the content: quoted-printable and
 * base64 carry anything, so the choice affects size and readability, not correctness. Labels base64, quoted-printable and
 * uuencode are trusted; 7bit and 8bit are not (GMime never checks them). */
#include "walk/convert.h"

#include "walk/message-leaf.h"

#include <string.h>

#include "mimesend-error.h"
#include "octets/printable.h"

#define WINDOW 65536

/* GMime's own threshold: more than 17 in 100 octets, and base64 is shorter and no less readable. */
#define MANY_8BIT(eight, all) ((eight)*100 >= (all)*17)

static GMimeContentEncoding
encoding_for (GMimePart *part, const MimesendTextFacts *facts)
{
  GMimeContentType *type = ((GMimeObject *)part)->content_type;

  /* No type at all is text/plain (RFC 2045 5.2). */
  if (facts->nul || (type != NULL && !g_mime_content_type_is_type (type, "text", "*")))
    return GMIME_CONTENT_ENCODING_BASE64;
  return MANY_8BIT (facts->eight_bit, MAX (facts->octets, 1)) && facts->eight_bit > 0
             ? GMIME_CONTENT_ENCODING_BASE64
             : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

static const char *
conversion_reason (const MimesendTextFacts *facts, MimesendWireFlags wire)
{
  if (facts->nul)
    return "a NUL";
  if (facts->eight_bit > 0 && !(wire & MIMESEND_WIRE_8BITMIME))
    return "8-bit octets, which the server does not take";
  if (facts->longest > MIMESEND_LINE_MAX)
    return "a line of more than 998 octets";
  return NULL;
}

static gboolean
convert_refuse (const char *why, gboolean sealed, GError **error)
{
  g_set_error (
      error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED, "%s, and %s", why,
      sealed
          ? "the part stands below a signature or encryption, which encoding it now would break: encode it "
            "before it is signed"
          : "a part of its type may not be encoded (RFC 2046 5.2)");
  return FALSE;
}

gboolean
mimesend_walk_is_fixed (GMimeObject *object)
{
  GMimeContentType *type = object->content_type;

  /* message/global and the other types of RFC 6532 may be encoded. */
  return type != NULL &&
         (g_mime_content_type_is_type (type, "multipart", "*") ||
          (g_mime_content_type_is_type (type, "message", "*") &&
           g_ascii_strncasecmp (g_mime_content_type_get_media_subtype (type), "global", 6) != 0));
}

static gboolean
is_seven_bit (const char *text)
{
  return text == NULL || g_str_is_ascii (text);
}

static gboolean
refuse_eight_bit (const char *where, GError **error)
{
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
               "%s has 8-bit octets, which the server does not take", where);
  return FALSE;
}

gboolean
mimesend_part_check_seven_bit_around (GMimeObject *object, GError **error)
{
  if (GMIME_IS_MULTIPART (object) && (!is_seven_bit (((GMimeMultipart *)object)->prologue) ||
                                      !is_seven_bit (((GMimeMultipart *)object)->epilogue)))
    return refuse_eight_bit ("the text around the parts of a multipart", error);
  if (GMIME_IS_MESSAGE (object) && !is_seven_bit (((GMimeMessage *)object)->marker))
    return refuse_eight_bit ("the envelope line of an attached message", error);
  return TRUE;
}

gboolean
mimesend_walk_check_seven_bit (GMimeObject *object,
                               gboolean (*stays) (const char *name, gpointer data),
                               gpointer data,
                               GError **error)
{
  int count = g_mime_header_list_get_count (object->headers);

  for (int i = 0; i < count; i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header_at (object->headers, i);

      if (stays != NULL && stays (g_mime_header_get_name (header), data))
        continue;
      if (!is_seven_bit (g_mime_header_get_raw_value (header)) ||
          !is_seven_bit (g_mime_header_get_raw_name (header)))
        {
          g_autofree char *name = mimesend_printable (g_mime_header_get_name (header), 100);
          g_autofree char *where = g_strconcat ("the header ", name, NULL);

          return refuse_eight_bit (where, error);
        }
    }
  return mimesend_part_check_seven_bit_around (object, error);
}

/* Content that is labelled as encoded but is malformed is repaired elsewhere, as it is sent. */
static gboolean
check_sealed (MimesendLeaf *leaf, MimesendWireFlags wire, GError **error)
{
  MimesendTextFacts facts = { 0 };
  const guint8 *octets;
  gsize n;
  gboolean complete;
  const char *why;

  if (!mimesend_source_peek (mimesend_leaf_get_source (leaf), WINDOW, &octets, &n, &complete, error))
    return FALSE;
  mimesend_text_scan (&facts, octets, n);
  facts.longest = 0; /* sent unchanged, whatever the length of its lines */
  why = conversion_reason (&facts, wire);
  return why == NULL || convert_refuse (why, TRUE, error);
}

/* Charsets in which octet 10 is no line feed, or half of one. */
static gboolean
has_wide_lines (GMimePart *part)
{
  static const char *const families[] = { "utf-16",  "utf16",     "utf-32", "utf32",  "ucs-",   "ucs2",
                                          "ucs4",    "iso-10646", "ebcdic", "ibm037", "ibm273", "ibm500",
                                          "ibm1047", "cp037",     "cp500",  "cp1047", "cp273" };
  GMimeContentType *type = ((GMimeObject *)part)->content_type;
  const char *charset = type != NULL ? g_mime_content_type_get_parameter (type, "charset") : NULL;

  for (gsize i = 0; charset != NULL && i < G_N_ELEMENTS (families); i++)
    if (g_ascii_strncasecmp (charset, families[i], strlen (families[i])) == 0)
      return TRUE;
  return FALSE;
}

static void
leaf_convert (MimesendLeaf *leaf, const MimesendTextFacts *facts)
{
  GMimePart *part = mimesend_leaf_get_part (leaf);
  GMimeContentType *type = ((GMimeObject *)part)->content_type;
  gboolean text = type == NULL || g_mime_content_type_is_type (type, "text", "*");
  GMimeContentEncoding encoding = encoding_for (part, facts);

  /* NULs are found in text of two octets a character, whatever its label says. */
  mimesend_leaf_set_encoding (leaf, encoding,
                              encoding == GMIME_CONTENT_ENCODING_BASE64 && text && !facts->nul &&
                                  !has_wide_lines (part));
}

/* Also of text the octets are kept: a local form, whose line ends would become CRLF now (RFC 2045 6.8), is what 7bit and 8bit
 * label. What a reader gets does not depend on whether the server takes BINARYMIME, where nothing is changed either. */
static gboolean
choose_for_binary (MimesendLeaf *leaf, MimesendWireFlags wire, gboolean fixed, GError **error)
{
  if (wire & MIMESEND_WIRE_BINARYMIME)
    return TRUE;
  if (fixed)
    return convert_refuse ("its encoding is binary", mimesend_leaf_is_sealed (leaf), error);
  mimesend_leaf_set_encoding (leaf, GMIME_CONTENT_ENCODING_BASE64, FALSE);
  return TRUE;
}

gboolean
mimesend_walk_choose_encoding (MimesendLeaf *leaf, MimesendWireFlags wire, GError **error)
{
  GMimePart *part = mimesend_leaf_get_part (leaf);
  gboolean sealed = mimesend_leaf_is_sealed (leaf);
  gboolean fixed = sealed || mimesend_walk_is_fixed ((GMimeObject *)part);
  MimesendTextFacts facts = { 0 };
  const guint8 *octets;
  gsize n;
  gboolean complete;
  const char *why;

  if (mimesend_leaf_get_source (leaf) == NULL)
    return TRUE;
  switch (part->encoding)
    {
    case GMIME_CONTENT_ENCODING_BASE64:
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
      return !sealed || !mimesend_leaf_is_copied (leaf) || check_sealed (leaf, wire, error);
    case GMIME_CONTENT_ENCODING_UUENCODE:
      return TRUE;
    case GMIME_CONTENT_ENCODING_BINARY:
      if (!sealed && mimesend_part_is_message_leaf (part) && !(wire & MIMESEND_WIRE_BINARYMIME))
        break;
      return choose_for_binary (leaf, wire, fixed, error);
    default:
      break;
    }
  if (!sealed && mimesend_part_is_message_leaf (part))
    return mimesend_part_choose_for_message (leaf, wire, error);
  if (!mimesend_source_peek (mimesend_leaf_get_source (leaf), WINDOW, &octets, &n, &complete, error))
    return FALSE;
  mimesend_text_scan (&facts, octets, n);
  mimesend_text_end (&facts);
  why = conversion_reason (&facts, wire);
  if (why == NULL && complete && !fixed && mimesend_leaf_is_lasting (leaf) &&
      mimesend_text_is_fragile (octets, n))
    why = "blanks at the end of a line, or a line that begins with From";
  /* The rest of a part that was not read to its end may hold anything: encoding it is always correct. */
  if (why == NULL && (complete || fixed || (wire & MIMESEND_WIRE_8BITMIME)))
    return TRUE;
  if (fixed)
    return convert_refuse (why, sealed, error);
  leaf_convert (leaf, &facts);
  return TRUE;
}

GMimeHeader *
mimesend_walk_find_header (GMimeObject *object, const char *name)
{
  int count = g_mime_header_list_get_count (object->headers);

  for (int i = 0; i < count; i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header_at (object->headers, i);

      if (g_ascii_strcasecmp (g_mime_header_get_name (header), name) == 0)
        return header;
    }
  return NULL;
}

static gboolean
label_says (const char *label, const char *value)
{
  return g_ascii_strcasecmp (label, value) == 0;
}

/* The label of a multipart or message covers its parts as they are sent (RFC 2045 6.4): 7bit where the parts of an 8bit one
 * were encoded, 8bit or binary where the label said less. */
const char *
mimesend_walk_choose_label (GMimeObject *object, MimesendInside inside, MimesendWireFlags wire)
{
  GMimeHeader *header = mimesend_walk_find_header (object, "Content-Transfer-Encoding");
  const char *raw = header != NULL ? g_mime_header_get_raw_value (header) : NULL;
  /* The raw value: the getter of the decoded one modifies the header. */
  g_autofree char *label = g_strstrip (g_strdup (raw != NULL ? raw : "7bit"));
  gboolean takes_8bit = (wire & MIMESEND_WIRE_8BITMIME) != 0;
  gboolean takes_binary = (wire & MIMESEND_WIRE_BINARYMIME) != 0;

  if (label_says (label, "binary") && !takes_binary)
    return takes_8bit ? "8bit" : "7bit";
  if (label_says (label, "8bit") && !takes_8bit)
    return "7bit";
  if ((inside & MIMESEND_INSIDE_BINARY) && takes_binary &&
      (label_says (label, "7bit") || label_says (label, "8bit")))
    return "binary";
  if ((inside & MIMESEND_INSIDE_EIGHT_BIT) && takes_8bit && label_says (label, "7bit"))
    return "8bit";
  return NULL;
}

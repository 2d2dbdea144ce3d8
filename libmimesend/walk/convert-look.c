/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk/convert-look.h"

#include "walk/convert.h"
#include "walk/tree.h"
#include "octets/seven-bit.h"

#define WINDOW 65536

struct _MimesendInsideLooker
{
  MimesendBlockPool *pool;
  GHashTable *leaves; /* GMimePart → MimesendInside */
};

typedef struct
{
  MimesendInsideLooker *looker;
  GMimeObject *top;
  MimesendInside seen;
} Look;

gboolean
mimesend_inside_is_encoded (MimesendInside look, MimesendWireFlags wire)
{
  MimesendInside taken = MIMESEND_INSIDE_SEVEN_BIT;

  if (wire & MIMESEND_WIRE_8BITMIME)
    taken |= MIMESEND_INSIDE_UNKNOWN | MIMESEND_INSIDE_EIGHT_BIT;
  if (wire & MIMESEND_WIRE_BINARYMIME)
    taken |= MIMESEND_INSIDE_BINARY;
  return (look & ~taken) != 0;
}

MimesendInsideLooker *
mimesend_inside_looker_new (MimesendBlockPool *pool)
{
  MimesendInsideLooker *self = g_new0 (MimesendInsideLooker, 1);

  self->pool = mimesend_block_pool_ref (pool);
  self->leaves = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  return self;
}

void
mimesend_inside_looker_free (MimesendInsideLooker *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->leaves);
  mimesend_block_pool_unref (self->pool);
  g_free (self);
}

/* Looks at the octets as they are stored, since they are sent unchanged. A leaf that cannot be opened is reported later, by
 * the walk. */
static MimesendInside
look_at_octets (MimesendInsideLooker *self, GMimePart *part)
{
  MimesendLeafForm form = { 0 };
  MimesendTextFacts facts = { 0 };
  MimesendLeaf *leaf;
  MimesendPromise promise;
  const guint8 *octets;
  gsize n;
  gboolean complete;
  MimesendInside look = MIMESEND_INSIDE_SEVEN_BIT;

  mimesend_promise_make (&promise, part->content->stream);
  if (!promise.known)
    return MIMESEND_INSIDE_UNKNOWN;
  leaf = mimesend_leaf_new (part, &form, FALSE, FALSE, self->pool, &promise, NULL);
  if (leaf == NULL)
    return MIMESEND_INSIDE_UNKNOWN;
  if (mimesend_source_peek (mimesend_leaf_get_source (leaf), WINDOW, &octets, &n, &complete, NULL))
    mimesend_text_scan (&facts, octets, n);
  else
    complete = FALSE;
  mimesend_text_end (&facts);
  mimesend_leaf_free (leaf);
  if (facts.eight_bit > 0)
    look |= MIMESEND_INSIDE_EIGHT_BIT;
  if (facts.nul || facts.longest > MIMESEND_LINE_MAX)
    look |= MIMESEND_INSIDE_UNFIT;
  return complete ? look : look | MIMESEND_INSIDE_UNKNOWN;
}

static MimesendInside
look_at_leaf (MimesendInsideLooker *self, GMimePart *part, gboolean sealed)
{
  if (part->content == NULL || part->content->stream == NULL)
    return MIMESEND_INSIDE_SEVEN_BIT;
  switch (part->encoding)
    {
    case GMIME_CONTENT_ENCODING_BINARY:
      return MIMESEND_INSIDE_BINARY;
    case GMIME_CONTENT_ENCODING_8BIT:
      return MIMESEND_INSIDE_EIGHT_BIT;
    case GMIME_CONTENT_ENCODING_BASE64:
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
    case GMIME_CONTENT_ENCODING_UUENCODE:
      /* The walk encodes or repairs it. */
      if (g_mime_data_wrapper_get_encoding (part->content) != part->encoding ||
          (!sealed && part->encoding != GMIME_CONTENT_ENCODING_UUENCODE))
        return MIMESEND_INSIDE_SEVEN_BIT;
      /* The label is trusted unless the octets contradict it. */
      return look_at_octets (self, part) & MIMESEND_INSIDE_EIGHT_BIT;
    default:
      return look_at_octets (self, part);
    }
}

static MimesendInside
look_once (MimesendInsideLooker *self, GMimePart *part, gboolean sealed)
{
  gpointer known;
  MimesendInside look;

  if (g_hash_table_lookup_extended (self->leaves, part, NULL, &known))
    return (MimesendInside)GPOINTER_TO_INT (known);
  look = look_at_leaf (self, part, sealed);
  g_hash_table_insert (self->leaves, g_object_ref (part), GINT_TO_POINTER (look));
  return look;
}

/* FALSE: every bit is set, so that looking further is pointless. */
static gboolean
look_at_object (GMimeObject *object, gboolean sealed, gpointer data, GError **error)
{
  Look *self = data;
  MimesendInside look = MIMESEND_INSIDE_SEVEN_BIT;

  if (GMIME_IS_PART (object))
    look = look_once (self->looker, (GMimePart *)object, sealed);
  if (!(object == self->top ? mimesend_part_check_seven_bit_around (object, NULL)
                            : mimesend_walk_check_seven_bit (object, NULL, NULL, NULL)))
    look |= MIMESEND_INSIDE_EIGHT_BIT;
  self->seen |= look;
  return self->seen != MIMESEND_INSIDE_ALL;
}

MimesendInside
mimesend_inside_looker_look (MimesendInsideLooker *self, GMimeObject *object)
{
  Look look = { self, object, MIMESEND_INSIDE_SEVEN_BIT };

  mimesend_tree_foreach (object, look_at_object, &look, NULL);
  return look.seen;
}

/* As stored. A stream that is not in memory counts as holding 8-bit octets. */
static gboolean
is_stored_seven_bit (GMimeStream *stream)
{
  GByteArray *octets;
  gint64 from, to;

  if (G_OBJECT_TYPE (stream) != GMIME_TYPE_STREAM_MEM)
    return FALSE;
  octets = g_mime_stream_mem_get_byte_array ((GMimeStreamMem *)stream);
  if (octets == NULL)
    return FALSE;
  to = stream->bound_end >= 0 ? MIN (stream->bound_end, (gint64)octets->len) : (gint64)octets->len;
  from = CLAMP (stream->bound_start, 0, to);
  return mimesend_is_seven_bit (octets->data + from, (gsize)(to - from));
}

gboolean
mimesend_leaf_is_seven_bit (GMimePart *part, gboolean sealed, MimesendWireFlags wire)
{
  gboolean copied =
      part->content != NULL && g_mime_data_wrapper_get_encoding (part->content) == part->encoding;

  if (part->content == NULL || part->content->stream == NULL)
    return TRUE;
  switch (part->encoding)
    {
    case GMIME_CONTENT_ENCODING_BASE64:
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE: /* raw octets in it are mended, but below a signature */
      return !copied || !sealed || is_stored_seven_bit (part->content->stream);
    case GMIME_CONTENT_ENCODING_UUENCODE:
      return !copied || is_stored_seven_bit (part->content->stream);
    case GMIME_CONTENT_ENCODING_BINARY: /* becomes base64 unless the server takes binary */
      return !(wire & MIMESEND_WIRE_BINARYMIME);
    default:
      break;
    }
  switch (g_mime_data_wrapper_get_encoding (part->content))
    {
    case GMIME_CONTENT_ENCODING_BASE64:
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
    case GMIME_CONTENT_ENCODING_UUENCODE: /* decoded */
      return FALSE;
    default:
      return is_stored_seven_bit (part->content->stream);
    }
}

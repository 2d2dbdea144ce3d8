/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The leaves of the walk: opened when the walk reaches them; their encoding is chosen before their header block is written. */
#include "walk/convert.h"
#include "walk/tree.h"
#include "walk/walk-private.h"

gboolean
mimesend_walk_open_leaf (
    MimesendWalk *self, MimesendWalkFrame *frame, GMimePart *part, gboolean ensure_newline, GError **error)
{
  const GArray *promises = self->setup.promises;
  const MimesendPromise *promise = NULL;

  if (promises != NULL && self->n_leaves < promises->len)
    promise = &g_array_index (promises, MimesendPromise, self->n_leaves);
  self->n_leaves++;
  /* When measuring, a leaf of unknown length is neither opened nor rewound. */
  if (self->measuring && (promise == NULL || !promise->known))
    return FALSE;
  frame->leaf =
      mimesend_leaf_new (part, &self->setup.form, ensure_newline, frame->sealed, self->pool, promise, error);
  return frame->leaf != NULL || mimesend_walk_named_failure (self, (GMimeObject *)part, error);
}

/* What a multipart or message contains. Most trees are 7-bit throughout, which one look from the top shows. */
static MimesendInside
look_inside (MimesendWalk *self, GMimeObject *object)
{
  MimesendInside look;

  if (self->all_seven_bit)
    return MIMESEND_INSIDE_SEVEN_BIT;
  if (self->looker == NULL)
    self->looker = mimesend_inside_looker_new (self->pool);
  look = mimesend_inside_looker_look (self->looker, object);
  if (look == MIMESEND_INSIDE_SEVEN_BIT && self->frames->len == 1)
    self->all_seven_bit = TRUE;
  return look;
}

static gboolean
has_mime_version (MimesendWalkFrame *frame, GMimeObject *object)
{
  return mimesend_walk_find_header (frame->object, "MIME-Version") != NULL ||
         mimesend_walk_find_header (object, "MIME-Version") != NULL;
}

/* A message with a Content-Transfer-Encoding, its own or a part's, is MIME and needs MIME-Version (RFC 2045 4). */
static void
decide_mime_version (MimesendWalkFrame *frame, GMimeObject *object, gboolean encoded_inside)
{
  frame->needs_mime_version = GMIME_IS_MESSAGE (frame->object) && !frame->sealed &&
                              (frame->label != NULL || encoded_inside) && !has_mime_version (frame, object);
}

/* Opens the leaf and chooses its encoding, before its header block is written. */
gboolean
mimesend_walk_decide_encoding (MimesendWalk *self, MimesendWalkFrame *frame, GError **error)
{
  GMimeObject *object = mimesend_walk_labelled_object (frame);
  GMimeContentEncoding encoding;
  gboolean ensure_newline;

  if (object == NULL)
    return TRUE;
  if (!GMIME_IS_PART (object))
    {
      MimesendInside inside = frame->sealed ? MIMESEND_INSIDE_SEVEN_BIT : look_inside (self, object);

      if (!frame->sealed)
        frame->label = mimesend_walk_choose_label (object, inside, self->setup.form.wire);
      decide_mime_version (frame, object, mimesend_inside_is_encoded (inside, self->setup.form.wire));
      return TRUE;
    }
  ensure_newline = object == frame->object ? frame->ensure_newline : frame->object->ensure_newline;
  if (!mimesend_walk_open_leaf (self, frame, (GMimePart *)object, ensure_newline, error))
    return FALSE;
  if (!mimesend_walk_choose_encoding (frame->leaf, self->setup.form.wire, error))
    return mimesend_walk_named_failure (self, object, error);
  encoding = mimesend_leaf_get_encoding (frame->leaf);
  if (encoding != ((GMimePart *)object)->encoding)
    frame->label = g_mime_content_encoding_to_string (encoding);
  decide_mime_version (frame, object, FALSE);
  return TRUE;
}

static gboolean
has_grown (MimesendLeaf *leaf, guint64 *sent)
{
  MimesendSource *source = mimesend_leaf_get_source (leaf);

  return source != NULL && mimesend_source_has_grown (source, sent);
}

/* Covers long lines after the part that was read beforehand, too. */
gboolean
mimesend_walk_has_to_warn (MimesendLeaf *leaf)
{
  guint64 sent;

  return mimesend_leaf_get_facts (leaf)->longest > MIMESEND_LINE_MAX || has_grown (leaf, &sent);
}

void
mimesend_walk_warn (GPtrArray *warnings, const char *name, MimesendLeaf *leaf)
{
  const MimesendTextFacts *facts = mimesend_leaf_get_facts (leaf);
  guint64 sent;

  if (facts->longest > MIMESEND_LINE_MAX)
    g_ptr_array_add (warnings, g_strdup_printf ("%s: a line of %" G_GUINT64_FORMAT
                                                " octets at offset %" G_GUINT64_FORMAT
                                                " was sent as it is (RFC 5322 allows 998)",
                                                name, facts->longest, facts->longest_offset));
  if (has_grown (leaf, &sent))
    g_ptr_array_add (warnings, g_strdup_printf ("%s: the file grew while it was sent: the %" G_GUINT64_FORMAT
                                                " octets were sent that it had when its size was asked for",
                                                name, sent));
}

void
mimesend_walk_warn_of_leaf (MimesendWalk *self, MimesendWalkFrame *frame)
{
  g_autofree char *name = NULL;

  if (self->setup.warnings == NULL || !mimesend_walk_has_to_warn (frame->leaf))
    return;
  name = mimesend_walk_describe (self);
  mimesend_walk_warn (self->setup.warnings, name, frame->leaf);
}

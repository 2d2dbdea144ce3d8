/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The content of one letter of a template: the head with the letter's fields, then the shared octets. */
#include <string.h>

#include "walk/length.h"
#include "content/template.h"
#include "walk/tree.h"
#include "walk/stream-read.h"
#include "octets/seven-bit.h"

#define MIMESEND_TYPE_TEMPLATE_CONTENT (mimesend_template_content_get_type ())
G_DECLARE_FINAL_TYPE (
    MimesendTemplateContent, mimesend_template_content, MIMESEND, TEMPLATE_CONTENT, MimesendContent)

struct _MimesendTemplateContent
{
  MimesendContent parent_instance;
  MimesendTemplate *template;
  guint slice; /* counted by the gaps ahead of it */
  char *texts; /* of slice 0 */
  guint32 lengths[MIMESEND_TEMPLATE_FIELDS_MAX];
  MimesendRecording *recording; /* nullable: the server's kind is not known yet */
  guint8 *head;                 /* nullable; made on first use */
  gsize head_length;
  gboolean head_given;
  guint first, end; /* indices of the slice's segments, once there is a recording */
  guint next;       /* index of the next segment */
  MimesendLeaf *leaf;
  GPtrArray *warnings; /* of char *, warnings about leaves read by this letter; NULL: none */
  GPtrArray *told;     /* of char *, all warnings, as last returned */
};

static void template_content_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MimesendTemplateContent,
                               mimesend_template_content,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, template_content_pull_init))

/* Takes the recording over, and finds the slice in it. */
static void
set_recording (MimesendTemplateContent *self, MimesendRecording *recording)
{
  const GArray *segments = recording->segments;
  guint gaps = 0;

  g_clear_pointer (&self->recording, mimesend_recording_unref);
  self->recording = recording;
  self->first = 0;
  self->end = segments->len;
  for (guint i = 0; i < segments->len; i++)
    {
      if (!g_array_index (segments, MimesendSegment, i).is_gap)
        continue;
      if (++gaps == self->slice)
        self->first = i + 1;
      else if (gaps == self->slice + 1)
        self->end = i;
    }
  self->next = self->first;
}

static gboolean
ensure_recording (MimesendTemplateContent *self, GError **error)
{
  MimesendRecording *recording;

  if (self->recording != NULL)
    return TRUE;
  recording = mimesend_template_record (self->template, NULL, error);
  if (recording != NULL)
    set_recording (self, recording);
  return recording != NULL;
}

static const MimesendSegment *
segment_at (MimesendTemplateContent *self, guint index)
{
  return &g_array_index (self->recording->segments, MimesendSegment, index);
}

/* ── the head ── */

static void
make_head (MimesendTemplateContent *self)
{
  const MimesendRecording *recording = self->recording;
  guint n_fields = mimesend_template_get_n_fields (self->template);
  const char *texts[MIMESEND_TEMPLATE_FIELDS_MAX];
  gsize total = 0, copied = 0;
  guint8 *to;

  if (self->head != NULL || self->slice > 0)
    return;
  for (guint i = 0; i < n_fields; i++)
    {
      texts[i] = self->texts + total;
      total += self->lengths[i];
    }
  total += recording->head_length;
  to = self->head = g_malloc (total + 1);
  self->head_length = total;
  for (guint i = 0; i < recording->places->len; i++)
    {
      MimesendPlace *place = &g_array_index (recording->places, MimesendPlace, i);

      memcpy (to, recording->head + copied, place->offset - copied);
      to += place->offset - copied;
      copied = place->offset;
      memcpy (to, texts[place->field], self->lengths[place->field]);
      to += self->lengths[place->field];
    }
}

/* ── reading ── */

static gboolean
give_kept (MimesendTemplateContent *self, const MimesendSegment *segment, MimesendPiece *piece)
{
  piece->data = segment->octets;
  piece->length = segment->length;
  piece->flags = segment->flags;
  piece->release = mimesend_recording_unref;
  piece->owner = mimesend_recording_ref (self->recording);
  return TRUE;
}

static void
close_leaf (MimesendTemplateContent *self, const MimesendSegment *segment)
{
  if (mimesend_walk_has_to_warn (self->leaf))
    {
      if (self->warnings == NULL)
        self->warnings = g_ptr_array_new_with_free_func (g_free);
      mimesend_walk_warn (self->warnings, segment->name, self->leaf);
    }
  g_clear_pointer (&self->leaf, mimesend_leaf_free);
}

static MimesendPullStatus
pull_leaf (MimesendTemplateContent *self,
           const MimesendSegment *segment,
           MimesendPiece *piece,
           GError **error)
{
  MimesendPullStatus status;

  if (self->leaf == NULL)
    {
      self->leaf = mimesend_recording_open (self->recording, segment, error);
      if (self->leaf == NULL)
        return MIMESEND_PULL_FAILED;
    }
  status = mimesend_leaf_next (self->leaf, piece, error);
  if (status == MIMESEND_PULL_FAILED)
    g_prefix_error (error, "%s: ", segment->name);
  else if (status == MIMESEND_PULL_END)
    close_leaf (self, segment);
  return status;
}

static MimesendPullStatus
template_content_pull (
    MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendTemplateContent *self = MIMESEND_TEMPLATE_CONTENT (pull);

  if (!ensure_recording (self, error))
    return MIMESEND_PULL_FAILED;
  make_head (self);
  if (!self->head_given && self->head_length > 0)
    {
      self->head_given = TRUE;
      *piece = (MimesendPiece){ .data = self->head, .length = self->head_length };
      return MIMESEND_PULL_PIECE;
    }
  while (self->next < self->end)
    {
      const MimesendSegment *segment = segment_at (self, self->next);
      MimesendPullStatus status = MIMESEND_PULL_PIECE;

      if (segment->part != NULL)
        status = pull_leaf (self, segment, piece, error);
      else
        give_kept (self, segment, piece);
      if (segment->part == NULL || status == MIMESEND_PULL_END)
        self->next++;
      if (status != MIMESEND_PULL_END)
        return status;
    }
  return MIMESEND_PULL_END;
}

static gboolean
template_content_rewind (MimesendPull *pull)
{
  MimesendTemplateContent *self = MIMESEND_TEMPLATE_CONTENT (pull);

  g_clear_pointer (&self->leaf, mimesend_leaf_free);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  self->head_given = FALSE;
  self->next = self->first;
  return TRUE;
}

/* The template refuses trees that could not be rewound. */
static gboolean
template_content_can_rewind (MimesendPull *pull)
{
  return TRUE;
}

/* ── properties: of the tree, until it is recorded ── */

static gboolean
template_content_may_block (MimesendPull *pull)
{
  MimesendTemplateContent *self = MIMESEND_TEMPLATE_CONTENT (pull);

  if (self->recording == NULL)
    return mimesend_pull_may_block (mimesend_template_get_tree (self->template));
  for (guint i = self->first; i < self->end; i++)
    {
      GMimePart *part = segment_at (self, i)->part;

      if (part != NULL && mimesend_stream_may_block (part->content->stream))
        return TRUE;
    }
  return FALSE;
}

static gboolean
template_content_in_memory (MimesendPull *pull)
{
  MimesendTemplateContent *self = MIMESEND_TEMPLATE_CONTENT (pull);

  if (self->recording == NULL)
    return mimesend_pull_in_memory (mimesend_template_get_tree (self->template));
  for (guint i = self->first; i < self->end; i++)
    {
      GMimePart *part = segment_at (self, i)->part;

      if (part != NULL && G_OBJECT_TYPE (part->content->stream) != GMIME_TYPE_STREAM_MEM)
        return FALSE;
    }
  return TRUE;
}

static void
template_tell_warnings (GPtrArray *told, GPtrArray *warnings)
{
  for (guint i = 0; warnings != NULL && i < warnings->len; i++)
    g_ptr_array_add (told, warnings->pdata[i]);
}

static const char *const *
template_content_warnings (MimesendPull *pull)
{
  MimesendTemplateContent *self = MIMESEND_TEMPLATE_CONTENT (pull);
  GPtrArray *kept = self->recording != NULL && self->slice == 0 ? self->recording->warnings : NULL;

  if (self->warnings == NULL && (kept == NULL || kept->len == 0))
    return NULL;
  g_clear_pointer (&self->told, g_ptr_array_unref);
  self->told = g_ptr_array_new ();
  template_tell_warnings (self->told, kept);
  template_tell_warnings (self->told, self->warnings);
  g_ptr_array_add (self->told, NULL);
  return (const char *const *)self->told->pdata;
}

static gboolean
measure_segment (MimesendTemplateContent *self,
                 const MimesendSegment *segment,
                 MimesendCrlf *state,
                 guint64 *octets)
{
  MimesendLeaf *leaf;
  gboolean known;

  if (segment->part != NULL)
    {
      if (!segment->promise.known)
        return FALSE;
      leaf = mimesend_recording_open (self->recording, segment, NULL);
      known = leaf != NULL &&
              mimesend_leaf_measure (leaf, TRUE, mimesend_part_get_name ((GMimeObject *)segment->part), state,
                                     octets, NULL);
      mimesend_leaf_free (leaf);
      return known;
    }
  if (segment->flags & (MIMESEND_PIECE_CRLF | MIMESEND_PIECE_BINARY))
    {
      *octets += segment->length;
      mimesend_crlf_passed (state, (const guint8 *)"\r\n", 2);
    }
  else
    *octets += mimesend_crlf_measure (state, segment->octets, segment->length);
  return TRUE;
}

static gboolean
template_content_measure (MimesendPull *pull, MimesendCrlf *state, guint64 *octets)
{
  MimesendTemplateContent *self = MIMESEND_TEMPLATE_CONTENT (pull);

  if (!ensure_recording (self, NULL))
    return FALSE;
  make_head (self);
  *octets += mimesend_crlf_measure (state, self->head, self->head_length);
  for (guint i = self->first; i < self->end; i++)
    if (!measure_segment (self, segment_at (self, i), state, octets))
      return FALSE;
  return TRUE;
}

static gboolean
segment_is_seven_bit (const MimesendSegment *segment)
{
  if (segment->part == NULL)
    return (segment->flags & MIMESEND_PIECE_SEVEN_BIT) ||
           mimesend_is_seven_bit (segment->octets, segment->length);
  return segment->encoding == GMIME_CONTENT_ENCODING_BASE64 ||
         segment->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
         segment->encoding == GMIME_CONTENT_ENCODING_UUENCODE;
}

static gboolean
template_content_is_seven_bit (MimesendPull *pull)
{
  MimesendTemplateContent *self = MIMESEND_TEMPLATE_CONTENT (pull);

  if (!ensure_recording (self, NULL))
    return FALSE;
  make_head (self);
  if (!mimesend_is_seven_bit (self->head, self->head_length))
    return FALSE;
  for (guint i = self->first; i < self->end; i++)
    if (!segment_is_seven_bit (segment_at (self, i)))
      return FALSE;
  return TRUE;
}

/* Its fields and what is kept of the tree; a leaf that is not kept is read anew by each letter. */
static gboolean
template_content_is_constant (MimesendPull *pull)
{
  MimesendTemplateContent *self = MIMESEND_TEMPLATE_CONTENT (pull);

  if (self->recording == NULL)
    return FALSE;
  for (guint i = 0; i < self->recording->segments->len; i++)
    if (segment_at (self, i)->part != NULL)
      return FALSE;
  return TRUE;
}

static gboolean
template_content_prepare (MimesendContent *content, MimesendWireFlags wire, GError **error)
{
  MimesendTemplateContent *self = MIMESEND_TEMPLATE_CONTENT (content);
  MimesendRecording *recording = mimesend_template_record (self->template, &wire, error);

  if (recording == NULL)
    return FALSE;
  g_clear_pointer (&self->leaf, mimesend_leaf_free);
  g_clear_pointer (&self->head, g_free);
  set_recording (self, recording);
  return TRUE;
}

static void
mimesend_template_content_finalize (GObject *object)
{
  MimesendTemplateContent *self = MIMESEND_TEMPLATE_CONTENT (object);

  g_clear_pointer (&self->leaf, mimesend_leaf_free);
  g_clear_pointer (&self->recording, mimesend_recording_unref);
  g_clear_pointer (&self->template, mimesend_template_unref);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  g_clear_pointer (&self->told, g_ptr_array_unref);
  g_free (self->head);
  g_free (self->texts);
  G_OBJECT_CLASS (mimesend_template_content_parent_class)->finalize (object);
}

static void
template_content_pull_init (MimesendPullInterface *iface)
{
  iface->pull = template_content_pull;
  iface->rewind = template_content_rewind;
  iface->can_rewind = template_content_can_rewind;
  iface->may_block = template_content_may_block;
  iface->in_memory = template_content_in_memory;
  iface->warnings = template_content_warnings;
  iface->measure = template_content_measure;
  iface->is_seven_bit = template_content_is_seven_bit;
  iface->is_constant = template_content_is_constant;
}

static void
mimesend_template_content_class_init (MimesendTemplateContentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mimesend_template_content_finalize;
  MIMESEND_CONTENT_CLASS (klass)->prepare = template_content_prepare;
}

static void
mimesend_template_content_init (MimesendTemplateContent *self)
{
}

MimesendContent *
mimesend_template_new_slice (MimesendTemplate *template, guint slice, char *texts, const guint32 *lengths)
{
  MimesendTemplateContent *self = g_object_new (MIMESEND_TYPE_TEMPLATE_CONTENT, NULL);

  self->template = mimesend_template_ref (template);
  self->slice = slice;
  self->texts = texts;
  if (lengths != NULL)
    memcpy (self->lengths, lengths, mimesend_template_get_n_fields (template) * sizeof *lengths);
  return MIMESEND_CONTENT (self);
}

MimesendContent *
mimesend_template_new_content (MimesendTemplate *template, char *texts, const guint32 *lengths)
{
  return mimesend_template_new_slice (template, 0, texts, lengths);
}

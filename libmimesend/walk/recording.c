/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk/recording.h"

#include <string.h>

#include "walk/tree.h"
#include "walk/stream-read.h"
#include "mimesend-error.h"

typedef struct
{
  MimesendRecording *recording;
  MimesendWalk *walk;
  const MimesendGaps *gaps; /* NULL: none */
  guint64 room;             /* octets left for encoded leaves */
  GByteArray *run;          /* octets since the last border */
} Recorder;

MimesendRecording *
mimesend_recording_ref (MimesendRecording *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
segment_clear (gpointer data)
{
  MimesendSegment *segment = data;

  g_free (segment->octets);
  g_free (segment->name);
  g_clear_object (&segment->part);
  g_clear_pointer (&segment->promise.seen, mimesend_file_seen_free);
}

void
mimesend_recording_unref (gpointer data)
{
  MimesendRecording *self = data;

  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->head);
  g_array_unref (self->places);
  g_array_unref (self->segments);
  g_ptr_array_unref (self->warnings);
  mimesend_block_pool_unref (self->pool);
  g_free (self);
}

static MimesendSegment *
add_segment (Recorder *self)
{
  MimesendSegment segment = { 0 };
  GArray *segments = self->recording->segments;

  g_array_append_val (segments, segment);
  return &g_array_index (segments, MimesendSegment, segments->len - 1);
}

/* ── runs of kept octets ── */

/* Runs the CRLF pass of the sending side once, at recording. A run at which that pass would stop is kept as it is. */
static guint8 *
in_crlf_form (const GByteArray *run, gsize *length, MimesendPieceFlags *flags)
{
  guint8 *out = g_malloc (2 * (gsize)run->len + 2 + 64);
  MimesendCrlf crlf;
  gsize taken = 0;

  mimesend_crlf_init (&crlf, FALSE);
  *length = mimesend_crlf_convert (&crlf, run->data, run->len, out, &taken);
  if (taken < run->len || crlf.cr_pending || crlf.line_length > 0)
    {
      g_free (out);
      *length = run->len;
      return g_memdup2 (run->data, run->len);
    }
  *flags |= MIMESEND_PIECE_CRLF;
  if (!crlf.eight_bit && crlf.longest_line <= MIMESEND_LINE_MAX)
    *flags |= MIMESEND_PIECE_SEVEN_BIT;
  if (out[0] != '.' && memmem (out, *length, "\r\n.", 3) == NULL)
    *flags |= MIMESEND_PIECE_NO_DOT;
  return g_realloc (out, *length);
}

/* Finds the places of the fields in the header block, which the first run begins with. */
static void
cut_head (Recorder *self)
{
  MimesendRecording *recording = self->recording;
  gsize n = 0;

  if (recording->head != NULL)
    return;
  if (recording->places->len > 0)
    n = g_array_index (recording->places, MimesendPlace, recording->places->len - 1).offset;
  recording->head = g_malloc (n + 1);
  memcpy (recording->head, self->run->data, n);
  recording->head_length = n;
  g_byte_array_remove_range (self->run, 0, (guint)n);
}

static void
close_run (Recorder *self)
{
  MimesendSegment *segment;

  if (self->run->len == 0)
    return;
  cut_head (self);
  if (self->run->len == 0)
    return;
  segment = add_segment (self);
  segment->octets = in_crlf_form (self->run, &segment->length, &segment->flags);
  g_byte_array_set_size (self->run, 0);
}

static void
record_octets (gpointer data, const guint8 *octets, gsize n)
{
  g_byte_array_append (((Recorder *)data)->run, octets, (guint)n);
}

static void
record_place (gpointer data, guint field, gsize offset)
{
  Recorder *self = data;
  MimesendPlace place = { field, self->run->len + offset };

  g_array_append_val (self->recording->places, place);
}

/* ── leaves ── */

/* Whether several readers may read the stream at once, each from its start (cursor.c). */
static gboolean
can_be_shared (GMimeStream *stream)
{
  GType type = G_OBJECT_TYPE (stream);

  return (type == GMIME_TYPE_STREAM_MEM || type == GMIME_TYPE_STREAM_MMAP || type == GMIME_TYPE_STREAM_FS ||
          type == GMIME_TYPE_STREAM_FILE || type == GMIME_TYPE_STREAM_GIO) &&
         mimesend_stream_can_restart (stream);
}

static void
record_border (Recorder *self,
               GMimePart *part,
               MimesendLeaf *leaf,
               gboolean ensure_newline,
               const MimesendPromise *promise)
{
  MimesendSegment *segment;

  close_run (self);
  segment = add_segment (self);
  segment->part = g_object_ref (part);
  segment->encoding = mimesend_leaf_get_encoding (leaf);
  segment->lines = mimesend_leaf_has_lines (leaf);
  segment->ensure_newline = ensure_newline;
  segment->sealed = mimesend_leaf_is_sealed (leaf);
  segment->promise = *promise;
  mimesend_promise_look (&segment->promise, part->content->stream);
  segment->promise.seen = mimesend_file_seen_new ();
  segment->name = mimesend_walk_describe (self->walk);
}

static void
keep_binary (Recorder *self, const MimesendPiece *piece)
{
  MimesendSegment *segment;

  close_run (self);
  segment = add_segment (self);
  segment->octets = g_memdup2 (piece->data, piece->length);
  segment->length = piece->length;
  segment->flags = piece->flags;
}

static void
keep_piece (Recorder *self, const MimesendPiece *piece)
{
  if (piece->flags & MIMESEND_PIECE_BINARY)
    keep_binary (self, piece);
  else
    record_octets (self, piece->data, piece->length);
  self->room -= piece->length;
}

/* Keeps all of the leaf, or nothing (*fits FALSE). FALSE with error. */
static gboolean
keep_leaf (Recorder *self, MimesendLeaf *leaf, gboolean *fits, GError **error)
{
  GArray *segments = self->recording->segments;
  guint64 room = self->room;
  guint run, n_segments;
  MimesendPullStatus status;
  MimesendPiece piece = { 0 };

  if (mimesend_leaf_get_encoding (leaf) == GMIME_CONTENT_ENCODING_BINARY)
    close_run (self);
  run = self->run->len;
  n_segments = segments->len;
  while ((status = mimesend_leaf_next (leaf, &piece, error)) == MIMESEND_PULL_PIECE)
    {
      *fits = piece.length <= self->room;
      if (*fits)
        keep_piece (self, &piece);
      mimesend_piece_clear (&piece);
      if (*fits)
        continue;
      self->room = room;
      g_byte_array_set_size (self->run, run);
      g_array_set_size (segments, n_segments);
      return TRUE;
    }
  *fits = TRUE;
  return status == MIMESEND_PULL_END;
}

static void
warn_of_leaf (Recorder *self, MimesendLeaf *leaf)
{
  g_autofree char *name = NULL;

  if (!mimesend_walk_has_to_warn (leaf))
    return;
  name = mimesend_walk_describe (self->walk);
  mimesend_walk_warn (self->recording->warnings, name, leaf);
}

static gboolean
record_leaf (gpointer data, GMimePart *part, MimesendLeaf *leaf, gboolean ensure_newline, GError **error)
{
  Recorder *self = data;
  GMimeStream *stream = mimesend_part_get_stream ((GMimeObject *)part);
  MimesendPromise promise = { 0 };
  gboolean shared, fits;

  if (stream == NULL)
    return TRUE;
  mimesend_promise_make (&promise, stream);
  shared = can_be_shared (stream);
  /* A file that is too large is not opened. */
  if (!(shared && promise.known && promise.octets > self->room))
    {
      if (!keep_leaf (self, leaf, &fits, error))
        return FALSE;
      if (fits)
        {
          warn_of_leaf (self, leaf);
          return TRUE;
        }
    }
  if (shared)
    {
      record_border (self, part, leaf, ensure_newline, &promise);
      return TRUE;
    }
  g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
                       "its stream can be read by one letter at a time, and it is too large to be kept: give "
                       "it as a file or as octets, or raise keep-limit");
  return FALSE;
}

static gboolean
takes_leaf (gpointer data, GMimePart *part)
{
  Recorder *self = data;

  return self->gaps != NULL && self->gaps->is_one (self->gaps->data, part);
}

static void
record_gap (gpointer data, GMimePart *part)
{
  close_run (data);
  add_segment (data)->is_gap = TRUE;
}

MimesendLeaf *
mimesend_recording_open (MimesendRecording *self, const MimesendSegment *segment, GError **error)
{
  MimesendLeaf *leaf = mimesend_leaf_new (segment->part, &self->form, segment->ensure_newline,
                                          segment->sealed, self->pool, &segment->promise, error);

  if (leaf == NULL)
    g_prefix_error (error, "%s: ", segment->name);
  else if (segment->encoding != mimesend_leaf_get_encoding (leaf))
    mimesend_leaf_set_encoding (leaf, segment->encoding, segment->lines);
  return leaf;
}

MimesendRecording *
mimesend_recording_new (GMimeObject *tree,
                        const MimesendLeafForm *form,
                        const char *const *names,
                        const MimesendGaps *gaps,
                        guint64 keep_limit,
                        GError **error)
{
  static const MimesendWalkVisitor visitor = { record_octets, record_leaf, takes_leaf, record_gap };
  MimesendRecording *self = g_new0 (MimesendRecording, 1);
  Recorder recorder = { .recording = self, .gaps = gaps, .room = keep_limit };
  MimesendWalkFields fields = { names, record_place, &recorder };
  MimesendWalkSetup setup = { .form = *form, .fields = &fields };
  gboolean done;

  g_atomic_ref_count_init (&self->refs);
  self->form = *form;
  self->pool = mimesend_block_pool_new ();
  self->places = g_array_new (FALSE, FALSE, sizeof (MimesendPlace));
  self->segments = g_array_new (FALSE, FALSE, sizeof (MimesendSegment));
  g_array_set_clear_func (self->segments, segment_clear);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  recorder.walk = mimesend_walk_new (tree, NULL, &setup);
  recorder.run = g_byte_array_new ();

  done = mimesend_walk_visit (recorder.walk, &visitor, &recorder, error);
  if (done)
    close_run (&recorder);
  mimesend_walk_free (recorder.walk);
  g_byte_array_unref (recorder.run);
  if (!done)
    g_clear_pointer (&self, mimesend_recording_unref);
  return self;
}

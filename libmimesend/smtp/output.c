/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "smtp/output.h"

#include <string.h>

#define BUFFER_LEAST 4096
#define TURN_MOST    16384 /* octets; longer chunks are not moved */
#define COMMAND_MOST 64
#define BUFFER_KEEP                                                                                          \
  (128 * 1024) /* of the octets that have left and are still in front: compact beyond that */

#define SEGMENT(array, i) (&g_array_index ((array), MimesendSmtpSegment, (i)))

/* Overwrites with stores that the compiler must not omit: passwords pass through here. */
void
mimesend_smtp_wipe (gpointer octets, gsize n)
{
  volatile guint8 *p = octets;

  while (n-- > 0)
    *p++ = 0;
}

void
mimesend_smtp_output_init (MimesendSmtpOutput *self)
{
  *self = (MimesendSmtpOutput){ 0 };
  self->queue = g_array_new (FALSE, FALSE, sizeof (MimesendSmtpSegment));
  self->chunk = g_array_new (FALSE, FALSE, sizeof (MimesendSmtpSegment));
}

static void
segment_end (MimesendSmtpOutput *self, MimesendSmtpSegment *segment)
{
  if (segment->lent)
    self->n_lent--;
  if (segment->secret)
    {
      mimesend_smtp_wipe (self->buffer + segment->start, segment->length);
      self->n_secret--;
    }
  if (segment->release != NULL)
    segment->release (segment->owner);
  segment->release = NULL;
}

void
mimesend_smtp_output_discard_chunk (MimesendSmtpOutput *self)
{
  for (guint i = 0; i < self->chunk->len; i++)
    segment_end (self, SEGMENT (self->chunk, i));
  g_array_set_size (self->chunk, 0);
  self->chunk_octets = 0;
}

void
mimesend_smtp_output_clear (MimesendSmtpOutput *self)
{
  if (self->queue == NULL)
    return;
  for (guint i = self->head; i < self->queue->len; i++)
    segment_end (self, SEGMENT (self->queue, i));
  mimesend_smtp_output_discard_chunk (self);
  g_clear_pointer (&self->queue, g_array_unref);
  g_clear_pointer (&self->chunk, g_array_unref);
  g_clear_pointer (&self->buffer, g_free);
}

/* The offset of the first octet of the buffer that a segment still uses. */
static gsize
first_used (MimesendSmtpOutput *self)
{
  gsize first = self->used;

  for (guint i = self->head; i < self->queue->len; i++)
    if (SEGMENT (self->queue, i)->data == NULL)
      first = MIN (first, SEGMENT (self->queue, i)->start);
  for (guint i = 0; i < self->chunk->len; i++)
    if (SEGMENT (self->chunk, i)->data == NULL)
      first = MIN (first, SEGMENT (self->chunk, i)->start);
  return first;
}

static void
move_back (MimesendSmtpOutput *self, gsize by)
{
  memmove (self->buffer, self->buffer + by, self->used - by);
  self->used -= by;
  for (guint i = self->head; i < self->queue->len; i++)
    if (SEGMENT (self->queue, i)->data == NULL)
      SEGMENT (self->queue, i)->start -= by;
  for (guint i = 0; i < self->chunk->len; i++)
    if (SEGMENT (self->chunk, i)->data == NULL)
      SEGMENT (self->chunk, i)->start -= by;
}

guint8 *
mimesend_smtp_output_reserve (MimesendSmtpOutput *self, gsize n)
{
  if (self->head == self->queue->len && self->chunk->len == 0)
    self->used = 0;
  if (self->used > BUFFER_KEEP && self->allocated - self->used < n)
    {
      gsize first = first_used (self);

      if (first >= self->used / 2)
        move_back (self, first);
    }
  if (self->allocated - self->used < n)
    {
      gsize wanted = MAX (MAX (BUFFER_LEAST, self->allocated * 2), self->used + n);
      guint8 *grown = g_malloc (wanted);

      if (self->used > 0)
        memcpy (grown, self->buffer, self->used);
      if (self->n_secret > 0)
        mimesend_smtp_wipe (self->buffer, self->used);
      g_free (self->buffer);
      self->buffer = grown;
      self->allocated = wanted;
    }
  return self->buffer + self->used;
}

static void
output_append (MimesendSmtpOutput *self, const MimesendSmtpSegment *segment, MimesendSmtpQueueFlags flags)
{
  if (segment->lent)
    self->n_lent++;
  if (segment->secret)
    self->n_secret++;
  if ((flags & MIMESEND_SMTP_QUEUE_CHUNK) != 0)
    {
      g_array_append_vals (self->chunk, segment, 1);
      self->chunk_octets += segment->length;
    }
  else
    {
      g_array_append_vals (self->queue, segment, 1);
      self->queued += segment->length;
    }
}

/* Extends the last segment by octets that follow it directly in the buffer. */
static gboolean
extend_last (MimesendSmtpOutput *self, gsize n, MimesendSmtpQueueFlags flags)
{
  gboolean to_chunk = (flags & MIMESEND_SMTP_QUEUE_CHUNK) != 0;
  GArray *array = to_chunk ? self->chunk : self->queue;
  MimesendSmtpSegment *last;

  if (array->len == 0 || (!to_chunk && array->len == self->head))
    return FALSE;
  last = SEGMENT (array, array->len - 1);
  if (last->data != NULL || last->secret || last->release != NULL ||
      last->start + last->length != self->used ||
      (flags & (MIMESEND_SMTP_QUEUE_GATE | MIMESEND_SMTP_QUEUE_SECRET)) != 0)
    return FALSE;
  last->length += n;
  if (to_chunk)
    self->chunk_octets += n;
  else
    self->queued += n;
  return TRUE;
}

void
mimesend_smtp_output_commit (MimesendSmtpOutput *self, gsize n, MimesendSmtpQueueFlags flags)
{
  MimesendSmtpSegment segment = { 0 };

  if (n == 0)
    return;
  if (!extend_last (self, n, flags))
    {
      segment.start = self->used;
      segment.length = n;
      segment.gate = (flags & MIMESEND_SMTP_QUEUE_GATE) != 0;
      segment.secret = (flags & MIMESEND_SMTP_QUEUE_SECRET) != 0;
      output_append (self, &segment, flags);
    }
  self->used += n;
}

void
mimesend_smtp_output_refer (
    MimesendSmtpOutput *self, const guint8 *data, gsize n, gboolean lent, MimesendSmtpQueueFlags flags)
{
  MimesendSmtpSegment segment = { 0 };

  segment.data = data;
  segment.length = n;
  segment.lent = lent;
  output_append (self, &segment, flags);
}

void
mimesend_smtp_output_release_after (MimesendSmtpOutput *self, void (*release) (gpointer), gpointer owner)
{
  GArray *array = self->chunk->len > 0 ? self->chunk : self->queue;
  MimesendSmtpSegment *last;

  if (release == NULL)
    return;
  last = array->len > 0 && (array == self->chunk || array->len > self->head) ? SEGMENT (array, array->len - 1)
                                                                             : NULL;
  if (last == NULL)
    release (owner);
  else if (last->release == NULL)
    {
      last->release = release;
      last->owner = owner;
    }
  else
    {
      MimesendSmtpSegment marker = { 0 }; /* of no octets */

      marker.start = self->used;
      marker.release = release;
      marker.owner = owner;
      g_array_append_vals (array, &marker, 1);
    }
}

/* TRUE if the buffer ends with the chunk and the command that announces it, both short enough to be moved and both unsent. */
static gboolean
stand_side_by_side (MimesendSmtpOutput *self)
{
  const MimesendSmtpSegment *chunk, *command;
  gboolean begun = self->queue->len - 1 == self->head && self->head_sent > 0;

  if (self->chunk->len != 1 || self->queue->len == self->head || begun)
    return FALSE;
  chunk = SEGMENT (self->chunk, 0);
  command = SEGMENT (self->queue, self->queue->len - 1);
  return chunk->data == NULL && chunk->length <= TURN_MOST && command->data == NULL &&
         command->length <= COMMAND_MOST && chunk->start + chunk->length == command->start;
}

/* The size of a chunk is known when all of it is there, so that its command is written behind it, and leaves ahead of it. Where
 * they change places many small messages are one run of octets, and leave in one write. */
static void
move_command_ahead (MimesendSmtpOutput *self)
{
  MimesendSmtpSegment *chunk = SEGMENT (self->chunk, 0);
  MimesendSmtpSegment *command = SEGMENT (self->queue, self->queue->len - 1);
  guint8 line[COMMAND_MOST];

  memcpy (line, self->buffer + command->start, command->length);
  memmove (self->buffer + chunk->start + command->length, self->buffer + chunk->start, chunk->length);
  memcpy (self->buffer + chunk->start, line, command->length);
  command->start = chunk->start;
  chunk->start += command->length;
}

void
mimesend_smtp_output_queue_chunk (MimesendSmtpOutput *self)
{
  if (stand_side_by_side (self))
    move_command_ahead (self);
  if (self->chunk->len > 0)
    g_array_append_vals (self->queue, self->chunk->data, self->chunk->len);
  self->queued += self->chunk_octets;
  g_array_set_size (self->chunk, 0);
  self->chunk_octets = 0;
}

gsize
mimesend_smtp_output_backlog (const MimesendSmtpOutput *self)
{
  return (gsize)(self->queued - self->sent);
}

gboolean
mimesend_smtp_output_at_gate (const MimesendSmtpOutput *self)
{
  return self->head < self->queue->len && self->head_sent == 0 && SEGMENT (self->queue, self->head)->gate;
}

/* `open`: gates stand open. */
guint
mimesend_smtp_output_peek (MimesendSmtpOutput *self, gboolean open, MimesendPiece *pieces, guint n_max)
{
  guint n = 0;

  for (guint i = self->head; i < self->queue->len; i++)
    {
      const MimesendSmtpSegment *segment = SEGMENT (self->queue, i);
      gsize skip = i == self->head ? self->head_sent : 0;
      const guint8 *octets = (segment->data != NULL ? segment->data : self->buffer + segment->start) + skip;

      if (segment->gate && !open && skip == 0)
        break;
      if (segment->length == 0)
        continue;
      if (n > 0 && pieces[n - 1].data + pieces[n - 1].length == octets)
        {
          pieces[n - 1].length += segment->length;
          continue;
        }
      if (n == n_max)
        break;
      pieces[n] = (MimesendPiece){ 0 };
      pieces[n].data = octets;
      pieces[n].length = segment->length - skip;
      n++;
    }
  return n;
}

void
mimesend_smtp_output_sent (MimesendSmtpOutput *self, gsize n)
{
  self->sent += n;
  while (self->head < self->queue->len)
    {
      MimesendSmtpSegment *segment = SEGMENT (self->queue, self->head);
      gsize step = MIN (n, segment->length - self->head_sent);

      n -= step;
      self->head_sent += step;
      if (self->head_sent < segment->length)
        break;
      segment_end (self, segment);
      self->head++;
      self->head_sent = 0;
    }
  if (self->head == self->queue->len)
    {
      g_array_set_size (self->queue, 0);
      self->head = 0;
    }
  else if (self->head >= 64 && self->head >= self->queue->len / 2)
    {
      g_array_remove_range (self->queue, 0, self->head);
      self->head = 0;
    }
}

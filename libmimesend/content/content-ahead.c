/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content/content-ahead.h"

#include "content/content-private.h"
#include "octets/seven-bit.h"
#include "mimesend-error.h"

gboolean
mimesend_ahead_has_pieces (const MimesendAhead *self)
{
  return self->first.length > 0 || self->more.length > 0;
}

/* Copies a lent piece, which is valid only until the next pull. */
static void
keep_last (MimesendAhead *self)
{
  MimesendPiece *last = self->more.length > 0 ? g_queue_peek_tail (&self->more) : &self->first;

  if (last->length == 0 || last->release != NULL)
    return;
  last->owner = g_memdup2 (last->data, last->length);
  last->data = last->owner;
  last->release = g_free;
}

static void
add_piece (MimesendPull *content, MimesendAhead *self, const MimesendPiece *piece)
{
  if (self->octets == 0)
    self->first = *piece;
  else
    g_queue_push_tail (&self->more, g_memdup2 (piece, sizeof *piece));
  self->octets += piece->length;
  self->faulty = !mimesend_header_watch (&self->header, piece->data, piece->length);
  self->eight_bit = self->eight_bit || !mimesend_is_seven_bit (piece->data, piece->length);
  self->enough = self->faulty || self->octets >= MIMESEND_AHEAD_MAX ||
                 (self->header.over && (self->eight_bit || !mimesend_pull_is_ready (content)));
}

MimesendPullStatus
mimesend_pull_look (MimesendPull *self, GCancellable *cancellable, GError **error)
{
  MimesendContentState *state = mimesend_content_get_state (MIMESEND_CONTENT (self));
  MimesendPiece piece = { 0 };
  MimesendPullStatus status;

  if (state->begun || state->failure != NULL || state->ended)
    return MIMESEND_PULL_END; /* the next pull reports it */
  if (state->ahead == NULL)
    state->ahead = g_new0 (MimesendAhead, 1);
  if (!state->ahead->enough)
    {
      keep_last (state->ahead);
      status = mimesend_pull_ask (self, MIMESEND_PIECE_BEST, &piece, cancellable, error);
      if (status == MIMESEND_PULL_PIECE)
        add_piece (self, state->ahead, &piece);
      else if (status == MIMESEND_PULL_END)
        {
          mimesend_header_watch_end (&state->ahead->header);
          state->ahead->enough = state->ahead->ended = TRUE;
        }
      else
        return status;
    }
  if (!state->ahead->faulty)
    return state->ahead->enough ? MIMESEND_PULL_END : MIMESEND_PULL_PIECE;
  mimesend_header_set_fault (&state->ahead->header, error);
  return MIMESEND_PULL_FAILED;
}

gboolean
mimesend_pull_forget_ahead (MimesendPull *self)
{
  MimesendContentState *state = mimesend_content_get_state (MIMESEND_CONTENT (self));

  if (state->ahead == NULL || state->begun)
    return TRUE;
  state->begun = TRUE;
  if (mimesend_pull_rewind (self))
    return TRUE;
  state->begun = FALSE;
  return FALSE;
}

const MimesendAhead *
mimesend_pull_get_ahead (MimesendPull *self)
{
  return mimesend_content_get_state (MIMESEND_CONTENT (self))->ahead;
}

gboolean
mimesend_pull_is_known_seven_bit (MimesendPull *self)
{
  const MimesendAhead *ahead = mimesend_pull_get_ahead (self);

  return ahead != NULL && ahead->ended && !ahead->eight_bit;
}

gboolean
mimesend_ahead_take (MimesendAhead *self, MimesendPiece *piece)
{
  g_autofree MimesendPiece *next = NULL;

  if (self == NULL || !mimesend_ahead_has_pieces (self))
    return FALSE;
  if (self->first.length > 0)
    {
      *piece = self->first;
      self->first = (MimesendPiece){ 0 };
      return TRUE;
    }
  next = g_queue_pop_head (&self->more);
  *piece = *next;
  return TRUE;
}

void
mimesend_ahead_free (MimesendAhead *self)
{
  MimesendPiece piece;

  while (mimesend_ahead_take (self, &piece))
    mimesend_piece_clear (&piece);
  g_free (self);
}

void
mimesend_header_set_fault (const MimesendHeaderWatch *watch, GError **error)
{
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "the header has a CR without LF at offset %" G_GUINT64_FORMAT
               ", which some servers take for a line end: end its lines with LF or CRLF",
               watch->offset);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pulling from a content of any class: the end and a failure are final. */
#include "content/content-pull.h"

#include "content/content-private.h"

G_DEFINE_INTERFACE (MimesendPull, mimesend_pull, MIMESEND_TYPE_CONTENT)

static void
mimesend_pull_default_init (MimesendPullInterface *iface)
{
}

MimesendPullStatus
mimesend_pull_ask (
    MimesendPull *self, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendContentState *state = mimesend_content_get_state (MIMESEND_CONTENT (self));
  MimesendPullStatus status;

  status = MIMESEND_PULL_GET_IFACE (self)->pull (self, MAX (max, 1), piece, cancellable, &state->failure);
  if (status == MIMESEND_PULL_FAILED && state->failure != NULL)
    {
      g_propagate_error (error, g_error_copy (state->failure));
      if (g_error_matches (state->failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_clear_error (&state->failure);
    }
  return status;
}

/* The next piece, see the interface. A failure is returned again by every later call, after the octets that were read
 * before it. */
MimesendPullStatus
mimesend_pull_next (
    MimesendPull *self, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendContentState *state = mimesend_content_get_state (MIMESEND_CONTENT (self));
  MimesendPullStatus status;

  *piece = (MimesendPiece){ 0 };
  if (mimesend_ahead_take (state->ahead, piece))
    {
      state->begun = TRUE;
      return MIMESEND_PULL_PIECE;
    }
  if (state->failure != NULL)
    {
      g_propagate_error (error, g_error_copy (state->failure));
      return MIMESEND_PULL_FAILED;
    }
  if (state->ended)
    return MIMESEND_PULL_END;
  /* A cancel is no failure of the content: it may be pulled again. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return MIMESEND_PULL_FAILED;
  state->begun = TRUE;
  status = state->ahead != NULL && state->ahead->ended
               ? MIMESEND_PULL_END
               : mimesend_pull_ask (self, max, piece, cancellable, error);
  state->ended = status == MIMESEND_PULL_END;
  return status;
}

const MimesendPullInterface *
mimesend_content_peek_pull (MimesendContent *content)
{
  return g_type_interface_peek (G_OBJECT_GET_CLASS (content), MIMESEND_TYPE_PULL);
}

void
mimesend_content_foreach_inner (MimesendContent *content, MimesendInnerFunc func, gpointer data)
{
  const MimesendPullInterface *iface = mimesend_content_peek_pull (content);

  if (iface != NULL && iface->foreach_inner != NULL)
    iface->foreach_inner ((MimesendPull *)content, func, data);
}

void
mimesend_content_foreach_stream (MimesendContent *content, MimesendStreamFunc func, gpointer data)
{
  if (MIMESEND_IS_PULL (content) && MIMESEND_PULL_GET_IFACE (content)->foreach_stream != NULL)
    MIMESEND_PULL_GET_IFACE (content)->foreach_stream (MIMESEND_PULL (content), func, data);
}

static void
call_in (MimesendContent *content, gpointer context)
{
  mimesend_content_get_state (content)->context = context;
  mimesend_content_foreach_inner (content, call_in, context);
}

void
mimesend_content_call_in (MimesendContent *content, GMainContext *context)
{
  call_in (content, context);
}

static void
look_for_read (MimesendContent *content, gpointer was_read)
{
  MimesendContentState *state = mimesend_content_get_state (content);
  const MimesendPullInterface *iface = mimesend_content_peek_pull (content);

  if (*(gboolean *)was_read)
    return;
  if (state->ahead != NULL && !state->begun && state->failure == NULL)
    return; /* what was read of it is queued */
  if (state->begun || state->failure != NULL ||
      (iface != NULL && iface->is_spent != NULL && iface->is_spent ((MimesendPull *)content)))
    *(gboolean *)was_read = TRUE;
  else if (iface != NULL && iface->foreach_inner != NULL)
    iface->foreach_inner ((MimesendPull *)content, look_for_read, was_read);
}

gboolean
mimesend_content_was_read (MimesendContent *content)
{
  gboolean was_read = FALSE;

  look_for_read (content, &was_read);
  return was_read;
}

gboolean
mimesend_pull_rewind (MimesendPull *self)
{
  MimesendContentState *state = mimesend_content_get_state (MIMESEND_CONTENT (self));
  MimesendPullInterface *iface = MIMESEND_PULL_GET_IFACE (self);

  if (!mimesend_content_was_read (MIMESEND_CONTENT (self)))
    return TRUE;
  if (iface->rewind == NULL || !iface->rewind (self))
    return FALSE;
  mimesend_piece_clear (&state->rest);
  g_clear_pointer (&state->ahead, mimesend_ahead_free);
  g_clear_error (&state->failure);
  state->ended = FALSE;
  state->begun = FALSE;
  state->rest_used = 0;
  return TRUE;
}

gboolean
mimesend_pull_can_rewind (MimesendPull *self)
{
  MimesendPullInterface *iface = MIMESEND_PULL_GET_IFACE (self);

  return iface->can_rewind != NULL && iface->can_rewind (self);
}

gboolean
mimesend_pull_may_block (MimesendPull *self)
{
  MimesendPullInterface *iface = MIMESEND_PULL_GET_IFACE (self);

  return iface->may_block != NULL && iface->may_block (self);
}

gboolean
mimesend_pull_in_memory (MimesendPull *self)
{
  MimesendPullInterface *iface = MIMESEND_PULL_GET_IFACE (self);

  return iface->in_memory != NULL && iface->in_memory (self);
}

const char *const *
mimesend_pull_get_warnings (MimesendPull *self)
{
  MimesendPullInterface *iface = MIMESEND_PULL_GET_IFACE (self);

  return iface->warnings != NULL ? iface->warnings (self) : NULL;
}

gboolean
mimesend_pull_measure (MimesendPull *self, MimesendCrlf *state, guint64 *octets)
{
  MimesendPullInterface *iface = MIMESEND_PULL_GET_IFACE (self);

  return iface->measure != NULL && iface->measure (self, state, octets);
}

gboolean
mimesend_pull_is_seven_bit (MimesendPull *self)
{
  MimesendPullInterface *iface = MIMESEND_PULL_GET_IFACE (self);

  return iface->is_seven_bit != NULL && iface->is_seven_bit (self);
}

char *
mimesend_content_dup_message_id (MimesendContent *content)
{
  MimesendPullInterface *iface =
      MIMESEND_IS_PULL (content) ? MIMESEND_PULL_GET_IFACE ((MimesendPull *)content) : NULL;

  return iface != NULL && iface->dup_message_id != NULL ? iface->dup_message_id ((MimesendPull *)content)
                                                        : NULL;
}

gboolean
mimesend_pull_is_ready (MimesendPull *self)
{
  MimesendPullInterface *iface = MIMESEND_PULL_GET_IFACE (self);

  return iface->is_ready != NULL && iface->is_ready (self);
}

gboolean
mimesend_pull_names_utf8 (MimesendPull *self)
{
  MimesendPullInterface *iface = MIMESEND_PULL_GET_IFACE (self);

  return iface->names_utf8 != NULL && iface->names_utf8 (self);
}

gboolean
mimesend_pull_is_constant (MimesendPull *self)
{
  MimesendPullInterface *iface = MIMESEND_PULL_GET_IFACE (self);

  return iface->is_constant != NULL && iface->is_constant (self);
}

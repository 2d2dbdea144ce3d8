/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/pump.h"

#include <string.h>

static MimesendPullStatus
refill (MimesendPump *self, GError **error)
{
  MimesendPullStatus status;

  mimesend_piece_clear (&self->piece);
  self->used = 0;
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return MIMESEND_PULL_FAILED;
  status = mimesend_canonical_next (self->canonical, &self->piece, self->cancellable, error);
  if (status == MIMESEND_PULL_PIECE && self->keep != NULL &&
      !self->keep (self->data, self->piece.data, self->piece.length, error))
    return MIMESEND_PULL_FAILED;
  return status;
}

gssize
mimesend_pump_read (gpointer data, guint8 *octets, gsize n, GError **error)
{
  MimesendPump *self = data;

  if (self->used == self->piece.length)
    switch (refill (self, error))
      {
      case MIMESEND_PULL_PIECE:
        break;
      case MIMESEND_PULL_END:
        return 0;
      default:
        return -1;
      }
  n = MIN (n, self->piece.length - self->used);
  memcpy (octets, self->piece.data + self->used, n);
  self->used += n;
  return (gssize)n;
}

void
mimesend_pump_clear (MimesendPump *self)
{
  mimesend_piece_clear (&self->piece);
}

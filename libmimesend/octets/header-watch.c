/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/header-watch.h"

/* The header goes on as long as lines are `name:` (RFC 5322 2.2) or continuations; whatever else begins the body, and so
 * does text that has no header at all. */
static int
next_state (int state, guint8 octet)
{
  switch (state)
    {
    case MIMESEND_HEADER_LINE_START:
      if (octet == ' ' || octet == '\t')
        return MIMESEND_HEADER_VALUE;
      return octet > 32 && octet < 127 && octet != ':' ? MIMESEND_HEADER_NAME : MIMESEND_HEADER_OVER;
    case MIMESEND_HEADER_NAME:
      if (octet == ':')
        return MIMESEND_HEADER_VALUE;
      return octet > 32 && octet < 127 ? MIMESEND_HEADER_NAME : MIMESEND_HEADER_OVER;
    case MIMESEND_HEADER_VALUE:
      if (octet == '\r')
        return MIMESEND_HEADER_CR;
      return octet == '\n' ? MIMESEND_HEADER_LINE_START : MIMESEND_HEADER_VALUE;
    case MIMESEND_HEADER_CR:
      return octet == '\n' ? MIMESEND_HEADER_LINE_START : -1;
    default:
      return MIMESEND_HEADER_OVER;
    }
}

gboolean
mimesend_header_watch (MimesendHeaderWatch *self, const guint8 *octets, gsize n)
{
  for (gsize i = 0; i < n && self->state != MIMESEND_HEADER_OVER; i++)
    {
      gsize begin = i;
      int state;

      /* most of a header is values, and nothing in them matters but how they end */
      while (self->state == MIMESEND_HEADER_VALUE && i < n - 1 && octets[i] != '\r' && octets[i] != '\n')
        i++;
      self->offset += i - begin;
      state = next_state (self->state, octets[i]);
      if (state < 0)
        {
          self->offset--;
          return FALSE;
        }
      self->state = state;
      self->offset++;
    }
  return TRUE;
}

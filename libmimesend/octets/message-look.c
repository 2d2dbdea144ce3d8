/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/message-look.h"

#include <string.h>

#define LINE_MAX_OCTETS 998 /* RFC 5322 2.1.1 */

static void
line_over (MimesendMessageLook *self)
{
  if (self->line - (self->last == '\r') > LINE_MAX_OCTETS)
    self->unfit = TRUE;
  self->line = 0;
}

void
mimesend_message_look (MimesendMessageLook *self, const guint8 *octets, gsize n)
{
  guint8 all = 0;

  if (!mimesend_header_watch (&self->header, octets, n) || (n > 0 && memchr (octets, 0, n) != NULL))
    self->unfit = TRUE;
  for (gsize i = 0; i < n; i++)
    {
      guint8 c = octets[i];

      all |= c;
      if (c == '\n')
        line_over (self);
      else
        {
          if (self->last == '\r')
            self->unfit = TRUE;
          self->line++;
        }
      self->last = c;
    }
  self->eight_bit = self->eight_bit || all >= 0x80;
}

void
mimesend_message_look_end (MimesendMessageLook *self)
{
  if (self->last == '\r')
    self->unfit = TRUE;
  line_over (self);
  mimesend_header_watch_end (&self->header);
}

gboolean
mimesend_message_look_has_header (const MimesendMessageLook *self)
{
  return (self->header.flags & MIMESEND_HEADER_HAS_FIELD) && !(self->header.flags & MIMESEND_HEADER_HAS_BOM);
}

gboolean
mimesend_message_look_fits (const MimesendMessageLook *self, gboolean eight_bit)
{
  return mimesend_message_look_has_header (self) && !self->unfit && (eight_bit || !self->eight_bit);
}

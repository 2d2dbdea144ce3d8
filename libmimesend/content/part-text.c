/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "content/part-text.h"

#include <string.h>

static void
line_seen (MimesendTextFacts *self, guint64 end)
{
  if (self->line <= self->longest)
    return;
  self->longest = self->line;
  self->longest_offset = end - self->line;
}

void
mimesend_text_scan (MimesendTextFacts *self, const guint8 *octets, gsize n)
{
  const guint8 *nul, *at = octets, *end = octets + n;
  guint64 eight_bit = 0;

  if (n == 0)
    return;
  for (gsize i = 0; i < n; i++)
    eight_bit += octets[i] >> 7;
  self->eight_bit += eight_bit;

  nul = self->nul ? NULL : memchr (octets, 0, n);
  if (nul != NULL)
    {
      self->nul = TRUE;
      self->nul_offset = self->octets + (guint64)(nul - octets);
    }
  while (at < end)
    {
      const guint8 *newline = memchr (at, '\n', (gsize)(end - at));
      const guint8 *stop = newline != NULL ? newline : end;

      self->line += (guint64)(stop - at);
      if (newline != NULL && stop > at && stop[-1] == '\r')
        self->line--;
      line_seen (self, self->octets + (guint64)(stop - octets));
      if (newline == NULL)
        break;
      self->line = 0;
      at = newline + 1;
    }
  self->octets += n;
}

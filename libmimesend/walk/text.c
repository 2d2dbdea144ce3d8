/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scans text that is sent unencoded. The usual case, 7-bit octets in short lines, is the fast one. */
#include "walk/text.h"

#include <string.h>

#include "octets/seven-bit.h"

static guint64
count_eight_bit (const guint8 *octets, gsize n)
{
  guint64 count = 0;

  if (mimesend_is_seven_bit (octets, n))
    return 0;
  for (gsize i = 0; i < n; i++)
    count += octets[i] >> 7;
  return count;
}

/* Counts a line that ends before the octet at `end` and has that many octets. */
static void
line_seen (MimesendTextFacts *self, guint64 end, guint64 length)
{
  if (length <= self->longest)
    return;
  self->longest = length;
  self->longest_offset = end - self->line;
}

/* Skips over many short lines at once: `longest` is exact for lines over the limit alone. */
static void
scan_lines (MimesendTextFacts *self, const guint8 *octets, gsize n)
{
  const guint8 *at = octets, *end = octets + n;

  while (at < end)
    {
      gsize reach =
          self->line <= MIMESEND_LINE_MAX ? MIN (MIMESEND_LINE_MAX + 1 - self->line, (gsize)(end - at)) : 0;
      const guint8 *newline = reach > 0 ? memrchr (at, '\n', reach) : NULL, *stop;
      guint64 length;

      if (newline == NULL)
        {
          newline = memchr (at, '\n', (gsize)(end - at));
          stop = newline != NULL ? newline : end;
          self->line += (guint64)(stop - at);
          if (newline == NULL)
            return; /* its length is known when it ends */
          length = self->line;
          if (length > 0 && (stop > octets ? stop[-1] : self->last) == '\r')
            length--;
          line_seen (self, self->octets + (guint64)(stop - octets), length);
        }
      self->line = 0;
      at = newline + 1;
    }
}

void
mimesend_text_scan (MimesendTextFacts *self, const guint8 *octets, gsize n)
{
  const guint8 *nul;

  if (octets == NULL || n == 0)
    return;
  self->eight_bit += count_eight_bit (octets, n);
  nul = self->nul ? NULL : memchr (octets, 0, n);
  if (nul != NULL)
    {
      self->nul = TRUE;
      self->nul_offset = self->octets + (guint64)(nul - octets);
    }
  scan_lines (self, octets, n);
  self->octets += n;
  self->last = octets[n - 1];
}

static gboolean
ends_with_blank (const guint8 *line, gsize n)
{
  if (n > 0 && line[n - 1] == '\r')
    n--;
  return n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t');
}

gboolean
mimesend_text_is_fragile (const guint8 *octets, gsize n)
{
  while (n > 0)
    {
      const guint8 *newline = memchr (octets, '\n', n);
      gsize line = newline != NULL ? (gsize)(newline - octets) : n;

      if (ends_with_blank (octets, line) || (line >= 5 && memcmp (octets, "From ", 5) == 0))
        return TRUE;
      line += newline != NULL;
      octets += line;
      n -= line;
    }
  return FALSE;
}

void
mimesend_text_end (MimesendTextFacts *self)
{
  line_seen (self, self->octets, self->line);
}

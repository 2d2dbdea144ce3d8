/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Line ends, long lines, and header lines that are no fields, in one pass over the file. */
#include "show/lines.h"

#include <string.h>

#define LINE_OCTETS_MAX 998

/* Of a line, as much as tells a field from what is none. */
#define HEAD_MAX 128

struct _ShowLooker
{
  ShowLines lines;
  guint8 head[HEAD_MAX]; /* the first octets of the line */
  guint64 length;        /* of the line so far */
  gboolean eight_bit;    /* in the line so far */
  gboolean cr;           /* the last octet was CR */
  gboolean in_header;
};

ShowLooker *
show_looker_new (void)
{
  ShowLooker *self = g_new0 (ShowLooker, 1);

  self->in_header = TRUE;
  self->lines.last_ended = TRUE;
  return self;
}

static void
place_add (ShowPlace *place, guint64 line)
{
  if (place->count++ == 0)
    place->first = line;
}

/* RFC 5322 2.2: printable ASCII and no colon. */
static gsize
field_name_length (const guint8 *head, gsize n)
{
  gsize i = 0;

  while (i < n && head[i] > ' ' && head[i] < 0x7f && head[i] != ':')
    i++;
  return i;
}

/* "From joe@example.com Thu Jan  1 …", and not the field "From : joe@example.com". */
static gboolean
is_from_line (const guint8 *head, gsize n)
{
  gsize i = 4;

  if (n < 5 || memcmp (head, "From ", 5) != 0)
    return FALSE;
  while (i < n && (head[i] == ' ' || head[i] == '\t'))
    i++;
  return i < n && head[i] != ':';
}

static void
look_at_header_line (ShowLooker *self, guint64 number, guint64 end)
{
  ShowLines *lines = &self->lines;
  const guint8 *head = self->head;
  gsize n = MIN (self->length, HEAD_MAX);
  gsize name, colon;

  if (number == 1 && n >= 3 && memcmp (head, "\xef\xbb\xbf", 3) == 0)
    {
      lines->byte_order_mark = TRUE;
      lines->begin = 3;
      head += 3;
      n -= 3;
    }
  if (n == 0)
    {
      lines->header_ended = TRUE;
      self->in_header = FALSE;
      return;
    }
  if (self->eight_bit)
    place_add (&lines->header_eight_bit, number);
  if (number == 1 && is_from_line (head, n))
    {
      lines->begin = end;
      lines->from_line = TRUE;
      return;
    }
  if (number > 1 && (head[0] == ' ' || head[0] == '\t'))
    return;
  name = field_name_length (head, n);
  for (colon = name; colon < n && (head[colon] == ' ' || head[colon] == '\t');)
    colon++;
  if (name == 0 || colon == n || head[colon] != ':')
    place_add (&lines->no_field, number);
  else if (colon > name)
    place_add (&lines->blank_colon, number);
}

/* end: octets of the file, up to there. */
static void
end_line (ShowLooker *self, guint64 end)
{
  guint64 number = ++self->lines.lines;

  if (self->in_header)
    look_at_header_line (self, number, end);
  if (self->length > LINE_OCTETS_MAX)
    place_add (&self->lines.too_long, number);
  self->lines.longest = MAX (self->lines.longest, self->length);
  self->length = 0;
  self->eight_bit = FALSE;
}

static void
take_octet (ShowLooker *self, guint8 octet)
{
  if (self->length < HEAD_MAX)
    self->head[self->length] = octet;
  self->length++;
  self->eight_bit |= octet >= 0x80;
}

void
show_looker_push (ShowLooker *self, const guint8 *octets, gsize n)
{
  ShowLines *lines = &self->lines;

  for (gsize i = 0; i < n; i++)
    {
      guint8 octet = octets[i];
      gboolean behind_cr = self->cr;

      self->cr = octet == '\r';
      if (octet == '\n')
        {
          place_add (behind_cr ? &lines->crlf : &lines->lf, lines->lines + 1);
          end_line (self, lines->octets + i + 1);
          continue;
        }
      if (behind_cr)
        {
          place_add (&lines->cr, lines->lines + 1);
          take_octet (self, '\r');
        }
      if (octet == '\0')
        place_add (&lines->nul, lines->lines + 1);
      if (!self->cr)
        take_octet (self, octet);
    }
  lines->octets += n;
}

void
show_looker_finish (ShowLooker *self, ShowLines *lines)
{
  if (self->cr)
    {
      place_add (&self->lines.cr, self->lines.lines + 1);
      take_octet (self, '\r');
    }
  if (self->length > 0)
    {
      self->lines.last_ended = FALSE;
      end_line (self, self->lines.octets);
    }
  *lines = self->lines;
  g_free (self);
}

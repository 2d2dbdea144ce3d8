/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The choices that RFC 2045 6.7 leaves open are GMime's, so that a tree reads the same as GMime writes it: a
 * blank is escaped ahead of a line end alone, CRLF and LF are both a line end, every other CR is escaped,
 * soft breaks come at 75 letters. GMime's lines pass 76 where escapes of CR or of a blank come last on a line
 * (a run of 1,000 CR makes one of 3,000): here a soft break is put ahead of them. */
#include "octets/qp.h"

#include <string.h>

#define LETTERS_MAX 76 /* letters on a line, the '=' of a soft break counted, the line end not */

/* A blank or CR followed by a CR, both pending: pending is PAIR | the first. That happens only where the escape of the
 * first would fill the line to its last letter: right if LF follows, too long if anything else does. */
#define PAIR 0x100

static const char hex[] = "0123456789ABCDEF";

void
mimesend_qp_init (MimesendQp *self)
{
  self->line_length = 0;
  self->pending = -1;
  self->lasting = FALSE;
}

static gboolean
is_qp_blank (guint c)
{
  return c == ' ' || c == '\t';
}

static gboolean
is_safe (guint c)
{
  return (c >= 33 && c <= 126 && c != '=') || is_qp_blank (c);
}

static guint8 *
qp_put_line_end (MimesendQp *self, gboolean crlf, guint8 *out)
{
  if (crlf)
    *out++ = '\r';
  *out++ = '\n';
  self->line_length = 0;
  return out;
}

static guint8 *
put_soft_break (MimesendQp *self, gboolean crlf, guint8 *out)
{
  *out++ = '=';
  return qp_put_line_end (self, crlf, out);
}

/* room: letters that the line may have after this escape. */
static guint8 *
put_escape (MimesendQp *self, guint c, guint room, gboolean crlf, guint8 *out)
{
  if (self->line_length + 3 > room)
    out = put_soft_break (self, crlf, out);
  *out++ = '=';
  *out++ = (guint8)hex[c >> 4 & 15];
  *out++ = (guint8)hex[c & 15];
  self->line_length += 3;
  return out;
}

static guint8 *
put_literal (MimesendQp *self, guint c, guint8 *out)
{
  *out++ = (guint8)c;
  self->line_length++;
  return out;
}

/* The pair is not followed by LF: its first is written, the CR waits alone. */
static guint8 *
part_pair (MimesendQp *self, gboolean crlf, guint8 *out)
{
  if (self->pending < PAIR)
    return out;
  out = put_escape (self, (guint)self->pending & 0xff, LETTERS_MAX - 1, crlf, out);
  self->pending = '\r';
  return out;
}

static guint8 *
step_lf (MimesendQp *self, gboolean crlf, guint8 *out)
{
  if (self->pending >= PAIR || is_qp_blank ((guint)self->pending))
    out = put_escape (self, (guint)self->pending & 0xff, LETTERS_MAX, crlf, out);
  self->pending = -1;
  return qp_put_line_end (self, crlf, out);
}

static guint8 *
step_cr (MimesendQp *self, gboolean crlf, guint8 *out)
{
  out = part_pair (self, crlf, out);
  if (self->pending >= 0 && self->line_length + 3 == LETTERS_MAX)
    {
      self->pending |= PAIR;
      return out;
    }
  if (self->pending >= 0)
    out = put_escape (self, (guint)self->pending, LETTERS_MAX - 1, crlf, out);
  self->pending = '\r';
  return out;
}

/* Which letters follow may not be known yet, and what comes out must not depend on that. */
static gboolean
begins_from (const MimesendQp *self, guint c)
{
  return self->lasting && c == 'F' && self->line_length == 0 && self->pending < 0;
}

static guint8 *
step_other (MimesendQp *self, guint c, gboolean crlf, guint8 *out)
{
  out = part_pair (self, crlf, out);
  if (self->pending == '\r')
    out = put_escape (self, '\r', LETTERS_MAX - 1, crlf, out);
  else if (self->pending >= 0)
    out = put_literal (self, (guint)self->pending, out);
  self->pending = -1;

  if (!is_safe (c))
    return put_escape (self, c, LETTERS_MAX - 1, crlf, out);
  if (self->line_length > LETTERS_MAX - 2)
    out = put_soft_break (self, crlf, out);
  if (begins_from (self, c))
    return put_escape (self, c, LETTERS_MAX - 1, crlf, out);
  if (is_qp_blank (c))
    {
      self->pending = (gint)c;
      return out;
    }
  return put_literal (self, c, out);
}

/* Are all eight octets among 32 to 126 and none of them '='? */
static gboolean
all_plain (guint64 word)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  const guint64 highs = 0x80 * ones;
  guint64 below_32 = word - 32 * ones, above_126 = word | (word + ones);
  guint64 unequal = word ^ ('=' * ones), equals = (unequal - ones) & ~unequal;

  return ((below_32 | above_126 | equals) & highs) == 0;
}

/* Fast path: octets that are written unescaped, and blanks that are followed by an octet of the same line, as long as this
 * line has room. */
static gsize
put_plain_run (MimesendQp *self, const guint8 *in, gsize n, guint8 *out)
{
  gsize limit = MIN (n, LETTERS_MAX - 1 - MIN (self->line_length, LETTERS_MAX - 1)), i = 0;

  for (; limit - i >= 8; i += 8)
    {
      guint64 word;

      memcpy (&word, in + i, 8);
      if (!all_plain (word))
        break;
      memcpy (out + i, &word, 8);
    }
  for (; i < limit && is_safe (in[i]); i++)
    out[i] = in[i];
  if (i > 0 && is_qp_blank (in[i - 1]) && (i == n || in[i] == '\r' || in[i] == '\n'))
    i--;
  self->line_length += (guint)i;
  return i;
}

/* The same for octets that are escaped whatever follows them, as the letters of many scripts are. */
static gsize
put_escaped_run (MimesendQp *self, const guint8 *in, gsize n, guint8 *out)
{
  gsize limit = MIN (n, (LETTERS_MAX - 1 - MIN (self->line_length, LETTERS_MAX - 1)) / 3), i = 0;

  for (; i < limit && !is_safe (in[i]) && in[i] != '\r' && in[i] != '\n'; i++, out += 3)
    {
      out[0] = '=';
      out[1] = (guint8)hex[in[i] >> 4];
      out[2] = (guint8)hex[in[i] & 15];
    }
  self->line_length += (guint)(3 * i);
  return i;
}

gsize
mimesend_qp_step (MimesendQp *self, const guint8 *in, gsize n, gboolean crlf, guint8 *out)
{
  guint8 *begin = out;
  gsize i = 0;

  while (i < n)
    {
      if (self->pending < 0 && !begins_from (self, in[i]))
        {
          gsize run = put_plain_run (self, in + i, n - i, out);

          out += run;
          i += run;
          run = put_escaped_run (self, in + i, n - i, out);
          out += 3 * run;
          i += run;
          if (i == n)
            break;
        }
      if (in[i] == '\r')
        out = step_cr (self, crlf, out);
      else if (in[i] == '\n')
        out = step_lf (self, crlf, out);
      else
        out = step_other (self, in[i], crlf, out);
      i++;
    }
  return (gsize)(out - begin);
}

gsize
mimesend_qp_finish (MimesendQp *self, gboolean crlf, guint8 *out)
{
  guint8 *begin = out;

  out = part_pair (self, crlf, out);
  if (self->pending >= 0)
    {
      out = put_escape (self, (guint)self->pending, LETTERS_MAX - 1, crlf, out);
      /* The soft break is no line end of the content. */
      out = put_soft_break (self, crlf, out);
    }
  mimesend_qp_init (self);
  return (gsize)(out - begin);
}

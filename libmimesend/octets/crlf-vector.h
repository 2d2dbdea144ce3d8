/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One look at a block gives a mask for each kind of octet that matters; what must be inserted where is
 * arithmetic on masks, and so is the length of lines. Blocks follow one another at a fixed distance: were
 * it to depend on what is in them, each would wait for the one before.
 *
 * The passes of crlf-kernels.h over vectors of 32 octets, for a file that has defined these vectors ahead of including it:
 *
 *   INLINE, TARGET           how functions are marked
 *   Vector                   32 octets
 *   load, store              from and to anywhere
 *   every (c)                all octets are c
 *   equal (v, c)             0xff where v has the octet c, else 0
 *   either, both, differ     or, and, exclusive or; and_not (a, b): a without b
 *   least_of, least_signed   the less of each pair; below_one (v): where octets, as signed numbers, are
 *   mask_of (truth)          bit i is octet i
 *   any (truth)              is there one?
 *   has_high_bit (v)         is there an octet above 127? */

/* What is known of the lines, in registers. Offsets are into in; the line at hand may have begun ahead of
 * it. */
typedef struct
{
  gssize line_begin;
  gssize longest_line;
  Vector octets; /* all of them or-ed together */
} Lines;

#define EVERYWHERE (~(guint64)0)
#define GROUP      (MIMESEND_CRLF_SHORT_LINE / 2)

INLINE Lines
lines_of (const MimesendCrlf *self)
{
  return (Lines){ -(gssize)self->line_length, (gssize)self->longest_line, every (0) };
}

INLINE void
lines_leave (const Lines *lines, gsize taken, MimesendCrlf *self)
{
  self->line_length = (gsize)((gssize)taken - lines->line_begin);
  self->at_line_start = self->line_length == 0;
  self->longest_line = MAX ((gsize)lines->longest_line, self->line_length);
  self->eight_bit |= has_high_bit (lines->octets);
}

/* A block at offset i has its LFs at lf; after_cr has the places behind a CR. Between the first and the
 * last LF of a block only short lines can lie, which are of no interest once a longer one was seen. */
INLINE void
note_lines (Lines *lines, gsize i, guint64 lf, guint64 after_cr)
{
  guint at;
  gssize length;

  if (lf == 0)
    return;
  at = (guint)__builtin_ctzll (lf);
  length = (gssize)i + at - lines->line_begin - (gssize)(after_cr >> at & 1);
  lines->longest_line = MAX (lines->longest_line, length);
  if (G_UNLIKELY (lines->longest_line < 64))
    for (guint64 rest = lf & (lf - 1); rest != 0; rest &= rest - 1)
      {
        guint begin = at + 1;

        at = (guint)__builtin_ctzll (rest);
        length = (gssize)(at - begin) - (gssize)(after_cr >> at & 1);
        lines->longest_line = MAX (lines->longest_line, length);
      }
  lines->line_begin = (gssize)i + 64 - __builtin_clzll (lf);
}

/* Puts CR ahead of each LF that is alone, a dot ahead of the others in `inserted`, and stores what follows
 * again behind it. */
INLINE guint8 *
put_block_with_many (guint8 *out, const guint8 *in, guint64 lone_lf, guint64 inserted)
{
  guint done = 0;

  for (; inserted != 0; inserted &= inserted - 1)
    {
      guint at = (guint)__builtin_ctzll (inserted);

      out += at - done;
      *out++ = lone_lf >> at & 1 ? '\r' : '.';
      store (out, load (in + at));
      done = at;
    }
  return out + (32 - done);
}

/* Most blocks have nothing or one octet to insert. With nothing, nothing is stored past the block either:
 * where in and out lie alike in their pages, the next load would wait for that. Reads up to 64 octets. */
INLINE guint8 *
put_block (guint8 *out, const guint8 *in, Vector octets, guint64 lone_lf, guint64 inserted)
{
  guint at;

  store (out, octets);
  if (inserted == 0)
    return out + 32;
  if (G_UNLIKELY ((inserted & (inserted - 1)) != 0))
    return put_block_with_many (out, in, lone_lf, inserted);
  at = (guint)__builtin_ctzll (inserted);
  out[at] = lone_lf != 0 ? '\r' : '.';
  store (out + at + 1, load (in + at));
  return out + 33;
}

TARGET
static gsize
crlf_convert (MimesendCrlf *self, const guint8 *in, gsize n, guint8 *out, gsize *taken)
{
  const guint64 stuff = self->stuff ? ~(guint64)0 : 0;
  Lines lines = lines_of (self);
  guint8 *begin = out;
  guint64 bare = 0, ends_with_cr = 0, at_line_start = self->at_line_start ? 1 : 0;
  gsize i = 0;

  for (; n - i >= 64; i += 32)
    {
      Vector octets = load (in + i), is_cr = equal (octets, '\r');
      Vector cr_alone = and_not (is_cr, equal (load (in + i + 1), '\n'));
      guint64 lf = mask_of (equal (octets, '\n')), dots = mask_of (equal (octets, '.'));
      guint64 cr = mask_of (is_cr), after_cr = cr << 1 | ends_with_cr, lone_lf = lf & ~after_cr;

      if (any (either (cr_alone, equal (octets, '\0'))))
        break;
      dots &= (lf << 1 | at_line_start) & stuff;
      if (G_UNLIKELY (dots != 0))
        self->doubled += (guint)__builtin_popcountll (dots);
      out = put_block (out, in + i, octets, lone_lf, lone_lf | dots);
      note_lines (&lines, i, lf, after_cr);
      lines.octets = either (lines.octets, octets);
      bare |= lone_lf;
      ends_with_cr = cr >> 31;
      at_line_start = lf >> 31;
    }
  if (ends_with_cr)
    { /* its LF has been seen */
      *out++ = '\n';
      note_lines (&lines, i++, 1, EVERYWHERE);
    }
  lines_leave (&lines, i, self);
  self->bare |= bare != 0;
  *taken = i;
  return (gsize)(out - begin);
}

/* Where the 32 octets at in and what follows them are not clean: a CR without LF, a LF (after the first octet) without
 * CR, a dot behind a LF. `dot` is that, or NUL, which is a fault anyway, where dots may stay. Looks at in[0 .. 33). */
INLINE Vector
faults (const guint8 *in, Vector octets, char dot)
{
  Vector next = load (in + 1);
  Vector unpaired = differ (equal (octets, '\r'), equal (next, '\n'));

  return either (unpaired, both (equal (octets, '\n'), equal (next, dot)));
}

/* How much at the front of in is groups that are clean and have a LF each. No line that ends in one is longer than two
 * groups, and so its length need not be known: no mask leaves the vectors. The least octet of a group tells of NUL and of
 * LF; read as a signed number it tells of 8-bit octets, too, where there were none so far. */
INLINE gsize
clean_groups (const guint8 *in, gsize n, char dot, gboolean eight_bit)
{
  gsize i = 0;

  for (; n - i > GROUP; i += GROUP)
    {
      Vector wrong = every (0), least = every (eight_bit ? 255 : 127);

      for (gsize j = 0; j < GROUP; j += 32)
        {
          Vector octets = load (in + i + j);

          wrong = either (wrong, faults (in + i + j, octets, dot));
          least = eight_bit ? least_of (least, octets) : least_signed (least, octets);
        }
      wrong = either (wrong, eight_bit ? equal (least, '\0') : below_one (least));
      if (any (wrong) || !any (equal (least, '\n')))
        break;
    }
  return i;
}

/* The place behind the last LF ahead of in + i; there is one in the group that ends there. */
INLINE gssize
last_line (const guint8 *in, gsize i)
{
  guint64 lf;

  do
    {
      i -= 32;
      lf = mask_of (equal (load (in + i), '\n'));
    }
  while (lf == 0);
  return (gssize)i + 64 - __builtin_clzll (lf);
}

/* Blocks whose lines are measured. FALSE: there is a fault in the one at *i. */
INLINE gboolean
clean_blocks (Lines *lines, const guint8 *in, gsize n, char dot, gsize *i)
{
  for (guint blocks = 0; blocks < GROUP / 64 && n - *i > 64; blocks++, *i += 64)
    {
      const guint8 *at = in + *i;
      Vector low = load (at), high = load (at + 32);
      Vector wrong = either (faults (at, low, dot), faults (at + 32, high, dot));

      if (any (either (wrong, equal (least_of (low, high), '\0'))))
        return FALSE;
      note_lines (lines, *i, mask_of (equal (low, '\n')) | mask_of (equal (high, '\n')) << 32, EVERYWHERE);
      lines->octets = either (lines->octets, either (low, high));
    }
  return TRUE;
}

TARGET
static gsize
crlf_clean (MimesendCrlf *self, const guint8 *in, gsize n)
{
  const char dot = self->stuff ? '.' : '\0';
  Lines lines = lines_of (self);
  gsize i = 0;

  if (n == 0 || in[0] == '\n' || (in[0] == '.' && self->stuff && self->at_line_start))
    return 0;
  while (n - i > 64)
    {
      if (n - i > GROUP && (gssize)i - lines.line_begin < GROUP)
        {
          gboolean eight_bit = self->eight_bit || has_high_bit (lines.octets);
          gsize passed =
              eight_bit ? clean_groups (in + i, n - i, dot, TRUE) : clean_groups (in + i, n - i, dot, FALSE);

          i += passed;
          if (passed > 0)
            lines.line_begin = last_line (in, i);
        }
      if (!clean_blocks (&lines, in, n, dot, &i))
        break;
    }
  if (i > 0 && in[i - 1] == '\r') /* its LF has been seen */
    note_lines (&lines, i++, 1, EVERYWHERE);
  lines_leave (&lines, i, self);
  return i;
}

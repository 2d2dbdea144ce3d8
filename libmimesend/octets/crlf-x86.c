/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One look at a block gives a mask for each kind of octet that matters; what must be inserted where is
 * arithmetic on masks, and so is the length of lines. Blocks follow one another at a fixed distance: were
 * it to depend on what is in them, each would wait for the one before. */
#include "octets/crlf-kernels.h"

#ifdef MIMESEND_KERNELS_X86

#include <immintrin.h>

#define TARGET __attribute__ ((target ("avx2,bmi")))
#define INLINE static inline __attribute__ ((always_inline, target ("avx2,bmi")))

/* What is known of the lines, in registers. Offsets are into in; the line at hand may have begun ahead of
 * it. */
typedef struct
{
  gssize line_begin;
  gssize longest_line;
  __m256i octets; /* all of them or-ed together */
} Lines;

#define EVERYWHERE (~(guint64)0)

INLINE __m256i
load (const guint8 *at)
{
  return _mm256_loadu_si256 ((const __m256i *)at);
}

INLINE void
store (guint8 *at, __m256i octets)
{
  _mm256_storeu_si256 ((__m256i *)at, octets);
}

INLINE __m256i
equal (__m256i octets, char c)
{
  return _mm256_cmpeq_epi8 (octets, _mm256_set1_epi8 (c));
}

INLINE guint64
mask_of (__m256i truth)
{
  return (guint32)_mm256_movemask_epi8 (truth);
}

INLINE gboolean
any (__m256i truth)
{
  return !_mm256_testz_si256 (truth, truth);
}

INLINE Lines
lines_of (const MimesendCrlf *self)
{
  return (Lines){ -(gssize)self->line_length, (gssize)self->longest_line, _mm256_setzero_si256 () };
}

INLINE void
lines_leave (const Lines *lines, gsize taken, MimesendCrlf *self)
{
  self->line_length = (gsize)((gssize)taken - lines->line_begin);
  self->at_line_start = self->line_length == 0;
  self->longest_line = MAX ((gsize)lines->longest_line, self->line_length);
  self->eight_bit |= _mm256_movemask_epi8 (lines->octets) != 0;
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
put_block (guint8 *out, const guint8 *in, __m256i octets, guint64 lone_lf, guint64 inserted)
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
convert (MimesendCrlf *self, const guint8 *in, gsize n, guint8 *out, gsize *taken)
{
  const guint64 stuff = self->stuff ? ~(guint64)0 : 0;
  Lines lines = lines_of (self);
  guint8 *begin = out;
  guint64 bare = 0, ends_with_cr = 0, at_line_start = self->at_line_start ? 1 : 0;
  gsize i = 0;

  for (; n - i >= 64; i += 32)
    {
      __m256i octets = load (in + i), is_cr = equal (octets, '\r');
      __m256i cr_alone = _mm256_andnot_si256 (equal (load (in + i + 1), '\n'), is_cr);
      guint64 lf = mask_of (equal (octets, '\n')), dots = mask_of (equal (octets, '.'));
      guint64 cr = mask_of (is_cr), after_cr = cr << 1 | ends_with_cr, lone_lf = lf & ~after_cr;

      if (any (_mm256_or_si256 (cr_alone, equal (octets, '\0'))))
        break;
      dots &= (lf << 1 | at_line_start) & stuff;
      out = put_block (out, in + i, octets, lone_lf, lone_lf | dots);
      note_lines (&lines, i, lf, after_cr);
      lines.octets = _mm256_or_si256 (lines.octets, octets);
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

/* Where the 32 octets at in are not clean: a CR without LF or a LF (after the first octet) without CR, a
 * dot at the start of a line that begins here, a NUL. Looks at in[0 .. 34). */
INLINE __m256i
faults (const guint8 *in, __m256i octets, __m256i is_cr, __m256i stuff)
{
  __m256i unpaired = _mm256_xor_si256 (is_cr, equal (load (in + 1), '\n'));
  __m256i dots = _mm256_and_si256 (_mm256_and_si256 (is_cr, stuff), equal (load (in + 2), '.'));

  return _mm256_or_si256 (_mm256_or_si256 (unpaired, dots), equal (octets, '\0'));
}

TARGET
static gsize
clean (MimesendCrlf *self, const guint8 *in, gsize n)
{
  const __m256i stuff = _mm256_set1_epi8 (self->stuff ? -1 : 0);
  Lines lines = lines_of (self);
  guint64 ends_with_cr = 0;
  gsize i = 0;

  if (n == 0 || in[0] == '\n' || (in[0] == '.' && self->stuff && self->at_line_start))
    return 0;
  for (; n - i >= 66; i += 64)
    {
      __m256i low = load (in + i), high = load (in + i + 32);
      __m256i low_cr = equal (low, '\r'), high_cr = equal (high, '\r');
      __m256i low_faults = faults (in + i, low, low_cr, stuff),
              high_faults = faults (in + i + 32, high, high_cr, stuff);
      guint64 cr = mask_of (low_cr) | mask_of (high_cr) << 32, lf = cr << 1 | ends_with_cr;

      if (any (_mm256_or_si256 (low_faults, high_faults)))
        break;
      note_lines (&lines, i, lf, EVERYWHERE);
      lines.octets = _mm256_or_si256 (lines.octets, _mm256_or_si256 (low, high));
      ends_with_cr = cr >> 63;
    }
  if (ends_with_cr)
    note_lines (&lines, i++, 1, EVERYWHERE);
  lines_leave (&lines, i, self);
  return i;
}

const MimesendCrlfKernel mimesend_crlf_kernel_avx2 = { convert, clean };

#endif /* MIMESEND_KERNELS_X86 */

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One look at a block gives a mask for each kind of octet that matters; what must be inserted where is
 * arithmetic on masks, and so is the length of lines. A block that ends with CR is taken without it: so no
 * block begins in the middle of a line end, and a CR without LF is seen within one block. */
#include "octets/crlf-kernels.h"

#ifdef MIMESEND_KERNELS_X86

#include <immintrin.h>

#define INLINE static inline __attribute__ ((always_inline, target ("avx2")))

typedef struct
{
  guint64 lf, cr, dot, nul;
} Masks;

/* What changes from block to block, in registers. */
typedef struct
{
  guint64 at_line_start; /* 0 or 1: the bit that a dot is held against */
  gsize line_length, longest_line;
  __m256i octets; /* all of them or-ed together */
} Lines;

INLINE guint64
mask_of (__m256i octets, char c)
{
  return (guint32)_mm256_movemask_epi8 (_mm256_cmpeq_epi8 (octets, _mm256_set1_epi8 (c)));
}

INLINE Masks
look_at (__m256i octets)
{
  return (Masks){ mask_of (octets, '\n'), mask_of (octets, '\r'), mask_of (octets, '.'),
                  mask_of (octets, '\0') };
}

INLINE Lines
lines_of (const MimesendCrlf *self)
{
  return (Lines){ self->at_line_start ? 1 : 0, self->line_length, self->longest_line,
                  _mm256_setzero_si256 () };
}

INLINE void
lines_leave (const Lines *lines, MimesendCrlf *self)
{
  self->at_line_start = lines->at_line_start != 0;
  self->line_length = lines->line_length;
  self->longest_line = MAX (lines->longest_line, lines->line_length);
  self->eight_bit |= _mm256_movemask_epi8 (lines->octets) != 0;
}

/* How long the line is that ends at `at` and began at `begin`, without its CR. */
INLINE gsize
length_to (guint64 cr, guint at, guint begin)
{
  return at - begin - (guint)(cr << 1 >> at & 1);
}

/* `size` octets with line ends where lf says. Between the first and the last line end of a block only lines
 * shorter than it can lie, which are of no interest once a longer one was seen. */
INLINE void
note_lines (Lines *lines, guint64 lf, guint64 cr, guint size)
{
  guint first, last;
  gsize length;

  if (lf == 0)
    {
      lines->line_length += size;
      lines->at_line_start = 0;
      return;
    }
  first = (guint)__builtin_ctzll (lf);
  last = 63 - (guint)__builtin_clzll (lf);
  length = lines->line_length + length_to (cr, first, 0);
  lines->longest_line = MAX (lines->longest_line, length);
  if (first != last && lines->longest_line < 64)
    {
      guint begin = first + 1;

      for (guint64 rest = lf & (lf - 1); rest != 0; rest &= rest - 1)
        {
          guint at = (guint)__builtin_ctzll (rest);

          length = length_to (cr, at, begin);
          lines->longest_line = MAX (lines->longest_line, length);
          begin = at + 1;
        }
    }
  lines->line_length = size - 1 - last;
  lines->at_line_start = lines->line_length == 0;
}

/* Stores the block, and again from each place where something is put in ahead: most blocks have none or one.
 * Reads up to 64 octets from in. */
INLINE guint8 *
put_block (guint8 *out, const guint8 *in, __m256i octets, guint size, guint64 lf, guint64 inserted)
{
  guint done = 0;

  _mm256_storeu_si256 ((__m256i *)out, octets);
  for (; inserted != 0; inserted &= inserted - 1)
    {
      guint at = (guint)__builtin_ctzll (inserted);

      out += at - done;
      *out++ = lf >> at & 1 ? '\r' : '.';
      _mm256_storeu_si256 ((__m256i *)out, _mm256_loadu_si256 ((const __m256i *)(in + at)));
      done = at;
    }
  return out + (size - done);
}

static __attribute__ ((target ("avx2"))) gsize
convert (MimesendCrlf *self, const guint8 *in, gsize n, guint8 *out, gsize *taken)
{
  const guint64 stuff = self->stuff ? ~(guint64)0 : 0;
  Lines lines = lines_of (self);
  guint8 *begin = out;
  guint64 bare = 0;
  gsize i = 0;

  while (n - i >= 64)
    {
      __m256i octets = _mm256_loadu_si256 ((const __m256i *)(in + i));
      Masks are = look_at (octets);
      guint size = 32 - (guint)(are.cr >> 31);
      guint64 lone_lf, dots;

      are.cr &= 0x7fffffff;
      if (((are.cr & ~(are.lf >> 1)) | are.nul) != 0)
        break;
      lone_lf = are.lf & ~(are.cr << 1);
      dots = are.dot & (are.lf << 1 | lines.at_line_start) & stuff;
      out = put_block (out, in + i, octets, size, lone_lf, lone_lf | dots);
      note_lines (&lines, are.lf, are.cr, size);
      lines.octets = _mm256_or_si256 (lines.octets, octets);
      bare |= lone_lf;
      i += size;
    }
  lines_leave (&lines, self);
  self->bare |= bare != 0;
  *taken = i;
  return (gsize)(out - begin);
}

static __attribute__ ((target ("avx2"))) gsize
clean (MimesendCrlf *self, const guint8 *in, gsize n)
{
  const guint64 stuff = self->stuff ? ~(guint64)0 : 0;
  Lines lines = lines_of (self);
  gsize i = 0;

  while (n - i >= 64)
    {
      __m256i low = _mm256_loadu_si256 ((const __m256i *)(in + i));
      __m256i high = _mm256_loadu_si256 ((const __m256i *)(in + i + 32));
      Masks are = look_at (low), more = look_at (high);
      guint64 lf = are.lf | more.lf << 32, cr = are.cr | more.cr << 32;
      guint64 dots = (are.dot | more.dot << 32) & (lf << 1 | lines.at_line_start) & stuff;
      guint size = 64 - (guint)(cr >> 63);

      cr &= ~(G_GUINT64_CONSTANT (1) << 63);
      if (((lf ^ cr << 1) | dots | are.nul | more.nul) != 0)
        break;
      note_lines (&lines, lf, cr, size);
      lines.octets = _mm256_or_si256 (lines.octets, _mm256_or_si256 (low, high));
      i += size;
    }
  lines_leave (&lines, self);
  return i;
}

const MimesendCrlfKernel mimesend_crlf_kernel_avx2 = { convert, clean };

#endif /* MIMESEND_KERNELS_X86 */

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Converts line ends to CRLF and doubles dots: every octet of the caller's content passes here. Line ends decide where a
 * server sees the end of the message, so no bare CR or LF ever leaves, a dot is doubled after every line end that is *made*
 * (not only after one that was there), and what a line end is does not depend on where the blocks were cut (RFC 5321 2.3.8,
 * 4.1.1.4, 4.5.2; RFC 3030 3).
 *
 * A CR is answered with CRLF at once; cr_pending remembers to swallow the LF that may follow.
 *
 * Vector kernels do the common blocks, the plain code what is rare and what is short. */
#include "octets/crlf.h"
#include "octets/crlf-kernels.h"

#include <string.h>

#define WORD ((gsize)8)

void
mimesend_crlf_init (MimesendCrlf *self, gboolean stuff)
{
  *self = (MimesendCrlf){ .stuff = stuff, .at_line_start = TRUE };
}

/* How many octets at the front of in are none of NUL, LF, CR, as far as a word tells; 8 if all. Octets below
 * 14 are looked for first: of those in text only TAB is none of the three. */
static guint
plain_octets (guint64 word)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  const guint64 highs = G_GUINT64_CONSTANT (0x8080808080808080);
  guint64 low = (word - 14 * ones) & ~word & highs; /* exact up to the first hit, which is all that is used */
  guint i;

  if (low == 0)
    return WORD;
  for (i = 0; i < WORD; i++)
    {
      guint c = (guint)(word >> 8 * i) & 0xff;

      if (c == '\0' || c == '\n' || c == '\r')
        break;
    }
  return i;
}

/* The length of the run of octets without NUL, LF, CR at the front of in; *high gathers their high bits. With
 * out, they are copied on the way. */
static gsize
plain_run (const guint8 *in, gsize n, guint8 *out, guint64 *high)
{
  gsize i = 0;

  while (n - i >= WORD)
    {
      guint64 word;
      guint plain;

      memcpy (&word, in + i, WORD);
      if (out != NULL)
        memcpy (out + i, &word, WORD); /* may write up to 7 octets too many: the caller's slack */
      word = GUINT64_FROM_LE (word);
      plain = plain_octets (word);
      if (plain < WORD)
        {
          *high |= word & ((G_GUINT64_CONSTANT (1) << 8 * plain) - 1);
          return i + plain;
        }
      *high |= word;
      i += WORD;
    }
  for (; i < n && in[i] != '\0' && in[i] != '\n' && in[i] != '\r'; i++)
    {
      if (out != NULL)
        out[i] = in[i];
      *high |= in[i];
    }
  return i;
}

/* n octets, none of them NUL, LF or CR, have been put on the line. */
static void
note_run (MimesendCrlf *self, gsize n, guint64 high)
{
  if (n == 0)
    return;
  self->at_line_start = FALSE;
  self->line_length += n;
  self->longest_line = MAX (self->longest_line, self->line_length);
  self->eight_bit |= (high & G_GUINT64_CONSTANT (0x8080808080808080)) != 0;
}

static void
note_line_end (MimesendCrlf *self)
{
  self->at_line_start = TRUE;
  self->line_length = 0;
}

/* The octet after a CR is known not to be LF: the CR was alone. */
static void
settle_cr (MimesendCrlf *self)
{
  self->bare |= self->cr_pending;
  self->cr_pending = FALSE;
}

static gsize
convert_plainly (MimesendCrlf *self, const guint8 *in, gsize n, guint8 *out, gsize *taken)
{
  guint8 *begin = out;
  gsize i = 0;

  while (i < n && in[i] != '\0')
    {
      gboolean after_cr = self->cr_pending;

      if (in[i] == '\n' && after_cr)
        {
          self->cr_pending = FALSE;
          i++;
          continue;
        }
      settle_cr (self);
      if (in[i] == '\n' || in[i] == '\r')
        {
          self->cr_pending = in[i] == '\r';
          self->bare |= in[i] == '\n';
          *out++ = '\r';
          *out++ = '\n';
          note_line_end (self);
          i++;
        }
      else
        {
          guint64 high = 0;
          gsize run;

          if (in[i] == '.' && self->stuff && self->at_line_start)
            {
              *out++ = '.';
              self->doubled++;
            }
          run = plain_run (in + i, n - i, out, &high);
          note_run (self, run, high);
          out += run;
          i += run;
        }
    }
  *taken = i;
  return (gsize)(out - begin);
}

/* How far the plain code goes when the kernel has stopped: past what it stopped at, and far enough that content with many
 * such octets (a CR as the end of every line) does not start the kernel at every step. */
#define PLAIN_STEP ((gsize)256)

gsize
mimesend_crlf_convert_with (const MimesendCrlfKernel *kernel,
                            MimesendCrlf *self,
                            const guint8 *in,
                            gsize n,
                            guint8 *out,
                            gsize *taken)
{
  guint8 *begin = out;
  gsize i = 0;

  while (i < n)
    {
      gsize step = n - i, done = 0;

      if (kernel != NULL)
        {
          if (!self->cr_pending)
            {
              out += kernel->convert (self, in + i, n - i, out, &done);
              i += done;
            }
          step = MIN (n - i, PLAIN_STEP);
        }
      out += convert_plainly (self, in + i, step, out, &done);
      i += done;
      if (done < step)
        break;
    }
  self->taken += i;
  *taken = i;
  return (gsize)(out - begin);
}

static gsize
clean_plainly (MimesendCrlf *self, const guint8 *in, gsize n)
{
  gsize i = 0;

  while (i < n)
    {
      guint64 high = 0;
      gsize run;

      if (in[i] == '\n' || in[i] == '\0' || (in[i] == '.' && self->stuff && self->at_line_start))
        break;
      if (in[i] == '\r')
        {
          if (n - i < 2 || in[i + 1] != '\n')
            break;
          settle_cr (self);
          note_line_end (self);
          i += 2;
          continue;
        }
      settle_cr (self);
      run = plain_run (in + i, n - i, NULL, &high);
      note_run (self, run, high);
      i += run;
    }
  return i;
}

gsize
mimesend_crlf_clean_prefix_with (const MimesendCrlfKernel *kernel,
                                 MimesendCrlf *self,
                                 const guint8 *in,
                                 gsize n)
{
  gsize i = 0;

  if (n == 0) /* in may be NULL then, to which C adds nothing, not even 0 */
    return 0;
  if (kernel != NULL && !self->cr_pending)
    i = kernel->clean (self, in, n);
  i += clean_plainly (self, in + i, n - i);
  self->taken += i;
  return i;
}

const MimesendCrlfKernel *
mimesend_crlf_kernel (MimesendKernel kernel)
{
#ifdef MIMESEND_KERNELS_X86
  if (kernel >= MIMESEND_KERNEL_AVX2 && mimesend_cpu_best_kernel () >= MIMESEND_KERNEL_AVX2)
    return &mimesend_crlf_kernel_avx2; /* AVX-512 gave no gain over AVX2 */
#endif
#ifdef MIMESEND_KERNELS_NEON
  if (kernel == MIMESEND_KERNEL_NEON)
    return &mimesend_crlf_kernel_neon;
#endif
  return NULL;
}

gsize
mimesend_crlf_convert (MimesendCrlf *self, const guint8 *in, gsize n, guint8 *out, gsize *taken)
{
  return mimesend_crlf_convert_with (mimesend_crlf_kernel (mimesend_cpu_kernel ()), self, in, n, out, taken);
}

gsize
mimesend_crlf_clean_prefix (MimesendCrlf *self, const guint8 *in, gsize n)
{
  return mimesend_crlf_clean_prefix_with (mimesend_crlf_kernel (mimesend_cpu_kernel ()), self, in, n);
}

/* The first and the last line are measured, which join their neighbours; those between them are known to be short, and
 * reading them would cost what that knowledge saves. */
void
mimesend_crlf_passed (MimesendCrlf *self, const guint8 *in, gsize n)
{
  const guint8 *first, *last;

  if (n == 0)
    return;
  settle_cr (self);
  self->taken += n;
  first = memchr (in, '\n', n);
  if (first == NULL)
    {
      note_run (self, n, 0);
      return;
    }
  if (first - in > 1)
    note_run (self, (gsize)(first - in) - 1, 0); /* its CR is no part of the line */
  note_line_end (self);
  last = memrchr (in, '\n', n);
  note_run (self, (gsize)(in + n - (last + 1)), 0);
}

gsize
mimesend_crlf_finish (MimesendCrlf *self, guint8 *out)
{
  settle_cr (self);
  if (self->at_line_start)
    return 0;
  out[0] = '\r';
  out[1] = '\n';
  note_line_end (self);
  return 2;
}

guint64
mimesend_crlf_measure (MimesendCrlf *state, const guint8 *octets, gsize length)
{
  guint8 scratch[2 * 4096 + 2 + 64];
  gsize clean = mimesend_crlf_clean_prefix (state, octets, length);
  guint64 total = clean;

  if (length == 0) /* the pointer may be NULL */
    return 0;
  /* Octets that need no change are only scanned, which is several times as fast as converting them. */
  octets += clean;
  length -= clean;
  while (length > 0)
    {
      gsize n = MIN (length, 4096), taken = 0;

      total += mimesend_crlf_convert (state, octets, n, scratch, &taken);
      if (taken < n) /* a NUL: the message will fail, its length does not matter */
        {
          taken++;
          total++;
        }
      octets += taken;
      length -= taken;
    }
  return total;
}

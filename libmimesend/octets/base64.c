/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64: whole lines by the best kernel of the processor, the last, shorter one here. */
#include "octets/base64.h"
#include "octets/base64-kernels.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 12 bits at a time: half the loads of a table of 64 letters, and still small enough (8 KiB) for the first
 * cache. */
static const guint8 (*pair_table (void))[2]
{
  static guint8 pairs[4096][2];
  static gsize filled = 0;

  if (g_once_init_enter (&filled))
    {
      for (guint i = 0; i < 4096; i++)
        {
          pairs[i][0] = (guint8)alphabet[i >> 6];
          pairs[i][1] = (guint8)alphabet[i & 63];
        }
      g_once_init_leave (&filled, 1);
    }
  return (const guint8 (*)[2])pairs;
}

static guint8 *
base64_put_line_end (guint8 *out, gboolean crlf)
{
  if (crlf)
    *out++ = '\r';
  *out++ = '\n';
  return out;
}

static guint8 *
put_triples (const guint8 (*pairs)[2], const guint8 *in, gsize triples, guint8 *out)
{
  for (gsize i = 0; i < triples; i++, in += 3, out += 4)
    {
      guint bits = (guint)in[0] << 16 | (guint)in[1] << 8 | in[2];

      memcpy (out, pairs[bits >> 12], 2);
      memcpy (out + 2, pairs[bits & 0xfff], 2);
    }
  return out;
}

/* Six octets by one load of eight, which stays within the line. */
static guint8 *
put_six (const guint8 (*pairs)[2], const guint8 *in, guint8 *out)
{
  guint64 bits;

  memcpy (&bits, in, 8);
  bits = GUINT64_FROM_BE (bits);
  memcpy (out, pairs[bits >> 52], 2);
  memcpy (out + 2, pairs[bits >> 40 & 0xfff], 2);
  memcpy (out + 4, pairs[bits >> 28 & 0xfff], 2);
  memcpy (out + 6, pairs[bits >> 16 & 0xfff], 2);
  return out + 8;
}

gsize
mimesend_base64_lines_c (const guint8 *in, gsize lines, gboolean crlf, guint8 *out)
{
  const guint8 (*pairs)[2] = pair_table ();
  guint8 *begin = out;

  for (; lines > 0; lines--, in += MIMESEND_BASE64_LINE_IN)
    {
      for (gsize i = 0; i < 54; i += 6)
        out = put_six (pairs, in + i, out);
      out = put_triples (pairs, in + 54, 1, out);
      out = base64_put_line_end (out, crlf);
    }
  return (gsize)(out - begin);
}

/* Less than a line: the end of the content, with its padding. */
static guint8 *
put_last_line (const guint8 *in, gsize n, gboolean crlf, guint8 *out)
{
  out = put_triples (pair_table (), in, n / 3, out);
  in += n - n % 3;
  if (n % 3 > 0)
    {
      guint second = n % 3 == 2 ? in[1] : 0;

      *out++ = (guint8)alphabet[in[0] >> 2];
      *out++ = (guint8)alphabet[(in[0] & 3) << 4 | second >> 4];
      *out++ = n % 3 == 2 ? (guint8)alphabet[(second & 15) << 2] : '=';
      *out++ = '=';
    }
  return base64_put_line_end (out, crlf);
}

MimesendBase64Lines
mimesend_base64_kernel (MimesendKernel kernel)
{
  if (kernel > mimesend_cpu_best_kernel ())
    return NULL;
  switch (kernel)
    {
#ifdef MIMESEND_KERNELS_X86
    case MIMESEND_KERNEL_SSSE3:
      return mimesend_base64_lines_ssse3;
    case MIMESEND_KERNEL_AVX2:
      return mimesend_base64_lines_avx2;
    case MIMESEND_KERNEL_VBMI:
      return mimesend_base64_lines_vbmi;
#endif
#ifdef MIMESEND_KERNELS_NEON
    case MIMESEND_KERNEL_NEON:
      return mimesend_base64_lines_neon;
#endif
    default:
      return mimesend_base64_lines_c;
    }
}

gsize
mimesend_base64_encode (const guint8 *in, gsize n, gboolean crlf, guint8 *out)
{
  gsize lines = n / MIMESEND_BASE64_LINE_IN;
  gsize rest = n % MIMESEND_BASE64_LINE_IN;
  guint8 *end = out;

  if (lines > 0)
    end += mimesend_base64_kernel (mimesend_cpu_kernel ()) (in, lines, crlf, out);
  if (rest > 0)
    end = put_last_line (in + lines * MIMESEND_BASE64_LINE_IN, rest, crlf, end);
  return (gsize)(end - out);
}

guint64
mimesend_base64_length (guint64 n, gboolean crlf)
{
  guint64 lines = n / MIMESEND_BASE64_LINE_IN + (n % MIMESEND_BASE64_LINE_IN > 0);
  guint64 quartets = n / 3 + (n % 3 > 0);

  return 4 * quartets + lines * (crlf ? 2 : 1);
}

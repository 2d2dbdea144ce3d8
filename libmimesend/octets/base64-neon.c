/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of 57 octets a turn, with NEON: 48 octets are 64 letters; the last 24 octets, some of them once more, are the last 32
 * letters. Nothing is read or written past a line. */
#include "octets/base64-kernels.h"
#include "octets/base64.h"

#ifdef MIMESEND_KERNELS_NEON

#include <arm_neon.h>
#include <string.h>

#define INLINE static inline __attribute__ ((always_inline))

/* Loads bring the first, second and third octets of all triples together; so the four sixths of each are shifts of whole
 * vectors. */
INLINE uint8x16x4_t
sixths_of_48 (const guint8 *in)
{
  const uint8x16_t low = vdupq_n_u8 (63);
  uint8x16x3_t octets = vld3q_u8 (in);
  uint8x16x4_t sixths;

  sixths.val[0] = vshrq_n_u8 (octets.val[0], 2);
  sixths.val[1] = vandq_u8 (vorrq_u8 (vshlq_n_u8 (octets.val[0], 4), vshrq_n_u8 (octets.val[1], 4)), low);
  sixths.val[2] = vandq_u8 (vorrq_u8 (vshlq_n_u8 (octets.val[1], 2), vshrq_n_u8 (octets.val[2], 6)), low);
  sixths.val[3] = vandq_u8 (octets.val[2], low);
  return sixths;
}

INLINE uint8x8x4_t
sixths_of_24 (const guint8 *in)
{
  const uint8x8_t low = vdup_n_u8 (63);
  uint8x8x3_t octets = vld3_u8 (in);
  uint8x8x4_t sixths;

  sixths.val[0] = vshr_n_u8 (octets.val[0], 2);
  sixths.val[1] = vand_u8 (vorr_u8 (vshl_n_u8 (octets.val[0], 4), vshr_n_u8 (octets.val[1], 4)), low);
  sixths.val[2] = vand_u8 (vorr_u8 (vshl_n_u8 (octets.val[1], 2), vshr_n_u8 (octets.val[2], 6)), low);
  sixths.val[3] = vand_u8 (octets.val[2], low);
  return sixths;
}

gsize
mimesend_base64_lines_neon (const guint8 *in, gsize lines, gboolean crlf, guint8 *out)
{
  static const guint8 alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const gsize width = MIMESEND_BASE64_LINE_OUT + (crlf ? 2 : 1);
  uint8x16x4_t letters;

  for (gsize i = 0; i < 4; i++)
    letters.val[i] = vld1q_u8 (alphabet + 16 * i);
  for (gsize i = 0; i < lines; i++, in += MIMESEND_BASE64_LINE_IN, out += width)
    {
      uint8x16x4_t front = sixths_of_48 (in);
      uint8x8x4_t back = sixths_of_24 (in + MIMESEND_BASE64_LINE_IN - 24);

      for (gsize j = 0; j < 4; j++)
        {
          front.val[j] = vqtbl4q_u8 (letters, front.val[j]);
          back.val[j] = vqtbl4_u8 (letters, back.val[j]);
        }
      vst4q_u8 (out, front);
      vst4_u8 (out + MIMESEND_BASE64_LINE_OUT - 32, back);
      memcpy (out + MIMESEND_BASE64_LINE_OUT, crlf ? "\r\n" : "\n", width - MIMESEND_BASE64_LINE_OUT);
    }
  return lines * width;
}

#endif /* MIMESEND_KERNELS_NEON */

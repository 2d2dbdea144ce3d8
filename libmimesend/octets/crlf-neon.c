/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The passes of crlf-vector.h with NEON, which every AArch64 has: two vectors of 16 octets make one of 32. */
#include "octets/crlf-kernels.h"

#ifdef MIMESEND_KERNELS_NEON

#include <arm_neon.h>

#define TARGET
#define INLINE static inline __attribute__ ((always_inline))

typedef struct
{
  uint8x16_t low, high;
} Vector;

INLINE Vector
load (const guint8 *at)
{
  return (Vector){ vld1q_u8 (at), vld1q_u8 (at + 16) };
}

INLINE void
store (guint8 *at, Vector octets)
{
  vst1q_u8 (at, octets.low);
  vst1q_u8 (at + 16, octets.high);
}

INLINE Vector
every (int octet)
{
  return (Vector){ vdupq_n_u8 ((guint8)octet), vdupq_n_u8 ((guint8)octet) };
}

INLINE Vector
equal (Vector octets, char c)
{
  uint8x16_t wanted = vdupq_n_u8 ((guint8)c);

  return (Vector){ vceqq_u8 (octets.low, wanted), vceqq_u8 (octets.high, wanted) };
}

INLINE Vector
either (Vector a, Vector b)
{
  return (Vector){ vorrq_u8 (a.low, b.low), vorrq_u8 (a.high, b.high) };
}

INLINE Vector
both (Vector a, Vector b)
{
  return (Vector){ vandq_u8 (a.low, b.low), vandq_u8 (a.high, b.high) };
}

INLINE Vector
and_not (Vector a, Vector b)
{
  return (Vector){ vbicq_u8 (a.low, b.low), vbicq_u8 (a.high, b.high) };
}

INLINE Vector
differ (Vector a, Vector b)
{
  return (Vector){ veorq_u8 (a.low, b.low), veorq_u8 (a.high, b.high) };
}

INLINE Vector
least_of (Vector a, Vector b)
{
  return (Vector){ vminq_u8 (a.low, b.low), vminq_u8 (a.high, b.high) };
}

INLINE uint8x16_t
least_signed_half (uint8x16_t a, uint8x16_t b)
{
  return vreinterpretq_u8_s8 (vminq_s8 (vreinterpretq_s8_u8 (a), vreinterpretq_s8_u8 (b)));
}

INLINE Vector
least_signed (Vector a, Vector b)
{
  return (Vector){ least_signed_half (a.low, b.low), least_signed_half (a.high, b.high) };
}

INLINE Vector
below_one (Vector octets)
{
  return (Vector){ vclezq_s8 (vreinterpretq_s8_u8 (octets.low)),
                   vclezq_s8 (vreinterpretq_s8_u8 (octets.high)) };
}

/* Each octet keeps its own bit of eight; sums of neighbours, three times, bring eight octets together. */
INLINE guint64
mask_of (Vector truth)
{
  const uint8x16_t bits = vreinterpretq_u8_u64 (vdupq_n_u64 (G_GUINT64_CONSTANT (0x8040201008040201)));
  uint8x16_t sums = vpaddq_u8 (vandq_u8 (truth.low, bits), vandq_u8 (truth.high, bits));

  sums = vpaddq_u8 (sums, sums);
  sums = vpaddq_u8 (sums, sums);
  return vgetq_lane_u32 (vreinterpretq_u32_u8 (sums), 0);
}

INLINE gboolean
any (Vector truth)
{
  return vmaxvq_u8 (vorrq_u8 (truth.low, truth.high)) != 0;
}

INLINE gboolean
has_high_bit (Vector octets)
{
  return vmaxvq_u8 (vorrq_u8 (octets.low, octets.high)) > 127;
}

#include "octets/crlf-vector.h"

const MimesendCrlfKernel mimesend_crlf_kernel_neon = { crlf_convert, crlf_clean };

#endif /* MIMESEND_KERNELS_NEON */

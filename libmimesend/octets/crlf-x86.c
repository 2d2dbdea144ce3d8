/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The passes of crlf-vector.h with AVX2. */
#include "octets/crlf-kernels.h"

#ifdef MIMESEND_KERNELS_X86

#include <immintrin.h>

#define TARGET __attribute__ ((target ("avx2,bmi")))
#define INLINE static inline __attribute__ ((always_inline, target ("avx2,bmi")))

typedef __m256i Vector;

INLINE Vector
load (const guint8 *at)
{
  return _mm256_loadu_si256 ((const __m256i *)at);
}

INLINE void
store (guint8 *at, Vector octets)
{
  _mm256_storeu_si256 ((__m256i *)at, octets);
}

INLINE Vector
equal (Vector octets, char c)
{
  return _mm256_cmpeq_epi8 (octets, _mm256_set1_epi8 (c));
}

INLINE guint64
mask_of (Vector truth)
{
  return (guint32)_mm256_movemask_epi8 (truth);
}

INLINE gboolean
any (Vector truth)
{
  return !_mm256_testz_si256 (truth, truth);
}

INLINE gboolean
has_high_bit (Vector octets)
{
  return _mm256_movemask_epi8 (octets) != 0;
}

INLINE Vector
every (int octet)
{
  return _mm256_set1_epi8 ((char)octet);
}

INLINE Vector
either (Vector a, Vector b)
{
  return _mm256_or_si256 (a, b);
}

INLINE Vector
both (Vector a, Vector b)
{
  return _mm256_and_si256 (a, b);
}

INLINE Vector
and_not (Vector a, Vector b)
{
  return _mm256_andnot_si256 (b, a);
}

INLINE Vector
differ (Vector a, Vector b)
{
  return _mm256_xor_si256 (a, b);
}

INLINE Vector
least_of (Vector a, Vector b)
{
  return _mm256_min_epu8 (a, b);
}

INLINE Vector
least_signed (Vector a, Vector b)
{
  return _mm256_min_epi8 (a, b);
}

INLINE Vector
below_one (Vector octets)
{
  return _mm256_cmpgt_epi8 (_mm256_set1_epi8 (1), octets);
}

#include "octets/crlf-vector.h"

const MimesendCrlfKernel mimesend_crlf_kernel_avx2 = { crlf_convert, crlf_clean };

#endif /* MIMESEND_KERNELS_X86 */

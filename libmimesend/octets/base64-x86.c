/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of 57 octets a turn: what fills whole vectors first, then 9 octets that become its last 12 letters.
 * A turn reads 7 octets past its line and writes up to 3 past it; the next line, or the slack, takes them. */
#include "octets/base64-kernels.h"
#include "octets/base64.h"

#ifdef MIMESEND_KERNELS_X86

#include <immintrin.h>
#include <string.h>

#define TARGET(features) __attribute__ ((target (features)))
#define INLINE(features) static inline __attribute__ ((always_inline, target (features)))

/* Two octets are always stored: for LF alone the second is overwritten. */
static inline void
put_line_end_x86 (guint8 *at, gboolean crlf)
{
  memcpy (at, crlf ? "\r\n" : "\n", 2);
}

/* 12 octets, at the front of the vector, as 16 letters: each triple is spread over four octets,
 * multiplications shift the six bits to their places, and the distance from six bits to letter is looked up
 * by range (after Muła and Lemire). */
INLINE ("ssse3")
__m128i
letters_128 (__m128i octets)
{
  const __m128i spread = _mm_setr_epi8 (1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
  const __m128i distances =
      _mm_setr_epi8 ('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                     '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
  __m128i triples = _mm_shuffle_epi8 (octets, spread);
  __m128i odd =
      _mm_mulhi_epu16 (_mm_and_si128 (triples, _mm_set1_epi32 (0x0fc0fc00)), _mm_set1_epi32 (0x04000040));
  __m128i even =
      _mm_mullo_epi16 (_mm_and_si128 (triples, _mm_set1_epi32 (0x003f03f0)), _mm_set1_epi32 (0x01000010));
  __m128i bits = _mm_or_si128 (odd, even);
  __m128i range = _mm_subs_epu8 (bits, _mm_set1_epi8 (51));
  __m128i capital = _mm_and_si128 (_mm_cmpgt_epi8 (_mm_set1_epi8 (26), bits), _mm_set1_epi8 (13));

  return _mm_add_epi8 (bits, _mm_shuffle_epi8 (distances, _mm_or_si128 (range, capital)));
}

INLINE ("ssse3")
void
put_12 (const guint8 *in, guint8 *out)
{
  _mm_storeu_si128 ((__m128i *)out, letters_128 (_mm_loadu_si128 ((const __m128i *)in)));
}

TARGET ("ssse3")
gsize
mimesend_base64_lines_ssse3 (const guint8 *in, gsize lines, gboolean crlf, guint8 *out)
{
  const gsize width = MIMESEND_BASE64_LINE_OUT + (crlf ? 2 : 1);

  for (gsize i = 0; i < lines; i++, in += MIMESEND_BASE64_LINE_IN, out += width)
    {
      put_12 (in, out);
      put_12 (in + 12, out + 16);
      put_12 (in + 24, out + 32);
      put_12 (in + 36, out + 48);
      put_12 (in + 48, out + 64);
      put_line_end_x86 (out + MIMESEND_BASE64_LINE_OUT, crlf);
    }
  return lines * width;
}

/* put_12 () in each half of the vector. */
INLINE ("avx2")
__m256i
letters_256 (__m256i octets)
{
  const __m256i spread = _mm256_setr_epi8 (1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 1, 0, 2, 1, 4,
                                           3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
  const __m256i distances = _mm256_broadcastsi128_si256 (
      _mm_setr_epi8 ('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                     '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0));
  __m256i triples = _mm256_shuffle_epi8 (octets, spread);
  __m256i odd = _mm256_mulhi_epu16 (_mm256_and_si256 (triples, _mm256_set1_epi32 (0x0fc0fc00)),
                                    _mm256_set1_epi32 (0x04000040));
  __m256i even = _mm256_mullo_epi16 (_mm256_and_si256 (triples, _mm256_set1_epi32 (0x003f03f0)),
                                     _mm256_set1_epi32 (0x01000010));
  __m256i bits = _mm256_or_si256 (odd, even);
  __m256i range = _mm256_subs_epu8 (bits, _mm256_set1_epi8 (51));
  __m256i capital = _mm256_and_si256 (_mm256_cmpgt_epi8 (_mm256_set1_epi8 (26), bits), _mm256_set1_epi8 (13));

  return _mm256_add_epi8 (bits, _mm256_shuffle_epi8 (distances, _mm256_or_si256 (range, capital)));
}

INLINE ("avx2")
void
put_24 (const guint8 *in, guint8 *out)
{
  __m256i octets = _mm256_castsi128_si256 (_mm_loadu_si128 ((const __m128i *)in));

  octets = _mm256_inserti128_si256 (octets, _mm_loadu_si128 ((const __m128i *)(in + 12)), 1);
  _mm256_storeu_si256 ((__m256i *)out, letters_256 (octets));
}

TARGET ("avx2")
gsize
mimesend_base64_lines_avx2 (const guint8 *in, gsize lines, gboolean crlf, guint8 *out)
{
  const gsize width = MIMESEND_BASE64_LINE_OUT + (crlf ? 2 : 1);

  for (gsize i = 0; i < lines; i++, in += MIMESEND_BASE64_LINE_IN, out += width)
    {
      put_24 (in, out);
      put_24 (in + 24, out + 32);
      put_24 (in + 33, out + 44); /* some letters twice, rather than a shorter vector */
      put_line_end_x86 (out + MIMESEND_BASE64_LINE_OUT, crlf);
    }
  return lines * width;
}

/* 48 octets → 64 letters in three instructions: spread the triples, pick every six bits, look all 64 letters
 * up. */
TARGET ("avx512f,avx512bw,avx512vl,avx512vbmi")
gsize
mimesend_base64_lines_vbmi (const guint8 *in, gsize lines, gboolean crlf, guint8 *out)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const gsize width = MIMESEND_BASE64_LINE_OUT + (crlf ? 2 : 1);
  const __m512i letters = _mm512_loadu_si512 (alphabet);
  const __m512i places = _mm512_set1_epi64 (0x3036242a1016040a);
  const __m128i end = _mm_set1_epi16 (crlf ? 0x0a0d : 0x000a);
  guint8 triples[64];
  __m512i spread;

  for (guint i = 0; i < 16; i++)
    memcpy (triples + 4 * i, ((guint8[]){ 3 * i + 1, 3 * i, 3 * i + 2, 3 * i + 1 }), 4);
  spread = _mm512_loadu_si512 (triples);
  for (gsize i = 0; i < lines; i++, in += MIMESEND_BASE64_LINE_IN, out += width)
    {
      __m512i front = _mm512_permutexvar_epi8 (spread, _mm512_loadu_si512 (in));
      __m128i back = _mm_permutexvar_epi8 (_mm512_castsi512_si128 (spread),
                                           _mm_loadu_si128 ((const __m128i *)(in + 48)));

      front = _mm512_permutexvar_epi8 (_mm512_multishift_epi64_epi8 (places, front), letters);
      back = _mm_multishift_epi64_epi8 (_mm512_castsi512_si128 (places), back);
      back = _mm512_castsi512_si128 (_mm512_permutexvar_epi8 (_mm512_castsi128_si512 (back), letters));
      _mm512_storeu_si512 (out, front);
      _mm_storeu_si128 ((__m128i *)(out + 64), _mm_mask_mov_epi8 (back, 0xf000, end));
    }
  return lines * width;
}

#endif /* MIMESEND_KERNELS_X86 */

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which kernels this processor can run. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define MIMESEND_KERNELS_X86 1
#elif defined(__aarch64__) && defined(__ARM_NEON) && defined(__AARCH64EL__)
#define MIMESEND_KERNELS_NEON 1
#endif

/* Ascending: a processor that runs one of a family also runs those before it. */
typedef enum
{
  MIMESEND_KERNEL_C,
#ifdef MIMESEND_KERNELS_NEON
  MIMESEND_KERNEL_NEON /* part of every AArch64 */
#else
  MIMESEND_KERNEL_SSSE3,
  MIMESEND_KERNEL_AVX2, /* with BMI */
  MIMESEND_KERNEL_VBMI  /* AVX-512 VBMI, with BW and VL */
#endif
} MimesendKernel;

/* The name that MIMESEND_KERNEL uses; NULL past the last that is made for this kind of processor. */
const char *mimesend_cpu_kernel_name (MimesendKernel kernel);

/* The best that the processor has. */
MimesendKernel mimesend_cpu_best_kernel (void);

/* The one to use: the best, unless the environment variable MIMESEND_KERNEL (c, ssse3, avx2, vbmi, neon) asks for
 * less. Read once. What the processor does not have is never used, whatever the variable says. */
MimesendKernel mimesend_cpu_kernel (void);

G_END_DECLS

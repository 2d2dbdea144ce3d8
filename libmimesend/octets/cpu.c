/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/cpu.h"

const char *
mimesend_cpu_kernel_name (MimesendKernel kernel)
{
#ifdef MIMESEND_KERNELS_NEON
  static const char *const names[] = { "c", "neon" };
#else
  static const char *const names[] = { "c", "ssse3", "avx2", "vbmi" };
#endif

  return kernel < G_N_ELEMENTS (names) ? names[kernel] : NULL;
}

MimesendKernel
mimesend_cpu_best_kernel (void)
{
#ifdef MIMESEND_KERNELS_X86
  /* These look at what the operating system saves, too (XGETBV). */
  __builtin_cpu_init ();
  if (!__builtin_cpu_supports ("ssse3"))
    return MIMESEND_KERNEL_C;
  if (!__builtin_cpu_supports ("avx2") || !__builtin_cpu_supports ("bmi"))
    return MIMESEND_KERNEL_SSSE3;
  if (!__builtin_cpu_supports ("avx512vbmi") || !__builtin_cpu_supports ("avx512bw") ||
      !__builtin_cpu_supports ("avx512vl"))
    return MIMESEND_KERNEL_AVX2;
  return MIMESEND_KERNEL_VBMI;
#elif defined(MIMESEND_KERNELS_NEON)
  return MIMESEND_KERNEL_NEON;
#else
  return MIMESEND_KERNEL_C;
#endif
}

static MimesendKernel
chosen_kernel (void)
{
  MimesendKernel best = mimesend_cpu_best_kernel ();
  const char *wanted = g_getenv ("MIMESEND_KERNEL");

  if (wanted == NULL)
    return best;
  for (MimesendKernel kernel = MIMESEND_KERNEL_C; kernel < best; kernel++)
    if (g_str_equal (wanted, mimesend_cpu_kernel_name (kernel)))
      return kernel;
  return best;
}

MimesendKernel
mimesend_cpu_kernel (void)
{
  static gsize chosen = 0; /* the kernel + 1; 0: not determined yet */

  if (g_once_init_enter (&chosen))
    g_once_init_leave (&chosen, (gsize)chosen_kernel () + 1);
  return (MimesendKernel)(chosen - 1);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vector passes of crlf.c, declared for its dispatch and for tests. */
#pragma once

#include "octets/cpu.h"
#include "octets/crlf.h"

G_BEGIN_DECLS

/* Both do whole blocks at the front of in for as long as they are of the common kind (no NUL, no CR without
 * its LF; `clean`: nothing to insert either), and leave the rest to the plain code. Called with no CR
 * pending; none is pending afterwards. They touch in[0 .. n) alone, and of out what mimesend_crlf_convert
 * () may. */
typedef struct
{
  gsize (*convert) (MimesendCrlf *self, const guint8 *in, gsize n, guint8 *out, gsize *taken);
  gsize (*clean) (MimesendCrlf *self, const guint8 *in, gsize n);
} MimesendCrlfKernel;

/* The passes of that kernel; NULL: there are none, and the plain code does everything. */
const MimesendCrlfKernel *mimesend_crlf_kernel (MimesendKernel kernel);

gsize mimesend_crlf_convert_with (const MimesendCrlfKernel *kernel,
                                  MimesendCrlf *self,
                                  const guint8 *in,
                                  gsize n,
                                  guint8 *out,
                                  gsize *taken);
gsize mimesend_crlf_clean_prefix_with (const MimesendCrlfKernel *kernel,
                                       MimesendCrlf *self,
                                       const guint8 *in,
                                       gsize n);

#ifdef MIMESEND_KERNELS_X86
extern const MimesendCrlfKernel mimesend_crlf_kernel_avx2;
#endif
#ifdef MIMESEND_KERNELS_NEON
extern const MimesendCrlfKernel mimesend_crlf_kernel_neon;
#endif

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vector kernels behind mimesend_base64_encode (), declared for its dispatch and for tests. */
#pragma once

#include "octets/cpu.h"

G_BEGIN_DECLS

/* `lines` whole lines of 57 octets each, with their ends. Touches at most MIMESEND_BASE64_SLACK octets past
 * both buffers, and none ahead of them. Returns the number of octets written. */
typedef gsize (*MimesendBase64Lines) (const guint8 *in, gsize lines, gboolean crlf, guint8 *out);

/* NULL where the processor lacks the instructions, or no such kernel is built for it. */
MimesendBase64Lines mimesend_base64_kernel (MimesendKernel kernel);

gsize mimesend_base64_lines_c (const guint8 *in, gsize lines, gboolean crlf, guint8 *out);

#ifdef MIMESEND_KERNELS_X86
gsize mimesend_base64_lines_ssse3 (const guint8 *in, gsize lines, gboolean crlf, guint8 *out);
gsize mimesend_base64_lines_avx2 (const guint8 *in, gsize lines, gboolean crlf, guint8 *out);
gsize mimesend_base64_lines_vbmi (const guint8 *in, gsize lines, gboolean crlf, guint8 *out);
#endif
#ifdef MIMESEND_KERNELS_NEON
gsize mimesend_base64_lines_neon (const guint8 *in, gsize lines, gboolean crlf, guint8 *out);
#endif

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines as the wire wants them: every line end CRLF, dots doubled for DATA (RFC 5321 2.3.8, 4.5.2).
 *
 *   LF → CRLF, CRLF stays, a CR alone → CRLF; state is carried over every border. A CR is answered with CRLF at
 *   once, and a LF that comes next, in this block or the following, is swallowed. NUL stops the pass: a server
 *   that drops it would see the end of the message where there is none. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lines up to this length may be measured as shorter: only lines of 998 octets and more matter. */
#define MIMESEND_CRLF_SHORT_LINE 512

typedef struct
{
  gboolean stuff; /* double the dots (DATA); FALSE for BDAT */
  gboolean at_line_start;
  gboolean
      cr_pending;     /* the last octet was a CR; its CRLF has been written already: a LF next is swallowed */
  gsize line_length;  /* octets of the line so far, without its end and without the doubled dot */
  gsize longest_line; /* the longest seen; exact only above MIMESEND_CRLF_SHORT_LINE */
  gboolean eight_bit; /* an octet above 127 was seen */
  gboolean bare;      /* a bare CR or LF was mended */
  guint64 taken;      /* octets in, so far */
  guint64 doubled;    /* dots that were put in */
} MimesendCrlf;

void mimesend_crlf_init (MimesendCrlf *self, gboolean stuff);

/* At most 2 n + 2 octets are written to out (which needs 64 more for the kernels' stores). Stops ahead of a NUL: *taken
 * < n then. Returns the number of octets written. */
gsize mimesend_crlf_convert (MimesendCrlf *self, const guint8 *in, gsize n, guint8 *out, gsize *taken);

/* How many octets at the front of in could go out as they stand (no insertion, no NUL), state advanced over them. Stops
 * at the first that could not, and never between a CR and its LF. */
gsize mimesend_crlf_clean_prefix (MimesendCrlf *self, const guint8 *in, gsize n);

/* Accounts for octets that bypass the conversion because their piece is MIMESEND_PIECE_READY. Their first and last line are
 * measured for longest_line; those between are known to be short enough. */
void mimesend_crlf_passed (MimesendCrlf *self, const guint8 *in, gsize n);

/* Completes the last line: writes its CRLF if it lacks one. Returns 0 or 2; 0 for empty content. */
gsize mimesend_crlf_finish (MimesendCrlf *self, guint8 *out);

/* How many octets the canonical form of these will have; nothing is written. The state is carried on. */
guint64 mimesend_crlf_measure (MimesendCrlf *self, const guint8 *octets, gsize length);

G_END_DECLS

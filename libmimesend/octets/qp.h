/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* quoted-printable (RFC 2045 6.7), lines of at most 76, octet for octet as GMime's encoder writes it wherever GMime keeps
 * to 76 itself. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint line_length;
  gboolean lasting; /* an F that begins a line is escaped, so that no line begins with "From " (RFC 3156 3) */
  gint pending;     /* an octet whose spelling depends on the next one (blank, CR); −1: none */
} MimesendQp;

#define MIMESEND_QP_WORST(n)                                                                                 \
  (4 * (gsize)(n) + 16 + (gsize)(n) / 8) /* octets of room that encoding n octets may need */

void mimesend_qp_init (MimesendQp *self);
gsize mimesend_qp_step (MimesendQp *self, const guint8 *in, gsize n, gboolean crlf, guint8 *out);
gsize mimesend_qp_finish (MimesendQp *self, gboolean crlf, guint8 *out);

G_END_DECLS

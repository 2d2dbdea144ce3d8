/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a GMimeStream so that nothing gets lost without a word. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* What it reads from, through filters and buffers; itself where it is neither. Borrowed. */
GMimeStream *mimesend_stream_innermost (GMimeStream *stream);

/* Is it, or what it reads from, closed? GMime calls that the end of the stream. */
gboolean mimesend_stream_is_closed (GMimeStream *stream);

/* Whether a read may block (a pipe, a socket, a class that is not known). */
gboolean mimesend_stream_may_block (GMimeStream *stream);

/* Was a pipe read that it reads from? */
gboolean mimesend_stream_is_spent (GMimeStream *stream);

/* Can it be begun again at its start, as far as can be told without trying? */
gboolean mimesend_stream_can_restart (GMimeStream *stream);

/* One read: octets, 0 at the end, −1 with error. Nothing is rewound or closed. What waits on a pipe or a socket of GMime's is
 * ended by the thread's current cancellable (g_cancellable_get_current ()); the read of another class is not. */
gssize mimesend_stream_read (GMimeStream *stream, guint8 *octets, gsize n, GError **error);

G_END_DECLS

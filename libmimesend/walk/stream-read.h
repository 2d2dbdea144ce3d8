/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a GMimeStream such that no failure is taken for its end. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* The stream below its filters and buffers, or the stream itself. Borrowed. */
GMimeStream *mimesend_stream_innermost (GMimeStream *stream);

/* Whether it, or the stream it reads from, is closed. GMime reports that as the end of the stream. */
gboolean mimesend_stream_is_closed (GMimeStream *stream);

/* Whether a read may block (a pipe, a socket, a class that is not known). */
gboolean mimesend_stream_may_block (GMimeStream *stream);

/* Whether a read is known to return at once, with octets or at the end. */
gboolean mimesend_stream_is_ready (GMimeStream *stream);

/* Whether it reads from a pipe that was read before. */
gboolean mimesend_stream_is_spent (GMimeStream *stream);

/* Whether it can be read again from its start, as far as can be told without trying. */
gboolean mimesend_stream_can_restart (GMimeStream *stream);

/* One read: octets, 0 at the end, −1 with error. Nothing is rewound or closed. Waiting for a pipe or a socket of GMime's
 * ends with the thread's current cancellable (g_cancellable_get_current ()); a read of another class does not. */
gssize mimesend_stream_read (GMimeStream *stream, guint8 *octets, gsize n, GError **error);

G_END_DECLS

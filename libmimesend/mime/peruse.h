/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The octets of a stream, read ahead without taking anything from its later reader. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* FALSE: enough. */
typedef gboolean (*MimesendPeruseFunc) (gpointer data, const guint8 *octets, gsize n);

/* All of a stream that is in memory or of a regular file, by a position of its own, a block at a time; less of it where func
 * has enough. FALSE: it is of another kind, or cannot be read. */
gboolean mimesend_peruse (GMimeStream *stream, MimesendPeruseFunc func, gpointer data);

G_END_DECLS

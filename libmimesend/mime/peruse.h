/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the octets of a stream ahead, without consuming them. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* FALSE: stop. */
typedef gboolean (*MimesendPeruseFunc) (gpointer data, const guint8 *octets, gsize n);

/* Reads a stream in memory or of a regular file, at a position of its own, block by block, until func returns FALSE. FALSE:
 * it is another kind of stream, or cannot be read. */
gboolean mimesend_peruse (GMimeStream *stream, MimesendPeruseFunc func, gpointer data);

G_END_DECLS

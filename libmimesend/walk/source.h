/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The source of a leaf: the stream's octets with their stored encoding decoded. peek () looks ahead without consuming. */
#pragma once

#include "walk/cursor.h"

G_BEGIN_DECLS

typedef struct _MimesendSource MimesendSource;

/* stored: decoded if it is base64, quoted-printable or uuencode. */
MimesendSource *mimesend_source_new (GMimeStream *stream,
                                     GMimeContentEncoding stored,
                                     const MimesendPromise *promise,
                                     GError **error);
void mimesend_source_free (MimesendSource *self);

/* Octets, 0 at the end, −1 with error. */
gssize mimesend_source_read (MimesendSource *self, guint8 *octets, gsize n, GError **error);

/* Lends the next octets, without a copy where possible; valid until the next call. */
gssize mimesend_source_lend (MimesendSource *self, gsize n, const guint8 **octets, GError **error);

/* Looks ahead, before anything was read: all of what is in memory, else about `window` octets, kept for read (). */
gboolean mimesend_source_peek (
    MimesendSource *self, gsize window, const guint8 **octets, gsize *n, gboolean *complete, GError **error);

/* At its end, see mimesend_cursor_has_grown (). */
gboolean mimesend_source_has_grown (MimesendSource *self, guint64 *read);

/* −1: not known. */
gint64 mimesend_source_get_size (MimesendSource *self);
gboolean mimesend_source_may_block (MimesendSource *self);
gboolean mimesend_source_in_memory (MimesendSource *self);

G_END_DECLS

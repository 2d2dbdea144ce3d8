/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Octets that are needed a second time and can be read only once: in memory while they are few, then in a file without a name. */
#pragma once

#include "octets/piece.h"

G_BEGIN_DECLS

#define MIMESEND_SPOOL_IN_MEMORY (256 * 1024)

typedef struct _MimesendSpool MimesendSpool;

MimesendSpool *mimesend_spool_new (void);
void mimesend_spool_free (MimesendSpool *self);

/* FALSE with #MIMESEND_ERROR_CONTENT: there is no room, or no file can be made. */
gboolean mimesend_spool_add (MimesendSpool *self, const guint8 *octets, gsize n, GError **error);

/* From the first octet; the piece is lent. */
void mimesend_spool_rewind (MimesendSpool *self);
MimesendPullStatus mimesend_spool_next (MimesendSpool *self, MimesendPiece *piece, GError **error);

gboolean mimesend_spool_in_memory (const MimesendSpool *self);

G_END_DECLS

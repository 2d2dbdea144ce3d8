/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The blocks that encoded leaves are written to. The sender keeps a block until its last octet has left, in any thread;
 * then it comes back and is used again. */
#pragma once

#include "octets/piece.h"

G_BEGIN_DECLS

typedef struct _MimesendBlockPool MimesendBlockPool;

typedef struct _MimesendBlock
{
  MimesendBlockPool *pool; /* while it is out */
  gsize size;
  guint8 octets[];
} MimesendBlock;

MimesendBlockPool *mimesend_block_pool_new (void);
MimesendBlockPool *mimesend_block_pool_ref (MimesendBlockPool *self);
void mimesend_block_pool_unref (MimesendBlockPool *self);

/* A block of at least that size, to be given up with mimesend_block_release (). */
MimesendBlock *mimesend_block_pool_take (MimesendBlockPool *self, gsize size);
void mimesend_block_release (gpointer block);

G_END_DECLS

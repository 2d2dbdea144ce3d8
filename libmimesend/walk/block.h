/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pool of blocks for encoded leaves. The sender owns a block until its last octet is sent, in any thread; then the block
 * returns to the pool. */
#pragma once

#include "octets/piece.h"

G_BEGIN_DECLS

typedef struct _MimesendBlockPool MimesendBlockPool;

typedef struct _MimesendBlock
{
  MimesendBlockPool *pool; /* set while the block is in use */
  gsize size;
  guint8 octets[];
} MimesendBlock;

MimesendBlockPool *mimesend_block_pool_new (void);
MimesendBlockPool *mimesend_block_pool_ref (MimesendBlockPool *self);
void mimesend_block_pool_unref (MimesendBlockPool *self);

/* (transfer full): a block of at least that size; mimesend_block_release () returns it. */
MimesendBlock *mimesend_block_pool_take (MimesendBlockPool *self, gsize size);
void mimesend_block_release (gpointer block);

G_END_DECLS

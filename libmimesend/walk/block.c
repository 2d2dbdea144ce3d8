/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk/block.h"

/* One is written, one is sent and four are in reserve; further ones are freed. */
#define KEPT_MAX 6

struct _MimesendBlockPool
{
  gatomicrefcount refs;
  GMutex mutex;
  MimesendBlock *kept[KEPT_MAX];
  guint n_kept;
};

MimesendBlockPool *
mimesend_block_pool_new (void)
{
  MimesendBlockPool *self = g_new0 (MimesendBlockPool, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->mutex);
  return self;
}

MimesendBlockPool *
mimesend_block_pool_ref (MimesendBlockPool *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mimesend_block_pool_unref (MimesendBlockPool *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < self->n_kept; i++)
    g_free (self->kept[i]);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

MimesendBlock *
mimesend_block_pool_take (MimesendBlockPool *self, gsize size)
{
  MimesendBlock *block = NULL;

  g_mutex_lock (&self->mutex);
  if (self->n_kept > 0)
    block = self->kept[--self->n_kept];
  g_mutex_unlock (&self->mutex);

  if (block != NULL && block->size < size)
    g_clear_pointer (&block, g_free);
  if (block == NULL)
    {
      block = g_malloc (sizeof *block + size);
      block->size = size;
    }
  block->pool = mimesend_block_pool_ref (self);
  return block;
}

void
mimesend_block_release (gpointer data)
{
  MimesendBlock *block = data;
  MimesendBlockPool *pool = g_steal_pointer (&block->pool);

  g_mutex_lock (&pool->mutex);
  if (pool->n_kept < KEPT_MAX)
    pool->kept[pool->n_kept++] = g_steal_pointer (&block);
  g_mutex_unlock (&pool->mutex);
  g_free (block);
  mimesend_block_pool_unref (pool);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/dkim-shared.h"

#include <string.h>

struct _MimesendDkimShared
{
  gatomicrefcount refs;
  GMutex mutex;
  guint known; /* forms */
  guint8 digests[MIMESEND_DKIM_FORMS][MIMESEND_DKIM_HASH];
};

MimesendDkimShared *
mimesend_dkim_shared_new (void)
{
  MimesendDkimShared *self = g_new0 (MimesendDkimShared, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->mutex);
  return self;
}

MimesendDkimShared *
mimesend_dkim_shared_ref (MimesendDkimShared *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mimesend_dkim_shared_unref (MimesendDkimShared *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

gboolean
mimesend_dkim_shared_get (MimesendDkimShared *self, guint forms, guint8 (*digests)[MIMESEND_DKIM_HASH])
{
  gboolean known;

  g_mutex_lock (&self->mutex);
  known = (self->known & forms) == forms;
  if (known && digests != NULL)
    memcpy (digests, self->digests, sizeof self->digests);
  g_mutex_unlock (&self->mutex);
  return known;
}

void
mimesend_dkim_shared_set (MimesendDkimShared *self, guint forms, guint8 (*digests)[MIMESEND_DKIM_HASH])
{
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < MIMESEND_DKIM_FORMS; i++)
    if (forms & (1u << i))
      memcpy (self->digests[i], digests[i], MIMESEND_DKIM_HASH);
  self->known |= forms;
  g_mutex_unlock (&self->mutex);
}

void
mimesend_dkim_shared_forget (MimesendDkimShared *self)
{
  g_mutex_lock (&self->mutex);
  self->known = 0;
  g_mutex_unlock (&self->mutex);
}

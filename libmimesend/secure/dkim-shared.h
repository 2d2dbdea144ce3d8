/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hashes of a body that many contents have in common: the first that needs them reads for them. Any thread may use it. */
#pragma once

#include "secure/dkim-reader.h"

G_BEGIN_DECLS

typedef struct _MimesendDkimShared MimesendDkimShared;

MimesendDkimShared *mimesend_dkim_shared_new (void);
MimesendDkimShared *mimesend_dkim_shared_ref (MimesendDkimShared *self);
void mimesend_dkim_shared_unref (MimesendDkimShared *self);

/* FALSE: not all of these forms are known. digests NULL: only asked. */
gboolean
mimesend_dkim_shared_get (MimesendDkimShared *self, guint forms, guint8 (*digests)[MIMESEND_DKIM_HASH]);
void mimesend_dkim_shared_set (MimesendDkimShared *self, guint forms, guint8 (*digests)[MIMESEND_DKIM_HASH]);

/* A body was another: the next content finds out what it is by now. */
void mimesend_dkim_shared_forget (MimesendDkimShared *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The octets of a content in their canonical form, every line end CRLF, as they are signed (RFC 1847 2.1), and their digest. */
#pragma once

#include "content/content-pull.h"

G_BEGIN_DECLS

#define MIMESEND_CANONICAL_DIGEST 16

/* Of one part, for the digests of all its readings. Random, so that other programs cannot make two texts with equal digests. */
typedef struct
{
  guint8 octets[16];
} MimesendCanonicalKey;

void mimesend_canonical_key_init (MimesendCanonicalKey *self);

typedef struct _MimesendCanonical MimesendCanonical;

/* Begins at the first octet of inner, which must stand there. */
MimesendCanonical *mimesend_canonical_new (MimesendPull *inner, const MimesendCanonicalKey *key);
void mimesend_canonical_free (MimesendCanonical *self);

/* The piece is lent, or released by its holder. */
MimesendPullStatus mimesend_canonical_next (MimesendCanonical *self,
                                            MimesendPiece *piece,
                                            GCancellable *cancellable,
                                            GError **error);

/* At the end. */
void mimesend_canonical_get_digest (MimesendCanonical *self, guint8 digest[MIMESEND_CANONICAL_DIGEST]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendCanonical, mimesend_canonical_free)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The DKIM value, from inside, and what it makes of a header and of a body's hash. Immutable once made. */
#pragma once

#include "mimesend-dkim.h"
#include "secure/dkim-header.h"
#include "secure/dkim-key.h"

G_BEGIN_DECLS

struct _MimesendDkim
{
  gatomicrefcount refs;
  char *domain; /* A-labels */
  char *selector;
  char *identity; /* as it is written into the field; NULL: none */
  MimesendDkimKey *key;
  MimesendDkimNames *names;
  gint64 expiry_s; /* 0: none */
  MimesendDkimForm header, body;
};

/* The header field that signs, with its CRLF. body_hash NULL: of the same length, and signs nothing. now_s: seconds since 1970.
 * NULL with error: the key (in a token) could not be used. */
GString *mimesend_dkim_make_field (MimesendDkim *self,
                                   const MimesendDkimHeader *header,
                                   const guint8 *body_hash,
                                   gint64 now_s,
                                   GError **error);

/* Appends the field of each of dkims over the whole header block; digests: the body's hashes by their form, NULL as above. FALSE
 * with error: the block has no From, or is no header. */
gboolean mimesend_dkim_append_fields (const GPtrArray *dkims,
                                      const GByteArray *block,
                                      guint8 (*digests)[MIMESEND_DKIM_HASH],
                                      gint64 now_s,
                                      GString *out,
                                      GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message as it will be on the wire, read for its signature: the header block is kept, the body hashed. */
#pragma once

#include "octets/crlf.h"
#include "secure/dkim-body.h"

G_BEGIN_DECLS

#define MIMESEND_DKIM_FORMS 2

typedef struct
{
  MimesendCrlf crlf;
  GByteArray *header; /* with the empty line, where there is one */
  gboolean header_over;
  gboolean header_eight_bit;
  MimesendDkimBody *bodies[MIMESEND_DKIM_FORMS]; /* NULL: of that form no hash is wanted */
} MimesendDkimReader;

/* forms: a bit for each that is wanted, 1 << form. */
void mimesend_dkim_reader_init (MimesendDkimReader *self, guint forms);
void mimesend_dkim_reader_clear (MimesendDkimReader *self);

/* FALSE with error: it cannot be signed, for a NUL, a header without end, octets above 127 in the body. */
gboolean mimesend_dkim_reader_add (MimesendDkimReader *self, const guint8 *octets, gsize n, GError **error);

/* At the end, once: the hashes that are wanted. */
gboolean mimesend_dkim_reader_finish (MimesendDkimReader *self,
                                      guint8 digests[MIMESEND_DKIM_FORMS][MIMESEND_DKIM_HASH],
                                      GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One leaf's content as it goes into the message: encoded, with its line ends. */
#pragma once

#include "walk/block.h"
#include "walk/source.h"
#include "walk/text.h"
#include "mimesend-flags.h"
#include "octets/piece.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean crlf; /* CRLF line ends, as GMime in DOS mode, but of text, which the CRLF pass mends; else LF */
  gboolean
      lasting; /* text holds nothing that is changed on its way, as what is signed must (RFC 3156 3); CRLF, checked */
  gboolean checked; /* text that is sent unencoded must fit `wire` */
  MimesendWireFlags wire;
} MimesendLeafForm;

typedef struct _MimesendPartLeaf MimesendLeaf;

/* Opens the content. ensure_newline: as in GMime's format options. sealed: below a signature or encryption, where nothing
 * may change. */
MimesendLeaf *mimesend_leaf_new (GMimePart *part,
                                 const MimesendLeafForm *form,
                                 gboolean ensure_newline,
                                 gboolean sealed,
                                 MimesendBlockPool *pool,
                                 const MimesendPromise *promise,
                                 GError **error);
void mimesend_leaf_free (MimesendLeaf *self);

/* (transfer none) (nullable): NULL for a part without content. */
MimesendSource *mimesend_leaf_get_source (MimesendLeaf *self);
GMimeContentEncoding mimesend_leaf_get_encoding (MimesendLeaf *self);

/* Whether it is copied as stored. */
gboolean mimesend_leaf_is_copied (MimesendLeaf *self);
gboolean mimesend_leaf_is_sealed (MimesendLeaf *self);
gboolean mimesend_leaf_is_lasting (MimesendLeaf *self);
gboolean mimesend_leaf_has_lines (MimesendLeaf *self);
GMimePart *mimesend_leaf_get_part (MimesendLeaf *self);

/* Before the first next (): another encoding than the part's. lines: what becomes base64 is text whose lines end with LF or
 * CRLF, and gets the canonical CRLF ahead of it (RFC 2045 6.8). */
void mimesend_leaf_set_encoding (MimesendLeaf *self, GMimeContentEncoding encoding, gboolean lines);

/* Sends the message as application/octet-stream in base64. */
void mimesend_leaf_make_octets (MimesendLeaf *self);
gboolean mimesend_leaf_is_octets (MimesendLeaf *self);

MimesendPullStatus mimesend_leaf_next (MimesendLeaf *self, MimesendPiece *piece, GError **error);

/* What was seen of a text that was sent unencoded. */
const MimesendTextFacts *mimesend_leaf_get_facts (MimesendLeaf *self);

G_END_DECLS

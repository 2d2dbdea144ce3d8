/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One leaf's content as it goes into the message: encoded, with its line ends. */
#pragma once

#include "content/part-block.h"
#include "content/part-source.h"
#include "content/part-text.h"
#include "mimesend-content.h"
#include "octets/piece.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean crlf;     /* line ends as GMime's writer makes them in DOS mode; else LF as in UNIX mode */
  gboolean raw_text; /* text may stay as it is stored: a CRLF pass follows */
  gboolean checked;  /* what leaves as text must fit `wire` */
  MimesendWireFlags wire;
} MimesendLeafForm;

typedef struct _MimesendPartLeaf MimesendPartLeaf;

/* Opens the content. ensure_newline: as GMime means it. sealed: below a signature or encryption, where nothing may change. */
MimesendPartLeaf *mimesend_part_leaf_new (GMimePart *part,
                                          const MimesendLeafForm *form,
                                          gboolean ensure_newline,
                                          gboolean sealed,
                                          MimesendBlockPool *pool,
                                          const MimesendPromise *promise,
                                          GError **error);
void mimesend_part_leaf_free (MimesendPartLeaf *self);

/* NULL for a part without content. */
MimesendSource *mimesend_part_leaf_get_source (MimesendPartLeaf *self);
GMimeContentEncoding mimesend_part_leaf_get_encoding (MimesendPartLeaf *self);

/* Stored as it will be: nothing is encoded. */
gboolean mimesend_part_leaf_is_copied (MimesendPartLeaf *self);
gboolean mimesend_part_leaf_is_sealed (MimesendPartLeaf *self);
gboolean mimesend_part_leaf_has_lines (MimesendPartLeaf *self);
GMimePart *mimesend_part_leaf_get_part (MimesendPartLeaf *self);

/* Before the first next (): another encoding than the part's. lines: what becomes base64 is text whose lines end with LF or
 * CRLF, and gets the canonical CRLF ahead of it (RFC 2045 6.8). */
void mimesend_part_leaf_set_encoding (MimesendPartLeaf *self, GMimeContentEncoding encoding, gboolean lines);

/* A message that leaves as octets: in base64, and under another type. */
void mimesend_part_leaf_make_octets (MimesendPartLeaf *self);
gboolean mimesend_part_leaf_is_octets (MimesendPartLeaf *self);

MimesendPullStatus mimesend_part_leaf_next (MimesendPartLeaf *self, MimesendPiece *piece, GError **error);

/* What was seen of a text that left unencoded. */
const MimesendTextFacts *mimesend_part_leaf_get_facts (MimesendPartLeaf *self);

G_END_DECLS

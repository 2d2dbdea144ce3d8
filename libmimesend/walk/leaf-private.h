/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A leaf's state, shared by its steps and its encoders. */
#pragma once

#include "walk/leaf.h"
#include "octets/qp.h"
#include "octets/repair.h"

G_BEGIN_DECLS

typedef enum
{
  LEAF_BEGIN,
  LEAF_BODY,
  LEAF_TAIL,
  LEAF_END,
  LEAF_DONE
} LeafState;

struct _MimesendPartLeaf
{
  GMimePart *part;
  MimesendLeafForm form;
  MimesendSource *source;
  GMimeContentEncoding stored;
  GMimeContentEncoding encoding;
  gboolean copied;    /* stored as it will be: nothing is encoded */
  gboolean converted; /* the encoding is not the part's own */
  gboolean ensure_newline;
  gboolean sealed; /* nothing may change */
  gboolean octets; /* a message that leaves as application/octet-stream */
  LeafState state;
  gboolean any;         /* an octet came */
  guint8 last;          /* the last octet out */
  gboolean ended;       /* of the source */
  GMimeFilter *newline; /* created at need */
  GMimeFilter *uu;
  MimesendQp qp;
  MimesendRepair repair; /* of quoted-printable that is copied */
  const guint8 *rest;    /* lent, and not looked at yet */
  gsize rest_length;
  gboolean lines;      /* converted to base64: LF becomes CRLF ahead of it */
  gboolean lf_pending; /* … and did not fit behind its CR */
  guint8 last_in;      /* … and the octet ahead of the next one */
  gboolean cr_pending; /* converted text: a CR that may belong to a CRLF */
  MimesendBlockPool *pool;
  guint8 *in;
  gsize in_size;
  gsize in_fill;
  guint8 *out;
  char *line; /* begin, end */
  MimesendTextFacts facts;
};

/* Each gives a piece, or the end of the source, or fails. */
MimesendPullStatus mimesend_leaf_next_text (MimesendLeaf *self, MimesendPiece *piece, GError **error);
MimesendPullStatus mimesend_leaf_next_base64 (MimesendLeaf *self, MimesendPiece *piece, GError **error);
MimesendPullStatus mimesend_leaf_next_qp (MimesendLeaf *self, MimesendPiece *piece, GError **error);
MimesendPullStatus mimesend_leaf_next_uu (MimesendLeaf *self, MimesendPiece *piece, GError **error);

/* What is owed at the end: a filter's last octets, a newline. */
MimesendPullStatus mimesend_leaf_finish (MimesendLeaf *self, MimesendPiece *piece);

/* A line of text, with its end. */
MimesendPullStatus
mimesend_leaf_give_line (MimesendLeaf *self, const char *start, const char *text, MimesendPiece *piece);

gboolean mimesend_leaf_is_uuencoded (MimesendLeaf *self);

G_END_DECLS

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
  gboolean copied;    /* copied as stored: nothing is encoded */
  gboolean converted; /* the encoding is not the part's own */
  gboolean ensure_newline;
  gboolean sealed; /* below a signature: nothing may change */
  gboolean octets; /* a message that is sent as application/octet-stream */
  LeafState state;
  gboolean any;         /* an octet was read */
  guint8 last;          /* the last octet written */
  gboolean ended;       /* the source has ended */
  GMimeFilter *newline; /* created on first use */
  GMimeFilter *uu;
  MimesendQp qp;
  MimesendRepair repair; /* for quoted-printable that is copied */
  const guint8 *rest;    /* lent octets that are not scanned yet */
  gsize rest_length;
  gboolean lines;      /* text that becomes base64: LF becomes CRLF before encoding */
  gboolean lf_pending; /* … an LF that did not fit after its CR */
  guint8 last_in;      /* … the previous octet read */
  gboolean cr_pending; /* text that becomes quoted-printable: a CR that may begin a CRLF */
  MimesendBlockPool *pool;
  guint8 *in;
  gsize in_size;
  gsize in_fill;
  guint8 *out;
  char *line; /* the line `begin` or `end` of uuencode */
  MimesendTextFacts facts;
};

/* One encoder each: returns a piece, the end of the source, or a failure. */
MimesendPullStatus mimesend_leaf_next_text (MimesendLeaf *self, MimesendPiece *piece, GError **error);
MimesendPullStatus mimesend_leaf_next_base64 (MimesendLeaf *self, MimesendPiece *piece, GError **error);
MimesendPullStatus mimesend_leaf_next_qp (MimesendLeaf *self, MimesendPiece *piece, GError **error);
MimesendPullStatus mimesend_leaf_next_uu (MimesendLeaf *self, MimesendPiece *piece, GError **error);

/* Completes the leaf: a filter's last octets, a newline. */
MimesendPullStatus mimesend_leaf_finish (MimesendLeaf *self, MimesendPiece *piece);

/* Returns one line of text with its line end. */
MimesendPullStatus
mimesend_leaf_give_line (MimesendLeaf *self, const char *start, const char *text, MimesendPiece *piece);

gboolean mimesend_leaf_is_uuencoded (MimesendLeaf *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The beginning of a content, read ahead of its sending so that its header is known before a server is told of the message; and
 * as much of the body as is there without waiting, so that of a short message it is known whether it is 7-bit.
 * The pieces are queued and pulled first, so that readers do not notice. */
#pragma once

#include "content/content-pull.h"
#include "octets/header-watch.h"

G_BEGIN_DECLS

/* The number of octets of a header that are read ahead, plus up to one piece. A fault after them is found as they are sent. */
#define MIMESEND_AHEAD_MAX 65536

typedef struct
{
  MimesendPiece first; /* the first piece; length 0: none, or it was pulled */
  GQueue more;         /* of MimesendPiece *, further pieces not pulled yet; the last may be lent */
  gsize octets;        /* octets read ahead, pulled or not */
  MimesendHeaderWatch header;
  gboolean
      enough;     /* the header has ended and no more is there, or the content has, or the maximum was read */
  gboolean ended; /* the content has ended */
  gboolean faulty;    /* the header has a bare CR */
  gboolean eight_bit; /* an octet of it is above 127 */
} MimesendAhead;

/* Reads one more piece. PIECE: call again; END: enough was read; FAILED: the content failed, or its header has a bare CR. */
MimesendPullStatus mimesend_pull_look (MimesendPull *self, GCancellable *cancellable, GError **error);

/* Rewinds a content of which something was read ahead, to be prepared for another server. FALSE: it cannot be rewound. */
gboolean mimesend_pull_forget_ahead (MimesendPull *self);

/* (nullable): what was read ahead; NULL: nothing. */
const MimesendAhead *mimesend_pull_get_ahead (MimesendPull *self);

/* Whether all of the content was read ahead, and has no octet above 127. */
gboolean mimesend_pull_is_known_seven_bit (MimesendPull *self);

/* Whether there are octets that were read ahead and not pulled. */
gboolean mimesend_ahead_has_pieces (const MimesendAhead *self);

/* Takes the next of the pieces; FALSE: none is left. */
gboolean mimesend_ahead_take (MimesendAhead *self, MimesendPiece *piece);
void mimesend_ahead_free (MimesendAhead *self);

/* Sets the error for a watch that found a bare CR. */
void mimesend_header_set_fault (const MimesendHeaderWatch *watch, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The beginning of a content, read ahead of its sending so that its header is known before a server is told of the message.
 * What was read stands ahead of the rest: the content itself is as good as not begun. */
#pragma once

#include "content/content-pull.h"
#include "octets/header-watch.h"

G_BEGIN_DECLS

/* Of a header so many octets are read ahead, and up to one piece more. What is wrong behind them shows as it is sent. */
#define MIMESEND_AHEAD_MAX 65536

typedef struct
{
  MimesendPiece first; /* most have no other; no octets: none, or it was pulled */
  GQueue more;         /* of MimesendPiece *, not pulled yet; the last of all may be lent */
  gsize octets;        /* that were read, pulled or not */
  MimesendHeaderWatch header;
  gboolean enough; /* the header is over, the content has ended, or so many octets were read */
  gboolean ended;  /* the content has */
  gboolean faulty; /* the header has a bare CR */
} MimesendAhead;

/* Reads one piece more. PIECE: ask again; END: enough was read; FAILED: the content did, or its header has a bare CR. */
MimesendPullStatus mimesend_pull_look (MimesendPull *self, GCancellable *cancellable, GError **error);

/* Begins again where something was read ahead, for a content that is told of another way. FALSE: it cannot. */
gboolean mimesend_pull_forget_ahead (MimesendPull *self);

/* NULL: nothing was. */
const MimesendAhead *mimesend_pull_get_ahead (MimesendPull *self);

/* Are there octets that were read and not pulled? */
gboolean mimesend_ahead_has_pieces (const MimesendAhead *self);

/* The next of the pieces; FALSE: none. */
gboolean mimesend_ahead_take (MimesendAhead *self, MimesendPiece *piece);
void mimesend_ahead_free (MimesendAhead *self);

/* For a watch that found a bare CR. */
void mimesend_header_set_fault (const MimesendHeaderWatch *watch, GError **error);

G_END_DECLS

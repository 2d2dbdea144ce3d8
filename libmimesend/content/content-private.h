/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pull.c and content.c share of a content's state. */
#pragma once

#include "content/pull.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean begun;     /* a first octet was asked for */
  gboolean ended;     /* the end was told: the class is not asked again */
  GError *failure;    /* a failure was told: it is told again, whatever the class would say now */
  MimesendPiece rest; /* read_bytes () was asked for less than a piece */
  gsize rest_used;
} MimesendContentState;

MimesendContentState *mimesend_content_get_state (MimesendContent *self);

G_END_DECLS

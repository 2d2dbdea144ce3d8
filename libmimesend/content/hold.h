/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content is read by one delivery at a time, and from its first octet. A hold: the delivery's exclusive claim on a
 * content, its inner contents and the streams that are read in place. They are rewound when it is taken; if one cannot be,
 * the hold fails. */
#pragma once

#include "content/content-pull.h"

G_BEGIN_DECLS

typedef struct _MimesendHold MimesendHold;

/* NULL with error: %G_IO_ERROR_PENDING if the content or an inner one is held, #MIMESEND_ERROR_CONTENT if it was read and
 * cannot be rewound. To be called where a class of the caller's may be called. */
MimesendHold *mimesend_hold_new (MimesendPull *content, GError **error);

/* Adds a reader of the same message. The content is free when the last one releases its reference. */
MimesendHold *mimesend_hold_ref (MimesendHold *self);
void mimesend_hold_unref (MimesendHold *self);

/* Whether the content, an inner one or a stream in it is held. */
gboolean mimesend_content_is_held (MimesendContent *content);

G_END_DECLS

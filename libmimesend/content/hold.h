/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content is read by one delivery at a time, and from its first octet. The delivery that is going to read one holds it and
 * all contents that it reads from; what was read before is begun again then, or cannot be had. */
#pragma once

#include "content/content-pull.h"

G_BEGIN_DECLS

typedef struct _MimesendHold MimesendHold;

/* NULL with error: %G_IO_ERROR_PENDING where another has hold of it or of a content in it, #MIMESEND_ERROR_CONTENT where it was
 * read and cannot be begun again. To be called where a class of the caller's may be called. */
MimesendHold *mimesend_hold_new (MimesendPull *content, GError **error);

/* For one more reader of the same message. The content is free when the last one releases it. */
MimesendHold *mimesend_hold_ref (MimesendHold *self);
void mimesend_hold_unref (MimesendHold *self);

/* Whether it, or a content in it, is held. */
gboolean mimesend_content_is_held (MimesendContent *content);

G_END_DECLS

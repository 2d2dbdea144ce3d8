/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content that concatenates message arguments. */
#pragma once

#include "content/content-pull.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_CONCAT (mimesend_concat_get_type ())
G_DECLARE_FINAL_TYPE (MimesendConcat, mimesend_concat, MIMESEND, CONCAT, MimesendContent)

/* How many arguments were added; 1 for a content that is no concatenation. */
guint mimesend_concat_count (MimesendContent *self);

G_END_DECLS

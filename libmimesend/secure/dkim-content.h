/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A content behind its signatures, as a content: read once for them, and once more to be sent. */
#pragma once

#include "content/content-pull.h"
#include "mimesend-dkim.h"
#include "secure/dkim-shared.h"

G_BEGIN_DECLS

#define MIMESEND_TYPE_DKIM_CONTENT (mimesend_dkim_content_get_type ())
G_DECLARE_FINAL_TYPE (MimesendDkimContent, mimesend_dkim_content, MIMESEND, DKIM_CONTENT, MimesendContent)

/* shared NULL: it has its body to itself. */
MimesendContent *
mimesend_dkim_content_new (MimesendContent *content, GPtrArray *dkims, MimesendDkimShared *shared);

/* (transfer full) (nullable): an array of its own, with references; NULL for none. */
GPtrArray *mimesend_dkims_copy (GPtrArray *dkims);

/* For one that is signed already, alone or as the only argument: the same signatures over what wrap () makes of what they
 * sign. NULL: it is not signed. */
MimesendContent *
mimesend_dkim_content_rewrap (MimesendContent *content,
                              MimesendContent *(*wrap) (MimesendContent *inner, gpointer data),
                              gpointer data);

/* Is it, alone or as the only argument? */
gboolean mimesend_content_is_signed (MimesendContent *content);

/* For tests: seconds since 1970, in place of the time that it is. */
void mimesend_dkim_content_set_now (MimesendDkimContent *self, gint64 now_s);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks that text is valid in its charset, block by block, in constant memory. */
#pragma once

#include <glib.h>

typedef struct _CharsetCheck CharsetCheck;

/* name NULL: UTF-8. NULL on failure: *why (transfer full) is the reason. */
CharsetCheck *charset_check_new (const char *name, char **why);
/* FALSE: *why says what is wrong and where. */
gboolean charset_check_feed (CharsetCheck *self, const guint8 *octets, gsize n, char **why);
gboolean charset_check_end (CharsetCheck *self, char **why);
void charset_check_free (CharsetCheck *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CharsetCheck, charset_check_free)

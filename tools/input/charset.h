/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is text valid in its charset? Asked block by block, so that a text of any size costs the same. */
#pragma once

#include <glib.h>

typedef struct _CharsetCheck CharsetCheck;

/* name NULL: UTF-8. On failure NULL and why (a sentence, to be freed). */
CharsetCheck *charset_check_new (const char *name, char **why);
/* FALSE: *why says what and where. */
gboolean charset_check_feed (CharsetCheck *self, const guint8 *octets, gsize n, char **why);
gboolean charset_check_end (CharsetCheck *self, char **why);
void charset_check_free (CharsetCheck *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CharsetCheck, charset_check_free)

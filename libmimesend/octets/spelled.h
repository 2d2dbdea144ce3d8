/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A string that was given where an array of strings is due: some bindings make an array of its letters. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): the text, if every element is one character and there are several. */
char *mimesend_spelled_text (const char *const *strings);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of others, made fit to be shown. */
#pragma once

#include <glib.h>

/* Controls (C0, DEL, C1), the signs that turn the direction of writing, line separators and octets that are
 * no UTF-8 become visible escapes; a line end becomes " / ". Cut after about limit octets (0: never). */
char *escape_text (const char *text, gsize limit);

/* JSON on one line, with a line end, fit to be shown: the generator writes C1, DEL and the signs of direction as they are.
 * They stand in strings alone, where an escape means the same. */
char *escape_json (const char *text);

/* Is it one that must not reach a terminal as it is? */
gboolean escape_is_unsafe (gunichar c);

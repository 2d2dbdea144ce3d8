/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Untrusted octets made fit for a message, a log or a terminal: the one rule of what may not be shown as it is. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A control (C0, DEL, C1: all that an escape sequence of a terminal begins with), a line or paragraph separator, or a character
 * that is invisible and acts on others: the marks, embeddings, overrides and isolates of the bidirectional algorithm, zero-width
 * ones, tags, the byte order mark. */
gboolean mimesend_character_is_hidden (gunichar c);

/* (transfer full): text in valid UTF-8 and one line. Such ASCII characters, and octets that are no UTF-8, become "\x1b"; the others
 * "\u{202e}". After about max octets it is cut, and "..." follows; 0: it never is. */
char *mimesend_printable (const char *text, gsize max);

/* The same, but tabs and the line ends within text, which are no hidden controls there, become blanks. */
char *mimesend_printable_lines (const char *text, gsize max);

G_END_DECLS

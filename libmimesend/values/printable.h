/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Untrusted octets made fit to be shown. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Untrusted octets, fit for a message: valid UTF-8, one line, controls and direction marks escaped, at most
 * max octets. */
char *mimesend_printable (const char *text, gsize max);
/* The same of a reply, whose lines are joined by blanks: those blanks are no hidden controls. */
char *mimesend_printable_reply (const char *text, gsize max);

G_END_DECLS

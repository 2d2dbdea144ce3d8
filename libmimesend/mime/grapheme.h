/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Grapheme clusters: what readers see as one character, where text is cut. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Octets of the group that begins here, at most n; text is valid UTF-8. After Unicode's UAX 29: marks, joiners, variation
 * selectors, emoji modifiers and tags, pairs of regional indicators, jamo, letters behind a virama. Rather too long than too
 * short: a group ends only where any reader ends it. */
gsize mimesend_grapheme_length (const char *text, gsize n);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Grapheme clusters: what readers see as one character, so that encoded words are cut between them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The octets, at most n, of the cluster that text begins with; text is valid UTF-8. Follows Unicode's UAX 29: marks,
 * joiners, variation selectors, emoji modifiers and tags, pairs of regional indicators, jamo, letters behind a virama. Errs
 * on the long side: a cluster ends only where every reader ends it. */
gsize mimesend_grapheme_length (const char *text, gsize n);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The length of a leaf without rendering it, for SIZE= (RFC 1870). */
#pragma once

#include "octets/crlf.h"
#include "walk/leaf.h"

G_BEGIN_DECLS

/* Adds the leaf's octets on the wire. FALSE without error: not known unless it is read; with error: it cannot be read. The
 * leaf must not be read afterwards. */
gboolean mimesend_leaf_measure (MimesendLeaf *leaf,
                                gboolean crlf,
                                const char *file_name,
                                MimesendCrlf *state,
                                guint64 *octets,
                                GError **error);

G_END_DECLS

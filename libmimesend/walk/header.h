/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Renders one header and checks the result before it is sent. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* Rendered by GMime into `into` (emptied first), or with the value given in place of its own, without folded lines of blanks
 * alone; sealed: with them, since it stands below a signature and must not change. FALSE with error: it would
 * break out of its field. *open is set if its last line has no end, as in parsed mail that stopped there: nothing may follow it in
 * the block, and no body. */
gboolean mimesend_header_block_render (GMimeHeader *header,
                                       GMimeFormatOptions *options,
                                       const char *value,
                                       gboolean sealed,
                                       GMimeStream *into,
                                       gboolean *open,
                                       GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One header as it goes out, looked at once more. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* Rendered by GMime into `into` (emptied first), or with the value given in place of its own. FALSE with error: it would
 * break out of its field. */
gboolean mimesend_part_header_render (
    GMimeHeader *header, GMimeFormatOptions *options, const char *value, GMimeStream *into, GError **error);

G_END_DECLS

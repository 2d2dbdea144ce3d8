/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The author and the recipients that the header of a tree names. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* Does a field of addresses at the top hold a mailbox that is not ASCII? The message needs SMTPUTF8 then, whatever the
 * envelope (RFC 6531 3.4). */
gboolean mimesend_walk_names_utf8 (GMimeObject *top);

G_END_DECLS

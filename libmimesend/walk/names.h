/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the header of a tree names: the author and the recipients, and the message itself. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* Does a field of addresses at the top hold a mailbox that is not ASCII? The message needs SMTPUTF8 then, whatever the
 * envelope (RFC 6531 3.4). */
gboolean mimesend_walk_names_utf8 (GMimeObject *top);

/* The Message-ID as it stands in the outermost header, with angle brackets; NULL: it has none, or one that is no msg-id (RFC 5322
 * 3.6.4). */
char *mimesend_walk_dup_message_id (GMimeObject *top);

G_END_DECLS

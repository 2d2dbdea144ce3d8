/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A leaf that is a message: message/rfc822 whose octets are kept, and no tree. It may not be encoded (RFC 2046 5.2.1):
 * where it cannot be sent unchanged, it is sent as application/octet-stream in base64, with its name. */
#pragma once

#include "walk/leaf.h"

G_BEGIN_DECLS

gboolean mimesend_part_is_message_leaf (GMimePart *part);

/* Reads up to 64 KiB of the message and its label, and sets the leaf's encoding or makes it octets. An unlabelled message
 * that is longer becomes octets. FALSE with error. */
gboolean mimesend_part_choose_for_message (MimesendLeaf *leaf, MimesendWireFlags wire, GError **error);

/* The value of Content-Type for octets, from that of the message, with its parameters; free with g_free (). */
char *mimesend_part_octet_type (GMimeHeader *header);

G_END_DECLS

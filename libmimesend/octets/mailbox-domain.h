/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The domain of a mailbox: helpers shared by mailbox*.c. */
#pragma once

#include "octets/mailbox.h"

G_BEGIN_DECLS

/* As mimesend_domain_is_valid (), with the reason (NO_DOMAIN, DOMAIN, DOMAIN_TOO_LONG) and the octet at which
 * it was seen. */
MimesendMailboxFault
mimesend_domain_scan (const char *text, gsize length, gboolean allow_utf8, gsize *fault_offset);

/* The inside of the brackets of an address literal: "127.0.0.1", "IPv6:::1", "tag:content" (RFC 5321 4.1.3).
 */
gboolean mimesend_literal_is_valid (const char *text, gsize length);

/* The character at the front of text, and its size in octets; 0 if that is no valid UTF-8 (or NUL). */
gunichar mimesend_utf8_next (const char *text, gsize length, gsize *size);

/* C0, DEL, C1, the separators U+2028 and U+2029, and what turns the direction of writing. */
gboolean mimesend_unichar_is_control (gunichar c);

G_END_DECLS

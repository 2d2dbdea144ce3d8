/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a message is sent, and what the server takes of it. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MimesendWireFlags:
 * @MIMESEND_WIRE_NONE: seven-bit text, in lines (RFC 5321)
 * @MIMESEND_WIRE_8BITMIME: octets above 127 are accepted (RFC 6152)
 * @MIMESEND_WIRE_BINARYMIME: any octets are accepted (RFC 3030); only if the caller allowed it
 * @MIMESEND_WIRE_SMTPUTF8: UTF-8 in header fields is accepted (RFC 6531)
 *
 * What the server accepts; passed to a content before its first octet is read.
 *
 * Since: 0.1
 */
typedef enum
{ /*< flags >*/
  MIMESEND_WIRE_NONE = 0,
  MIMESEND_WIRE_8BITMIME = 1 << 0,
  MIMESEND_WIRE_BINARYMIME = 1 << 1,
  MIMESEND_WIRE_SMTPUTF8 = 1 << 2
} MimesendWireFlags;

/**
 * MimesendSendFlags:
 * @MIMESEND_SEND_DEFAULT: all recipients or none: if the server refuses one, none gets the message; the content is sent
 * unchanged
 * @MIMESEND_SEND_SERVE_ACCEPTED: send to the recipients that the server accepts, which is the default of the command
 * @MIMESEND_SEND_ADD_MISSING_HEADERS: add those of Date, Message-ID and MIME-Version that are missing, before the other
 * fields (RFC 5322 3.6, RFC 2045 4) and after an mbox line ("From …"); text without a header becomes the body. A header of
 *   more than 4 MiB is refused. For content that is text
 * @MIMESEND_SEND_EIGHT_BIT_AS_IS: send octets above 127 unchanged even if 8BITMIME is not offered
 * @MIMESEND_SEND_ALLOW_BINARYMIME: send parts labelled binary unencoded if BINARYMIME and CHUNKING are offered
 *
 * How a message is sent.
 *
 * Since: 0.1
 */
typedef enum
{ /*< flags >*/
  MIMESEND_SEND_DEFAULT = 0,
  MIMESEND_SEND_SERVE_ACCEPTED = 1 << 0,
  MIMESEND_SEND_ADD_MISSING_HEADERS = 1 << 1,
  MIMESEND_SEND_EIGHT_BIT_AS_IS = 1 << 2,
  MIMESEND_SEND_ALLOW_BINARYMIME = 1 << 3
} MimesendSendFlags;

G_END_DECLS

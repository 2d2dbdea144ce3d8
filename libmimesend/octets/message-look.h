/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether octets may be embedded unchanged as message/rfc822, which must not be encoded (RFC 2046 5.2.1). */
#pragma once

#include "octets/header-watch.h"

G_BEGIN_DECLS

/* One scan. Initialise with zeros. */
typedef struct
{
  MimesendHeaderWatch header;
  gboolean eight_bit;
  gboolean unfit; /* a NUL, a CR that ends no line, a line of more than 998 octets */
  gsize line;     /* octets of the current line */
  guint8 last;    /* the octet ahead of the next one */
} MimesendMessageLook;

void mimesend_message_look (MimesendMessageLook *self, const guint8 *octets, gsize n);

/* Tells that the octets have ended. */
void mimesend_message_look_end (MimesendMessageLook *self);

/* Does it begin with a header field, or with a line of mbox and one? */
gboolean mimesend_message_look_has_header (const MimesendMessageLook *self);

/* Has it a header, and nothing that mail cannot carry? eight_bit: octets above 127 can be carried. */
gboolean mimesend_message_look_fits (const MimesendMessageLook *self, gboolean eight_bit);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is made of parts says what is inside of it (RFC 2045 6.4), also where it is not sent by us: in a file, in a reader. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* Gives a multipart or message part of our own the label 8bit where 8-bit octets are inside: told by labels, by headers, or by
 * the first 64 KiB of what has no label. One that has a label keeps it. */
void mimesend_inside_set_label (GMimeObject *object);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Content-Transfer-Encoding of multiparts and messages (RFC 2045 6.4), set when they are built: it is then right also
 * where the tree is not sent by this library. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* Labels a multipart or message part that was built here as 8bit if it contains 8-bit octets: by labels, headers, or the
 * first 64 KiB of unlabelled content. An existing label is kept. */
void mimesend_inside_set_label (GMimeObject *object);

G_END_DECLS

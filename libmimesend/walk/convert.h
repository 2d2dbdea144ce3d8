/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which encoding a leaf leaves in, given what the server takes (RFC 6152, RFC 3030, RFC 5322 2.1.1). */
#pragma once

#include "walk/convert-look.h"

G_BEGIN_DECLS

/* Reads up to 64 KiB of the leaf, which buffers them, and sets its encoding. FALSE with error. */
gboolean mimesend_walk_choose_encoding (MimesendLeaf *leaf, MimesendWireFlags wire, GError **error);

/* Whether it is a message/… or multipart/… type that must not be encoded (RFC 2046 5.2, RFC 2045 6.4). */
gboolean mimesend_walk_is_fixed (GMimeObject *object);

/* Only leaves can be encoded: checks that the rest (parsed headers, prologue, epilogue, marker) is 7-bit. stays: returns
 * TRUE for a header that is not sent; NULL: all are. FALSE with error. */
gboolean mimesend_walk_check_seven_bit (GMimeObject *object,
                                        gboolean (*stays) (const char *name, gpointer data),
                                        gpointer data,
                                        GError **error);

/* As mimesend_walk_check_seven_bit (), without the object's own header. */
gboolean mimesend_part_check_seven_bit_around (GMimeObject *object, GError **error);

/* The label that a multipart or message needs instead of its own; NULL: its own is right. */
const char *mimesend_walk_choose_label (GMimeObject *object, MimesendInside inside, MimesendWireFlags wire);

/* Its first header of that name; NULL: none. */
GMimeHeader *mimesend_walk_find_header (GMimeObject *object, const char *name);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which encoding a leaf leaves in, given what the server takes (RFC 6152, RFC 3030, RFC 5322 2.1.1). */
#pragma once

#include "walk/convert-look.h"

G_BEGIN_DECLS

/* Looks at up to 64 KiB of the leaf, which keeps them, and sets its encoding. FALSE with error. */
gboolean mimesend_walk_choose_encoding (MimesendLeaf *leaf, MimesendWireFlags wire, GError **error);

/* A kind of message/… that must not be encoded (RFC 2046 5.2). */
gboolean mimesend_walk_is_fixed (GMimeObject *object);

/* Nothing but leaves can be encoded on the way: is the rest of it (headers as parsed, prologue, epilogue, marker) seven-bit?
 * stays: TRUE for a header that does not leave; NULL: all do. FALSE with error. */
gboolean mimesend_walk_check_seven_bit (GMimeObject *object,
                                        gboolean (*stays) (const char *name, gpointer data),
                                        gpointer data,
                                        GError **error);

/* The same without its header. */
gboolean mimesend_part_check_seven_bit_around (GMimeObject *object, GError **error);

/* The label that something made of parts needs in place of its own; NULL: it may stay. */
const char *mimesend_walk_choose_label (GMimeObject *object, MimesendInside inside, MimesendWireFlags wire);

/* Its first header of that name; NULL: none. */
GMimeHeader *mimesend_walk_find_header (GMimeObject *object, const char *name);

G_END_DECLS

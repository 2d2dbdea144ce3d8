/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Visits the objects of a tree, not their octets: depth first, in the order of the walk, without recursion. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

#define MIMESEND_DEPTH_MAX 1000

/* sealed: somewhere below a multipart/signed or multipart/encrypted. FALSE with error stops. */
typedef gboolean (*MimesendTreeFunc) (GMimeObject *object, gboolean sealed, gpointer data, GError **error);

/* Errors are prefixed with the part's name. */
gboolean mimesend_tree_foreach (GMimeObject *top, MimesendTreeFunc func, gpointer data, GError **error);

/* Refuses what cannot be walked: a class with a writer of its own, a multipart without boundary, a tree too deep or too
 * large. */
gboolean mimesend_tree_check (GMimeObject *top, GError **error);

gboolean mimesend_walk_is_sealing (GMimeObject *object);

/* "part 1.2 (report.pdf): " ahead of the error. numbers: "1.2", or "" at the top. */
void mimesend_part_prefix_error (GError **error, const char *numbers, GMimeObject *object);
char *mimesend_part_describe (const char *numbers, GMimeObject *object);

/* The file name of a leaf, the boundary of a multipart; NULL: none. */
const char *mimesend_part_get_name (GMimeObject *object);
const char *mimesend_part_get_boundary (GMimeObject *object);

/* The content's stream of a leaf; NULL: none, or no leaf. */
GMimeStream *mimesend_part_get_stream (GMimeObject *object);

G_END_DECLS

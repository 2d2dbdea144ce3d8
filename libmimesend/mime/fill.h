/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The leaves of a letter that has places for values ({{name}}, octets/pattern.h): found once, filled in for each reader. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

typedef struct _MimesendFill MimesendFill;

/* tree: a letter's, which is not changed. names: of the values (NULL-terminated). Looked at are the texts that are no attachments,
 * and the file names of all leaves. MIMESEND_ERROR_CONTENT names the part and the line. */
MimesendFill *mimesend_fill_new (GMimeObject *tree, const char *const *names, GError **error);
void mimesend_fill_free (MimesendFill *self);

/* (element-type GMimePart) (transfer none): those with a place in them, in the order of the tree. */
GPtrArray *mimesend_fill_get_leaves (MimesendFill *self);
/* (nullable) The boundary of the multipart that the leaf stands in; NULL: it is all of the message. */
const char *mimesend_fill_get_boundary (MimesendFill *self, guint leaf);

/* (transfer full): the leaf with the values. */
GMimeObject *mimesend_fill_make (MimesendFill *self, guint leaf, const char *const *values, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A header block, field by field, and the form in which its fields are signed (RFC 6376 3.4, 5.4). Pure. */
#pragma once

#include "mimesend-dkim.h"

G_BEGIN_DECLS

typedef struct
{
  const char *text; /* lent by the block, with its last CRLF */
  gsize length;
  gsize name_length;
} MimesendDkimField;

typedef struct
{
  const guint8 *block; /* lent */
  gsize length;
  GArray *fields; /* of MimesendDkimField, from the top */
} MimesendDkimHeader;

/* A block of whole lines ended by CRLF, the empty line perhaps among them as the last. FALSE with error: a line is no field. */
gboolean
mimesend_dkim_header_init (MimesendDkimHeader *self, const guint8 *block, gsize length, GError **error);
void mimesend_dkim_header_clear (MimesendDkimHeader *self);
guint mimesend_dkim_header_count (const MimesendDkimHeader *self, const char *name);

/* One field in its signed form, with CRLF where it has one. */
void mimesend_dkim_append_field (GString *out, MimesendDkimForm form, const MimesendDkimField *field);

/* Which fields are signed. */
typedef struct
{
  gatomicrefcount refs;
  char **names;
  guint n_oversigned;        /* the first so many: one more than there are, so that none can be added */
  gboolean chosen_by_caller; /* FALSE: what servers on the way may have to add is not held to be absent */
} MimesendDkimNames;

MimesendDkimNames *mimesend_dkim_names_new (void); /* the default */
/* NULL with #MIMESEND_ERROR_ARGUMENT. */
MimesendDkimNames *mimesend_dkim_names_new_for (const char *const *signed_names,
                                                const char *const *oversigned_names,
                                                GError **error);
MimesendDkimNames *mimesend_dkim_names_ref (MimesendDkimNames *self);
void mimesend_dkim_names_unref (MimesendDkimNames *self);

/* (transfer full): the names for h=, in order, each as often as it is signed. */
GPtrArray *mimesend_dkim_names_of (const MimesendDkimNames *self, const MimesendDkimHeader *header);

/* Appends what is hashed: the fields of these names, the last first of those with one name, and nothing where there is none. */
void mimesend_dkim_append_signed (GString *out,
                                  MimesendDkimForm form,
                                  const MimesendDkimHeader *header,
                                  const GPtrArray *names);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A template: one tree shared by many letters. Each letter is a content of its own, with its own header fields.
 * Thread-safe. */
#pragma once

#include "content/content-pull.h"
#include "walk/recording.h"

G_BEGIN_DECLS

#define MIMESEND_TEMPLATE_FIELDS_MAX 32

typedef struct _MimesendTemplate MimesendTemplate;

/* names (NULL-terminated, at most as many as that) are checked already. NULL with error: the tree cannot be walked, or has
 * a leaf that can be read only once. */
MimesendTemplate *mimesend_template_new (GMimeObject *tree, const char *const *names, GError **error);

/* Ahead of the first content: leaves in whose place each letter has something of its own (see mimesend_template_new_slice ()).
 * Of GMimePart; taken over. */
void mimesend_template_set_gaps (MimesendTemplate *self, GPtrArray *parts);
MimesendTemplate *mimesend_template_ref (MimesendTemplate *self);
void mimesend_template_unref (MimesendTemplate *self);

/* Sets how many octets of encoded leaves are kept for each kind of server. Earlier recordings are dropped. */
void mimesend_template_set_keep_limit (MimesendTemplate *self, guint64 keep_limit);
guint64 mimesend_template_get_keep_limit (MimesendTemplate *self);

/* texts: the fields of one letter in the order of the names, whole lines ended by CRLF, one after another; taken over.
 * lengths: of each; copied. */
MimesendContent *mimesend_template_new_content (MimesendTemplate *self, char *texts, const guint32 *lengths);

/* What stands between two gaps: slice 0 is all up to the first, slice n all behind the last of n. texts and lengths are those of
 * slice 0, and NULL of the others. */
MimesendContent *
mimesend_template_new_slice (MimesendTemplate *self, guint slice, char *texts, const guint32 *lengths);

/* For the letters: the recording for a server of that kind. wire NULL: prepare () was not called. */
MimesendRecording *
mimesend_template_record (MimesendTemplate *self, const MimesendWireFlags *wire, GError **error);
MimesendPull *mimesend_template_get_tree (MimesendTemplate *self);
guint mimesend_template_get_n_fields (MimesendTemplate *self);

G_END_DECLS

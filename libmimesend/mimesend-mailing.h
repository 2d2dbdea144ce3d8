/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mailings: one tree, many letters. */
#pragma once

#include <gmime/gmime.h>
#include <libmimesend/mimesend-content.h>
#include <libmimesend/mimesend-letter.h>

G_BEGIN_DECLS

#define MIMESEND_TYPE_MAILING (mimesend_mailing_get_type ())
G_DECLARE_FINAL_TYPE (MimesendMailing, mimesend_mailing, MIMESEND, MAILING, GObject)

MimesendMailing *mimesend_mailing_new (GMimeObject *tree, const char *const *fields, GError **error);
MimesendMailing *
mimesend_mailing_new_for_letter (MimesendLetter *letter, const char *const *fields, GError **error);
MimesendMailing *
mimesend_mailing_new_for_template (MimesendLetter *letter, const char *const *places, GError **error);
gboolean
mimesend_mailing_set_header (MimesendMailing *self, const char *name, const char *text, GError **error);
gboolean mimesend_mailing_attach_file (MimesendMailing *self, const char *path, GError **error);
void mimesend_mailing_set_keep_limit (MimesendMailing *self, guint64 octets);
guint64 mimesend_mailing_get_keep_limit (MimesendMailing *self);
void mimesend_mailing_set_dkims (MimesendMailing *self, GPtrArray *dkims);
MimesendContent *
mimesend_mailing_new_content (MimesendMailing *self, const char *const *values, GError **error);

G_END_DECLS

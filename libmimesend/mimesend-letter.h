/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A letter: text, HTML, attachments and header fields. */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

#define MIMESEND_TYPE_LETTER (mimesend_letter_get_type ())
G_DECLARE_FINAL_TYPE (MimesendLetter, mimesend_letter, MIMESEND, LETTER, GObject)

MimesendLetter *mimesend_letter_new (void);

gboolean mimesend_letter_set_from (MimesendLetter *self, const char *addresses, GError **error);
char *mimesend_letter_get_from (MimesendLetter *self);
gboolean mimesend_letter_set_reverse_path (MimesendLetter *self, const char *address, GError **error);
const char *mimesend_letter_get_reverse_path (MimesendLetter *self);
gboolean mimesend_letter_set_to (MimesendLetter *self, const char *const *addresses, GError **error);
gboolean mimesend_letter_add_to (MimesendLetter *self, const char *addresses, GError **error);
char **mimesend_letter_get_to (MimesendLetter *self);
gboolean mimesend_letter_set_cc (MimesendLetter *self, const char *const *addresses, GError **error);
gboolean mimesend_letter_add_cc (MimesendLetter *self, const char *addresses, GError **error);
char **mimesend_letter_get_cc (MimesendLetter *self);
gboolean mimesend_letter_set_bcc (MimesendLetter *self, const char *const *addresses, GError **error);
gboolean mimesend_letter_add_bcc (MimesendLetter *self, const char *addresses, GError **error);
char **mimesend_letter_get_bcc (MimesendLetter *self);
gboolean mimesend_letter_set_reply_to (MimesendLetter *self, const char *const *addresses, GError **error);
gboolean mimesend_letter_add_reply_to (MimesendLetter *self, const char *addresses, GError **error);
char **mimesend_letter_get_reply_to (MimesendLetter *self);
char **mimesend_letter_get_recipients (MimesendLetter *self);

gboolean mimesend_letter_set_subject (MimesendLetter *self, const char *subject, GError **error);
const char *mimesend_letter_get_subject (MimesendLetter *self);
void mimesend_letter_set_date (MimesendLetter *self, GDateTime *date);
GDateTime *mimesend_letter_get_date (MimesendLetter *self);
gboolean mimesend_letter_set_message_id (MimesendLetter *self, const char *id, GError **error);
const char *mimesend_letter_get_message_id (MimesendLetter *self);
gboolean mimesend_letter_set_id_domain (MimesendLetter *self, const char *domain, GError **error);
const char *mimesend_letter_get_id_domain (MimesendLetter *self);
gboolean
mimesend_letter_add_header (MimesendLetter *self, const char *name, const char *value, GError **error);

gboolean mimesend_letter_set_charset (MimesendLetter *self, const char *charset, GError **error);
const char *mimesend_letter_get_charset (MimesendLetter *self);
void mimesend_letter_set_text (MimesendLetter *self, const char *text);
const char *mimesend_letter_get_text (MimesendLetter *self);
void mimesend_letter_set_html (MimesendLetter *self, const char *html);
const char *mimesend_letter_get_html (MimesendLetter *self);
void mimesend_letter_set_body (MimesendLetter *self, GMimeObject *part);
GMimeObject *mimesend_letter_get_body (MimesendLetter *self);

void mimesend_letter_attach_part (MimesendLetter *self, GMimeObject *part);
gboolean mimesend_letter_attach_file (MimesendLetter *self, const char *path, GError **error);
gboolean
mimesend_letter_attach_stream (MimesendLetter *self, GMimeStream *stream, const char *name, GError **error);
gboolean mimesend_letter_attach_bytes (
    MimesendLetter *self, GBytes *bytes, const char *name, const char *content_type, GError **error);

gboolean mimesend_letter_set_calendar (MimesendLetter *self, GBytes *ics, GError **error);

gboolean mimesend_letter_set_reply_to_message (MimesendLetter *self, GMimeMessage *message, GError **error);
gboolean mimesend_letter_set_list_unsubscribe (MimesendLetter *self, const char *const *uris, GError **error);

GMimeObject *mimesend_letter_build (MimesendLetter *self, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mailing's fields, for mailing*.c. */
#pragma once

#include "content/template.h"
#include "mime/field.h"
#include "mime/fill.h"
#include "mimesend-mailing.h"
#include "octets/pattern.h"
#include "secure/dkim-content.h"

G_BEGIN_DECLS

struct _MimesendMailing
{
  GObject parent_instance;
  MimesendTemplate *template;
  guint64 keep_limit;
  char **names; /* the names of the header fields that differ */
  MimesendFieldKind kinds[MIMESEND_TEMPLATE_FIELDS_MAX];
  guint n_values;             /* values that the caller passes for each letter */
  char *id_domain;            /* set: one more field, a Message-ID made for each letter */
  GPtrArray *dkims;           /* nullable, of MimesendDkim */
  MimesendDkimShared *shared; /* nullable: the body's hash, where all letters have one body */

  /* Of a letter with places, else NULL: */
  MimesendLetter *letter; /* a copy, with the slots */
  char **places;          /* names of the values */
  GPtrArray *headers;     /* of MailingHeader: fields that the caller gave as patterns */
  GPtrArray *patterns;    /* of MimesendPattern: of the header fields, in the order of `names` */
  MimesendFill *fill;
  GPtrArray *
      slots; /* of GMimePart: the last attachments of the letter, in whose place each letter has a file of its own */
  GPtrArray *slot_paths; /* of MimesendPattern */
  char *slot_boundary;
};

/* mailing-template.c: the content of one letter. */
MimesendContent *mimesend_mailing_fill (MimesendMailing *self, const char *const *values, GError **error);
void mimesend_mailing_clear_template (MimesendMailing *self);

/* mailing.c */
gboolean mimesend_mailing_append_field (
    MimesendMailing *self, guint i, const char *value, GString *texts, guint32 *length, GError **error);
/* Adds a Message-ID to the fields, made for each letter at the domain of that one. */
void mimesend_mailing_add_message_id (MimesendMailing *self, const char *id);
/* For each letter: the id, if it is made. */
gboolean mimesend_mailing_append_id (MimesendMailing *self, GString *texts, guint32 *lengths, GError **error);
gboolean mimesend_mailing_set_up (MimesendMailing *self, GMimeObject *tree, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The letter's fields, and what the sending functions use of it. */
#pragma once

#include "mime/header.h"
#include "mimesend-letter.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;          /* "to": what messages call it */
  InternetAddressList *list; /* as the header has it */
  GPtrArray *bare;           /* of strings: as the envelope has it */
} MimesendLetterField;

typedef struct
{
  char *name;
  char *value;
  InternetAddressList *list; /* where it is a field of addresses; else NULL */
} MimesendLetterHeader;

void mimesend_letter_header_free (MimesendLetterHeader *header);

/* What signs or encrypts the letter's part, from a room above this one. */
typedef struct
{
  /* (transfer full): what stands for the part in the message, whose header is complete; NULL with error. */
  GMimeObject *(*protect) (
      gpointer protector, MimesendLetter *letter, GMimeMessage *message, GMimeObject *part, GError **error);
  gpointer (*ref) (gpointer protector);
  void (*unref) (gpointer protector);
} MimesendLetterProtection;

struct _MimesendLetter
{
  GObject parent_instance;

  MimesendLetterField from, to, cc, bcc, reply_to;
  char *reverse_path; /* as set; "" is the null reverse-path; NULL: taken from `from` */
  char *subject;
  GPtrArray *headers; /* of MimesendLetterHeader: those that add_header () brought, in order */
  char *charset;
  char *text, *html;
  GMimeObject *body;
  GPtrArray *attachments; /* of GMimeObject */
  const MimesendLetterProtection *protection;
  gpointer protector;     /* owned; NULL: none */
  char *id_domain;        /* for the Message-ID where no address has one */

  char *given_id; /* by add_header () */
  char *given_date;
  char *made_id; /* by us, kept until something is set */
  char *made_date;
};

/* (transfer full): a copy, in which more can be set. Parts and streams are shared. */
MimesendLetter *mimesend_letter_copy (MimesendLetter *self);

/* protector (nullable) is referenced. */
void mimesend_letter_set_protection (MimesendLetter *self,
                                     const MimesendLetterProtection *protection,
                                     gpointer protector);

/* The copy was sent as it is: its id and date are the letter's. */
void mimesend_letter_keep_made (MimesendLetter *self, MimesendLetter *copy);

/* The EHLO name of the sender: it is taken if the caller has set none and the id was not read yet. */
void mimesend_letter_default_id_domain (MimesendLetter *self, const char *domain);

/* The body with its attachments. Headers that `given` (nullable) has and that belong to the message, since
 * the body was wrapped or copied, are for the caller to carry up: *carry is set then. */
GMimeObject *mimesend_letter_assemble (MimesendLetter *self, gboolean *carry, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The letter's fields, and functions for the sending functions. */
#pragma once

#include "mime/calendar.h"
#include "mime/header.h"
#include "mimesend-letter.h"

G_BEGIN_DECLS

/* The properties, which are what setters set. */
typedef enum
{
  MIMESEND_LETTER_FROM = 1,
  MIMESEND_LETTER_REVERSE_PATH,
  MIMESEND_LETTER_TO,
  MIMESEND_LETTER_CC,
  MIMESEND_LETTER_BCC,
  MIMESEND_LETTER_REPLY_TO,
  MIMESEND_LETTER_SUBJECT,
  MIMESEND_LETTER_DATE,
  MIMESEND_LETTER_MESSAGE_ID,
  MIMESEND_LETTER_ID_DOMAIN,
  MIMESEND_LETTER_CHARSET,
  MIMESEND_LETTER_TEXT,
  MIMESEND_LETTER_HTML,
  MIMESEND_LETTER_BODY,
  MIMESEND_LETTER_N_PROPERTIES
} MimesendLetterProperty;

typedef struct
{
  const char *name;          /* "to": its name in messages */
  InternetAddressList *list; /* for the header */
  GPtrArray *bare;           /* of strings: for the envelope, in the order of the list and its groups */
} MimesendLetterField;

typedef struct
{
  char *name;
  char *value;
  InternetAddressList *list; /* of a field of addresses; else NULL */
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
  GPtrArray *attachments;     /* of GMimeObject */
  MimesendCalendar *calendar; /* NULL: none */
  const MimesendLetterProtection *protection;
  gpointer protector; /* owned; NULL: none */
  char *id_domain;    /* the domain of the Message-ID if no address has one */

  char *given_id; /* set by the caller, without angle brackets */
  char *given_date;
  char *made_id; /* generated, kept until the letter changes */
  char *made_date;

  /* Each nullable: why the value that was written to the property last was not taken. The letter cannot be built until it is
   * set right. */
  GError *faults[MIMESEND_LETTER_N_PROPERTIES];
};

/* letter-address.c */
void mimesend_letter_fields_init (MimesendLetter *self);
void mimesend_letter_fields_clear (MimesendLetter *self);
void mimesend_letter_fields_copy (MimesendLetter *self, MimesendLetter *from);

/* letter-properties.c */
void mimesend_letter_install_properties (GObjectClass *klass);

/* A setter took its value: what was wrong with an earlier one is over. changed: it is another one than before. */
void mimesend_letter_settle (MimesendLetter *self, MimesendLetterProperty property, gboolean changed);

/* Sets a string of the letter, which stands at `where`. */
void mimesend_letter_replace (MimesendLetter *self,
                              MimesendLetterProperty property,
                              char **where,
                              const char *value);

void mimesend_letter_notify (MimesendLetter *self, MimesendLetterProperty property);

/* Notes a change: the letter gets a new Message-ID and date. */
void mimesend_letter_changed (MimesendLetter *self);

/* (transfer full): a copy, which can be changed. Parts and streams are shared. */
MimesendLetter *mimesend_letter_copy (MimesendLetter *self);

/* protector (nullable) is referenced. */
void mimesend_letter_set_protection (MimesendLetter *self,
                                     const MimesendLetterProtection *protection,
                                     gpointer protector);

/* Keeps the id and the date of a copy that was sent unchanged. */
void mimesend_letter_keep_made (MimesendLetter *self, MimesendLetter *copy);

/* Sets the EHLO name as the domain of ids, if the caller has set none and the id was not read yet. */
void mimesend_letter_default_id_domain (MimesendLetter *self, const char *domain);

/* (transfer full): a shallow copy: same class, same Content-* fields, same children or content. */
GMimeObject *mimesend_part_copy_shallow (GMimeObject *part);

/* The body with its attachments. If the body was wrapped or copied, *carry is set: the caller must move the message's
 * headers of `given` (nullable) to the message. */
GMimeObject *mimesend_letter_assemble (MimesendLetter *self, gboolean *carry, GError **error);

G_END_DECLS

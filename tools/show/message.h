/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message file, read: what is shown of it. */
#pragma once

#include "base/failure.h"
#include "show/lines.h"

#include <gmime/gmime.h>

/* One part of the tree. */
typedef struct
{
  guint depth;       /* 0: the outermost */
  char *number;      /* as IMAP counts them, "1.2"; "" of the outermost */
  char *type;        /* "text/plain" */
  char *charset;     /* NULL: none is said */
  char *encoding;    /* in lower case as it is said; NULL: none is */
  char *name;        /* the file name; NULL: none */
  char *content_id;  /* without its angle brackets; NULL: none */
  char *disposition; /* "attachment", "inline"; NULL: none is said */
  char *subject;     /* of an attached message; else NULL */
  gint64 encoded;    /* octets as they stand in the file; −1: a multipart or a message */
  gint64 octets;     /* decoded; −1 likewise */
  char *sha256;      /* of the decoded octets, in hexadecimal digits; NULL likewise */
} ShowPart;

typedef struct
{
  ShowLines lines;
  GPtrArray *fields;  /* of ShowField: those that people read, in a fixed order */
  GArray *parts;      /* of ShowPart, outermost first */
  GPtrArray *unusual; /* of char *: sentences in UTF-8, with what others wrote made harmless */
} ShowMessage;

typedef struct
{
  const char *name;
  char *value; /* decoded, in UTF-8 */
} ShowField;

/* The file of that name, "-" is standard input. Memory is bounded by the tree and not by what is attached. */
ShowMessage *show_message_read (const char *path, Failure *failure);
void show_message_free (ShowMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShowMessage, show_message_free)

/* Notes what is unusual. */
void show_message_note (ShowMessage *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

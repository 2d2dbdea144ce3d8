/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The message to be sent and its envelope. Made in two steps, so that wrong options are refused before the user types a
 * message: message_prepare () checks and opens, message_read () reads. */
#pragma once

#include "input/input.h"
#include "base/asked.h"

typedef struct
{
  const Options *options;
  char *reverse_path;
  char **recipients;
  MimesendEnvelope *envelope; /* NULL: there are no recipients (build) */
  MimesendContent *content;   /* after message_read () */
  GPtrArray *dkims;           /* of MimesendDkim: who signs it; NULL: it is not signed */
  gboolean empty;             /* the text, or the raw message, is known to be empty */

  MimesendLetter *letter; /* NULL: the raw form */
  GMimeObject *tree;      /* the letter, built */
  Input text, html;       /* fd −1: none */

  GArray *raw; /* of Input: --message FILE; in the order of options->messages, closed for --message-text */
  GPtrArray *streams; /* of GInputStream: the raw inputs that are read while sending */
} Message;

gboolean message_prepare (Message *self, const Options *options, const Config *config, Failure *failure);
gboolean message_read (Message *self, Failure *failure);
void message_clear (Message *self);
/* (nullable): why an input failed while it was sent. */
const Failure *message_get_late_failure (const Message *self);
/* After it was sent: of files that grew meanwhile. */
void message_warn_late (const Message *self);

/* message-context.c: --reply, --calendar, --list-unsubscribe; behind the recipients and the subject. */
gboolean letter_set_context (Message *self, Failure *failure);
/* message-letter.c */
gboolean letter_prepare (Message *self, const Config *config, Failure *failure);
gboolean letter_read (Message *self, Failure *failure);
/* message-raw.c */
gboolean raw_prepare (Message *self, const Config *config, Failure *failure);
gboolean raw_read (Message *self, Failure *failure);

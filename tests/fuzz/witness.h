/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who overhears a session, command by command and reply by reply, and knows nothing of the core: what may be said of each
 * recipient in the end follows from the octets alone. The reverse-path of message 3 must be m3@x.org, its recipients
 * r0@x.org, r1@x.org … */
#pragma once

#include "smtp/client.h"

#define WITNESS_MESSAGES   48
#define WITNESS_RECIPIENTS 4

typedef struct
{
  gboolean spoilt;              /* MAIL or a chunk was not answered with 2yz */
  gboolean bidden_farewell;     /* a 421 came while its end had no answer, and not in answer to that */
  gboolean contradicted;        /* a message ahead of it was accepted whole after a part of it was refused */
  gboolean end_begun, end_said; /* octets of the end mark were (wholly) sent */
  guint rcpt[WITNESS_RECIPIENTS]; /* the code of the reply, 0: none */
  guint end[WITNESS_RECIPIENTS];  /* likewise; but for LMTP the first stands for all */
  gboolean end_tells_nothing;     /* a 421 of a system that stops, or of a network */
  guint n_ends;
} WitnessMessage;

typedef struct _Witness Witness;

Witness *witness_new (gboolean lmtp);
void witness_free (Witness *self);
void witness_sent (Witness *self, const guint8 *octets, gsize n);     /* by the client */
void witness_received (Witness *self, const guint8 *octets, gsize n); /* by the client */
gboolean witness_heard (const Witness *self, guint class_digit);      /* was there ever such a reply? */

/* Aborts where the outcome cannot be true. */
void witness_check (const Witness *self, guint message, guint recipient, const MimesendSmtpEvent *event);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The envelope's fields, for the library itself. */
#pragma once

#include "mimesend-envelope.h"

G_BEGIN_DECLS

/* The parameters of MAIL and RCPT that a caller asked for. */
typedef struct
{
  MimesendNotifyFlags notify;
  MimesendReturn what;
  char *id;         /* NULL: none */
  char **originals; /* one for each recipient; NULL: none */
  gboolean require_tls;
  guint by_seconds; /* 0: no DELIVERBY */
  MimesendDeliverByFlags by_flags;
  gboolean has_priority;
  int priority;
  guint hold_seconds;    /* 0: none */
  GDateTime *hold_until; /* in UTC; NULL: none */
  char hold_text[24];    /* the same as HOLDUNTIL has it */
} MimesendEnvelopeOptions;

struct _MimesendEnvelope
{
  gatomicrefcount refs;
  char *reverse_path;
  GPtrArray *recipients; /* of char *, NULL-terminated */
  MimesendEnvelopeOptions options;
};

/* Is text one bare mailbox? Else an error that names the argument and shows what was probably meant. */
gboolean mimesend_envelope_check_mailbox (const char *argument, const char *text, GError **error);

G_END_DECLS

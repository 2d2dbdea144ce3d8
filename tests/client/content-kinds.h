/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contents of all kinds, for tests that send them more than once. */
#pragma once

#include <libmimesend/mimesend.h>

G_BEGIN_DECLS

#define TIMES 3

typedef struct
{
  const char *name;
  MimesendContent *(*make) (void); /* a new one each time */
  gboolean once;                   /* it cannot be begun again */
} Kind;

extern const Kind content_kinds[]; /* the last one's name is NULL */

void content_kinds_begin (void); /* makes the files that they read */
void content_kinds_end (void);
const Kind *content_kind (const char *name);

/* What such a content is on the wire. */
GBytes *content_kind_octets (const Kind *kind);

/* What became of the messages with one content. */
typedef struct
{
  guint accepted, told;
  GError *errors[TIMES]; /* of the others, in order */
  guint n_errors;
} Fate;

void fate_note (Fate *self, MimesendReceipt *receipt, const GError *error);

/* So many, one after the other, through one session. */
void fate_of_session (const char *server, MimesendContent *content, Fate *fate);

G_END_DECLS

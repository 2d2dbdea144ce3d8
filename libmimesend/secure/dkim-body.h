/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A body, octet by octet, into the hash of its signed form (RFC 6376 3.4.3, 3.4.4). */
#pragma once

#include <gnutls/crypto.h>

#include "mimesend-dkim.h"
#include "secure/dkim-key.h"

G_BEGIN_DECLS

typedef struct
{
  MimesendDkimForm form;
  gnutls_hash_hd_t hash;
  guint64 empty_lines; /* that were seen; they count only if something follows */
  gboolean blank;      /* white space was, that counts only if something follows on its line */
  gboolean in_line;    /* something is on it */
  gboolean any;        /* something was hashed */
  gsize n_ready;
  guint8 ready[8192]; /* to be hashed */
} MimesendDkimBody;

MimesendDkimBody *mimesend_dkim_body_new (MimesendDkimForm form);
void mimesend_dkim_body_free (MimesendDkimBody *self);

/* Line ends are CRLF alone, and may stand in two pieces. */
void mimesend_dkim_body_add (MimesendDkimBody *self, const guint8 *octets, gsize n);

/* At the end, once. */
void mimesend_dkim_body_finish (MimesendDkimBody *self, guint8 *digest);

G_END_DECLS

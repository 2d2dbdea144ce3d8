/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GnuPG, by GPGME: encrypts octets that are pulled from a reader. */
#pragma once

#include <gpgme.h>

#include "secure/security.h"
#include "secure/spool.h"

G_BEGIN_DECLS

typedef struct _MimesendEngine MimesendEngine;

/* NULL with error: GnuPG is not installed, or too old. */
MimesendEngine *mimesend_engine_new (MimesendSecurity *security, GError **error);
void mimesend_engine_free (MimesendEngine *self);

gpgme_ctx_t mimesend_engine_get_context (MimesendEngine *self);
MimesendSecurity *mimesend_engine_get_security (MimesendEngine *self);

/* Gives the next octets, at most n: 0 at the end, −1 with error. */
typedef gssize (*MimesendEngineRead) (gpointer data, guint8 *octets, gsize n, GError **error);

/* Encrypts to keys (NULL-terminated) into out; PGP signs as well where the security says so. out NULL: a trial. */
gboolean mimesend_engine_encrypt (MimesendEngine *self,
                                  gpgme_key_t *keys,
                                  gpgme_key_t signer,
                                  MimesendEngineRead read,
                                  gpointer data,
                                  MimesendSpool *out,
                                  GError **error);

/* Around what talks to GnuPG's processes: a broken pipe to them is an error, and no signal. */
typedef struct
{
  gboolean pending;
  gboolean blocked;
} MimesendPipeGuard;

void mimesend_pipe_guard_begin (MimesendPipeGuard *self);
void mimesend_pipe_guard_end (MimesendPipeGuard *self);

/* Sets the error in words; returns FALSE. what: "the letter cannot be signed". */
gboolean mimesend_engine_fail (MimesendEngine *self, const char *what, gpgme_error_t code, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendEngine, mimesend_engine_free)

G_END_DECLS

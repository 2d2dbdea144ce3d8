/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One part's protection: with whose key it is signed, to whose it is encrypted. Does not change; any thread may use it. */
#pragma once

#include "secure/keys.h"

G_BEGIN_DECLS

typedef struct _MimesendSeal MimesendSeal;

/* Finds the keys, and tries them on nothing: so a key that is missing, has expired, is locked or not trusted is an error before
 * anything is sent. */
MimesendSeal *mimesend_seal_new (MimesendSecurity *security,
                                 const char *sender,
                                 const char *const *recipients,
                                 GError **error);
MimesendSeal *mimesend_seal_ref (MimesendSeal *self);
void mimesend_seal_unref (MimesendSeal *self);

MimesendSecurity *mimesend_seal_get_security (MimesendSeal *self);
/* The hash of its signatures, "pgp-sha256"; NULL: it does not sign beside what it signs. */
const char *mimesend_seal_get_micalg (MimesendSeal *self);

GBytes *mimesend_seal_sign (
    MimesendSeal *self, MimesendEngineRead read, gpointer data, GCancellable *cancellable, GError **error);
gboolean mimesend_seal_encrypt (
    MimesendSeal *self, MimesendEngineRead read, gpointer data, MimesendSpool *out, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendSeal, mimesend_seal_unref)

G_END_DECLS

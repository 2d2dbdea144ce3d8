/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose keys: found in GnuPG's key ring, judged, and told of in words. */
#pragma once

#include "secure/engine.h"

G_BEGIN_DECLS

/* The key to sign with: the one that `key` names, else the sender's (an address); NULL with neither: GnuPG's default.
 * FALSE with error. */
gboolean mimesend_keys_find_signer (
    MimesendEngine *self, const char *key, const char *sender, gpgme_key_t *signer, GError **error);

/* One key for each address, NULL-terminated, to be freed with mimesend_keys_free (). NULL with one error that names every
 * address for which there is none. */
gpgme_key_t *
mimesend_keys_find_recipients (MimesendEngine *self, const char *const *addresses, GError **error);
void mimesend_keys_free (gpgme_key_t *keys);

/* FALSE with error: the key needs a passphrase, and GnuPG may not ask for it. */
gboolean mimesend_keys_check_unlocked (MimesendEngine *self, gpgme_key_t signer, GError **error);

/* After an encryption that failed: TRUE with an error that names the keys which GnuPG refused; FALSE: that was not why. */
gboolean mimesend_keys_refused (MimesendEngine *self, gpgme_key_t *keys, GError **error);

G_END_DECLS

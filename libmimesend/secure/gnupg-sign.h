/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A detached signature, by gpg or gpgsm as a program: GPGME looks at each octet that it passes on, which costs more than the
 * hash. */
#pragma once

#include "secure/engine.h"

G_BEGIN_DECLS

/* The signature that stands beside what is read, and its hash as `micalg` names it (RFC 3156 5, RFC 8551 3.5.3.2). signer NULL:
 * GnuPG's default key. */
GBytes *mimesend_gnupg_sign (MimesendEngine *engine,
                             gpgme_key_t signer,
                             MimesendEngineRead read,
                             gpointer data,
                             GCancellable *cancellable,
                             char **micalg,
                             GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in a text become asterisks. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Every occurrence of secret in text becomes asterisks, as many. A secret of fewer than 12 octets is replaced only as a
 * whole word, one of fewer than 4 octets not at all: it would match unrelated text. Either may be NULL. */
void mimesend_redact (char *text, const char *secret);

G_END_DECLS

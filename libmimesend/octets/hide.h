/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Every occurrence of secret in text becomes asterisks, as many; one of fewer than 4 octets is left alone: it would be found
 * in words that say nothing of it. Either may be NULL. */
void mimesend_hide (char *text, const char *secret);

G_END_DECLS

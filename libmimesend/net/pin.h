/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pin: the SHA-256 of a certificate, or of its public key, by which the server is known. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_PIN_SIZE 32

/* "sha256:" and hexadecimal digits (colons between them are fine) or base64; the prefix may be left out. Several are
 * parted by commas: the next key's beside this one's. (transfer full): MIMESEND_PIN_SIZE octets each. Error ARGUMENT. */
GBytes *mimesend_pin_parse (const char *text, GError **error);

gboolean mimesend_pin_matches (GBytes *pins, const guint8 *digest);

/* "sha256:" and base64, as it may be given back. */
char *mimesend_pin_to_string (const guint8 *digest);

G_END_DECLS

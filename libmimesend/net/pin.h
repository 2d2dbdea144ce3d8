/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pin: the SHA-256 of the server's certificate, or of its public key. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_PIN_SIZE 32

/* Parses pins: "sha256:" and hexadecimal digits (colons allowed) or base64; the prefix is optional. Several are separated
 * by commas. (transfer full): MIMESEND_PIN_SIZE octets each. Error ARGUMENT. */
GBytes *mimesend_pin_parse (const char *text, GError **error);

gboolean mimesend_pin_matches (GBytes *pins, const guint8 *digest);

/* (transfer full): "sha256:" and base64, which mimesend_pin_parse () reads. */
char *mimesend_pin_to_string (const guint8 *digest);

G_END_DECLS

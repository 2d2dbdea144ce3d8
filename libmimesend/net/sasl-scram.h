/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SCRAM's messages (RFC 5802 7), looked at ahead of GNU SASL, which bounds nothing. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_SCRAM_ITERATIONS_MIN                                                                        \
  4096 /* RFC 7677 4; fewer let a false server guess the password offline */
#define MIMESEND_SCRAM_ITERATIONS_MAX                                                                        \
  600000 /* half a second; without a bound one line holds a core for minutes */

/* server-first-message: r=…,s=…,i=N[,…] and nothing else. Error PROTOCOL (its form) or LOGIN (its count). */
gboolean mimesend_scram_check_first (const char *message, gsize n, GError **error);

/* server-final-message: is it e=…, a refusal? */
gboolean mimesend_scram_is_refusal (const char *message, gsize n);

G_END_DECLS

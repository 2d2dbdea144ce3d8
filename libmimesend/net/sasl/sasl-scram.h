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

typedef enum
{
  MIMESEND_SCRAM_REFUSAL_NONE,         /* it is none */
  MIMESEND_SCRAM_REFUSAL_OF_MECHANISM, /* the server does not know the binding or the extension, or cannot read it */
  MIMESEND_SCRAM_REFUSAL_OF_TLS, /* it is bound to another TLS connection than ours */
  MIMESEND_SCRAM_REFUSAL_OF_USER /* anything else */
} MimesendScramRefusal;

/* A message of the server: is it e=…, a refusal, and of what? */
MimesendScramRefusal mimesend_scram_refusal (const char *message, gsize n);

G_END_DECLS

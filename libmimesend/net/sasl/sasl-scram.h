/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks SCRAM's messages (RFC 5802 7) before GNU SASL gets them, which limits nothing. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIMESEND_SCRAM_ITERATIONS_MIN                                                                        \
  4096 /* RFC 7677 4; with fewer an impostor guesses the password offline */
#define MIMESEND_SCRAM_ITERATIONS_MAX                                                                        \
  600000 /* half a second; without a limit one line occupies a core for minutes */

/* server-first-message: r=…,s=…,i=N[,…] and nothing else. Error PROTOCOL (its form) or LOGIN (its count). */
gboolean mimesend_scram_check_first (const char *message, gsize n, GError **error);

typedef enum
{
  MIMESEND_SCRAM_REFUSAL_NONE,         /* it is no refusal */
  MIMESEND_SCRAM_REFUSAL_OF_MECHANISM, /* the server does not know the binding or the extension, or cannot read it */
  MIMESEND_SCRAM_REFUSAL_OF_TLS, /* the channel binding does not match */
  MIMESEND_SCRAM_REFUSAL_OF_USER /* anything else */
} MimesendScramRefusal;

/* Whether a message of the server is a refusal (e=…), and of what. */
MimesendScramRefusal mimesend_scram_refusal (const char *message, gsize n);

G_END_DECLS

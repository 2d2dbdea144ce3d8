/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VRFY (RFC 5321 3.5): 550 means unknown, any other reply that the address may exist. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_VRFY_BOGUS,
  MIMESEND_VRFY_PERHAPS,
  MIMESEND_VRFY_NO_ANSWER
} MimesendVrfyAnswer;

/* Asks for a local part, then for the whole address, both ASCII. Blocks for a minute at most, or two if TLS fails, as it
 * then asks in the clear. why: the reply, or the failure. */
MimesendVrfyAnswer
mimesend_vrfy (GSocketConnectable *where, const char *address, GCancellable *cancellable, char **why);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "mimesend-envelope.h"

G_BEGIN_DECLS

/* Is text one bare mailbox? Else an error that names the argument and shows what was probably meant. */
gboolean mimesend_envelope_check_mailbox (const char *argument,
                                          const char *text,
                                          gboolean *needs_utf8,
                                          GError **error);

/* A local part that is not ASCII goes out under SMTPUTF8 or not at all (RFC 6531); it is never transcribed.
 */
gboolean mimesend_envelope_needs_smtputf8 (MimesendEnvelope *self);

G_END_DECLS

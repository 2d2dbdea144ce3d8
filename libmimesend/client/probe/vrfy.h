/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VRFY (RFC 5321 3.5): 550 means bogus, anything else perhaps good. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_VRFY_BOGUS,
  MIMESEND_VRFY_PERHAPS,
  MIMESEND_VRFY_NO_ANSWER
} MimesendVrfyAnswer;

/* For a local part, then for the whole address, which are ASCII. Blocks, for a minute at most, or twice that where TLS fails:
 * then it is asked in the clear. why: what was said, or what was in the way. */
MimesendVrfyAnswer
mimesend_vrfy (GSocketConnectable *where, const char *address, GCancellable *cancellable, char **why);

G_END_DECLS

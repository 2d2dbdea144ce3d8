/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header fields that a message must have, where the caller's content lacks them. */
#pragma once

#include "mimesend-content.h"

G_BEGIN_DECLS

/* The content behind those of Date, Message-ID and MIME-Version that its own header lacks;
 * what it has stays as it is. They stand ahead of its fields, and behind a line of mbox ("From …"). A header of more than
 * 4 MiB is refused. reverse_path: for the Message-ID's domain. */
MimesendContent *mimesend_missing_headers_new (MimesendContent *content, const char *reverse_path);

G_END_DECLS

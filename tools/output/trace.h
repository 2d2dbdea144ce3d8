/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Follows the dialogue while a message is sent. */
#pragma once

#include <libmimesend/mimesend.h>

/* Keeps the signals informed; prints the dialogue on standard error if `show` is set. */
void trace_watch (MimesendSession *session, gboolean show);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialogue and the stages of a message, as they happen. */
#pragma once

#include <libmimesend/mimesend.h>

/* Tells the signals how far the message is; shows the dialogue on standard error when `show` is set. */
void trace_watch (MimesendSession *session, gboolean show);

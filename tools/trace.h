/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libmimesend/mimesend.h>

/* Shows the dialogue on standard error when `show` is set. */
void trace_watch (MimesendSession *session, gboolean show);

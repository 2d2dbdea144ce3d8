/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Applies the options about TLS and logins to the server. */
#pragma once

#include <libmimesend/mimesend.h>

#include "options/options.h"

/* Takes ownership of the server; NULL: see failure. */
MimesendServer *policy_apply (MimesendServer *server, const Options *options, Failure *failure);

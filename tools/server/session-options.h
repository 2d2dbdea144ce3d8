/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TLS and logins, as the options have them, in the server value. */
#pragma once

#include <libmimesend/mimesend.h>

#include "options/options.h"

/* Takes the server; NULL: failure says why. */
MimesendServer *policy_apply (MimesendServer *server, const Options *options, Failure *failure);

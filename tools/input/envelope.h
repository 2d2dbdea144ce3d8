/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Applies the options about DSN, DELIVERBY and the like to the envelope. */
#pragma once

#include <libmimesend/mimesend.h>

#include "base/asked.h"

/* Takes ownership of the envelope; NULL: see failure. */
MimesendEnvelope *envelope_apply (MimesendEnvelope *envelope, const Options *options, Failure *failure);

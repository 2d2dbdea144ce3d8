/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the options ask of the server beside the addresses. */
#pragma once

#include <libmimesend/mimesend.h>

#include "base/asked.h"

/* Takes the envelope; NULL: failure says why. */
MimesendEnvelope *envelope_apply (MimesendEnvelope *envelope, const Options *options, Failure *failure);

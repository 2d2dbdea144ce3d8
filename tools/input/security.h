/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --sign and --encrypt. */
#pragma once

#include "base/asked.h"

/* (transfer full) (nullable): what the letter is protected by; NULL: it is not. */
MimesendSecurity *security_new (const Options *options);

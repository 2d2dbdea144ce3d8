/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What to type where a login did not do for what was given with it. */
#pragma once

#include "options.h"

/* Says it, a line for each; nothing where there is nothing. why: the library's words. */
void say_login_advice (const Options *options, const char *why);

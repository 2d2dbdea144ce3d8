/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line, parsed. */
#pragma once

#include "base/asked.h"

void options_init (Options *self);
void options_clear (Options *self);
/* argv begins with the first argument. EXIT_CODE_USAGE for an unknown option. */
gboolean options_parse (Options *self, int argc, char **argv, Failure *failure);
/* Checks the combination of options (option-rules.c). */
gboolean options_check (const Options *self, Failure *failure);

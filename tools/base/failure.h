/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why the command cannot go on, and what it ends with. */
#pragma once

#include "base/exit-code.h"

typedef struct
{
  ExitCode code;  /* EXIT_CODE_OK: nothing failed */
  char *argument; /* as a person would name it ("--text"), or NULL */
  char *message;
} Failure;

#define FAILURE_INIT                                                                                         \
  {                                                                                                          \
    EXIT_CODE_OK, NULL, NULL                                                                                 \
  }

/* Each returns FALSE, so that a check can end with it. The first failure stays. */
gboolean
fail (Failure *failure, ExitCode code, const char *argument, const char *format, ...) G_GNUC_PRINTF (4, 5);
gboolean
fail_with (Failure *failure, ExitCode code, const char *argument, GError *error); /* takes the error over */
void failure_clear (Failure *failure);
const char *failure_get_stage (const Failure *failure);

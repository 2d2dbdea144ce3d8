/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A failure of the command: the message and the exit code. */
#pragma once

#include "base/exit-code.h"

typedef struct
{
  ExitCode code;  /* EXIT_CODE_OK: nothing failed */
  char *argument; /* the argument at fault ("--text"), or NULL */
  char *message;
} Failure;

#define FAILURE_INIT                                                                                         \
  {                                                                                                          \
    EXIT_CODE_OK, NULL, NULL                                                                                 \
  }

/* Each records a failure, unless there is one already, and returns FALSE. */
gboolean failure_set (Failure *failure, ExitCode code, const char *argument, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
gboolean failure_set_error (Failure *failure,
                            ExitCode code,
                            const char *argument,
                            GError *error); /* takes ownership of error */
void failure_clear (Failure *failure);
const char *failure_get_stage (const Failure *failure);

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/failure.h"

gboolean
failure_set (Failure *failure, ExitCode code, const char *argument, const char *format, ...)
{
  va_list arguments;

  if (failure->code != EXIT_CODE_OK)
    return FALSE;
  failure->code = code;
  failure->argument = g_strdup (argument);
  va_start (arguments, format);
  failure->message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return FALSE;
}

gboolean
failure_set_error (Failure *failure, ExitCode code, const char *argument, GError *error)
{
  failure_set (failure, code, argument, "%s", error->message);
  g_error_free (error);
  return FALSE;
}

void
failure_clear (Failure *failure)
{
  g_clear_pointer (&failure->argument, g_free);
  g_clear_pointer (&failure->message, g_free);
  failure->code = EXIT_CODE_OK;
}

/* The stage of a failure, for --json: the stages before those of a session. */
const char *
failure_get_stage (const Failure *failure)
{
  switch (failure->code)
    {
    case EXIT_CODE_NO_INPUT:
      return "input";
    case EXIT_CODE_NO_OUTPUT:
      return "output";
    case EXIT_CODE_LOGIN:
      return "password";
    case EXIT_CODE_CONFIG:
      return "configuration";
    default:
      return "arguments";
    }
}

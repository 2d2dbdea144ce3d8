/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mimesend: the first argument may name a command; everything else is an option of it. */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "server/password.h"
#include "output/text.h"
#include "base/signals.h"
#include "show/show.h"
#include "sink/sink.h"
#include "options/usage.h"

static int
print_and_end (void (*print) (FILE *))
{
  print (stdout);
  return fflush (stdout) == 0 && !ferror (stdout) ? EXIT_CODE_OK : EXIT_CODE_NO_OUTPUT;
}

static void
version_print (FILE *out)
{
  fputs ("mimesend " MIMESEND_VERSION "\n", out);
}

static int
run_command (Command command, int argc, char **argv)
{
  Options options;
  Failure failure = FAILURE_INIT;
  int code;

  options_init (&options);
  options.command = command;
  if (options_parse (&options, argc, argv, &failure) && !options.help && !options.version)
    options_check (&options, &failure);
  if (failure.code != EXIT_CODE_OK)
    {
      Report report = { .options = &options, .failure = failure, .code = failure.code };
      Message none = { 0 };

      send_tell (&report, &none);
      code = report.code;
    }
  else if (options.help)
    code = print_and_end (usage_print);
  else if (options.version)
    code = print_and_end (version_print);
  else
    code = command == COMMAND_BUILD   ? build_run (&options)
           : command == COMMAND_PROBE ? probe_run (&options)
                                      : send_run (&options);
  failure_clear (&failure);
  options_clear (&options);
  return code;
}

/* A standard descriptor that is closed would be given to the next file that is opened, and written to. It stays unusable, as
 * the caller intended. */
static void
occupy_standard_fds (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) == -1)
      (void)!open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int
main (int argc, char **argv)
{
  const char *word = argc > 1 ? argv[1] : "";

  occupy_standard_fds ();
  /* The charset of the locale is what GMime needs; numbers and messages are the same everywhere. */
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  setlocale (LC_MESSAGES, "C");
  if (strcmp (word, "sink") == 0)
    return sink_main (argc - 1, argv + 1);
  if (strcmp (word, "show") == 0)
    return show_main (argc - 1, argv + 1);
  password_take_environment ();
  signals_start ();
  if (strcmp (word, "build") == 0)
    return run_command (COMMAND_BUILD, argc - 2, argv + 2);
  if (strcmp (word, "probe") == 0)
    return run_command (COMMAND_PROBE, argc - 2, argv + 2);
  if (strcmp (word, "send") == 0)
    return run_command (COMMAND_SEND, argc - 2, argv + 2);
  return run_command (COMMAND_SEND, MAX (argc - 1, 0), argc > 0 ? argv + 1 : argv);
}

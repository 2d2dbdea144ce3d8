/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* peak FD PROGRAM ARGUMENT...: runs PROGRAM, writes the most memory that it ever took to FD, in KiB, and ends as it did. What
 * the kernel says of a child begins with what its parent had when it was born, so the parent has to be as small as this. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
  struct rusage usage;
  pid_t child;
  int status;

  if (argc < 3)
    return 64;
  child = fork ();
  if (child == 0)
    {
      close (atoi (argv[1]));
      execv (argv[2], argv + 2);
      _exit (127);
    }
  if (child < 0 || wait4 (child, &status, 0, &usage) != child)
    return 71;
  dprintf (atoi (argv[1]), "%ld", usage.ru_maxrss);
  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}

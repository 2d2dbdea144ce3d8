/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs one program on one processor and writes down how long it took and what it used. Small, because the peak of memory
 * that the kernel reports for a child includes what its parent had when it was born.
 *
 *   launch REPORT CPU REALTIME STDIN PROGRAM ARGUMENT...     CPU −1: any; REALTIME 1: ahead of all other processes */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double
seconds (struct timeval t)
{
  return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static void
become (int cpu, int realtime, char **argv)
{
  struct sched_param priority = { .sched_priority = 1 };
  int fd = open (argv[0], O_RDONLY);
  cpu_set_t set;

  dup2 (fd, 0);
  CPU_ZERO (&set);
  if (cpu >= 0)
    {
      CPU_SET (cpu, &set);
      sched_setaffinity (0, sizeof set, &set);
    }
  if (realtime)
    sched_setscheduler (0, SCHED_FIFO, &priority);
  execvp (argv[1], argv + 1);
  perror (argv[1]);
  _exit (127);
}

int
main (int argc, char **argv)
{
  struct rusage used;
  double began = now ();
  int status;
  FILE *report;
  pid_t pid;

  if (argc < 6)
    return 64;
  pid = fork ();
  if (pid == 0)
    become (atoi (argv[2]), atoi (argv[3]), argv + 4);
  if (pid < 0 || wait4 (pid, &status, 0, &used) != pid || (report = fopen (argv[1], "w")) == NULL)
    return 1;
  fprintf (report, "{\"status\": %d, \"started\": %.6f, \"wall\": %.6f, \"cpu\": %.6f, \"kib\": %ld}\n",
           status, began, now () - began, seconds (used.ru_utime) + seconds (used.ru_stime), used.ru_maxrss);
  fclose (report);
  return 0;
}

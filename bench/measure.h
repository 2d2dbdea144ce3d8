/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program of the benchmarks says of itself. */
#pragma once

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline double
now (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The peak of this program's own memory: ru_maxrss would include its parent's. */
static inline long
peak_kib (void)
{
  g_autofree char *status = NULL;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  return atol (strstr (status, "VmHWM:") + strlen ("VmHWM:"));
}

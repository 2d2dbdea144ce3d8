/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/host-name.h"

#include <string.h>
#include <unistd.h>

char *
host_name_dup (void)
{
  static const char *const inner[] = { ".local", ".localdomain", ".lan", ".internal" };
  char name[256] = "";

  if (gethostname (name, sizeof name - 1) != 0 || strchr (name, '.') == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (inner); i++)
    if (g_str_has_suffix (name, inner[i]))
      return NULL;
  return g_strdup (name);
}

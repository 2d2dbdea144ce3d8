/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/spelled.h"

char *
mimesend_spelled_text (const char *const *strings)
{
  for (guint i = 0; strings[i] != NULL; i++)
    if (*strings[i] == '\0' || *g_utf8_next_char (strings[i]) != '\0')
      return NULL;
  return strings[0] != NULL && strings[1] != NULL ? g_strjoinv (NULL, (char **)strings) : NULL;
}

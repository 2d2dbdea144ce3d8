/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Servers repeat what they were told ("500 unrecognized command: …"); a secret does not come back with it to whoever reads. */
#include "octets/hide.h"

#include <string.h>

#define SHORTEST 4

void
mimesend_hide (char *text, const char *secret)
{
  gsize n = secret != NULL ? strlen (secret) : 0;

  if (text == NULL || n < SHORTEST)
    return;
  for (char *at = strstr (text, secret); at != NULL; at = strstr (at + n, secret))
    memset (at, '*', n);
}

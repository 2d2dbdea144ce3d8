/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Servers repeat what they were told ("500 unrecognized command: …"); the secret in it is not shown to readers of the receipt. */
#include "octets/redact.h"

#include <string.h>

#define SHORTEST 4
#define LONG     12 /* no word of a reply by chance */

static gboolean
is_of_word (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

static gboolean
is_whole_word (const char *text, const char *at, gsize n)
{
  return (at == text || !is_of_word (at[-1])) && !is_of_word (at[n]);
}

void
mimesend_redact (char *text, const char *secret)
{
  gsize n = secret != NULL ? strlen (secret) : 0;

  if (text == NULL || n < SHORTEST)
    return;
  for (char *at = strstr (text, secret); at != NULL; at = strstr (at + n, secret))
    if (n >= LONG || is_whole_word (text, at, n))
      memset (at, '*', n);
}

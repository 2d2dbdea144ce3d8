/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Redaction: a server that repeats a command ("500 unrecognized command: …") must not put the secret in it into a receipt.
 * */
#include "octets/redact.h"

#include <string.h>

#define SHORTEST 4
#define LONG     12 /* octets; long enough not to occur in a reply by chance */

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

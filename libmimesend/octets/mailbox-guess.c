/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guesses the address that was meant, for error messages alone: a guess is never sent to. */
#include "octets/mailbox.h"

#include <string.h>

static gboolean
is_guess_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Trims blanks. NULL if what is left is no mailbox. */
static char *
guess_accept (const char *text, gsize length)
{
  MimesendMailbox mailbox;

  while (length > 0 && is_guess_blank (text[0]))
    {
      text++;
      length--;
    }
  while (length > 0 && is_guess_blank (text[length - 1]))
    length--;
  if (mimesend_mailbox_scan (text, length, &mailbox) != MIMESEND_MAILBOX_OK)
    return NULL;
  return g_strndup (text, length);
}

/* One past the quoted string that begins at i. */
static gsize
skip_quoted (const char *text, gsize length, gsize i)
{
  for (i++; i < length && text[i] != '"'; i++)
    if (text[i] == '\\')
      i++;
  return MIN (i + 1, length);
}

/* What stands between '<' and '>', or else everything but the comments. */
char *
mimesend_mailbox_guess (const char *text, gsize length)
{
  g_autoptr (GString) rest = g_string_new (NULL);
  guint depth = 0;
  gsize i = 0;

  while (i < length)
    {
      gsize next = text[i] == '"' && depth == 0 ? skip_quoted (text, length, i) : i + 1;

      if (text[i] == '<' && depth == 0)
        {
          const char *close = memchr (text + i, '>', length - i);

          return close == NULL ? NULL : guess_accept (text + i + 1, (gsize)(close - (text + i + 1)));
        }
      if (text[i] == '(')
        depth++;
      else if (text[i] == ')' && depth > 0)
        depth--;
      else if (depth == 0)
        g_string_append_len (rest, text + i, (gssize)(next - i));
      i = next;
    }
  return guess_accept (rest->str, rest->len);
}

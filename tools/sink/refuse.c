/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks --refuse and --hide: an entry that could never have an effect is an error, reported at the start, since a test
 * would pass without it. */
#include "core-private.h"

#include <string.h>

/* "550", "450 4.2.1 full": three digits, the first 4 or 5, and nothing or a blank behind them. */
static gboolean
is_reply (const char *text)
{
  return (text[0] == '4' || text[0] == '5') && g_ascii_isdigit (text[1]) && g_ascii_isdigit (text[2]) &&
         (text[3] == '\0' || text[3] == ' ');
}

/* The start of the reply, or NULL: the entry is a pattern alone. A local part may contain "=" (bounce+a=b@c), and so may a
 * reply. */
static const char *
find_reply (const char *entry)
{
  for (const char *equals = strchr (entry, '='); equals != NULL; equals = strchr (equals + 1, '='))
    if (is_reply (equals + 1))
      return equals + 1;
  return NULL;
}

static char *
take_pattern (const char *entry, const char *reply)
{
  return reply != NULL ? g_strndup (entry, (gsize)(reply - entry) - 1) : g_strdup (entry);
}

char *
sink_refusal (const SinkCore *self, const char *path)
{
  for (char **entry = self->refuse; entry != NULL && *entry != NULL; entry++)
    {
      const char *reply = find_reply (*entry);
      g_autofree char *pattern = take_pattern (*entry, reply);
      if (g_pattern_match_simple (pattern, path))
        return g_strdup (reply != NULL ? reply : "550 5.1.1 no such recipient");
    }
  return NULL;
}

/* A quoted local part may hold anything. */
static const char *
behind_quotes (const char *pattern)
{
  const char *p = pattern;
  if (*p != '"')
    return pattern;
  for (p++; *p != '\0' && *p != '"'; p++)
    if (*p == '\\' && p[1] != '\0')
      p++;
  return *p == '"' ? p + 1 : pattern;
}

gboolean
sink_refuse_check (const char *entry, char **message)
{
  const char *reply = find_reply (entry);
  g_autofree char *pattern = take_pattern (entry, reply);
  const char *bare = behind_quotes (pattern);
  const char *equals = strrchr (bare, '='), *at = strchr (bare, '@');
  const char *fault = NULL;
  if (*pattern == '\0')
    fault = "there is no pattern";
  else if (equals != NULL && (at == NULL || equals > at))
    fault = "behind '=' stands a code of 4yz or 5yz, then the text: PATTERN=550 5.1.1 no such user";
  else if (strpbrk (bare, "<> \t\r\n") != NULL)
    fault = "the pattern is of an address without brackets and blanks";
  else if (strpbrk (entry, "\r\n") != NULL)
    fault = "the reply is one line; a script's 'reply' may have several";
  if (fault == NULL)
    return TRUE;
  *message = g_strdup_printf ("--refuse '%s': %s", entry, fault);
  return FALSE;
}

gboolean
sink_hide_check (const char *name, char **message)
{
  static const char *const known[] = {
    "PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "DSN",
    "CHUNKING",   "BINARYMIME",          "SIZE",     "LIMITS",   "STARTTLS",
    "AUTH"
  };
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_ascii_strcasecmp (known[i], name) == 0)
      return TRUE;
  if (sink_login_knows (name))
    return TRUE;
  *message = g_strdup_printf ("--hide '%s': it is never offered here", name);
  return FALSE;
}

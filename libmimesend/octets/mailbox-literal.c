/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Address literals (RFC 5321 4.1.3), parsed by their grammar: libraries differ about "010" and about scopes. */
#include "octets/mailbox-domain.h"

#include <string.h>

/* 1 to 3 digits up to 255, no leading zero: some read that as octal. Returns their number, 0: not one. */
static gsize
scan_snum (const char *text, gsize length)
{
  guint value = 0;
  gsize i;

  for (i = 0; i < length && i < 4 && g_ascii_isdigit (text[i]); i++)
    value = 10 * value + (guint)(text[i] - '0');
  if (i == 0 || i > 3 || value > 255 || (text[0] == '0' && i > 1))
    return 0;
  return i;
}

static gboolean
is_ipv4 (const char *text, gsize length)
{
  gsize i = 0;

  for (guint part = 0; part < 4; part++)
    {
      gsize digits;

      if (part > 0 && (i == length || text[i++] != '.'))
        return FALSE;
      digits = scan_snum (text + i, length - i);
      if (digits == 0)
        return FALSE;
      i += digits;
    }
  return i == length;
}

/* Groups of hexadecimal digits joined by ':', perhaps with an IPv4 address (which counts for two) as the
 * last. Returns the number of groups, −1 if it is none; nothing at all is 0 groups. */
static gint
count_groups (const char *text, gsize length, gboolean ipv4_allowed)
{
  gint groups = 0;
  gsize i = 0;

  while (i < length)
    {
      gsize digits = 0;

      if (ipv4_allowed && is_ipv4 (text + i, length - i))
        return groups + 2;
      while (i + digits < length && g_ascii_isxdigit (text[i + digits]))
        digits++;
      if (digits < 1 || digits > 4 || ++groups > 8)
        return -1;
      i += digits;
      if (i == length)
        return groups;
      if (text[i++] != ':')
        return -1;
    }
  return length == 0 ? 0 : -1; /* it ended with ':' */
}

static gboolean
is_ipv6 (const char *text, gsize length)
{
  const char *gap = g_strstr_len (text, (gssize)length, "::");
  gint before, after;

  if (gap == NULL)
    return count_groups (text, length, TRUE) == 8;
  before = count_groups (text, (gsize)(gap - text), FALSE);
  after = count_groups (gap + 2, length - (gsize)(gap + 2 - text), TRUE);
  return before >= 0 && after >= 0 && before + after <= 6; /* the gap stands for two groups at least */
}

/* Ldh-str ":" 1*dcontent, without what ends a path or begins another domain: such content can do nothing but
 * harm. */
static gboolean
is_tagged (const char *text, gsize length)
{
  const char *colon = memchr (text, ':', length);

  if (colon == NULL || colon == text || colon[-1] == '-' || colon + 1 == text + length)
    return FALSE;
  for (const char *c = text; c < colon; c++)
    if (!g_ascii_isalnum (*c) && *c != '-')
      return FALSE;
  for (const char *c = colon + 1; c < text + length; c++)
    if (*c < 33 || *c > 126 || strchr ("[\\]<>@", *c) != NULL)
      return FALSE;
  return TRUE;
}

gboolean
mimesend_literal_is_valid (const char *text, gsize length)
{
  static const char tag[] = "IPv6:";

  if (length >= strlen (tag) && g_ascii_strncasecmp (text, tag, strlen (tag)) == 0)
    return is_ipv6 (text + strlen (tag), length - strlen (tag));
  return is_ipv4 (text, length) || is_tagged (text, length);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/tls-clear.h"

#include <string.h>
#include "mimesend-error.h"
#include "net/host.h"

#define CODE       3   /* octets of a reply's code */
#define QUOTED_MAX 300 /* octets of the text */

gboolean
mimesend_tls_is_clear (const guint8 *octets, gsize n)
{
  if (n == 0 || octets[0] < '2' || octets[0] > '5')
    return FALSE;
  for (gsize i = 1; i < MIN (n, CODE); i++)
    if (!g_ascii_isdigit (octets[i]))
      return FALSE;
  return n <= CODE || strchr (" -\r\n", octets[CODE]) != NULL;
}

gboolean
mimesend_tls_clear_is_whole (const guint8 *octets, gsize n)
{
  const guint8 *at = octets, *end = octets + n, *newline;

  while ((newline = memchr (at, '\n', (gsize)(end - at))) != NULL)
    {
      if (newline - at <= CODE || at[CODE] != '-')
        return TRUE;
      at = newline + 1;
    }
  return FALSE;
}

/* The text of the reply's lines, joined, in visible ASCII: it is not authenticated. */
static char *
quote_clear_text (const guint8 *octets, gsize n)
{
  const guint8 *at = octets, *end = octets + n;
  GString *out = g_string_new_len ((const char *)octets, (gssize)MIN (n, CODE));

  while (at < end)
    {
      const guint8 *newline = memchr (at, '\n', (gsize)(end - at)), *stop = newline != NULL ? newline : end;

      for (const guint8 *p = at + CODE; p < stop && out->len < QUOTED_MAX; p++)
        if (p == at + CODE)
          g_string_append_c (out, ' ');
        else if (*p != '\r')
          g_string_append_c (out, g_ascii_isprint (*p) ? (char)*p : '?');
      at = newline != NULL ? newline + 1 : end;
    }
  return g_strchomp (g_string_free (out, FALSE));
}

GError *
mimesend_tls_clear_error (const guint8 *octets, gsize n, const char *host, guint16 port, gboolean implicit)
{
  g_autofree char *said = quote_clear_text (octets, n);
  g_autofree char *in_url = mimesend_host_in_url (host);
  g_autofree char *at = port != 0 ? g_strdup_printf (":%u", port) : g_strdup ("");

  if (implicit && g_str_has_prefix (said, "220"))
    return g_error_new (
        MIMESEND_ERROR, MIMESEND_ERROR_TLS,
        "%s: the server answered in the clear where TLS was due: this port wants STARTTLS: write "
        "smtp://%s%s (unauthenticated, it said: %s)",
        host, in_url, at, said);
  if (*said == '4')
    return g_error_new (
        MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED,
        "%s: the server answered in the clear where TLS was due; unauthenticated, it said: %s", host, said);
  return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_TLS,
                      "%s: the server answered in the clear where TLS was due; unauthenticated, it said: %s",
                      host, said);
}

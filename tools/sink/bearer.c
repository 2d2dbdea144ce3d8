/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens of OAuth 2.0: what RFC 7628 section 3.1 and XOAUTH2 write around one, read strictly. */
#include "core-private.h"

#include <string.h>

/* Parses "n,a=USER," of GS2 (RFC 5801 section 4): commas and equals signs as =2C and =3D. NULL: another header. */
static char *
user_of_header (const char *header)
{
  gsize n = strlen (header);
  if (!g_str_has_prefix (header, "n,a=") || n < 6 || header[n - 1] != ',')
    return NULL;
  g_autofree char *name = g_strndup (header + 4, n - 5);
  g_auto (GStrv) commas = g_strsplit (name, "=2C", -1);
  g_autofree char *half = g_strjoinv (",", commas);
  g_auto (GStrv) equals = g_strsplit (half, "=3D", -1);
  return strchr (name, ',') != NULL ? NULL : g_strjoinv ("=", equals);
}

/* Fields, each followed by %x01, and one more %x01 at the end: the first names the user, one of the others is "auth=Bearer
 * TOKEN". */
gboolean
sink_bearer_is_right (gboolean xoauth2, const guint8 *octets, gsize n, const char *user, const char *token)
{
  const char *text = (const char *)octets;
  if (strlen (text) != n || !g_str_has_suffix (text, "\x01\x01"))
    return FALSE;
  g_auto (GStrv) fields = g_strsplit (text, "\x01", -1);
  g_autofree char *who = xoauth2 ? g_strdup (g_str_has_prefix (fields[0], "user=") ? fields[0] + 5 : "")
                                 : user_of_header (fields[0]);
  g_autofree char *expected = g_strconcat ("auth=Bearer ", token, NULL);
  return g_strcmp0 (who, user) == 0 && g_strv_contains ((const char *const *)fields + 1, expected);
}

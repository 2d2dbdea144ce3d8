/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/sasl/sasl-oauth.h"

#include <string.h>
#include "mimesend-error.h"

#define TOKEN_MAX 8192 /* octets; as base64 it fits a line (RFC 4954 4) */
#define WORDS_MAX 300
#define SEPARATOR "\x01"

/* Escapes a name for the GS2 header (RFC 5801 4). */
static void
append_saslname (GString *out, const char *name)
{
  for (; *name != '\0'; name++)
    if (*name == ',')
      g_string_append (out, "=2C");
    else if (*name == '=')
      g_string_append (out, "=3D");
    else
      g_string_append_c (out, *name);
}

/* Allocated at full size: a buffer that grows leaves copies of the token in memory. */
static GString *
room_for (const char *login, const char *host, const char *token)
{
  return g_string_sized_new (3 * strlen (login) + (host != NULL ? strlen (host) : 0) + strlen (token) + 100);
}

char *
mimesend_oauth_bearer (const char *login, const char *host, guint16 port, const char *token)
{
  GString *out = room_for (login, host, token);

  g_string_append (out, "n,a=");
  append_saslname (out, login);
  g_string_append (out, "," SEPARATOR);
  if (host != NULL)
    g_string_append_printf (out, "host=%s" SEPARATOR "port=%u" SEPARATOR, host, port);
  g_string_append (out, "auth=Bearer ");
  g_string_append (out, token);
  g_string_append (out, SEPARATOR SEPARATOR);
  return g_string_free (out, FALSE);
}

char *
mimesend_oauth_xoauth2 (const char *login, const char *token)
{
  GString *out = room_for (login, NULL, token);

  g_string_append (out, "user=");
  g_string_append (out, login);
  g_string_append (out, SEPARATOR "auth=Bearer ");
  g_string_append (out, token);
  g_string_append (out, SEPARATOR SEPARATOR);
  return g_string_free (out, FALSE);
}

gboolean
mimesend_oauth_check_token (const char *token, GError **error)
{
  gsize n = 0;

  while (g_ascii_isgraph (token[n]))
    n++;
  if (n > 0 && token[n] == '\0' && n <= TOKEN_MAX)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "token: it is empty, longer than %d octets, or has a blank or another character in it that no "
               "access token "
               "has (RFC 6750): give the token alone",
               TOKEN_MAX);
  return FALSE;
}

/* Decodes four hexadecimal digits; a character that is not ASCII becomes '?'. */
static char
read_escape (const char **at, const char *end)
{
  guint c = 0;

  for (guint i = 0; i < 4 && *at < end; i++)
    c = c << 4 | (guint)(g_ascii_xdigit_value (*(*at)++) & 15);
  return c < 128 ? (char)c : '?';
}

/* Reads one JSON string, after its quotation mark; NULL: it does not end. What is not visible ASCII becomes '?'. */
static const char *
read_string (const char *at, const char *end, GString *out)
{
  while (at < end && *at != '"')
    {
      char c = *at++;

      if (c == '\\' && at < end)
        {
          c = *at++;
          if (c == 'u')
            c = read_escape (&at, end);
          else if (c != '"' && c != '\\' && c != '/')
            c = ' ';
        }
      if (out->len < WORDS_MAX)
        g_string_append_c (out, g_ascii_isprint (c) ? c : '?');
    }
  return at < end ? at + 1 : NULL;
}

/* RFC 7628 3.2.2: {"status":"invalid_token","scope":"…"}; some servers send more members. String members are shown, name
 * and value; others are skipped. */
char *
mimesend_oauth_error_words (const char *octets, gsize n)
{
  const char *end = octets + n, *at = octets;
  GString *words = g_string_new (NULL);
  g_autoptr (GString) name = g_string_new (NULL);
  g_autoptr (GString) value = g_string_new (NULL);

  while (at != NULL && words->len < WORDS_MAX && (at = memchr (at, '"', (gsize)(end - at))) != NULL)
    {
      g_string_truncate (name, 0);
      g_string_truncate (value, 0);
      at = read_string (at + 1, end, name);
      while (at != NULL && at < end && (g_ascii_isspace (*at) || *at == ':'))
        at++;
      if (at == NULL || at >= end || *at != '"')
        continue;
      at = read_string (at + 1, end, value);
      g_string_append_printf (words, "%s%s: %s", words->len > 0 ? ", " : "", name->str, value->str);
    }
  g_string_truncate (words, MIN (words->len, WORDS_MAX));
  return g_string_free (words, FALSE);
}

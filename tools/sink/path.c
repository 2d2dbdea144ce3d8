/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arguments of MAIL and RCPT (RFC 5321 section 4.1.2), read strictly. */
#include "core-private.h"

#include <string.h>

static gboolean
path_is_atext (char c)
{
  return g_ascii_isalnum (c) || (guchar)c >= 0x80 || (c != '\0' && strchr ("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Skips a dot-string or a quoted string; NULL: it is neither. */
static const char *
skip_local_part (const char *p)
{
  if (*p == '"')
    {
      for (p++; *p != '"'; p++)
        {
          if (*p == '\\')
            p++;
          if ((guchar)*p < 0x20 || *p == 0x7f)
            return NULL;
        }
      return p + 1;
    }
  for (;;)
    {
      if (!path_is_atext (*p))
        return NULL;
      while (path_is_atext (*p))
        p++;
      if (*p != '.')
        return p;
      p++;
    }
}

/* Labels of letters, digits, hyphens and non-ASCII, or an address literal. */
static const char *
skip_domain (const char *p)
{
  if (*p == '[')
    {
      for (p++; g_ascii_isalnum (*p) || *p == ':' || *p == '.'; p++)
        ;
      return *p == ']' ? p + 1 : NULL;
    }
  for (;;)
    {
      if (!g_ascii_isalnum (*p) && (guchar)*p < 0x80)
        return NULL;
      while (g_ascii_isalnum (*p) || *p == '-' || (guchar)*p >= 0x80)
        p++;
      if (p[-1] == '-')
        return NULL;
      if (*p != '.')
        return p;
      p++;
    }
}

/* "FROM:<a@b> SIZE=1": the mailbox without brackets, and the parameters ("" without). */
gboolean
sink_path_parse (const char *text, const char *keyword, char **path, char **parameters)
{
  gsize n = strlen (keyword);
  if (g_ascii_strncasecmp (text, keyword, n) != 0 || text[n] != '<')
    return FALSE;
  const char *begin = text + n + 1, *p = begin;
  if (*p != '>')
    {
      p = skip_local_part (p);
      if (p == NULL)
        return FALSE;
      if (*p == '@') /* a local mailbox needs no domain, as in Postfix and others */
        p = skip_domain (p + 1);
    }
  if (p == NULL || *p != '>' || (p[1] != '\0' && p[1] != ' '))
    return FALSE;
  *path = g_strndup (begin, (gsize)(p - begin));
  *parameters = g_strdup (p[1] == ' ' ? p + 2 : "");
  return TRUE;
}

static gboolean
is_number (const char *value)
{
  gsize n = strspn (value, "0123456789");
  return n > 0 && n <= 20 && value[n] == '\0';
}

static gboolean
is_body (const char *value)
{
  return g_ascii_strcasecmp (value, "7BIT") == 0 || g_ascii_strcasecmp (value, "8BITMIME") == 0 ||
         g_ascii_strcasecmp (value, "BINARYMIME") == 0;
}

static gboolean
is_ret (const char *value)
{
  return g_ascii_strcasecmp (value, "FULL") == 0 || g_ascii_strcasecmp (value, "HDRS") == 0;
}

/* RFC 3461 section 4. */
static gboolean
is_xtext (const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    {
      if (*p == '=' || *p < 33 || *p > 126)
        return FALSE;
      if (*p == '+')
        for (int i = 0; i < 2; i++)
          {
            p++;
            if (!g_ascii_isdigit (*p) && (*p < 'A' || *p > 'F'))
              return FALSE;
          }
    }
  return *value != '\0';
}

/* RFC 4954 section 5: xtext, or <>. */
static gboolean
is_mailbox (const char *value)
{
  return strcmp (value, "<>") == 0 || is_xtext (value);
}

static gboolean
is_notify (const char *value)
{
  if (g_ascii_strcasecmp (value, "NEVER") == 0)
    return TRUE;
  g_auto (GStrv) words = g_strsplit (value, ",", -1);
  for (char **word = words; *word != NULL; word++)
    if (g_ascii_strcasecmp (*word, "SUCCESS") != 0 && g_ascii_strcasecmp (*word, "FAILURE") != 0 &&
        g_ascii_strcasecmp (*word, "DELAY") != 0)
      return FALSE;
  return words[0] != NULL;
}

static gboolean
is_orcpt (const char *value)
{
  const char *semicolon = strchr (value, ';');
  return semicolon != NULL && semicolon > value && semicolon[1] != '\0';
}

static const struct
{
  const char *name, *extension;
  gboolean of_mail;
  gboolean (*check) (const char *value); /* NULL: takes no value */
} known[] = {
  { "SIZE", "SIZE", TRUE, is_number },    { "BODY", "8BITMIME", TRUE, is_body },
  { "SMTPUTF8", "SMTPUTF8", TRUE, NULL }, { "RET", "DSN", TRUE, is_ret },
  { "ENVID", "DSN", TRUE, is_xtext },     { "AUTH", "AUTH", TRUE, is_mailbox },
  { "NOTIFY", "DSN", FALSE, is_notify },  { "ORCPT", "DSN", FALSE, is_orcpt },
};

static SinkParameters
parameter_check (const SinkCore *self, const char *word, gboolean of_mail, guint *seen)
{
  const char *equals = strchr (word, '=');
  gsize n = equals != NULL ? (gsize)(equals - word) : strlen (word);
  const char *value = equals != NULL ? equals + 1 : NULL;
  if (n == 0)
    return SINK_PARAMETERS_BAD;
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (known[i].of_mail != of_mail || strlen (known[i].name) != n ||
          g_ascii_strncasecmp (word, known[i].name, n) != 0)
        continue;
      if (!self->extended || !sink_core_offers (self, known[i].extension) ||
          (known[i].check == is_mailbox && self->user == NULL))
        return SINK_PARAMETERS_UNKNOWN;
      if (*seen & 1u << i || (value == NULL) != (known[i].check == NULL))
        return SINK_PARAMETERS_BAD;
      *seen |= 1u << i;
      if (value != NULL && g_ascii_strcasecmp (value, "BINARYMIME") == 0 &&
          (!sink_core_offers (self, "BINARYMIME") || !sink_core_offers (self, "CHUNKING")))
        return SINK_PARAMETERS_UNKNOWN;
      return value == NULL || known[i].check (value) ? SINK_PARAMETERS_OK : SINK_PARAMETERS_BAD;
    }
  return SINK_PARAMETERS_UNKNOWN;
}

/* Checks the parameters: offered, well-formed, and not repeated. */
SinkParameters
sink_parameters_check (const SinkCore *self, const char *parameters, gboolean of_mail)
{
  guint seen = 0;
  SinkParameters result = SINK_PARAMETERS_OK;
  if (*parameters == '\0')
    return result;
  g_auto (GStrv) words = g_strsplit (parameters, " ", -1);
  for (char **word = words; *word != NULL && result == SINK_PARAMETERS_OK; word++)
    result = parameter_check (self, *word, of_mail, &seen);
  return result;
}

char *
sink_parameter (const char *parameters, const char *name)
{
  gsize n = strlen (name);
  g_auto (GStrv) words = g_strsplit (parameters, " ", -1);
  for (char **word = words; *word != NULL; word++)
    if (g_ascii_strncasecmp (*word, name, n) == 0 && ((*word)[n] == '=' || (*word)[n] == '\0'))
      return g_strdup ((*word)[n] == '=' ? *word + n + 1 : "");
  return NULL;
}

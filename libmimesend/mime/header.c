/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/header.h"

#include <string.h>

#include "mimesend-error.h"
#include "mimesend-init.h"
#include "octets/mailbox-domain.h"

void
mimesend_mime_init (void)
{
  mimesend_init ();
}

/* Characters that no header may hold, file names apart: controls that end lines somewhere, or have no meaning in text. */
static gboolean
is_forbidden (gunichar c)
{
  return (c < 0x20 && c != '\t') || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

/* ftext: printable ASCII but the colon. */
gboolean
mimesend_header_check_name (const char *name, GError **error)
{
  gsize length = strlen (name);

  if (length == 0 || length > MIMESEND_HEADER_NAME_MAX)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                   "a header name has %" G_GSIZE_FORMAT " octets: write 1 to %d, as in 'X-Ticket: 42'",
                   length, MIMESEND_HEADER_NAME_MAX);
      return FALSE;
    }
  for (gsize i = 0; i < length; i++)
    {
      guint8 c = (guint8)name[i];

      if (c <= 0x20 || c >= 0x7f || c == ':')
        {
          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                       "the header name has the octet \\x%02x at offset %" G_GSIZE_FORMAT
                       ": write letters, digits and hyphens, then a colon (RFC 5322 3.6.8)",
                       c, i);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_header_utf8 (const char *argument, const char *value, GError **error)
{
  const char *end;

  if (g_utf8_validate (value, -1, &end))
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "the %s is not UTF-8: octet \\x%02x at offset %" G_GSIZE_FORMAT "; write it in UTF-8",
               argument, (guint8)*end, (gsize)(end - value));
  return FALSE;
}

char *
mimesend_header_trim (const char *value)
{
  gsize length;

  value += strspn (value, " \t");
  length = strlen (value);
  while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
    length--;
  return g_strndup (value, length);
}

gboolean
mimesend_header_check_value (const char *argument, const char *value, gsize max, GError **error)
{
  gsize length = strlen (value);

  if (length > max)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                   "the %s has %" G_GSIZE_FORMAT " octets: at most %" G_GSIZE_FORMAT " are allowed", argument,
                   length, max);
      return FALSE;
    }
  if (!check_header_utf8 (argument, value, error))
    return FALSE;
  for (const char *p = value; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_forbidden (c))
        {
          g_autofree char *shown = g_strdup_printf (c < 0x80 ? "\\x%02x" : "U+%04X", c);

          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                       "the %s has the control character %s at offset %" G_GSIZE_FORMAT
                       ": write it on one line, without controls",
                       argument, shown, (gsize)(p - value));
          return FALSE;
        }
    }
  return TRUE;
}

/* One word at a time: GMime 3.2.13 joins neighbouring words before decoding, and stops at the padding of the first. */
gboolean
mimesend_header_check_encoded_words (const char *argument, const char *value, GError **error)
{
  const char *word = value;

  while ((word = strstr (word, "=?")) != NULL)
    {
      const char *charset_end = strchr (word + 2, '?');
      const char *text = charset_end != NULL ? strchr (charset_end + 1, '?') : NULL;
      const char *end = text != NULL ? strstr (text + 1, "?=") : NULL;
      g_autofree char *alone = NULL;
      g_autofree char *decoded = NULL;

      if (end == NULL)
        return TRUE;
      alone = g_strndup (word, (gsize)(end + 2 - word));
      decoded = g_mime_utils_header_decode_text (NULL, alone);
      if (decoded != NULL && !mimesend_header_check_value (argument, decoded, G_MAXSIZE, error))
        return FALSE;
      word += 2;
    }
  return TRUE;
}

gboolean
mimesend_header_check_display_name (const char *argument, const char *name, GError **error)
{
  if (!mimesend_header_check_value (argument, name, MIMESEND_HEADER_VALUE_MAX, error) ||
      !mimesend_header_check_encoded_words (argument, name, error))
    return FALSE;
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (mimesend_unichar_is_control (g_utf8_get_char (p)))
      {
        g_set_error (
            error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
            "the %s has a display name with U+%04X, a control or a mark that turns the direction of writing: "
            "leave it out",
            argument, g_utf8_get_char (p));
        return FALSE;
      }
  return TRUE;
}

static gboolean
is_token_octet (guint8 c)
{
  return c > 0x20 && c < 0x7f && strchr ("()<>@,;:\\\"/[]?=", c) == NULL;
}

/* '*', '\'' and '%' are not allowed in parameter names: GMime and RFC 2231 give them a meaning.
 */
static gboolean
check_token (const char *argument, const char *token, gsize max, GError **error)
{
  gsize length = strlen (token);

  if (length == 0 || length > max)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                   "the %s has %" G_GSIZE_FORMAT " octets: write 1 to %" G_GSIZE_FORMAT, argument, length,
                   max);
      return FALSE;
    }
  for (gsize i = 0; i < length; i++)
    {
      guint8 c = (guint8)token[i];

      if (!is_token_octet (c) || strchr ("*'%", c) != NULL)
        {
          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                       "the %s has the octet \\x%02x at offset %" G_GSIZE_FORMAT
                       ": write letters, digits and hyphens (RFC 2045 5.1)",
                       argument, c, i);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
mimesend_header_check_token (const char *argument, const char *token, GError **error)
{
  return check_token (argument, token, MIMESEND_HEADER_TOKEN_MAX, error);
}

gboolean
mimesend_header_check_type_name (const char *argument, const char *name, GError **error)
{
  return check_token (argument, name, MIMESEND_HEADER_TYPE_MAX, error);
}

char *
mimesend_header_check_id (const char *argument, const char *id, gboolean need_at, GError **error)
{
  gsize length = strlen (id);
  const char *at;

  if (length >= 2 && id[0] == '<' && id[length - 1] == '>')
    {
      id++;
      length -= 2;
    }
  if (length == 0 || length > MIMESEND_HEADER_ID_MAX)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                   "the %s has %" G_GSIZE_FORMAT " octets: write 1 to %d, as in <unique@example.com>",
                   argument, length, MIMESEND_HEADER_ID_MAX);
      return NULL;
    }
  for (gsize i = 0; i < length; i++)
    {
      guint8 c = (guint8)id[i];

      if (c <= 0x20 || c >= 0x7f || strchr ("<>()[]\\\",;:", c) != NULL)
        {
          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                       "the %s has the octet \\x%02x at offset %" G_GSIZE_FORMAT
                       ": write it as in <unique@example.com> (RFC 5322 3.6.4)",
                       argument, c, i);
          return NULL;
        }
    }
  at = memchr (id, '@', length);
  if (need_at && (at == NULL || at == id || at == id + length - 1 ||
                  memchr (at + 1, '@', (gsize)(id + length - at - 1)) != NULL))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                   "the %s needs one '@' with something on both sides: write it as in <unique@example.com>",
                   argument);
      return NULL;
    }
  return g_strndup (id, length);
}

char *
mimesend_header_file_name (const char *argument, const char *name, GError **error)
{
  const char *slash = strrchr (name, '/');
  const char *base = slash != NULL ? slash + 1 : name;
  g_autoptr (GString) safe = NULL;

  if (!check_header_utf8 (argument, base, error))
    return NULL;

  safe = g_string_new (NULL);
  for (const char *p = base; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (mimesend_unichar_is_control (c))
        c = 0xfffd;
      else if (c == '\\' || c == ':' || (c == '?' && p > base && p[-1] == '='))
        c = '_'; /* "=?" would begin an encoded word */
      g_string_append_unichar (safe, c);
    }
  while (safe->len > 0 && (safe->str[safe->len - 1] == '.' || safe->str[safe->len - 1] == ' '))
    g_string_truncate (safe, safe->len - 1);
  while (safe->len > 0 && safe->str[0] == ' ')
    g_string_erase (safe, 0, 1);
  if (safe->len == 0)
    g_string_append (safe, "unnamed");
  if (safe->len > 3 * MIMESEND_FILE_NAME_MAX || strlen (base) > MIMESEND_FILE_NAME_MAX)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                   "the %s has %" G_GSIZE_FORMAT " octets: at most %d are allowed; give it a shorter one",
                   argument, strlen (base), MIMESEND_FILE_NAME_MAX);
      return NULL;
    }
  return g_string_free (g_steal_pointer (&safe), FALSE);
}

char *
mimesend_header_file_name_ascii (const char *file_name)
{
  GString *ascii = g_string_new (NULL);

  for (const char *p = file_name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_c (ascii, c < 0x80 && c != '"' ? (char)c : '_');
    }
  return g_string_free (ascii, FALSE);
}

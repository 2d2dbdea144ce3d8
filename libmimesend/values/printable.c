/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "values/printable.h"

#include <string.h>

static gboolean
is_hidden (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
         type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

char *
mimesend_printable (const char *text, gsize max)
{
  g_autofree char *start = g_strndup (text, max);
  g_autofree char *valid = g_utf8_make_valid (start, -1);
  GString *out = g_string_new (NULL);

  for (const char *p = valid; *p != '\0' && out->len < max; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_hidden (c))
        g_string_append_printf (out, c < 256 ? "\\x%02x" : "\\u%04x", c);
      else
        g_string_append_unichar (out, c);
    }
  if (strlen (text) > max || out->len > max)
    g_string_append (out, "...");
  return g_string_free (out, FALSE);
}

char *
mimesend_printable_reply (const char *text, gsize max)
{
  g_autofree char *line = g_strdelimit (g_strdup (text), "\n\t", ' ');

  return mimesend_printable (line, max);
}

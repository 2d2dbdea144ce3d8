/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/printable.h"

#include <string.h>

gboolean
mimesend_character_is_hidden (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
         type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* Appends the character, or the octet, that text begins with; returns what follows it. */
static const char *
append_shown (GString *out, const char *text)
{
  gunichar c = g_utf8_get_char_validated (text, -1);

  if (c == (gunichar)-1 || c == (gunichar)-2)
    {
      g_string_append_printf (out, "\\x%02x", (guchar)*text);
      return text + 1;
    }
  if (!mimesend_character_is_hidden (c))
    g_string_append_unichar (out, c);
  else
    g_string_append_printf (out, c < 0x80 ? "\\x%02x" : "\\u{%04x}", c);
  return g_utf8_next_char (text);
}

/* The length of a line end or a tab that text begins with; 0: it begins with neither. */
static gsize
skip_blank (const char *text)
{
  if (*text == '\r' && (text[1] == '\n' || text[1] == '\0'))
    return text[1] == '\n' ? 2 : 1;
  return *text == '\n' || *text == '\t' ? 1 : 0;
}

static char *
printable_append (const char *text, gsize max, gboolean lines)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0')
    {
      gsize n = lines ? skip_blank (text) : 0;

      if (max > 0 && out->len >= max)
        {
          g_string_append (out, "...");
          break;
        }
      if (n == 0)
        text = append_shown (out, text);
      else if (text[n] != '\0')
        g_string_append_c (out, ' ');
      text += n;
    }
  return g_string_free (out, FALSE);
}

char *
mimesend_printable (const char *text, gsize max)
{
  return printable_append (text, max, FALSE);
}

char *
mimesend_printable_lines (const char *text, gsize max)
{
  return printable_append (text, max, TRUE);
}

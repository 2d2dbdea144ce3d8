/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/escape.h"

#include <string.h>

gboolean
escape_is_unsafe (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0)          /* C0, DEL, C1 */
         || c == 0x061c || c == 0x200e || c == 0x200f /* direction marks */
         || (c >= 0x2028 && c <= 0x202e) /* line and paragraph separator, embeddings, overrides */
         || (c >= 0x2066 && c <= 0x2069) /* isolates */
         || c == 0xfeff;
}

char *
escape_text (const char *text, gsize limit)
{
  GString *shown = g_string_new (NULL);
  const char *end = text + strlen (text);

  while (text < end)
    {
      gunichar c = g_utf8_get_char_validated (text, end - text);

      if (limit > 0 && shown->len >= limit)
        {
          g_string_append (shown, "...");
          break;
        }
      if (c == (gunichar)-1 || c == (gunichar)-2)
        {
          g_string_append_printf (shown, "\\x%02X", (guchar)*text++);
          continue;
        }
      if (c == '\n')
        g_string_append (shown, text + 1 < end ? " / " : "");
      else if (c == '\r' && (text + 1 == end || text[1] == '\n'))
        ; /* part of the line end */
      else if (c < 0x80 && escape_is_unsafe (c))
        g_string_append_printf (shown, "\\x%02X", c);
      else if (escape_is_unsafe (c))
        g_string_append_printf (shown, "\\u{%04X}", c);
      else
        g_string_append_unichar (shown, c);
      text = g_utf8_next_char (text);
    }
  return g_string_free (shown, FALSE);
}

char *
escape_json (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (c != '\n' && escape_is_unsafe (c))
        g_string_append_printf (out, "\\u%04x", c);
      else
        g_string_append_unichar (out, c);
    }
  g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

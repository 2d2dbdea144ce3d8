/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/escape.h"

#include "libmimesend/octets/printable.h"

char *
escape_json (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (c == '\n' || !mimesend_character_is_hidden (c))
        g_string_append_unichar (out, c);
      else if (c < 0x10000)
        g_string_append_printf (out, "\\u%04x", c);
      else /* RFC 8259 7: as UTF-16 has it */
        g_string_append_printf (out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + (c & 0x3ff));
    }
  g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "octets/mailbox-domain.h"

#define DOMAIN_MAX 255 /* octets: RFC 5321 4.5.3.1.2 */
#define LABEL_MAX  63  /* octets; of a non-ASCII label characters */

gunichar
mimesend_utf8_next (const char *text, gsize length, gsize *size)
{
  gunichar c = g_utf8_get_char_validated (text, (gssize)MIN (length, 6));

  *size = 1;
  if (c == (gunichar)-1 || c == (gunichar)-2)
    return 0;
  *size = (gsize)g_unichar_to_utf8 (c, NULL);
  return c;
}

gboolean
mimesend_unichar_is_control (gunichar c)
{
  return c < 32 || (c >= 127 && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0x061c || c == 0x200e ||
         c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* May this be in a U-label? Letters, marks and digits, and what RFC 5892 A.1 to A.7 let in beside them. IDNA itself is
 * applied when the label becomes an A-label; this check keeps lookalikes of dots, spaces and symbols out. */
static gboolean
is_u_label_character (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
    case G_UNICODE_SPACING_MARK:
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_DECIMAL_NUMBER:
      return TRUE;
    default:
      return c == 0x200c || c == 0x200d || c == 0x00b7 || c == 0x0375 || c == 0x05f3 || c == 0x05f4 ||
             c == 0x30fb;
    }
}

/* One label up to its dot or the end. */
static MimesendMailboxFault
scan_label (const char *text, gsize length, gboolean allow_utf8, gsize *end)
{
  gsize characters = 0, i = 0;

  while (i < length && text[i] != '.')
    {
      gsize size = 1;
      gboolean fine;

      *end = i;
      if ((guchar)text[i] > 127)
        fine = allow_utf8 && is_u_label_character (mimesend_utf8_next (text + i, length - i, &size));
      else if (text[i] == '-')
        fine = i > 0 && i + 1 < length && text[i + 1] != '.';
      else
        fine = g_ascii_isalnum (text[i]);
      if (!fine)
        return MIMESEND_MAILBOX_DOMAIN;
      if (++characters > LABEL_MAX)
        return MIMESEND_MAILBOX_DOMAIN_TOO_LONG;
      i += size;
    }
  *end = i;
  return i > 0 ? MIMESEND_MAILBOX_OK : MIMESEND_MAILBOX_DOMAIN;
}

MimesendMailboxFault
mimesend_domain_scan (const char *text, gsize length, gboolean allow_utf8, gsize *fault_offset)
{
  gsize i = 0;

  *fault_offset = 0;
  if (length == 0)
    return MIMESEND_MAILBOX_NO_DOMAIN;
  if (text[0] == '[')
    {
      if (length <= DOMAIN_MAX && text[length - 1] == ']' && mimesend_literal_is_valid (text + 1, length - 2))
        return MIMESEND_MAILBOX_OK;
      return length > DOMAIN_MAX ? MIMESEND_MAILBOX_DOMAIN_TOO_LONG : MIMESEND_MAILBOX_DOMAIN;
    }
  for (;;)
    {
      gsize end = 0;
      MimesendMailboxFault fault = scan_label (text + i, length - i, allow_utf8, &end);

      i += end;
      *fault_offset = i;
      if (fault != MIMESEND_MAILBOX_OK)
        return fault;
      if (i > DOMAIN_MAX)
        return MIMESEND_MAILBOX_DOMAIN_TOO_LONG;
      if (i == length)
        return MIMESEND_MAILBOX_OK;
      i++; /* the dot */
    }
}

gboolean
mimesend_domain_is_valid (const char *text, gsize length, gboolean allow_utf8)
{
  gsize fault_offset;

  return mimesend_domain_scan (text, length, allow_utf8, &fault_offset) == MIMESEND_MAILBOX_OK;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/field.h"

#include <string.h>

#include "mime/addresses.h"
#include "mime/encoded-word.h"
#include "mime/header.h"
#include "mime/letter-header.h"

static gboolean
is_one_of (const char *name, const char *const *names)
{
  for (; *names != NULL; names++)
    if (g_ascii_strcasecmp (name, *names) == 0)
      return TRUE;
  return FALSE;
}

gboolean
mimesend_field_check_name (const char *name, MimesendFieldKind *kind, GError **error)
{
  static const char *const addresses[] = { "From", "To", "Cc", "Reply-To", NULL };
  static const char *const subject[] = { "Subject", NULL };

  *kind = MIMESEND_FIELD_TEXT;
  if (is_one_of (name, addresses) || mimesend_letter_header_has_addresses (name))
    *kind = MIMESEND_FIELD_ADDRESSES;
  else if (g_ascii_strcasecmp (name, "Message-ID") == 0)
    *kind = MIMESEND_FIELD_ID;
  else if (g_ascii_strcasecmp (name, "Date") == 0)
    *kind = MIMESEND_FIELD_DATE;
  /* A letter has setters for these; for a field they are allowed. */
  return is_one_of (name, addresses) || is_one_of (name, subject) ||
         mimesend_letter_header_check_name (name, error);
}

/* Fast path: one bare address that needs no quotes and no folding. */
static gboolean
is_plain_address (const char *name, const char *value)
{
  gsize length = strlen (value);
  MimesendMailbox mailbox;

  if (strlen (name) + 2 + length > MIMESEND_LINE_WANTED || !g_str_is_ascii (value) ||
      strpbrk (value, "\"[") != NULL)
    return FALSE;
  return mimesend_mailbox_scan (value, length, &mailbox) == MIMESEND_MAILBOX_OK && mailbox.domain_offset > 0;
}

static char *
write_addresses (const char *name, const char *value, GError **error)
{
  g_autoptr (GPtrArray) bare = NULL;
  InternetAddressList *list;
  char *raw = NULL;

  if (is_plain_address (name, value))
    return g_strconcat (" ", value, "\n", NULL);
  bare = g_ptr_array_new_with_free_func (g_free);
  list = internet_address_list_new ();
  if (mimesend_addresses_parse (list, bare, name, value, TRUE, error))
    raw = mimesend_header_write_addresses (name, list);
  g_object_unref (list);
  return raw;
}

/* Not folded, as GMime does not fold these. */
static char *
write_id (const char *value, GError **error)
{
  g_autofree char *id = mimesend_header_check_id ("header Message-ID", value, TRUE, error);

  return id != NULL ? g_strconcat (" <", id, ">\n", NULL) : NULL;
}

/* Fast path: printable ASCII that fits the line and holds no encoded word is written unchanged, as the general code would. */
static gboolean
is_plain_text (const char *name, const char *value)
{
  gsize length = 0;

  if (*value == ' ')
    return FALSE;
  for (; value[length] != '\0'; length++)
    if (value[length] < 0x20 || value[length] > 0x7e || (value[length] == '=' && value[length + 1] == '?'))
      return FALSE;
  return length > 0 && value[length - 1] != ' ' && strlen (name) + 2 + length <= MIMESEND_LINE_WANTED;
}

static char *
write_text (const char *name, const char *value, GError **error)
{
  return is_plain_text (name, value) ? g_strconcat (" ", value, "\n", NULL)
                                     : mimesend_header_write (name, value, error);
}

static char *
write_value (const char *name, MimesendFieldKind kind, const char *value, GError **error)
{
  char *raw;

  switch (kind)
    {
    case MIMESEND_FIELD_ADDRESSES:
      return write_addresses (name, value, error);
    case MIMESEND_FIELD_ID:
      return write_id (value, error);
    case MIMESEND_FIELD_DATE:
      raw = write_text (name, value, error);
      if (raw != NULL && !mimesend_letter_header_check_date (value, error))
        g_clear_pointer (&raw, g_free);
      return raw;
    default:
      return write_text (name, value, error);
    }
}

gboolean
mimesend_field_append (
    GString *into, const char *name, MimesendFieldKind kind, const char *value, GError **error)
{
  g_autofree char *raw = write_value (name, kind, value, error);
  const char *at = raw, *end;

  if (raw == NULL)
    return FALSE;
  g_string_append (into, name);
  g_string_append_c (into, ':');
  for (; (end = strchr (at, '\n')) != NULL; at = end + 1)
    {
      g_string_append_len (into, at, end - at);
      g_string_append (into, "\r\n");
    }
  return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk/names.h"

#include <string.h>

static gboolean
list_has_utf8 (InternetAddressList *list)
{
  for (int i = 0; list != NULL && i < internet_address_list_length (list); i++)
    {
      InternetAddress *address = internet_address_list_get_address (list, i);

      if (INTERNET_ADDRESS_IS_GROUP (address))
        {
          if (list_has_utf8 (internet_address_group_get_members ((InternetAddressGroup *)address)))
            return TRUE;
        }
      else if (INTERNET_ADDRESS_IS_MAILBOX (address))
        {
          const char *mailbox = internet_address_mailbox_get_addr ((InternetAddressMailbox *)address);

          if (mailbox != NULL && !g_str_is_ascii (mailbox))
            return TRUE;
        }
    }
  return FALSE;
}

/* A display name that is not ASCII is no address, so the field is parsed; few fields need that. */
static gboolean
field_has_utf8 (const char *value)
{
  InternetAddressList *list;
  gboolean found;

  if (value == NULL || g_str_is_ascii (value) || !g_utf8_validate (value, -1, NULL))
    return FALSE;
  list = internet_address_list_parse (NULL, value);
  found = list_has_utf8 (list);
  g_clear_object (&list);
  return found;
}

gboolean
mimesend_walk_names_utf8 (GMimeObject *top)
{
  static const char *const fields[] = { "From", "Sender", "Reply-To", "To", "Cc" };
  GMimeHeaderList *headers = g_mime_object_get_header_list (top);

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header (headers, fields[i]);

      if (header != NULL && field_has_utf8 (g_mime_header_get_raw_value (header)))
        return TRUE;
    }
  return FALSE;
}

/* Printable ASCII in angle brackets, on one line. */
static gboolean
is_message_id (const char *text)
{
  gsize length = strlen (text);

  if (length < 3 || text[0] != '<' || strcspn (text, ">") != length - 1)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      return FALSE;
  return TRUE;
}

/* As it was written: GMime keeps what it decodes, and other threads may read the same tree. */
static const char *
raw_message_id (GMimeObject *object)
{
  GMimeHeader *header = g_mime_header_list_get_header (g_mime_object_get_header_list (object), "Message-ID");

  return header != NULL ? g_mime_header_get_raw_value (header) : NULL;
}

char *
mimesend_walk_dup_message_id (GMimeObject *top)
{
  const char *value = raw_message_id (top);
  GMimeObject *part = GMIME_IS_MESSAGE (top) ? g_mime_message_get_mime_part ((GMimeMessage *)top) : NULL;
  g_autofree char *id = NULL;

  if (value == NULL && part != NULL) /* its fields stand in the same block */
    value = raw_message_id (part);
  if (value == NULL)
    return NULL;
  id = g_strstrip (g_strdup (value));
  return is_message_id (id) ? g_steal_pointer (&id) : NULL;
}

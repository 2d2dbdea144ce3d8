/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/letter-header.h"

#include <string.h>

#include "mime/addresses.h"
#include "mimesend-error.h"

typedef struct
{
  const char *name;
  const char *instead;
} Refused;

/* Bcc in a header is a Bcc that everybody reads. */
static const Refused refused[] = {
  { "Bcc", "use bcc, which names them in no header" },
  { "Resent-Bcc", "use bcc, which names them in no header" },
  { "Return-Path", "use the reverse-path; the server writes this header (use bcc for hidden recipients)" },
  { "From", "use from" },
  { "To", "use to" },
  { "Cc", "use cc" },
  { "Reply-To", "use reply-to" },
  { "Subject", "use subject" },
  { "MIME-Version", "it is always written" },
  { "Content-Type", "use text, html or a part" },
  { "Content-Transfer-Encoding", "the part has it: it is chosen, or set on the part" },
  { "Content-", "set it on the part" },
};

/* Fields of addresses that have no setter; GMime reads and writes them as such. */
static const char *const address_fields[] = { "Sender",
                                              "Resent-From",
                                              "Resent-Sender",
                                              "Resent-To",
                                              "Resent-Cc",
                                              "Resent-Reply-To",
                                              "Disposition-Notification-To" };

static gboolean
check_allowed (const char *name, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      gsize length = strlen (refused[i].name);
      gboolean is_prefix = refused[i].name[length - 1] == '-';

      if (is_prefix ? g_ascii_strncasecmp (name, refused[i].name, length) == 0
                    : g_ascii_strcasecmp (name, refused[i].name) == 0)
        {
          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "the header %s cannot be added: %s",
                       name, refused[i].instead);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_addresses (const char *name, const char *value, GError **error)
{
  g_autoptr (GPtrArray) bare = g_ptr_array_new_with_free_func (g_free);
  InternetAddressList *list = internet_address_list_new ();
  gboolean good = mimesend_addresses_parse (list, bare, name, value, TRUE, error);

  g_object_unref (list);
  return good;
}

static gboolean
check_date (const char *value, GError **error)
{
  g_autoptr (GDateTime) date = g_mime_utils_header_decode_date (value);

  if (date != NULL)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "the header Date holds no date: write it as in Tue, 24 Nov 2026 09:00:00 +0100");
  return FALSE;
}

/* One header, unfolded. */
static gboolean
add_one (GPtrArray *found, const char *line, GError **error)
{
  const char *colon = strchr (line, ':');
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  g_autofree char *argument = NULL;
  MimesendLetterHeader *header;

  if (colon == NULL)
    {
      g_autofree char *shown = g_strescape (line, NULL);

      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                   "the header \"%.60s\" has no colon: write it as in X-Ticket: 42", shown);
      return FALSE;
    }
  name = g_strndup (line, (gsize)(colon - line));
  value = g_strstrip (g_strdup (colon + 1));
  argument = g_strdup_printf ("value of the header %.80s", name);
  if (!mimesend_header_check_name (name, error) || !check_allowed (name, error))
    return FALSE;
  if (!mimesend_header_check_value (argument, value, MIMESEND_HEADER_VALUE_MAX, error))
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (address_fields); i++)
    if (g_ascii_strcasecmp (name, address_fields[i]) == 0 && !check_addresses (name, value, error))
      return FALSE;
  if (g_ascii_strcasecmp (name, "Date") == 0 && !check_date (value, error))
    return FALSE;
  if (g_ascii_strcasecmp (name, "Message-ID") == 0)
    {
      char *id = mimesend_header_check_id ("header Message-ID", value, TRUE, error);

      if (id == NULL)
        return FALSE;
      g_free (value);
      value = id;
    }

  header = g_new (MimesendLetterHeader, 1);
  header->name = g_steal_pointer (&name);
  header->value = g_steal_pointer (&value);
  g_ptr_array_add (found, header);
  return TRUE;
}

gboolean
mimesend_letter_header_parse (GPtrArray *found, const char *text, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);

  while (*text != '\0')
    {
      gsize length = strcspn (text, "\n");
      gsize end = length > 0 && text[length] == '\n' && text[length - 1] == '\r' ? length - 1 : length;

      g_string_append_len (line, text, (gssize)end);
      text += text[length] == '\n' ? length + 1 : length;
      if (end > 0 && (*text == ' ' || *text == '\t'))
        continue;
      if (!add_one (found, line->str, error))
        return FALSE;
      g_string_truncate (line, 0);
    }
  if (found->len > 0)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "an empty header was given: write it as in X-Ticket: 42");
  return FALSE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/letter-header.h"

#include <string.h>

#include "mime/addresses.h"
#include "mimesend-error.h"
#include "octets/printable.h"

typedef struct
{
  const char *name;
  const char *instead;
} Refused;

/* Bcc in a header is a Bcc that every recipient reads. */
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

gboolean
mimesend_letter_header_check_name (const char *name, GError **error)
{
  if (!mimesend_header_check_name (name, error))
    return FALSE;
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

void
mimesend_letter_header_free (MimesendLetterHeader *header)
{
  g_clear_object (&header->list);
  g_free (header->name);
  g_free (header->value);
  g_free (header);
}

gboolean
mimesend_letter_header_has_addresses (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (address_fields); i++)
    if (g_ascii_strcasecmp (name, address_fields[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
parse_addresses (MimesendLetterHeader *header, GError **error)
{
  g_autoptr (GPtrArray) bare = g_ptr_array_new_with_free_func (g_free);

  header->list = internet_address_list_new ();
  return mimesend_addresses_parse (header->list, bare, header->name, header->value, TRUE, error);
}

gboolean
mimesend_letter_header_check_date (const char *value, GError **error)
{
  g_autoptr (GDateTime) date = g_mime_utils_header_decode_date (value);

  if (date != NULL)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "the header Date holds no date: write it as in Tue, 24 Nov 2026 09:00:00 +0100");
  return FALSE;
}

static gboolean
parse_id (MimesendLetterHeader *header, GError **error)
{
  char *id = mimesend_header_check_id ("header Message-ID", header->value, TRUE, error);

  if (id == NULL)
    return FALSE;
  g_free (header->value);
  header->value = id;
  return TRUE;
}

static gboolean
check_header (MimesendLetterHeader *header, GError **error)
{
  if (!mimesend_letter_header_check_name (header->name, error))
    return FALSE;
  if (mimesend_letter_header_has_addresses (header->name))
    return parse_addresses (header, error);
  if (g_ascii_strcasecmp (header->name, "Message-ID") == 0)
    return parse_id (header, error);
  if (!mimesend_header_check_field (header->name, header->value, error))
    return FALSE;
  return g_ascii_strcasecmp (header->name, "Date") != 0 ||
         mimesend_letter_header_check_date (header->value, error);
}

MimesendLetterHeader *
mimesend_letter_header_new (const char *name, const char *value, GError **error)
{
  MimesendLetterHeader *header = g_new0 (MimesendLetterHeader, 1);

  header->name = g_strdup (name);
  header->value = mimesend_header_trim (value);
  if (!check_header (header, error))
    g_clear_pointer (&header, mimesend_letter_header_free);
  return header;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header fields that people read, and those that are missing or doubled. */
#include "show/message-header.h"

#include <string.h>

static void
field_add (ShowMessage *self, const char *name, const char *value)
{
  ShowField *field;

  if (value == NULL)
    return;
  field = g_new (ShowField, 1);
  field->name = name;
  field->value = g_utf8_make_valid (value, -1);
  g_ptr_array_add (self->fields, field);
}

static void
header_add_addresses (ShowMessage *self, const char *name, InternetAddressList *list)
{
  g_autofree char *shown = NULL;

  if (list == NULL || internet_address_list_length (list) == 0)
    return;
  shown = internet_address_list_to_string (list, NULL, FALSE);
  field_add (self, name, shown);
}

/* RFC 5322 3.6 and RFC 2045 3: once each. */
static void
look_for_doubles (ShowMessage *self, GMimeHeaderList *headers)
{
  static const char *const single[] = { "Date",         "From",
                                        "Sender",       "Reply-To",
                                        "To",           "Cc",
                                        "Bcc",          "Message-ID",
                                        "In-Reply-To",  "References",
                                        "Subject",      "MIME-Version",
                                        "Content-Type", "Content-Transfer-Encoding" };

  for (guint k = 0; k < G_N_ELEMENTS (single); k++)
    {
      guint n = 0;

      for (int i = 0; i < g_mime_header_list_get_count (headers); i++)
        n += g_ascii_strcasecmp (g_mime_header_get_name (g_mime_header_list_get_header_at (headers, i)),
                                 single[k]) == 0;
      if (n > 1)
        show_message_note (self, "the header has %u fields %s: one is allowed", n, single[k]);
    }
}

static void
look_for_missing (ShowMessage *self, GMimeObject *message)
{
  if (g_mime_object_get_header (message, "From") == NULL)
    show_message_note (self, "the header has no From (RFC 5322 3.6)");
  if (g_mime_object_get_header (message, "Date") == NULL)
    show_message_note (self, "the header has no Date (RFC 5322 3.6)");
  else if (g_mime_message_get_date (GMIME_MESSAGE (message)) == NULL)
    show_message_note (self, "the Date cannot be read");
  if (g_mime_object_get_header (message, "Message-ID") == NULL)
    show_message_note (self, "the header has no Message-ID");
  if (g_mime_object_get_header (message, "MIME-Version") == NULL &&
      g_mime_object_get_header (message, "Content-Type") != NULL)
    show_message_note (self, "the header has Content-Type and no MIME-Version (RFC 2045 4)");
  if (g_mime_object_get_header (message, "Bcc") != NULL)
    show_message_note (self, "the header has Bcc: every recipient can read it");
}

void
show_header_look (ShowMessage *self, GMimeMessage *message)
{
  GMimeObject *object = GMIME_OBJECT (message);
  GMimeHeaderList *headers = g_mime_object_get_header_list (object);
  GDateTime *date = g_mime_message_get_date (message);
  g_autofree char *shown_date = date != NULL ? g_mime_utils_header_format_date (date) : NULL;

  header_add_addresses (self, "From", g_mime_message_get_from (message));
  header_add_addresses (self, "Sender", g_mime_message_get_sender (message));
  header_add_addresses (self, "Reply-To", g_mime_message_get_reply_to (message));
  header_add_addresses (self, "To", g_mime_message_get_to (message));
  header_add_addresses (self, "Cc", g_mime_message_get_cc (message));
  header_add_addresses (self, "Bcc", g_mime_message_get_bcc (message));
  field_add (self, "Subject", g_mime_message_get_subject (message));
  field_add (self, "Date", shown_date);
  field_add (self, "Message-ID", g_mime_message_get_message_id (message));
  look_for_missing (self, object);
  look_for_doubles (self, headers);
}

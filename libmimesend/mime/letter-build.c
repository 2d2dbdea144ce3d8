/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Builds the message: headers around the tree of letter-assemble.c. A field that the body has is not written. */
#include <string.h>

#include "mime/addresses.h"
#include "mime/letter.h"
#include "mime/stamp.h"
#include "mimesend-error.h"
#include "octets/mailbox.h"

/* (nullable): the value of this header in the body. */
static const char *
given (MimesendLetter *self, const char *name)
{
  GMimeObject *part;
  const char *value;

  if (self->body == NULL)
    return NULL;
  value = g_mime_object_get_header (self->body, name);
  if (value != NULL || !GMIME_IS_MESSAGE (self->body))
    return value;
  part = g_mime_message_get_mime_part (GMIME_MESSAGE (self->body));
  return part != NULL ? g_mime_object_get_header (part, name) : NULL;
}

/* (transfer full): an id at the sender's domain, or this host's. */
static char *
make_id (MimesendLetter *self)
{
  return mimesend_stamp_id_for (mimesend_letter_get_reverse_path (self),
                                self->from.bare->len > 0 ? self->from.bare->pdata[0] : NULL, self->id_domain);
}

/* A literal of IPv4 without its brackets is one, as far as a message id is concerned; of IPv6 it is not. */
static gboolean
serves_in_id (const char *domain)
{
  return mimesend_domain_is_valid (domain, strlen (domain), FALSE) && *domain != '[';
}

/**
 * mimesend_letter_set_id_domain: (set-property id-domain)
 * @self: a letter
 * @domain: (nullable): a domain, or an address literal, as it is said in EHLO; %NULL: none
 * @error: return location for an error, or %NULL
 *
 * Sets the domain at which the Message-ID is made where neither the reverse-path nor the header From has one
 * (RFC 5322 3.6.4): this host's name. Without it the sending functions take the name that they say in EHLO, and
 * mimesend_letter_build() takes localhost.invalid.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ARGUMENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_id_domain (MimesendLetter *self, const char *domain, GError **error)
{
  g_autofree char *bare = NULL;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  if (domain != NULL)
    bare = domain[0] == '[' && g_str_has_suffix (domain, "]") ? g_strndup (domain + 1, strlen (domain) - 2)
                                                              : g_strdup (domain);
  if (bare != NULL && !serves_in_id (bare))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "no domain for message ids: write it as in mail.example.com, or [192.0.2.1]");
      return FALSE;
    }
  mimesend_letter_replace (self, MIMESEND_LETTER_ID_DOMAIN, &self->id_domain, bare);
  return TRUE;
}

/**
 * mimesend_letter_get_id_domain: (get-property id-domain)
 * @self: a letter
 *
 * Gets the domain at which a Message-ID is made where no address of the letter has one.
 *
 * Returns: (nullable): it, a literal without its brackets; %NULL: none is set
 *
 * Since: 0.1
 */
const char *
mimesend_letter_get_id_domain (MimesendLetter *self)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  return self->id_domain;
}

void
mimesend_letter_default_id_domain (MimesendLetter *self, const char *domain)
{
  if (domain != NULL && self->id_domain == NULL && self->made_id == NULL && serves_in_id (domain))
    self->id_domain = g_strdup (domain);
}

/**
 * mimesend_letter_set_message_id: (set-property message-id)
 * @self: a letter
 * @id: (nullable): an id, with or without angle brackets (RFC 5322 3.6.4); %NULL: one is made
 * @error: return location for an error, or %NULL
 *
 * Sets the Message-ID. It stays when the letter is changed, and must be unique.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_message_id (MimesendLetter *self, const char *id, GError **error)
{
  g_autofree char *bare = NULL;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  if (id != NULL)
    bare = mimesend_header_check_id ("message-id", id, TRUE, error);
  if (id != NULL && bare == NULL)
    return FALSE;
  mimesend_letter_replace (self, MIMESEND_LETTER_MESSAGE_ID, &self->given_id, bare);
  return TRUE;
}

/**
 * mimesend_letter_get_message_id: (get-property message-id)
 * @self: a letter
 *
 * Gets the Message-ID that the letter has or will have when it is built. It stays the same until the letter is changed.
 *
 * Returns: the message id, without angle brackets
 *
 * Since: 0.1
 */
const char *
mimesend_letter_get_message_id (MimesendLetter *self)
{
  const char *value;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  value = given (self, "Message-ID");
  if (value != NULL && self->made_id == NULL)
    self->made_id = g_mime_utils_decode_message_id (value);
  if (self->made_id == NULL && self->given_id == NULL)
    self->made_id = make_id (self);
  return self->made_id != NULL ? self->made_id : self->given_id;
}

/**
 * mimesend_letter_set_date: (set-property date)
 * @self: a letter
 * @date: (nullable): when it was written; %NULL: when it is built
 *
 * Sets the header Date, to the second.
 *
 * Since: 0.1
 */
void
mimesend_letter_set_date (MimesendLetter *self, GDateTime *date)
{
  g_autofree char *text = NULL;

  g_return_if_fail (MIMESEND_IS_LETTER (self));
  if (date != NULL)
    text = g_mime_utils_header_format_date (date);
  mimesend_letter_replace (self, MIMESEND_LETTER_DATE, &self->given_date, text);
}

/**
 * mimesend_letter_get_date: (get-property date)
 * @self: a letter
 *
 * Gets the header Date: of the body if it has one, else what was set. A letter without either gets a date when it is built or
 * sent, which is not told here.
 *
 * Returns: (transfer full) (nullable): the date, to the second; %NULL: none is set
 *
 * Since: 0.1
 */
GDateTime *
mimesend_letter_get_date (MimesendLetter *self)
{
  const char *value;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  value = given (self, "Date");
  if (value == NULL)
    value = self->given_date;
  return value != NULL ? g_mime_utils_header_decode_date (value) : NULL;
}

static void
set_addresses (MimesendLetter *self, GMimeMessage *message, MimesendLetterField *field, const char *name)
{
  if (internet_address_list_length (field->list) > 0 && given (self, name) == NULL)
    mimesend_header_append_addresses (GMIME_OBJECT (message), name, field->list);
}

static void
set_plain (MimesendLetter *self, GMimeMessage *message, const char *name, const char *value)
{
  if (value != NULL && given (self, name) == NULL)
    mimesend_header_append (GMIME_OBJECT (message), name, value, NULL);
}

/* Writes From and Sender. */
static gboolean
set_originator (MimesendLetter *self, GMimeMessage *message, GError **error)
{
  const char *reverse_path = mimesend_letter_get_reverse_path (self);
  guint n = self->from.bare->len;

  if (n == 0 && given (self, "From") == NULL)
    {
      if (reverse_path == NULL || *reverse_path == '\0')
        {
          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                       "the letter has no sender: set from (the header) or the reverse-path (the envelope)");
          return FALSE;
        }
      g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_FROM, NULL, reverse_path);
      return TRUE;
    }
  if (n > 1 && (reverse_path == NULL || *reverse_path == '\0'))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "from has %u addresses: set the reverse-path to the one that sends", n);
      return FALSE;
    }
  set_addresses (self, message, &self->from, "From");
  return TRUE;
}

static gboolean
has_header (MimesendLetter *self, const char *name)
{
  for (guint i = 0; i < self->headers->len; i++)
    if (g_ascii_strcasecmp (((MimesendLetterHeader *)self->headers->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

/* A destination field is not required, but many filters expect one: an empty group. */
static void
set_destination (MimesendLetter *self, GMimeMessage *message)
{
  set_addresses (self, message, &self->to, "To");
  set_addresses (self, message, &self->cc, "Cc");
  if (self->to.bare->len == 0 && self->cc.bare->len == 0 && self->bcc.bare->len > 0 &&
      given (self, "To") == NULL && given (self, "Cc") == NULL)
    {
      GMimeHeaderList *headers = g_mime_object_get_header_list (GMIME_OBJECT (message));

      g_mime_header_list_set (headers, "To", "undisclosed-recipients:;", NULL);
      g_mime_header_set_raw_value (g_mime_header_list_get_header (headers, "To"),
                                   " undisclosed-recipients:;\n");
    }
}

/* Headers of a body that stands deeper now, or whose message was taken apart. */
static void
carry_up (GMimeMessage *message, GMimeObject *from)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (from);

  for (int i = 0; i < g_mime_header_list_get_count (headers); i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header_at (headers, i);
      const char *name = g_mime_header_get_name (header);

      if (g_ascii_strncasecmp (name, "Content-", 8) != 0 && g_ascii_strcasecmp (name, "Bcc") != 0 &&
          g_ascii_strcasecmp (name, "Resent-Bcc") != 0)
        mimesend_header_copy (GMIME_OBJECT (message), header);
    }
}

static void
set_headers (MimesendLetter *self, GMimeMessage *message)
{
  set_addresses (self, message, &self->reply_to, "Reply-To");
  set_destination (self, message);
  set_plain (self, message, "Subject", self->subject);
  if (self->given_date == NULL && self->made_date == NULL)
    self->made_date = mimesend_stamp_date ();
  set_plain (self, message, "Date", self->given_date != NULL ? self->given_date : self->made_date);
  if (given (self, "Message-ID") == NULL)
    {
      g_autofree char *id = g_strdup_printf ("<%s>", mimesend_letter_get_message_id (self));

      g_mime_object_set_header (GMIME_OBJECT (message), "Message-ID", id, NULL);
    }
  /* RFC 5322 3.6.2: several authors, one sender. */
  if (self->from.bare->len > 1 && given (self, "Sender") == NULL && !has_header (self, "Sender") &&
      given (self, "From") == NULL)
    g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_SENDER, NULL,
                                mimesend_letter_get_reverse_path (self));
  for (guint i = 0; i < self->headers->len; i++)
    {
      MimesendLetterHeader *header = self->headers->pdata[i];

      if (given (self, header->name) != NULL)
        continue;
      if (header->list != NULL)
        mimesend_header_append_addresses (GMIME_OBJECT (message), header->name, header->list);
      else
        mimesend_header_append (GMIME_OBJECT (message), header->name, header->value, NULL);
    }
}

/* FALSE with error; *part is what is sent, or was given up. */
static gboolean
protect (MimesendLetter *self, GMimeMessage *message, GMimeObject **part, GError **error)
{
  GMimeObject *whole;

  if (self->protector == NULL)
    return TRUE;
  whole = self->protection->protect (self->protector, self, message, *part, error);
  g_object_unref (*part);
  *part = whole;
  return whole != NULL;
}

/* The first property whose value was not taken. */
static gboolean
letter_check_faults (MimesendLetter *self, GError **error)
{
  for (guint i = 0; i < MIMESEND_LETTER_N_PROPERTIES; i++)
    if (self->faults[i] != NULL)
      {
        g_propagate_error (error, g_error_copy (self->faults[i]));
        return FALSE;
      }
  return TRUE;
}

/**
 * mimesend_letter_build:
 * @self: a letter
 * @error: return location for an error, or %NULL
 *
 * Makes a message of the letter, with Date, Message-ID and MIME-Version, and without Bcc. Files and streams are read when
 * it is rendered. Can be called again.
 *
 * Errors: %MIMESEND_ERROR_ARGUMENT if there is neither From nor reverse-path, %MIMESEND_ERROR_CONTENT when the text is not
 * in its charset, those of mimesend_security_protect() when the letter is signed or encrypted; in addition whatever was
 * wrong with the value that was written to a property.
 *
 * Returns: (transfer full): a #GMimeMessage, or %NULL with @error set
 *
 * Since: 0.1
 */
GMimeObject *
mimesend_letter_build (MimesendLetter *self, GError **error)
{
  GMimeMessage *message;
  GMimeObject *part = NULL;
  gboolean carry;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  if (!letter_check_faults (self, error))
    return NULL;
  message = g_mime_message_new (FALSE);
  if (set_originator (self, message, error))
    part = mimesend_letter_assemble (self, &carry, error);
  if (part == NULL)
    {
      g_object_unref (message);
      return NULL;
    }
  set_headers (self, message);
  if (self->body != NULL && (carry || GMIME_IS_MESSAGE (self->body)))
    {
      carry_up (message, self->body);
      if (carry && GMIME_IS_MESSAGE (self->body) &&
          g_mime_message_get_mime_part (GMIME_MESSAGE (self->body)) != NULL)
        carry_up (message, g_mime_message_get_mime_part (GMIME_MESSAGE (self->body)));
    }
  if (!protect (self, message, &part, error))
    {
      g_object_unref (message);
      return NULL;
    }
  g_mime_message_set_mime_part (message, part);
  /* The part has its own MIME-Version. */
  if (g_mime_object_get_header (part, "MIME-Version") != NULL)
    g_mime_object_remove_header (GMIME_OBJECT (message), "MIME-Version");
  g_object_unref (part);
  return GMIME_OBJECT (message);
}

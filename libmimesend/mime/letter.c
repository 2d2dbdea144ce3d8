/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A letter: what is set is checked at once; letter-build.c makes a message of it. */
#include "mime/letter.h"

#include <string.h>

#include "mime/addresses.h"
#include "mime/letter-header.h"
#include "mime/sniff.h"
#include "mimesend-error.h"
#include "mimesend-part.h"

/**
 * MimesendLetter:
 *
 * From, To, Cc, Bcc, Subject, a text, HTML or part, and attachments: what send-letter has for arguments. A
 * letter may be built and sent as often as wanted, to the same recipients or to others: sending adds nothing to it. What is
 * read from a pipe can be sent once (#MimesendContent).
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (MimesendLetter, mimesend_letter, G_TYPE_OBJECT)

static void
field_init (MimesendLetterField *field, const char *name)
{
  field->name = name;
  field->list = internet_address_list_new ();
  field->bare = g_ptr_array_new_with_free_func (g_free);
}

static void
field_clear (MimesendLetterField *field)
{
  g_object_unref (field->list);
  g_ptr_array_unref (field->bare);
}

static void
mimesend_letter_init (MimesendLetter *self)
{
  mimesend_mime_init ();
  field_init (&self->from, "from");
  field_init (&self->to, "to");
  field_init (&self->cc, "cc");
  field_init (&self->bcc, "bcc");
  field_init (&self->reply_to, "reply-to");
  self->headers = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_letter_header_free);
  self->attachments = g_ptr_array_new_with_free_func (g_object_unref);
  self->charset = g_strdup ("utf-8");
}

static void
mimesend_letter_finalize (GObject *object)
{
  MimesendLetter *self = MIMESEND_LETTER (object);

  field_clear (&self->from);
  field_clear (&self->to);
  field_clear (&self->cc);
  field_clear (&self->bcc);
  field_clear (&self->reply_to);
  g_ptr_array_unref (self->headers);
  g_ptr_array_unref (self->attachments);
  g_clear_object (&self->body);
  g_free (self->reverse_path);
  g_free (self->subject);
  g_free (self->charset);
  g_free (self->text);
  g_free (self->html);
  g_free (self->id_domain);
  g_free (self->given_id);
  g_free (self->given_date);
  g_free (self->made_id);
  g_free (self->made_date);
  if (self->protector != NULL)
    self->protection->unref (self->protector);
  G_OBJECT_CLASS (mimesend_letter_parent_class)->finalize (object);
}

static void
mimesend_letter_class_init (MimesendLetterClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mimesend_letter_finalize;
}

/* A letter that was changed is another one: two with the same Message-ID are one to receivers. */
static void
changed (MimesendLetter *self)
{
  g_clear_pointer (&self->made_id, g_free);
  g_clear_pointer (&self->made_date, g_free);
}

void
mimesend_letter_set_protection (MimesendLetter *self,
                                const MimesendLetterProtection *protection,
                                gpointer protector)
{
  gpointer before = self->protector;

  self->protector = protector != NULL ? protection->ref (protector) : NULL;
  if (before != NULL)
    self->protection->unref (before);
  self->protection = protection;
  changed (self);
}

static void
replace_string (MimesendLetter *self, char **where, const char *value)
{
  char *copy = g_strdup (value);

  g_free (*where);
  *where = copy;
  changed (self);
}

static gboolean
add_addresses (MimesendLetter *self, MimesendLetterField *field, const char *addresses, GError **error)
{
  changed (self);
  return mimesend_addresses_parse (field->list, field->bare, field->name, addresses, TRUE, error);
}

/**
 * mimesend_letter_new:
 *
 * Makes a letter to be filled in; what is sent without Date, Message-ID and MIME-Version gets them.
 *
 * Returns: (transfer full): a letter in which nothing is set
 *
 * Since: 0.1
 */
MimesendLetter *
mimesend_letter_new (void)
{
  return g_object_new (MIMESEND_TYPE_LETTER, NULL);
}

static void
field_copy (MimesendLetterField *to, const MimesendLetterField *from)
{
  internet_address_list_append (to->list, from->list);
  for (guint i = 0; i < from->bare->len; i++)
    g_ptr_array_add (to->bare, g_strdup (from->bare->pdata[i]));
}

static gpointer
header_copy (gconstpointer header, gpointer unused)
{
  MimesendLetterHeader *copy = g_memdup2 (header, sizeof *copy);

  copy->name = g_strdup (copy->name);
  copy->value = g_strdup (copy->value);
  copy->list = copy->list != NULL ? g_object_ref (copy->list) : NULL; /* it does not change */
  return copy;
}

static gpointer
object_ref (gconstpointer object, gpointer unused)
{
  return g_object_ref ((gpointer)object);
}

MimesendLetter *
mimesend_letter_copy (MimesendLetter *self)
{
  MimesendLetter *copy = mimesend_letter_new ();

  field_copy (&copy->from, &self->from);
  field_copy (&copy->to, &self->to);
  field_copy (&copy->cc, &self->cc);
  field_copy (&copy->bcc, &self->bcc);
  field_copy (&copy->reply_to, &self->reply_to);
  g_ptr_array_extend (copy->headers, self->headers, header_copy, NULL);
  g_ptr_array_extend (copy->attachments, self->attachments, object_ref, NULL);
  g_free (copy->charset);
  copy->charset = g_strdup (self->charset);
  copy->reverse_path = g_strdup (self->reverse_path);
  copy->subject = g_strdup (self->subject);
  copy->text = g_strdup (self->text);
  copy->html = g_strdup (self->html);
  g_set_object (&copy->body, self->body);
  copy->id_domain = g_strdup (self->id_domain);
  copy->given_id = g_strdup (self->given_id);
  copy->given_date = g_strdup (self->given_date);
  copy->made_id = g_strdup (self->made_id);
  copy->made_date = g_strdup (self->made_date);
  copy->protection = self->protection;
  copy->protector = self->protector != NULL ? self->protection->ref (self->protector) : NULL;
  return copy;
}

void
mimesend_letter_keep_made (MimesendLetter *self, MimesendLetter *copy)
{
  if (self->made_id == NULL)
    self->made_id = g_strdup (copy->made_id);
  if (self->made_date == NULL)
    self->made_date = g_strdup (copy->made_date);
}

/**
 * mimesend_letter_set_from:
 * @self: a letter
 * @addresses: one address or several, with or without display names, in UTF-8
 * @error: return location for an error, or %NULL
 *
 * Sets the header From. Without mimesend_letter_set_reverse_path () its address is the reverse-path too;
 * several addresses need one.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ADDRESS, %MIMESEND_ERROR_CONTENT) and nothing
 * changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_from (MimesendLetter *self, const char *addresses, GError **error)
{
  MimesendLetterField from;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);
  field_init (&from, "from");
  if (!mimesend_addresses_parse (from.list, from.bare, from.name, addresses, FALSE, error))
    {
      field_clear (&from);
      return FALSE;
    }
  field_clear (&self->from);
  self->from = from;
  changed (self);
  return TRUE;
}

/**
 * mimesend_letter_set_reverse_path:
 * @self: a letter
 * @address: a bare address, or "<>" or "" for the null reverse-path (RFC 5321 4.5.5)
 * @error: return location for an error, or %NULL
 *
 * Sets the address to which failures are reported. Without mimesend_letter_set_from () it is the header From
 * too.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ADDRESS) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_reverse_path (MimesendLetter *self, const char *address, GError **error)
{
  MimesendMailbox mailbox;
  gboolean is_null;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);
  is_null = *address == '\0' || strcmp (address, "<>") == 0;
  if (!is_null && !mimesend_addresses_check_bare ("reverse-path", address, strlen (address), &mailbox, error))
    return FALSE;
  replace_string (self, &self->reverse_path, is_null ? "" : address);
  return TRUE;
}

/**
 * mimesend_letter_add_to:
 * @self: a letter
 * @addresses: one address or several, with or without display names or groups, in UTF-8
 * @error: return location for an error, or %NULL
 *
 * Adds recipients that are named in the header To.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ADDRESS, %MIMESEND_ERROR_CONTENT) and nothing
 * changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_add_to (MimesendLetter *self, const char *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);
  return add_addresses (self, &self->to, addresses, error);
}

/**
 * mimesend_letter_add_cc:
 * @self: a letter
 * @addresses: as for mimesend_letter_add_to ()
 * @error: return location for an error, or %NULL
 *
 * Adds recipients that are named in the header Cc.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_add_cc (MimesendLetter *self, const char *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);
  return add_addresses (self, &self->cc, addresses, error);
}

/**
 * mimesend_letter_add_bcc:
 * @self: a letter
 * @addresses: as for mimesend_letter_add_to ()
 * @error: return location for an error, or %NULL
 *
 * Adds recipients that no header names.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_add_bcc (MimesendLetter *self, const char *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);
  return add_addresses (self, &self->bcc, addresses, error);
}

/**
 * mimesend_letter_add_reply_to:
 * @self: a letter
 * @addresses: as for mimesend_letter_add_to ()
 * @error: return location for an error, or %NULL
 *
 * Adds addresses to the header Reply-To. They are no recipients.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_add_reply_to (MimesendLetter *self, const char *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);
  return add_addresses (self, &self->reply_to, addresses, error);
}

/**
 * mimesend_letter_set_subject:
 * @self: a letter
 * @subject: (nullable): one line in UTF-8, at most 16 KiB; %NULL for none
 * @error: return location for an error, or %NULL
 *
 * Sets the header Subject.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_subject (MimesendLetter *self, const char *subject, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  if (subject != NULL &&
      (!mimesend_header_check_value ("subject", subject, MIMESEND_HEADER_VALUE_MAX, error) ||
       !mimesend_header_check_field ("Subject", subject, error)))
    return FALSE;
  replace_string (self, &self->subject, subject);
  return TRUE;
}

/**
 * mimesend_letter_add_header:
 * @self: a letter
 * @header: "Name: value" in UTF-8; several lines are several headers, and a line that begins with a blank
 * continues the one ahead of it
 * @error: return location for an error, or %NULL
 *
 * Adds headers as they stand. Date and Message-ID replace the letter's own. Those that have a setter (From,
 * To, Cc, Reply-To, Subject, MIME-Version, Content-*) and Bcc, Resent-Bcc and Return-Path are
 * %MIMESEND_ERROR_ARGUMENT. A value that comes from elsewhere must not have line ends in it: here they begin
 * another header.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_add_header (MimesendLetter *self, const char *header, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_letter_header_free);

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (header != NULL, FALSE);
  if (!mimesend_letter_header_parse (found, header, error))
    return FALSE;
  while (found->len > 0)
    {
      MimesendLetterHeader *one = g_ptr_array_steal_index (found, 0);
      gboolean is_date = g_ascii_strcasecmp (one->name, "Date") == 0;

      if (!is_date && g_ascii_strcasecmp (one->name, "Message-ID") != 0)
        {
          g_ptr_array_add (self->headers, one);
          continue;
        }
      replace_string (self, is_date ? &self->given_date : &self->given_id, one->value);
      mimesend_letter_header_free (one);
    }
  changed (self);
  return TRUE;
}

/**
 * mimesend_letter_set_charset:
 * @self: a letter
 * @charset: the charset in which text and HTML are
 * @error: return location for an error, or %NULL
 *
 * Names the charset of text and HTML, which is UTF-8 otherwise. Nothing is converted.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_CONTENT: it is not known) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_charset (MimesendLetter *self, const char *charset, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (charset != NULL, FALSE);
  if (!mimesend_sniff_check_charset_name (charset, error))
    return FALSE;
  replace_string (self, &self->charset, charset);
  return TRUE;
}

/**
 * mimesend_letter_set_text:
 * @self: a letter
 * @text: (nullable): the text; %NULL for none
 *
 * Sets the text of the letter. With HTML too they become a multipart/alternative. That the text is in the
 * charset of the letter is checked when it is built.
 *
 * Since: 0.1
 */
void
mimesend_letter_set_text (MimesendLetter *self, const char *text)
{
  g_return_if_fail (MIMESEND_IS_LETTER (self));
  replace_string (self, &self->text, text);
}

/**
 * mimesend_letter_set_html:
 * @self: a letter
 * @html: (nullable): HTML; %NULL for none
 *
 * Sets the HTML of the letter.
 *
 * Since: 0.1
 */
void
mimesend_letter_set_html (MimesendLetter *self, const char *html)
{
  g_return_if_fail (MIMESEND_IS_LETTER (self));
  replace_string (self, &self->html, html);
}

/**
 * mimesend_letter_set_body:
 * @self: a letter
 * @part: (nullable): a part, or a message whose headers and body are used; %NULL for none
 *
 * Sets the body instead of text and HTML. Fields that it has already (Subject, From …) are left as they are,
 * and the letter writes none of that name. The part is held, not changed.
 *
 * Since: 0.1
 */
void
mimesend_letter_set_body (MimesendLetter *self, GMimeObject *part)
{
  g_return_if_fail (MIMESEND_IS_LETTER (self));
  g_return_if_fail (part == NULL || GMIME_IS_OBJECT (part));
  g_set_object (&self->body, part);
  changed (self);
}

/**
 * mimesend_letter_attach_part:
 * @self: a letter
 * @part: a part; a #GMimeMessage is attached as message/rfc822
 *
 * Attaches a part. It is held, not changed.
 *
 * Since: 0.1
 */
void
mimesend_letter_attach_part (MimesendLetter *self, GMimeObject *part)
{
  g_return_if_fail (MIMESEND_IS_LETTER (self));
  g_return_if_fail (GMIME_IS_OBJECT (part));
  g_ptr_array_add (self->attachments, g_object_ref (part));
  changed (self);
}

/**
 * mimesend_letter_attach_file:
 * @self: a letter
 * @path: (type filename): a file
 * @error: return location for an error, or %NULL
 *
 * Attaches a file, as mimesend_part_new_file () makes a part of it.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_attach_file (MimesendLetter *self, const char *path, GError **error)
{
  GMimeObject *part;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  part = mimesend_part_new_file (path, error);
  if (part == NULL)
    return FALSE;
  g_ptr_array_add (self->attachments, part);
  changed (self);
  return TRUE;
}

/**
 * mimesend_letter_attach_stream:
 * @self: a letter
 * @stream: a stream, which is read when the letter is sent
 * @name: (nullable): the file name under which it travels
 * @error: return location for an error, or %NULL
 *
 * Attaches what a stream holds. The type follows from the name.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_attach_stream (MimesendLetter *self, GMimeStream *stream, const char *name, GError **error)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  GMimeObject *part;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (GMIME_IS_STREAM (stream), FALSE);
  mimesend_part_builder_set_stream (builder, stream);
  mimesend_part_builder_set_name (builder, name);
  part = mimesend_part_builder_build (builder, error);
  if (part == NULL)
    return FALSE;
  g_ptr_array_add (self->attachments, part);
  changed (self);
  return TRUE;
}

/**
 * mimesend_letter_get_reverse_path:
 * @self: a letter
 *
 * Gets the address that errors are returned to: what mimesend_letter_set_reverse_path() set, else a single From.
 *
 * Returns: (nullable): the reverse-path, which may be "", the null one; %NULL while neither it nor a single
 * From is set
 *
 * Since: 0.1
 */
const char *
mimesend_letter_get_reverse_path (MimesendLetter *self)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  if (self->reverse_path != NULL)
    return self->reverse_path;
  return self->from.bare->len == 1 ? self->from.bare->pdata[0] : NULL;
}

/**
 * mimesend_letter_get_recipients:
 * @self: a letter
 *
 * Gets the recipients of the letter, for an envelope.
 *
 * Returns: (transfer full) (array zero-terminated=1): the bare addresses of To, Cc and Bcc in this order,
 * each once; free with g_strfreev ()
 *
 * Since: 0.1
 */
char **
mimesend_letter_get_recipients (MimesendLetter *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *recipients;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  recipients = g_ptr_array_new ();
  mimesend_addresses_collect (self->to.bare, seen, recipients);
  mimesend_addresses_collect (self->cc.bare, seen, recipients);
  mimesend_addresses_collect (self->bcc.bare, seen, recipients);
  g_ptr_array_add (recipients, NULL);
  return (char **)g_ptr_array_free (recipients, FALSE);
}

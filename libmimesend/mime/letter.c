/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A letter: its setters, which check at once. letter-build.c builds the message, letter-address.c has the addresses,
 * letter-attach.c the attachments. */
#include "mime/letter.h"

#include "mime/addresses.h"
#include "mime/letter-header.h"
#include "mime/sniff.h"
#include "mimesend-error.h"

/**
 * MimesendLetter:
 *
 * A letter: From, To, Cc, Bcc, Subject, a text, HTML or part, and attachments. It can be built and sent any number of
 * times, to the same recipients or to others: sending does not change it. What is read from a pipe can be sent once
 * (#MimesendContent).
 *
 * A setter that can refuse its value returns %FALSE with an error, and nothing is changed then; one that takes every value
 * returns nothing. A property is set by its setter. Since no error can be given there, a value that is refused is kept in mind:
 * the property stays as it is, and mimesend_letter_build() and all functions that send the letter fail with that error until
 * the property is set right.
 *
 * ```python
 * letter = Mimesend.Letter(subject='Minutes', text='See attachment.\n', to=['Ann <ann@example.org>'])
 * letter.set_from('Joe <joe@example.com>')
 * letter.attach_file('minutes.pdf')
 * receipt = session.send_letter(letter, Mimesend.SendFlags.DEFAULT, None)
 * ```
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (MimesendLetter, mimesend_letter, G_TYPE_OBJECT)

static void
mimesend_letter_init (MimesendLetter *self)
{
  mimesend_mime_init ();
  mimesend_letter_fields_init (self);
  self->headers = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_letter_header_free);
  self->attachments = g_ptr_array_new_with_free_func (g_object_unref);
  self->charset = g_strdup ("utf-8");
}

static void
mimesend_letter_finalize (GObject *object)
{
  MimesendLetter *self = MIMESEND_LETTER (object);

  mimesend_letter_fields_clear (self);
  g_ptr_array_unref (self->headers);
  g_ptr_array_unref (self->attachments);
  g_clear_pointer (&self->calendar, mimesend_calendar_unref);
  g_clear_object (&self->body);
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
  for (guint i = 0; i < MIMESEND_LETTER_N_PROPERTIES; i++)
    g_clear_error (&self->faults[i]);
  G_OBJECT_CLASS (mimesend_letter_parent_class)->finalize (object);
}

static void
mimesend_letter_class_init (MimesendLetterClass *class)
{
  G_OBJECT_CLASS (class)->finalize = mimesend_letter_finalize;
  mimesend_letter_install_properties (G_OBJECT_CLASS (class));
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
  mimesend_letter_changed (self);
}

/**
 * mimesend_letter_new:
 *
 * Makes an empty letter. Date, Message-ID and MIME-Version are added when it is built.
 *
 * Returns: (transfer full): a letter
 *
 * Since: 0.1
 */
MimesendLetter *
mimesend_letter_new (void)
{
  return g_object_new (MIMESEND_TYPE_LETTER, NULL);
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

  mimesend_letter_fields_copy (copy, self);
  g_ptr_array_extend (copy->headers, self->headers, header_copy, NULL);
  g_ptr_array_extend (copy->attachments, self->attachments, object_ref, NULL);
  g_free (copy->charset);
  copy->charset = g_strdup (self->charset);
  copy->subject = g_strdup (self->subject);
  copy->text = g_strdup (self->text);
  copy->html = g_strdup (self->html);
  g_set_object (&copy->body, self->body);
  copy->calendar = self->calendar != NULL ? mimesend_calendar_ref (self->calendar) : NULL;
  copy->id_domain = g_strdup (self->id_domain);
  copy->given_id = g_strdup (self->given_id);
  copy->given_date = g_strdup (self->given_date);
  copy->made_id = g_strdup (self->made_id);
  copy->made_date = g_strdup (self->made_date);
  copy->protection = self->protection;
  copy->protector = self->protector != NULL ? self->protection->ref (self->protector) : NULL;
  for (guint i = 0; i < MIMESEND_LETTER_N_PROPERTIES; i++)
    if (self->faults[i] != NULL)
      copy->faults[i] = g_error_copy (self->faults[i]);
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
 * mimesend_letter_set_subject: (set-property subject)
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
  mimesend_letter_replace (self, MIMESEND_LETTER_SUBJECT, &self->subject, subject);
  return TRUE;
}

/**
 * mimesend_letter_get_subject: (get-property subject)
 * @self: a letter
 *
 * Gets the header Subject.
 *
 * Returns: (nullable): the subject, as it was set; %NULL: none
 *
 * Since: 0.1
 */
const char *
mimesend_letter_get_subject (MimesendLetter *self)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  return self->subject;
}

/**
 * mimesend_letter_add_header:
 * @self: a letter
 * @name: the name of a header, such as "X-Ticket"
 * @value: its value in UTF-8, on one line; long ones are folded when the letter is sent
 * @error: return location for an error, or %NULL
 *
 * Adds a header field; there may be several of the same name. Date and Message-ID replace the letter's own. Those that have
 * another setter (From, To, Cc, Reply-To, Subject, MIME-Version, Content-*) and Bcc, Resent-Bcc and Return-Path are
 * %MIMESEND_ERROR_ARGUMENT.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ARGUMENT; %MIMESEND_ERROR_CONTENT for a name or a value that no
 *   header may have, such as one with a line end; %MIMESEND_ERROR_ADDRESS in a header of addresses) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_add_header (MimesendLetter *self, const char *name, const char *value, GError **error)
{
  MimesendLetterHeader *header;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);
  header = mimesend_letter_header_new (name, value, error);
  if (header == NULL)
    return FALSE;
  if (g_ascii_strcasecmp (name, "Date") == 0)
    mimesend_letter_replace (self, MIMESEND_LETTER_DATE, &self->given_date, header->value);
  else if (g_ascii_strcasecmp (name, "Message-ID") == 0)
    mimesend_letter_replace (self, MIMESEND_LETTER_MESSAGE_ID, &self->given_id, header->value);
  else
    {
      g_ptr_array_add (self->headers, g_steal_pointer (&header));
      mimesend_letter_changed (self);
    }
  g_clear_pointer (&header, mimesend_letter_header_free);
  return TRUE;
}

/**
 * mimesend_letter_set_charset: (set-property charset)
 * @self: a letter
 * @charset: (nullable): the charset in which text and HTML are; %NULL: UTF-8
 * @error: return location for an error, or %NULL
 *
 * Sets the charset of text and HTML; the default is UTF-8. Nothing is converted.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_CONTENT: it is not known) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_charset (MimesendLetter *self, const char *charset, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  if (charset == NULL)
    charset = "utf-8";
  if (!mimesend_sniff_check_charset_name (charset, error))
    return FALSE;
  mimesend_letter_replace (self, MIMESEND_LETTER_CHARSET, &self->charset, charset);
  return TRUE;
}

/**
 * mimesend_letter_get_charset: (get-property charset)
 * @self: a letter
 *
 * Gets the charset of text and HTML.
 *
 * Returns: its name
 *
 * Since: 0.1
 */
const char *
mimesend_letter_get_charset (MimesendLetter *self)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  return self->charset;
}

/**
 * mimesend_letter_set_text: (set-property text)
 * @self: a letter
 * @text: (nullable): the text; %NULL for none
 *
 * Sets the text of the letter. Text and HTML together become a multipart/alternative. Whether the text is valid in the
 * letter's charset is checked when the letter is built.
 *
 * Since: 0.1
 */
void
mimesend_letter_set_text (MimesendLetter *self, const char *text)
{
  g_return_if_fail (MIMESEND_IS_LETTER (self));
  mimesend_letter_replace (self, MIMESEND_LETTER_TEXT, &self->text, text);
}

/**
 * mimesend_letter_get_text: (get-property text)
 * @self: a letter
 *
 * Gets the text.
 *
 * Returns: (nullable): it; %NULL: none
 *
 * Since: 0.1
 */
const char *
mimesend_letter_get_text (MimesendLetter *self)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  return self->text;
}

/**
 * mimesend_letter_set_html: (set-property html)
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
  mimesend_letter_replace (self, MIMESEND_LETTER_HTML, &self->html, html);
}

/**
 * mimesend_letter_get_html: (get-property html)
 * @self: a letter
 *
 * Gets the HTML.
 *
 * Returns: (nullable): it; %NULL: none
 *
 * Since: 0.1
 */
const char *
mimesend_letter_get_html (MimesendLetter *self)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  return self->html;
}

/**
 * mimesend_letter_set_body: (set-property body)
 * @self: a letter
 * @part: (nullable): a part, or a message whose headers and body are used; %NULL for none
 *
 * Sets the body instead of text and HTML. Header fields that it has (Subject, From …) are kept, and the letter does not
 * write them. The part is referenced, not changed.
 *
 * Since: 0.1
 */
void
mimesend_letter_set_body (MimesendLetter *self, GMimeObject *part)
{
  g_return_if_fail (MIMESEND_IS_LETTER (self));
  g_return_if_fail (part == NULL || GMIME_IS_OBJECT (part));
  mimesend_letter_settle (self, MIMESEND_LETTER_BODY, g_set_object (&self->body, part));
}

/**
 * mimesend_letter_get_body: (get-property body)
 * @self: a letter
 *
 * Gets the body that is used instead of text and HTML.
 *
 * Returns: (transfer none) (nullable): the body; %NULL: none
 *
 * Since: 0.1
 */
GMimeObject *
mimesend_letter_get_body (MimesendLetter *self)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  return self->body;
}

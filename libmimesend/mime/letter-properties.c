/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The letter's properties: the same as its setters, but for what becomes of a value that is wrong. */
#include "mime/letter.h"

static GParamSpec *properties[MIMESEND_LETTER_N_PROPERTIES];

void
mimesend_letter_notify (MimesendLetter *self, MimesendLetterProperty property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
  if (property == MIMESEND_LETTER_FROM && self->reverse_path == NULL)
    mimesend_letter_notify (self, MIMESEND_LETTER_REVERSE_PATH);
}

/* A letter that was changed is another one: two with the same Message-ID are one to receivers. */
void
mimesend_letter_changed (MimesendLetter *self)
{
  gboolean had_id = self->made_id != NULL && self->given_id == NULL;
  gboolean had_date = self->made_date != NULL && self->given_date == NULL;

  g_clear_pointer (&self->made_id, g_free);
  g_clear_pointer (&self->made_date, g_free);
  if (had_id)
    mimesend_letter_notify (self, MIMESEND_LETTER_MESSAGE_ID);
  if (had_date)
    mimesend_letter_notify (self, MIMESEND_LETTER_DATE);
}

void
mimesend_letter_settle (MimesendLetter *self, MimesendLetterProperty property, gboolean changed)
{
  g_clear_error (&self->faults[property]);
  if (!changed)
    return;
  mimesend_letter_changed (self);
  mimesend_letter_notify (self, property);
}

void
mimesend_letter_replace (MimesendLetter *self,
                         MimesendLetterProperty property,
                         char **where,
                         const char *value)
{
  gboolean changed = g_strcmp0 (*where, value) != 0;

  if (changed)
    {
      char *copy = g_strdup (value);

      g_free (*where);
      *where = copy;
    }
  mimesend_letter_settle (self, property, changed);
}

static gboolean
letter_set (MimesendLetter *self, MimesendLetterProperty property, const GValue *value, GError **error)
{
  switch (property)
    {
    case MIMESEND_LETTER_FROM:
      return mimesend_letter_set_from (self, g_value_get_string (value), error);
    case MIMESEND_LETTER_REVERSE_PATH:
      return mimesend_letter_set_reverse_path (self, g_value_get_string (value), error);
    case MIMESEND_LETTER_TO:
      return mimesend_letter_set_to (self, g_value_get_boxed (value), error);
    case MIMESEND_LETTER_CC:
      return mimesend_letter_set_cc (self, g_value_get_boxed (value), error);
    case MIMESEND_LETTER_BCC:
      return mimesend_letter_set_bcc (self, g_value_get_boxed (value), error);
    case MIMESEND_LETTER_REPLY_TO:
      return mimesend_letter_set_reply_to (self, g_value_get_boxed (value), error);
    case MIMESEND_LETTER_SUBJECT:
      return mimesend_letter_set_subject (self, g_value_get_string (value), error);
    case MIMESEND_LETTER_DATE:
      mimesend_letter_set_date (self, g_value_get_boxed (value));
      return TRUE;
    case MIMESEND_LETTER_MESSAGE_ID:
      return mimesend_letter_set_message_id (self, g_value_get_string (value), error);
    case MIMESEND_LETTER_ID_DOMAIN:
      return mimesend_letter_set_id_domain (self, g_value_get_string (value), error);
    case MIMESEND_LETTER_CHARSET:
      return mimesend_letter_set_charset (self, g_value_get_string (value), error);
    case MIMESEND_LETTER_TEXT:
      mimesend_letter_set_text (self, g_value_get_string (value));
      return TRUE;
    case MIMESEND_LETTER_HTML:
      mimesend_letter_set_html (self, g_value_get_string (value));
      return TRUE;
    case MIMESEND_LETTER_BODY:
      mimesend_letter_set_body (self, g_value_get_object (value));
      return TRUE;
    default:
      return FALSE;
    }
}

/* No error can be given here, and going on with the value of before could send a letter to those it is not for. */
static void
mimesend_letter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  MimesendLetter *self = MIMESEND_LETTER (object);
  GError *error = NULL;

  if (letter_set (self, (MimesendLetterProperty)id, value, &error))
    return;
  if (error == NULL)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
      return;
    }
  g_clear_error (&self->faults[id]);
  self->faults[id] = error;
}

static void
mimesend_letter_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  MimesendLetter *self = MIMESEND_LETTER (object);

  switch ((MimesendLetterProperty)id)
    {
    case MIMESEND_LETTER_FROM:
      g_value_take_string (value, mimesend_letter_get_from (self));
      break;
    case MIMESEND_LETTER_REVERSE_PATH:
      g_value_set_string (value, mimesend_letter_get_reverse_path (self));
      break;
    case MIMESEND_LETTER_TO:
      g_value_take_boxed (value, mimesend_letter_get_to (self));
      break;
    case MIMESEND_LETTER_CC:
      g_value_take_boxed (value, mimesend_letter_get_cc (self));
      break;
    case MIMESEND_LETTER_BCC:
      g_value_take_boxed (value, mimesend_letter_get_bcc (self));
      break;
    case MIMESEND_LETTER_REPLY_TO:
      g_value_take_boxed (value, mimesend_letter_get_reply_to (self));
      break;
    case MIMESEND_LETTER_SUBJECT:
      g_value_set_string (value, mimesend_letter_get_subject (self));
      break;
    case MIMESEND_LETTER_DATE:
      g_value_take_boxed (value, mimesend_letter_get_date (self));
      break;
    case MIMESEND_LETTER_MESSAGE_ID:
      g_value_set_string (value, mimesend_letter_get_message_id (self));
      break;
    case MIMESEND_LETTER_ID_DOMAIN:
      g_value_set_string (value, mimesend_letter_get_id_domain (self));
      break;
    case MIMESEND_LETTER_CHARSET:
      g_value_set_string (value, mimesend_letter_get_charset (self));
      break;
    case MIMESEND_LETTER_TEXT:
      g_value_set_string (value, mimesend_letter_get_text (self));
      break;
    case MIMESEND_LETTER_HTML:
      g_value_set_string (value, mimesend_letter_get_html (self));
      break;
    case MIMESEND_LETTER_BODY:
      g_value_set_object (value, mimesend_letter_get_body (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

static GParamSpec *
letter_string_spec (const char *name)
{
  return g_param_spec_string (name, NULL, NULL, NULL, FLAGS);
}

static GParamSpec *
letter_addresses_spec (const char *name)
{
  return g_param_spec_boxed (name, NULL, NULL, G_TYPE_STRV, FLAGS);
}

static void
letter_specify_addresses (void)
{
  /**
   * MimesendLetter:from: (getter get_from) (setter set_from)
   *
   * The authors: one address or several, with or without display names.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_FROM] = letter_string_spec ("from");
  /**
   * MimesendLetter:reverse-path: (getter get_reverse_path) (setter set_reverse_path)
   *
   * The bare address to which failures are reported, "" for none; that of a single From where nothing is set.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_REVERSE_PATH] = letter_string_spec ("reverse-path");
  /**
   * MimesendLetter:to: (getter get_to) (setter set_to)
   *
   * The recipients that the header To names.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_TO] = letter_addresses_spec ("to");
  /**
   * MimesendLetter:cc: (getter get_cc) (setter set_cc)
   *
   * The recipients that the header Cc names.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_CC] = letter_addresses_spec ("cc");
  /**
   * MimesendLetter:bcc: (getter get_bcc) (setter set_bcc)
   *
   * The recipients that no header names.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_BCC] = letter_addresses_spec ("bcc");
  /**
   * MimesendLetter:reply-to: (getter get_reply_to) (setter set_reply_to)
   *
   * Where answers go instead of to the authors.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_REPLY_TO] = letter_addresses_spec ("reply-to");
}

static void
letter_specify_head (void)
{
  /**
   * MimesendLetter:subject: (getter get_subject) (setter set_subject)
   *
   * The header Subject.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_SUBJECT] = letter_string_spec ("subject");
  /**
   * MimesendLetter:date: (getter get_date) (setter set_date)
   *
   * The header Date, to the second; while none is set, when the letter was built.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_DATE] = g_param_spec_boxed ("date", NULL, NULL, G_TYPE_DATE_TIME, FLAGS);
  /**
   * MimesendLetter:message-id: (getter get_message_id) (setter set_message_id)
   *
   * The Message-ID, without angle brackets; while none is set, one that is made, and made anew when the letter is changed.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_MESSAGE_ID] = letter_string_spec ("message-id");
  /**
   * MimesendLetter:id-domain: (getter get_id_domain) (setter set_id_domain)
   *
   * The domain of a Message-ID that is made, where no address of the letter has one.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_ID_DOMAIN] = letter_string_spec ("id-domain");
}

static void
letter_specify_body (void)
{
  /**
   * MimesendLetter:charset: (getter get_charset) (setter set_charset)
   *
   * The charset in which text and HTML are.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_CHARSET] = g_param_spec_string ("charset", NULL, NULL, "utf-8", FLAGS);
  /**
   * MimesendLetter:text: (getter get_text) (setter set_text)
   *
   * The text.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_TEXT] = letter_string_spec ("text");
  /**
   * MimesendLetter:html: (getter get_html) (setter set_html)
   *
   * The HTML, which with a text too is its alternative.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_HTML] = letter_string_spec ("html");
  /**
   * MimesendLetter:body: (getter get_body) (setter set_body)
   *
   * A part, or a message, in the place of text and HTML.
   *
   * Since: 0.1
   */
  properties[MIMESEND_LETTER_BODY] = g_param_spec_object ("body", NULL, NULL, GMIME_TYPE_OBJECT, FLAGS);
}

void
mimesend_letter_install_properties (GObjectClass *klass)
{
  klass->set_property = mimesend_letter_set_property;
  klass->get_property = mimesend_letter_get_property;
  letter_specify_addresses ();
  letter_specify_head ();
  letter_specify_body ();
  g_object_class_install_properties (klass, MIMESEND_LETTER_N_PROPERTIES, properties);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mailings: header fields from mime/, recorded octets from content/. */
#include "client/send/mailing-private.h"

#include <string.h>

#include "mime/letter.h"
#include "mime/stamp.h"
#include "mimesend-error.h"

#define KEEP_LIMIT (1024 * 1024)

enum
{
  PROP_KEEP_LIMIT = 1
};

/**
 * MimesendMailing:
 *
 * One tree, many letters. To send the same content to many people, each with a To, Subject and Message-ID of their
 * own, the caller names these fields here and then asks for one content after another: body and attachments are encoded once, and
 * a letter costs little more than its own header fields.
 *
 * ```c
 * const char *const fields[] = { "To", "Subject", "Message-ID", NULL };
 * MimesendMailing *mailing = mimesend_mailing_new (tree, fields, &error);
 *
 * for (each reader)
 *   {
 *     const char *const values[] = { reader, subject, id, NULL };
 *     MimesendContent *content = mimesend_mailing_new_content (mailing, values, &error);
 *     // mimesend_session_send () with an envelope to this reader
 *   }
 * ```
 *
 * A letter's octets are those of the tree with these headers set: GMime's, but for what a server could not take, which is
 * encoded on the way as for every tree (mimesend_content_new_for_part()); Bcc and Resent-Bcc of the outermost message are
 * hidden. The tree is not changed, and must not be while the mailing or one of its contents is in use.
 *
 * What is encoded is kept in memory up to #MimesendMailing:keep-limit for each kind of server that is met. A leaf that is
 * larger, such as a file, is read and encoded anew for each letter; a file that is changed meanwhile is an error of the
 * letters that follow, not a part of another kind in them. One that only grew is sent as long as it was, with a warning.
 *
 * Each content may be sent as often as wanted, one delivery after another. They are independent of each other and may outlive the mailing. mimesend_mailing_new_content() may be
 * called, and the contents be sent, from several threads at once.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (MimesendMailing, mimesend_mailing, G_TYPE_OBJECT)

static void
mimesend_mailing_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  if (id == PROP_KEEP_LIMIT)
    mimesend_mailing_set_keep_limit (MIMESEND_MAILING (object), g_value_get_uint64 (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
mimesend_mailing_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_KEEP_LIMIT)
    g_value_set_uint64 (value, mimesend_mailing_get_keep_limit (MIMESEND_MAILING (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
mimesend_mailing_finalize (GObject *object)
{
  MimesendMailing *self = MIMESEND_MAILING (object);

  mimesend_template_unref (self->template);
  mimesend_mailing_clear_template (self);
  g_strfreev (self->names);
  g_free (self->id_domain);
  g_clear_pointer (&self->dkims, g_ptr_array_unref);
  mimesend_dkim_shared_unref (self->shared);
  G_OBJECT_CLASS (mimesend_mailing_parent_class)->finalize (object);
}

static void
mimesend_mailing_init (MimesendMailing *self)
{
  self->keep_limit = KEEP_LIMIT;
}

static void
mimesend_mailing_class_init (MimesendMailingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mimesend_mailing_finalize;
  object_class->set_property = mimesend_mailing_set_property;
  object_class->get_property = mimesend_mailing_get_property;

  /**
   * MimesendMailing:keep-limit:
   *
   * How many octets of encoded leaves are kept in memory, for each kind of server that is met (with and without 8BITMIME,
   * BINARYMIME). Leaves that do not fit are encoded anew for each letter. 0: all of them.
   *
   * Since: 0.1
   */
  g_object_class_install_property (
      object_class, PROP_KEEP_LIMIT,
      g_param_spec_uint64 ("keep-limit", NULL, NULL, 0, G_MAXUINT32, KEEP_LIMIT,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY));
}

static gboolean
check_fields (MimesendMailing *self, const char *const *fields, GError **error)
{
  guint n = 0;

  for (; fields[n] != NULL; n++)
    {
      if (n == MIMESEND_TEMPLATE_FIELDS_MAX - 1) /* one is left for the Message-ID */
        {
          g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                       "a mailing has more than %d fields that differ from letter to letter",
                       MIMESEND_TEMPLATE_FIELDS_MAX - 1);
          return FALSE;
        }
      if (!mimesend_field_check_name (fields[n], &self->kinds[n], error))
        return FALSE;
      for (guint i = 0; i < n; i++)
        if (g_ascii_strcasecmp (fields[i], fields[n]) == 0)
          {
            g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                         "the field %s is named twice: a letter has one value for it", fields[n]);
            return FALSE;
          }
    }
  self->n_values = n;
  return TRUE;
}

static gboolean
names_field (MimesendMailing *self, const char *name)
{
  for (guint i = 0; i < self->n_values; i++)
    if (g_ascii_strcasecmp (self->names[i], name) == 0)
      return TRUE;
  return FALSE;
}

gboolean
mimesend_mailing_set_up (MimesendMailing *self, GMimeObject *tree, GError **error)
{
  self->template = mimesend_template_new (tree, (const char *const *)self->names, error);
  if (self->template == NULL)
    return FALSE;
  mimesend_template_set_keep_limit (self->template, self->keep_limit);
  return TRUE;
}

/**
 * mimesend_mailing_new:
 * @tree: (transfer none): the top of a tree; it is not changed, and must not be while it is in use
 * @fields: (array zero-terminated=1): the names of the header fields that differ from letter to letter, such as "To",
 *   "Subject", "Message-ID", "Date"; at most 31. Where the tree has a field of that name it is replaced
 * @error: return location for an error, or %NULL
 *
 * What is not named here is the same in all letters, a Message-ID of the tree too: two letters with one Message-ID are one
 * to receivers (RFC 5322 3.6.4), so it belongs among the fields unless that is what is meant.
 *
 * Returns: (transfer full): a mailing, or %NULL with @error set: #MIMESEND_ERROR_ARGUMENT for a field that cannot
 *   be set so (Bcc, Resent-Bcc, Return-Path, MIME-Version, Content-…) or is named twice, #MIMESEND_ERROR_CONTENT for
 *   what is no name of a field, #MIMESEND_ERROR_UNSUPPORTED for a leaf that cannot be read again from its start, such as a pipe
 *
 * Since: 0.1
 */
MimesendMailing *
mimesend_mailing_new (GMimeObject *tree, const char *const *fields, GError **error)
{
  MimesendMailing *self;

  g_return_val_if_fail (GMIME_IS_OBJECT (tree), NULL);
  g_return_val_if_fail (fields != NULL, NULL);
  self = g_object_new (MIMESEND_TYPE_MAILING, NULL);
  if (check_fields (self, fields, error))
    {
      self->names = g_strdupv ((char **)fields);
      if (mimesend_mailing_set_up (self, tree, error))
        return self;
    }
  g_object_unref (self);
  return NULL;
}

void
mimesend_mailing_add_message_id (MimesendMailing *self, const char *id)
{
  const char *at = strrchr (id, '@');
  guint n = self->names != NULL ? g_strv_length (self->names) : 0;

  self->id_domain = g_strdup (at != NULL ? at + 1 : "localhost.invalid");
  self->names = g_renew (char *, self->names, n + 2);
  self->names[n] = g_strdup ("Message-ID");
  self->names[n + 1] = NULL;
  self->kinds[n] = MIMESEND_FIELD_ID;
}

/**
 * mimesend_mailing_new_for_letter:
 * @letter: (transfer none): a letter; what is changed in it afterwards has no effect
 * @fields: (array zero-terminated=1): as for mimesend_mailing_new()
 * @error: return location for an error, or %NULL
 *
 * The letter is built (mimesend_letter_build()) and sent to many. If Message-ID is not among the fields each
 * letter gets one of its own. The letter's recipients are in the headers To and Cc that are not named in @fields; where a
 * letter goes is said by the envelope it is sent with.
 *
 * Returns: (transfer full): a mailing, or %NULL with @error set, as mimesend_mailing_new() and mimesend_letter_build()
 *
 * Since: 0.1
 */
MimesendMailing *
mimesend_mailing_new_for_letter (MimesendLetter *letter, const char *const *fields, GError **error)
{
  MimesendMailing *self;
  GMimeObject *tree;

  g_return_val_if_fail (MIMESEND_IS_LETTER (letter), NULL);
  g_return_val_if_fail (fields != NULL, NULL);
  self = g_object_new (MIMESEND_TYPE_MAILING, NULL);
  tree = check_fields (self, fields, error) ? mimesend_letter_build (letter, error) : NULL;
  if (tree != NULL)
    {
      self->names = g_strdupv ((char **)fields);
      if (!names_field (self, "Message-ID"))
        mimesend_mailing_add_message_id (self, mimesend_letter_get_message_id (letter));
      if (!mimesend_mailing_set_up (self, tree, error))
        g_clear_object (&tree);
    }
  if (tree == NULL)
    g_clear_object (&self);
  g_clear_object (&tree);
  return self;
}

/**
 * mimesend_mailing_set_keep_limit:
 * @self: a mailing
 * @octets: see #MimesendMailing:keep-limit; contents that are being read already are not concerned
 *
 * Bounds the memory that the mailing keeps.
 *
 * Since: 0.1
 */
void
mimesend_mailing_set_keep_limit (MimesendMailing *self, guint64 octets)
{
  g_return_if_fail (MIMESEND_IS_MAILING (self));
  if (self->template == NULL || octets == mimesend_mailing_get_keep_limit (self))
    return;
  self->keep_limit = MIN (octets, G_MAXUINT32);
  mimesend_template_set_keep_limit (self->template, self->keep_limit);
  g_object_notify (G_OBJECT (self), "keep-limit");
}

/**
 * mimesend_mailing_get_keep_limit:
 * @self: a mailing
 *
 * Gets how much of the tree is kept in memory between letters.
 *
 * Returns: octets, see #MimesendMailing:keep-limit
 *
 * Since: 0.1
 */
guint64
mimesend_mailing_get_keep_limit (MimesendMailing *self)
{
  g_return_val_if_fail (MIMESEND_IS_MAILING (self), 0);
  return self->template != NULL ? mimesend_template_get_keep_limit (self->template) : KEEP_LIMIT;
}

gboolean
mimesend_mailing_append_field (
    MimesendMailing *self, guint i, const char *value, GString *texts, guint32 *length, GError **error)
{
  gsize before = texts->len;

  if (value[strspn (value, " \t")] != '\0' &&
      !mimesend_field_append (texts, self->names[i], self->kinds[i], value, error))
    return FALSE;
  *length = (guint32)(texts->len - before);
  return TRUE;
}

gboolean
mimesend_mailing_append_id (MimesendMailing *self, GString *texts, guint32 *lengths, GError **error)
{
  guint last = g_strv_length (self->names) - 1;
  g_autofree char *id = self->id_domain != NULL ? mimesend_stamp_id (self->id_domain) : NULL;

  return id == NULL || mimesend_mailing_append_field (self, last, id, texts, &lengths[last], error);
}

static gboolean
mailing_check_values (MimesendMailing *self, const char *const *values, GError **error)
{
  guint n = g_strv_length ((char **)values);

  if (n == self->n_values)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "a letter of this mailing has %u values and not %u: give one for each field, \"\" where the "
               "letter is to go without it",
               self->n_values, n);
  return FALSE;
}

/**
 * mimesend_mailing_set_dkims:
 * @self: a mailing
 * @dkims: (nullable) (element-type MimesendDkim): the signers, copied; %NULL or none: letters go as they are
 *
 * Has each letter signed that is made from now on, as mimesend_content_new_dkim() does it. Where all letters have one body it is
 * hashed once, and a letter costs the signature of its header.
 *
 * Since: 0.1
 */
void
mimesend_mailing_set_dkims (MimesendMailing *self, GPtrArray *dkims)
{
  g_return_if_fail (MIMESEND_IS_MAILING (self));
  g_clear_pointer (&self->dkims, g_ptr_array_unref);
  g_clear_pointer (&self->shared, mimesend_dkim_shared_unref);
  self->dkims = mimesend_dkims_copy (dkims);
  if (self->dkims != NULL && self->letter == NULL)
    self->shared = mimesend_dkim_shared_new ();
}

static MimesendContent *
new_letter (MimesendMailing *self, const char *const *values, GError **error)
{
  guint32 lengths[MIMESEND_TEMPLATE_FIELDS_MAX];
  GString *texts = g_string_sized_new (256);
  gboolean good = TRUE;

  for (guint i = 0; good && i < self->n_values; i++)
    good = mimesend_mailing_append_field (self, i, values[i], texts, &lengths[i], error);
  if (good && mimesend_mailing_append_id (self, texts, lengths, error))
    return mimesend_template_new_content (self->template, g_string_free (texts, FALSE), lengths);
  g_string_free (texts, TRUE);
  return NULL;
}

/**
 * mimesend_mailing_new_content:
 * @self: a mailing
 * @values: (array zero-terminated=1): the values of the fields in the order in which they were named, in UTF-8, as many as
 *   there are fields. Fields of addresses take one address or several, with or without display names; a Message-ID may come
 *   with or without its angle brackets. "", or nothing but blanks, leaves the field out of this letter
 * @error: return location for an error, or %NULL
 *
 * One letter: a message argument like any other, sent alone or added to another content.
 *
 * Returns: (transfer full): a new content, or %NULL with @error set: #MIMESEND_ERROR_ARGUMENT if there are not as many
 *   values as fields, #MIMESEND_ERROR_ADDRESS or #MIMESEND_ERROR_CONTENT for a value that no header may hold, a line end
 *   for example
 *
 * Since: 0.1
 */
MimesendContent *
mimesend_mailing_new_content (MimesendMailing *self, const char *const *values, GError **error)
{
  g_autoptr (MimesendContent) content = NULL;

  g_return_val_if_fail (MIMESEND_IS_MAILING (self), NULL);
  g_return_val_if_fail (values != NULL, NULL);
  if (self->template == NULL) /* by g_object_new (), from a binding */
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                           "the mailing has no tree: make it with mimesend_mailing_new ()");
      return NULL;
    }
  if (!mailing_check_values (self, values, error))
    return NULL;
  content =
      self->letter != NULL ? mimesend_mailing_fill (self, values, error) : new_letter (self, values, error);
  return content == NULL || self->dkims == NULL
             ? g_steal_pointer (&content)
             : mimesend_dkim_content_new (content, self->dkims, self->shared);
}

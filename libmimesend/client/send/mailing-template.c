/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mailing whose text differs from letter to letter: what has a place for a value is made for each letter, and stands in gaps of
 * the recorded octets. */
#include "client/send/mailing-private.h"

#include <string.h>

#include "mime/letter.h"
#include "mimesend-error.h"
#include "mimesend-part.h"
#include "octets/mailbox.h"

/* A header field that the caller gave as a pattern. */
typedef struct
{
  char *name;
  char *text;
} MailingHeader;

static void
header_free (gpointer data)
{
  MailingHeader *header = data;

  g_free (header->name);
  g_free (header->text);
  g_free (header);
}

void
mimesend_mailing_clear_template (MimesendMailing *self)
{
  g_clear_object (&self->letter);
  g_clear_pointer (&self->places, g_strfreev);
  g_clear_pointer (&self->headers, g_ptr_array_unref);
  g_clear_pointer (&self->patterns, g_ptr_array_unref);
  g_clear_pointer (&self->fill, mimesend_fill_free);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_clear_pointer (&self->slot_paths, g_ptr_array_unref);
  g_clear_pointer (&self->slot_boundary, g_free);
}

static MimesendPattern *
new_pattern (MimesendMailing *self, const char *what, const char *text, GError **error)
{
  g_autoptr (GError) inner = NULL;
  MimesendPattern *pattern =
      mimesend_pattern_new (text, strlen (text), (const char *const *)self->places, FALSE, &inner);

  if (pattern == NULL)
    g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "%s, %s", what, inner->message);
  return pattern;
}

/* ── header fields ── */

static gboolean
add_field (MimesendMailing *self, const char *name, const char *text, GError **error)
{
  guint n = self->patterns->len;
  MimesendPattern *pattern;

  if (n == MIMESEND_TEMPLATE_FIELDS_MAX - 1)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "more than %d header fields differ from letter to letter",
                   MIMESEND_TEMPLATE_FIELDS_MAX - 1);
      return FALSE;
    }
  if (!mimesend_field_check_name (name, &self->kinds[n], error))
    return FALSE;
  pattern = new_pattern (self, name, text, error);
  if (pattern == NULL)
    return FALSE;
  g_ptr_array_add (self->patterns, pattern);
  self->names = g_renew (char *, self->names, n + 2);
  self->names[n] = g_strdup (name);
  self->names[n + 1] = NULL;
  return TRUE;
}

static gboolean
is_given (MimesendMailing *self, const char *name)
{
  for (guint i = 0; i < self->headers->len; i++)
    if (g_ascii_strcasecmp (((MailingHeader *)self->headers->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

/* Those that the caller gave, and those of the letter that have a place in them. */
static gboolean
find_fields (MimesendMailing *self, GMimeObject *tree, GError **error)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (tree);

  for (guint i = 0; i < self->headers->len; i++)
    {
      const MailingHeader *header = self->headers->pdata[i];

      if (!add_field (self, header->name, header->text, error))
        return FALSE;
    }
  for (int i = 0; i < g_mime_header_list_get_count (headers); i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header_at (headers, i);
      const char *name = g_mime_header_get_name (header), *value = g_mime_header_get_value (header);

      if (value != NULL && mimesend_pattern_is_one (value, strlen (value)) && !is_given (self, name) &&
          !add_field (self, name, value, error))
        return FALSE;
    }
  return TRUE;
}

/* ── the tree ── */

/* The leaves that are made, in the order of the tree: those with places, then the slots. */
static GPtrArray *
gaps_new (MimesendMailing *self)
{
  GPtrArray *gaps = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *leaves = mimesend_fill_get_leaves (self->fill);

  for (guint i = 0; i < leaves->len; i++)
    g_ptr_array_add (gaps, g_object_ref (leaves->pdata[i]));
  for (guint i = 0; i < self->slots->len; i++)
    g_ptr_array_add (gaps, g_object_ref (self->slots->pdata[i]));
  return gaps;
}

static void
forget_tree (MimesendMailing *self)
{
  g_clear_pointer (&self->template, mimesend_template_unref);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->id_domain, g_free);
  g_clear_pointer (&self->fill, mimesend_fill_free);
  g_clear_pointer (&self->slot_boundary, g_free);
  g_ptr_array_set_size (self->patterns, 0);
}

static gboolean
has_own_id (MimesendMailing *self)
{
  for (guint i = 0; i < self->patterns->len; i++)
    if (g_ascii_strcasecmp (self->names[i], "Message-ID") == 0)
      return TRUE;
  return FALSE;
}

static gboolean
take_tree (MimesendMailing *self, GMimeObject *tree, GError **error)
{
  GMimeObject *top = g_mime_message_get_mime_part (GMIME_MESSAGE (tree));

  self->names = g_new0 (char *, 1);
  if (!find_fields (self, tree, error))
    return FALSE;
  self->fill = mimesend_fill_new (tree, (const char *const *)self->places, error);
  if (self->fill == NULL)
    return FALSE;
  if (self->slots->len > 0)
    self->slot_boundary = g_strdup (g_mime_multipart_get_boundary (GMIME_MULTIPART (top)));
  if (!has_own_id (self))
    mimesend_mailing_add_message_id (self, mimesend_letter_get_message_id (self->letter));
  if (!mimesend_mailing_set_up (self, tree, error))
    return FALSE;
  mimesend_template_set_gaps (self->template, gaps_new (self));
  return TRUE;
}

/* Builds the letter, and takes what differs out of it. */
static gboolean
build_tree (MimesendMailing *self, GError **error)
{
  GMimeObject *tree = mimesend_letter_build (self->letter, error);
  gboolean good;

  forget_tree (self);
  good = tree != NULL && take_tree (self, tree, error);
  g_clear_object (&tree);
  if (!good)
    g_clear_pointer (&self->template, mimesend_template_unref);
  return good;
}

static gboolean
check_places (const char *const *places, GError **error)
{
  for (guint i = 0; places[i] != NULL; i++)
    {
      if (places[i][0] == '\0' || strpbrk (places[i], "{}#/\r\n") != NULL ||
          !g_utf8_validate (places[i], -1, NULL))
        {
          g_set_error_literal (
              error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
              "the name of a value is empty, no UTF-8, or holds one of {, }, #, / or a line end");
          return FALSE;
        }
      for (guint k = 0; k < i; k++)
        if (strcmp (places[i], places[k]) == 0)
          {
            g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "the value '%s' is named twice",
                         places[i]);
            return FALSE;
          }
    }
  return TRUE;
}

/**
 * mimesend_mailing_new_for_template:
 * @letter: (transfer none): a letter in which `{{name}}` stands in the place of values; it is copied
 * @places: (array zero-terminated=1): the names of the values, such as the columns of a table
 * @error: return location for an error, or %NULL
 *
 * Makes a mailing whose text differs from letter to letter. Places may stand in the text, the HTML, the subject and other header
 * fields, and in file names of attachments. In the HTML the value is escaped, and `{{{name}}}` takes it as it is;
 * `{{#name}}…{{/name}}` is there if the value is not empty. There is no other logic.
 *
 * What has a place is made and encoded anew for each letter; all else is encoded once, as for mimesend_mailing_new(). Each letter
 * gets a Message-ID of its own. The values for mimesend_mailing_new_content() are those of @places. Addresses are given by
 * mimesend_mailing_set_header(): a letter takes none that are not yet there.
 *
 * Returns: (transfer full): a mailing, or %NULL with @error set: #MIMESEND_ERROR_CONTENT for a place without an end or with
 *   a name that is not among @places, with its line; #MIMESEND_ERROR_ARGUMENT for a name that cannot be one; as
 *   mimesend_letter_build()
 *
 * Since: 0.1
 */
MimesendMailing *
mimesend_mailing_new_for_template (MimesendLetter *letter, const char *const *places, GError **error)
{
  MimesendMailing *self;

  g_return_val_if_fail (MIMESEND_IS_LETTER (letter), NULL);
  g_return_val_if_fail (places != NULL, NULL);
  if (!check_places (places, error))
    return NULL;
  self = g_object_new (MIMESEND_TYPE_MAILING, NULL);
  self->letter = mimesend_letter_copy (letter);
  self->places = g_strdupv ((char **)places);
  self->n_values = g_strv_length (self->places);
  self->headers = g_ptr_array_new_with_free_func (header_free);
  self->patterns = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_pattern_free);
  self->slots = g_ptr_array_new_with_free_func (g_object_unref);
  self->slot_paths = g_ptr_array_new_with_free_func ((GDestroyNotify)mimesend_pattern_free);
  if (!build_tree (self, error))
    g_clear_object (&self);
  return self;
}

static gboolean
is_template (MimesendMailing *self, GError **error)
{
  if (self->letter != NULL)
    return TRUE;
  g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                       "the mailing is not one of mimesend_mailing_new_for_template ()");
  return FALSE;
}

/**
 * mimesend_mailing_set_header:
 * @self: a mailing of mimesend_mailing_new_for_template()
 * @name: the name of a header field: "To", "Subject", "List-Unsubscribe"
 * @text: its value with places: "{{name}} <{{email}}>"; in a field of addresses a value without an "@" is a display name, and is
 *   quoted where that is due
 * @error: return location for an error, or %NULL
 *
 * Sets a header field of each letter. It replaces the letter's own; set once more, the last text counts. To be called ahead of the
 * first mimesend_mailing_new_content().
 *
 * Returns: %TRUE; %FALSE with @error set as by mimesend_mailing_new() and mimesend_mailing_new_for_template()
 *
 * Since: 0.1
 */
gboolean
mimesend_mailing_set_header (MimesendMailing *self, const char *name, const char *text, GError **error)
{
  MailingHeader *header;
  MimesendFieldKind kind;
  g_autoptr (MimesendPattern) pattern = NULL;

  g_return_val_if_fail (MIMESEND_IS_MAILING (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);
  if (!is_template (self, error) || !mimesend_field_check_name (name, &kind, error))
    return FALSE;
  pattern = new_pattern (self, name, text, error);
  if (pattern == NULL)
    return FALSE;
  for (guint i = 0; i < self->headers->len; i++)
    if (g_ascii_strcasecmp (((MailingHeader *)self->headers->pdata[i])->name, name) == 0)
      g_ptr_array_remove_index (self->headers, i--);
  header = g_new (MailingHeader, 1);
  header->name = g_strdup (name);
  header->text = g_strdup (text);
  g_ptr_array_add (self->headers, header);
  return build_tree (self, error);
}

/**
 * mimesend_mailing_attach_file:
 * @self: a mailing of mimesend_mailing_new_for_template()
 * @path: (type filename): the file's name with places: "invoices/{{number}}.pdf"; where it comes to nothing, the letter goes without
 * @error: return location for an error, or %NULL
 *
 * Attaches a file of its own to each letter, behind the letter's attachments. The file is looked for when the content is made, and
 * read when it is sent. To be called ahead of the first mimesend_mailing_new_content().
 *
 * Returns: %TRUE; %FALSE with @error set as by mimesend_mailing_new_for_template()
 *
 * Since: 0.1
 */
gboolean
mimesend_mailing_attach_file (MimesendMailing *self, const char *path, GError **error)
{
  g_autoptr (GBytes) nothing = NULL;
  MimesendPattern *pattern;
  GMimeObject *slot;

  g_return_val_if_fail (MIMESEND_IS_MAILING (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  if (!is_template (self, error))
    return FALSE;
  pattern = new_pattern (self, "the path of an attachment", path, error);
  if (pattern == NULL)
    return FALSE;
  nothing = g_bytes_new_static ("", 0);
  slot = mimesend_part_new_bytes (nothing, "application/octet-stream", error);
  if (slot == NULL)
    {
      mimesend_pattern_free (pattern);
      return FALSE;
    }
  g_ptr_array_add (self->slots, slot);
  g_ptr_array_add (self->slot_paths, pattern);
  mimesend_letter_attach_part (self->letter, slot);
  return build_tree (self, error);
}

/* ── one letter ── */

/* A display name that is no phrase as it stands (RFC 5322 3.2.5) is quoted. */
static char *
quote_name (const char *value)
{
  GString *quoted;

  if (strpbrk (value, "()<>[]:;,\\\".") == NULL || strchr (value, '@') != NULL)
    return g_strdup (value);
  quoted = g_string_new ("\"");
  for (; *value != '\0'; value++)
    {
      if (*value == '"' || *value == '\\')
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *value);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

static gboolean
fill_fields (
    MimesendMailing *self, const char *const *values, GString *texts, guint32 *lengths, GError **error)
{
  g_auto (GStrv) quoted = g_new0 (char *, self->n_values + 1);

  for (guint i = 0; i < self->n_values; i++)
    quoted[i] = quote_name (values[i]);
  for (guint i = 0; i < self->patterns->len; i++)
    {
      gboolean addresses = self->kinds[i] == MIMESEND_FIELD_ADDRESSES;
      g_autoptr (GString) value = g_string_new (NULL);

      mimesend_pattern_fill (self->patterns->pdata[i], addresses ? (const char *const *)quoted : values,
                             value);
      if (!mimesend_mailing_append_field (self, i, value->str, texts, &lengths[i], error))
        return FALSE;
    }
  return mimesend_mailing_append_id (self, texts, lengths, error);
}

/* What stands in a gap: the boundary line, the part, the line end behind it. */
static gboolean
template_add_part (MimesendContent *content, const char *boundary, GMimeObject *part, GError **error)
{
  g_autofree char *line = boundary != NULL ? g_strdup_printf ("--%s\r\n", boundary) : NULL;
  g_autoptr (MimesendContent) inner = mimesend_content_new_for_part (part, NULL);

  return (line == NULL || mimesend_content_add_string (content, line, error)) &&
         mimesend_content_add_content (content, inner, error) &&
         (line == NULL || mimesend_content_add_string (content, "\r\n", error));
}

static gboolean
add_leaf (
    MimesendMailing *self, MimesendContent *content, guint leaf, const char *const *values, GError **error)
{
  GMimeObject *part = mimesend_fill_make (self->fill, leaf, values, error);
  gboolean good =
      part != NULL && template_add_part (content, mimesend_fill_get_boundary (self->fill, leaf), part, error);

  g_clear_object (&part);
  return good;
}

static gboolean
template_add_slot (
    MimesendMailing *self, MimesendContent *content, guint slot, const char *const *values, GError **error)
{
  g_autoptr (GString) path = g_string_new (NULL);
  GMimeObject *part;
  gboolean good;

  mimesend_pattern_fill (self->slot_paths->pdata[slot], values, path);
  if (path->len == 0)
    return TRUE;
  part = mimesend_part_new_file (path->str, error);
  good = part != NULL && template_add_part (content, self->slot_boundary, part, error);
  g_clear_object (&part);
  return good;
}

static gboolean
add_gap (
    MimesendMailing *self, MimesendContent *content, guint gap, const char *const *values, GError **error)
{
  guint n_leaves = mimesend_fill_get_leaves (self->fill)->len;

  return gap < n_leaves ? add_leaf (self, content, gap, values, error)
                        : template_add_slot (self, content, gap - n_leaves, values, error);
}

MimesendContent *
mimesend_mailing_fill (MimesendMailing *self, const char *const *values, GError **error)
{
  guint32 lengths[MIMESEND_TEMPLATE_FIELDS_MAX];
  guint n_gaps = mimesend_fill_get_leaves (self->fill)->len + self->slots->len;
  g_autoptr (MimesendContent) content = mimesend_content_new ();
  GString *texts = g_string_sized_new (256);
  gboolean good = fill_fields (self, values, texts, lengths, error);

  for (guint i = 0; good && i <= n_gaps; i++)
    {
      g_autoptr (MimesendContent) slice = NULL;

      slice = i == 0 ? mimesend_template_new_slice (self->template, 0,
                                                    g_string_free (g_steal_pointer (&texts), FALSE), lengths)
                     : mimesend_template_new_slice (self->template, i, NULL, NULL);
      good = mimesend_content_add_content (content, slice, error) &&
             (i == n_gaps || add_gap (self, content, i, values, error));
    }
  if (texts != NULL)
    g_string_free (texts, TRUE);
  return good ? g_steal_pointer (&content) : NULL;
}

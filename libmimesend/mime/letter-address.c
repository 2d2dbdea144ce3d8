/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The letter's fields of addresses, and the envelope that follows from them. */
#include <string.h>

#include "mime/addresses.h"
#include "mime/letter.h"
#include "mimesend-error.h"
#include "octets/printable.h"
#include "octets/spelled.h"

typedef struct
{
  const char *name;
  gsize offset;
  MimesendLetterProperty property;
} FieldInfo;

static const FieldInfo infos[] = {
  { "from", G_STRUCT_OFFSET (MimesendLetter, from), MIMESEND_LETTER_FROM },
  { "to", G_STRUCT_OFFSET (MimesendLetter, to), MIMESEND_LETTER_TO },
  { "cc", G_STRUCT_OFFSET (MimesendLetter, cc), MIMESEND_LETTER_CC },
  { "bcc", G_STRUCT_OFFSET (MimesendLetter, bcc), MIMESEND_LETTER_BCC },
  { "reply-to", G_STRUCT_OFFSET (MimesendLetter, reply_to), MIMESEND_LETTER_REPLY_TO },
};

static MimesendLetterField *
letter_field_at (MimesendLetter *self, guint i)
{
  return (MimesendLetterField *)((char *)self + infos[i].offset);
}

static void
letter_field_init (MimesendLetterField *field, const char *name)
{
  field->name = name;
  field->list = internet_address_list_new ();
  field->bare = g_ptr_array_new_with_free_func (g_free);
}

static void
letter_field_clear (MimesendLetterField *field)
{
  g_object_unref (field->list);
  g_ptr_array_unref (field->bare);
}

void
mimesend_letter_fields_init (MimesendLetter *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (infos); i++)
    letter_field_init (letter_field_at (self, i), infos[i].name);
}

void
mimesend_letter_fields_clear (MimesendLetter *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (infos); i++)
    letter_field_clear (letter_field_at (self, i));
  g_free (self->reverse_path);
}

static gpointer
letter_string_copy (gconstpointer string, gpointer unused)
{
  return g_strdup (string);
}

void
mimesend_letter_fields_copy (MimesendLetter *self, MimesendLetter *from)
{
  for (guint i = 0; i < G_N_ELEMENTS (infos); i++)
    {
      MimesendLetterField *field = letter_field_at (self, i), *other = letter_field_at (from, i);

      internet_address_list_append (field->list, other->list);
      g_ptr_array_extend (field->bare, other->bare, letter_string_copy, NULL);
    }
  self->reverse_path = g_strdup (from->reverse_path);
}

/* --- as text --- */

/* Atoms with a blank between two of them need no quotes (RFC 5322 3.2.5), but for what looks like an encoded word. */
static gboolean
letter_name_is_plain (const char *name)
{
  char last = ' ';

  if (strstr (name, "=?") != NULL)
    return FALSE;
  for (; *name != '\0'; last = *name++)
    if (*name == ' ' ? last == ' ' : g_ascii_iscntrl (*name) || strchr ("()<>[]:;@\\,.\"", *name) != NULL)
      return FALSE;
  return last != ' ';
}

static void
letter_append_name (GString *text, const char *name)
{
  if (letter_name_is_plain (name))
    {
      g_string_append (text, name);
      return;
    }
  g_string_append_c (text, '"');
  for (; *name != '\0'; name++)
    {
      if (*name == '"' || *name == '\\')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *name);
    }
  g_string_append_c (text, '"');
}

static void letter_append_list (GString *text, InternetAddressList *list, char ***bare);

/* The address as it was written, not as the header has it: with its U-labels. */
static void
letter_append_address (GString *text, InternetAddress *address, char ***bare)
{
  const char *name = internet_address_get_name (address);
  gboolean is_group = INTERNET_ADDRESS_IS_GROUP (address);

  if (name != NULL && *name != '\0')
    letter_append_name (text, name);
  if (is_group)
    {
      g_string_append (text, ": ");
      letter_append_list (text, internet_address_group_get_members ((InternetAddressGroup *)address), bare);
      g_string_append_c (text, ';');
    }
  else
    g_string_append_printf (text, name != NULL && *name != '\0' ? " <%s>" : "%s", *(*bare)++);
}

static void
letter_append_list (GString *text, InternetAddressList *list, char ***bare)
{
  for (int i = 0; i < internet_address_list_length (list); i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      letter_append_address (text, internet_address_list_get_address (list, i), bare);
    }
}

/* An element an address or a group, which the setters take as they are. */
static char **
letter_field_to_strv (MimesendLetterField *field)
{
  GPtrArray *found = g_ptr_array_new ();
  char **bare = (char **)field->bare->pdata;

  for (int i = 0; i < internet_address_list_length (field->list); i++)
    {
      GString *text = g_string_new (NULL);

      letter_append_address (text, internet_address_list_get_address (field->list, i), &bare);
      g_ptr_array_add (found, g_string_free (text, FALSE));
    }
  g_ptr_array_add (found, NULL);
  return (char **)g_ptr_array_free (found, FALSE);
}

/* --- setting and adding --- */

/* Takes what is in *field. */
static void
letter_field_replace (MimesendLetter *self, guint i, MimesendLetterField *field)
{
  MimesendLetterField *old = letter_field_at (self, i);
  g_auto (GStrv) before = letter_field_to_strv (old);
  g_auto (GStrv) after = letter_field_to_strv (field);
  gboolean changed = !g_strv_equal ((const char *const *)before, (const char *const *)after);

  letter_field_clear (old);
  *old = *field;
  mimesend_letter_settle (self, infos[i].property, changed);
}

/* A binding turns a string that is passed as the array into one address for each letter: say so in the error. */
static void
letter_explain_spelled (const char *name, const char *const *addresses, GError **error)
{
  g_autofree char *spelled = mimesend_spelled_text (addresses);
  g_autofree char *shown = NULL;

  if (spelled == NULL)
    return;
  shown = mimesend_printable (spelled, 100);
  g_clear_error (error);
  g_set_error (
      error, MIMESEND_ERROR, MIMESEND_ERROR_ADDRESS,
      "%s: '%s' was given letter by letter, as a string where an array of addresses is due; write ['%s']",
      name, shown, shown);
}

static gboolean
letter_field_set (
    MimesendLetter *self, guint i, const char *const *addresses, gboolean groups, GError **error)
{
  MimesendLetterField field;

  letter_field_init (&field, infos[i].name);
  for (guint j = 0; addresses != NULL && addresses[j] != NULL; j++)
    if (!mimesend_addresses_parse (field.list, field.bare, field.name, addresses[j], groups, error))
      {
        letter_explain_spelled (field.name, addresses, error);
        letter_field_clear (&field);
        return FALSE;
      }
  letter_field_replace (self, i, &field);
  return TRUE;
}

static gboolean
letter_field_add (MimesendLetter *self, guint i, const char *addresses, GError **error)
{
  MimesendLetterField *field = letter_field_at (self, i);

  if (!mimesend_addresses_parse (field->list, field->bare, field->name, addresses, TRUE, error))
    return FALSE;
  mimesend_letter_changed (self);
  mimesend_letter_notify (self, infos[i].property);
  return TRUE;
}

enum
{
  FROM,
  TO,
  CC,
  BCC,
  REPLY_TO
};

/**
 * mimesend_letter_set_from: (set-property from)
 * @self: a letter
 * @addresses: (nullable): one address or several, with or without display names, in UTF-8; %NULL: none
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
  const char *const one[] = { addresses, NULL };

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  return letter_field_set (self, FROM, one, FALSE, error);
}

/**
 * mimesend_letter_get_from: (get-property from)
 * @self: a letter
 *
 * Gets the authors, as mimesend_letter_set_from() takes them.
 *
 * Returns: (transfer full) (nullable): the addresses with their names; %NULL: none is set
 *
 * Since: 0.1
 */
char *
mimesend_letter_get_from (MimesendLetter *self)
{
  GString *text;
  char **bare;

  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  if (internet_address_list_length (self->from.list) == 0)
    return NULL;
  text = g_string_new (NULL);
  bare = (char **)self->from.bare->pdata;
  letter_append_list (text, self->from.list, &bare);
  return g_string_free (text, FALSE);
}

/**
 * mimesend_letter_set_reverse_path: (set-property reverse-path)
 * @self: a letter
 * @address: (nullable): a bare address, or "<>" or "" for the null reverse-path (RFC 5321 4.5.5); %NULL: that of a single From
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
  is_null = address != NULL && (*address == '\0' || strcmp (address, "<>") == 0);
  if (address != NULL && !is_null &&
      !mimesend_addresses_check_bare ("reverse-path", address, strlen (address), &mailbox, error))
    return FALSE;
  mimesend_letter_replace (self, MIMESEND_LETTER_REVERSE_PATH, &self->reverse_path, is_null ? "" : address);
  return TRUE;
}

/**
 * mimesend_letter_get_reverse_path: (get-property reverse-path)
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
 * mimesend_letter_set_to: (set-property to)
 * @self: a letter
 * @addresses: (nullable) (array zero-terminated=1): each one address or several, as for mimesend_letter_add_to(); %NULL or no
 *   element: none
 * @error: return location for an error, or %NULL
 *
 * Sets the recipients that are named in the header To, instead of those that are set.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ADDRESS, %MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_to (MimesendLetter *self, const char *const *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  return letter_field_set (self, TO, addresses, TRUE, error);
}

/**
 * mimesend_letter_add_to:
 * @self: a letter
 * @addresses: one address or several, with or without display names or groups, in UTF-8
 * @error: return location for an error, or %NULL
 *
 * Adds recipients that are named in the header To.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ADDRESS, %MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_add_to (MimesendLetter *self, const char *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);
  return letter_field_add (self, TO, addresses, error);
}

/**
 * mimesend_letter_get_to: (get-property to)
 * @self: a letter
 *
 * Gets the recipients that the header To names.
 *
 * Returns: (transfer full) (array zero-terminated=1): each address, or each group, with its name, as
 *   mimesend_letter_set_to() takes it; none: no element. Free with g_strfreev()
 *
 * Since: 0.1
 */
char **
mimesend_letter_get_to (MimesendLetter *self)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  return letter_field_to_strv (&self->to);
}

/**
 * mimesend_letter_set_cc: (set-property cc)
 * @self: a letter
 * @addresses: (nullable) (array zero-terminated=1): each one address or several, as for mimesend_letter_add_cc(); %NULL or no
 *   element: none
 * @error: return location for an error, or %NULL
 *
 * Sets the recipients that are named in the header Cc.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ADDRESS, %MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_cc (MimesendLetter *self, const char *const *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  return letter_field_set (self, CC, addresses, TRUE, error);
}

/**
 * mimesend_letter_add_cc:
 * @self: a letter
 * @addresses: one address or several, with or without display names or groups, in UTF-8
 * @error: return location for an error, or %NULL
 *
 * Adds recipients that are named in the header Cc.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ADDRESS, %MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_add_cc (MimesendLetter *self, const char *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);
  return letter_field_add (self, CC, addresses, error);
}

/**
 * mimesend_letter_get_cc: (get-property cc)
 * @self: a letter
 *
 * Gets the recipients that the header Cc names.
 *
 * Returns: (transfer full) (array zero-terminated=1): each address, or each group, with its name, as
 *   mimesend_letter_set_cc() takes it; none: no element. Free with g_strfreev()
 *
 * Since: 0.1
 */
char **
mimesend_letter_get_cc (MimesendLetter *self)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  return letter_field_to_strv (&self->cc);
}

/**
 * mimesend_letter_set_bcc: (set-property bcc)
 * @self: a letter
 * @addresses: (nullable) (array zero-terminated=1): each one address or several, as for mimesend_letter_add_bcc(); %NULL or no
 *   element: none
 * @error: return location for an error, or %NULL
 *
 * Sets the recipients that no header names.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ADDRESS, %MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_bcc (MimesendLetter *self, const char *const *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  return letter_field_set (self, BCC, addresses, TRUE, error);
}

/**
 * mimesend_letter_add_bcc:
 * @self: a letter
 * @addresses: one address or several, with or without display names or groups, in UTF-8
 * @error: return location for an error, or %NULL
 *
 * Adds recipients that no header names.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ADDRESS, %MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_add_bcc (MimesendLetter *self, const char *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);
  return letter_field_add (self, BCC, addresses, error);
}

/**
 * mimesend_letter_get_bcc: (get-property bcc)
 * @self: a letter
 *
 * Gets the recipients that no header names.
 *
 * Returns: (transfer full) (array zero-terminated=1): each address, or each group, with its name, as
 *   mimesend_letter_set_bcc() takes it; none: no element. Free with g_strfreev()
 *
 * Since: 0.1
 */
char **
mimesend_letter_get_bcc (MimesendLetter *self)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  return letter_field_to_strv (&self->bcc);
}

/**
 * mimesend_letter_set_reply_to: (set-property reply-to)
 * @self: a letter
 * @addresses: (nullable) (array zero-terminated=1): each one address or several, as for mimesend_letter_add_reply_to(); %NULL or no
 *   element: none
 * @error: return location for an error, or %NULL
 *
 * Sets the addresses of the header Reply-To. They are no recipients.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ADDRESS, %MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_set_reply_to (MimesendLetter *self, const char *const *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  return letter_field_set (self, REPLY_TO, addresses, TRUE, error);
}

/**
 * mimesend_letter_add_reply_to:
 * @self: a letter
 * @addresses: one address or several, with or without display names or groups, in UTF-8
 * @error: return location for an error, or %NULL
 *
 * Adds addresses to the header Reply-To. They are no recipients.
 *
 * Returns: %TRUE, or %FALSE with @error set (%MIMESEND_ERROR_ADDRESS, %MIMESEND_ERROR_CONTENT) and nothing changed
 *
 * Since: 0.1
 */
gboolean
mimesend_letter_add_reply_to (MimesendLetter *self, const char *addresses, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);
  return letter_field_add (self, REPLY_TO, addresses, error);
}

/**
 * mimesend_letter_get_reply_to: (get-property reply-to)
 * @self: a letter
 *
 * Gets the addresses of the header Reply-To.
 *
 * Returns: (transfer full) (array zero-terminated=1): each address, or each group, with its name, as
 *   mimesend_letter_set_reply_to() takes it; none: no element. Free with g_strfreev()
 *
 * Since: 0.1
 */
char **
mimesend_letter_get_reply_to (MimesendLetter *self)
{
  g_return_val_if_fail (MIMESEND_IS_LETTER (self), NULL);
  return letter_field_to_strv (&self->reply_to);
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

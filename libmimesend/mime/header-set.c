/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets checked values in GMime's objects. */
#include <string.h>

#include "mime/write-addresses.h"
#include "mime/header.h"
#include "mimesend-error.h"
#include "octets/printable.h"

#define LINE_LIMIT 998 /* RFC 5322 2.1.1 */

/* Whether the field is text for people, where long words become encoded words. In other fields ASCII is unchanged: an
 * encoded word in a URL or a list of ids is not decoded (RFC 2047 5). */
static gboolean
is_unstructured (const char *name)
{
  static const char *const names[] = { "Subject", "Comments", "Content-Description" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;
  return FALSE;
}

/* Folds at white space where a line would become too long (RFC 5322 2.2.3). */
static void
fold_value (MimesendFold *into, const char *value)
{
  while (*value != '\0')
    {
      gsize blank = strspn (value, " \t");
      gsize word = strcspn (value + blank, " \t");

      if (blank > 0)
        mimesend_fold_put (into, value, blank, value + blank, word);
      else
        mimesend_fold_put (into, " ", 1, value, word);
      value += blank + word;
    }
}

static gboolean
not_ascii (const char *name, GError **error)
{
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "the value of the header %s has to be ASCII: write it so", name);
  return FALSE;
}

/* Checks the result: ASCII, no line too long, none blank. */
static gboolean
check_raw_header (const char *name, const char *raw, GError **error)
{
  gsize line = strlen (name) + 1;
  gboolean blank = TRUE;
  const char *words = NULL;

  if (!g_str_is_ascii (raw))
    return not_ascii (name, error);
  for (const char *p = raw; words == NULL && *p != '\0'; p++)
    {
      line++;
      if (*p != '\n')
        blank = blank && (*p == ' ' || *p == '\t');
      else if (blank &&
               (p > raw || p[1] == '\0')) /* the first line may be empty: a long name, and an encoded word */
        words = "comes to nothing";
      else if (line > LINE_LIMIT + 1)
        words = "has more than 990 octets without a blank, which no line may hold";
      else
        {
          line = 0;
          blank = TRUE;
        }
    }
  if (words == NULL && line == 0)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT, "the value of the header %s %s: write another",
               name, words != NULL ? words : "comes to nothing");
  return FALSE;
}

static GMimeHeader *
last_header (GMimeHeaderList *headers)
{
  return g_mime_header_list_get_header_at (headers, g_mime_header_list_get_count (headers) - 1);
}

static gboolean
has_long_word (const char *value)
{
  for (; *value != '\0'; value += strspn (value, " \t"))
    {
      gsize length = strcspn (value, " \t");

      if (length > MIMESEND_LINE_WANTED)
        return TRUE;
      value += length;
    }
  return FALSE;
}

/* ASCII is only folded, except that an encoded word over 75 octets is rewritten as shorter ones. */
static void
put_value (MimesendFold *into, const char *name, const char *value)
{
  g_autofree char *decoded = NULL;

  if (!g_str_is_ascii (value))
    mimesend_fold_put_text (into, value);
  else if (mimesend_encoded_word_is_too_long (value))
    {
      decoded = mimesend_encoded_words_decode (value);
      mimesend_fold_put_text (into, decoded);
    }
  else if (is_unstructured (name) && has_long_word (value))
    mimesend_fold_put_text (into, value);
  else
    fold_value (into, value);
}

static MimesendFold
fold_begin (const char *name)
{
  return (MimesendFold){ .raw = g_string_new (NULL), .line = strlen (name) + 1 };
}

static char *
fold_end (MimesendFold *self)
{
  g_string_append_c (self->raw, '\n');
  return g_string_free (self->raw, FALSE);
}

/* GMime parses these fields, and drops what is no id. */
static gboolean
is_list_of_ids (const char *name)
{
  return g_ascii_strcasecmp (name, "References") == 0 || g_ascii_strcasecmp (name, "In-Reply-To") == 0;
}

/* Checks the value before it is written; returns a copy without the blanks around it. */
static char *
checked_value (const char *name, const char *value, GError **error)
{
  g_autofree char *argument = NULL;
  g_autofree char *trimmed = mimesend_header_trim (value);

  if (!mimesend_header_check_name (name, error))
    return NULL;
  argument = g_strdup_printf ("value of the header %s", name);
  if (!mimesend_header_check_value (argument, trimmed, MIMESEND_HEADER_VALUE_MAX, error))
    return NULL;
  if (!mimesend_header_check_encoded_words (argument, trimmed, error))
    return NULL;
  if (!g_str_is_ascii (trimmed) && is_list_of_ids (name))
    {
      not_ascii (name, error);
      return NULL;
    }
  return g_steal_pointer (&trimmed);
}

char *
mimesend_header_write (const char *name, const char *value, GError **error)
{
  g_autofree char *trimmed = checked_value (name, value, error);
  g_autofree char *raw = NULL;
  MimesendFold into;

  if (trimmed == NULL)
    return NULL;
  if (*trimmed == '\0')
    return g_strdup (" \n");
  into = fold_begin (name);
  put_value (&into, name, trimmed);
  raw = fold_end (&into);
  return check_raw_header (name, raw, error) ? g_steal_pointer (&raw) : NULL;
}

/* Set as raw values, which GMime neither folds nor encodes. */
static void
append_raw (GMimeHeaderList *headers, const char *name, const char *raw)
{
  g_mime_header_list_append (headers, name, "", NULL);
  g_mime_header_set_raw_value (last_header (headers), raw);
}

static gboolean
append_written (GMimeHeaderList *headers, const char *name, const char *value, GError **error)
{
  g_autofree char *raw = mimesend_header_write (name, value, error);

  if (raw == NULL)
    return FALSE;
  append_raw (headers, name, raw);
  return TRUE;
}

gboolean
mimesend_header_check_field (const char *name, const char *value, GError **error)
{
  GMimeHeaderList *scratch = g_mime_header_list_new (NULL);
  gboolean good = append_written (scratch, name, value, error);

  g_object_unref (scratch);
  return good;
}

gboolean
mimesend_header_append (GMimeObject *object, const char *name, const char *value, GError **error)
{
  return append_written (g_mime_object_get_header_list (object), name, value, error);
}

char *
mimesend_header_write_addresses (const char *name, InternetAddressList *list)
{
  MimesendFold into = fold_begin (name);

  mimesend_addresses_put (&into, list);
  return fold_end (&into);
}

/* Set from a list, not from text that GMime would parse again. */
void
mimesend_header_append_addresses (GMimeObject *object, const char *name, InternetAddressList *list)
{
  g_autofree char *raw = mimesend_header_write_addresses (name, list);

  append_raw (g_mime_object_get_header_list (object), name, raw);
}

/* Copies the raw value, so that nothing is folded or encoded again. */
void
mimesend_header_copy (GMimeObject *object, GMimeHeader *header)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (object);
  const char *raw = g_mime_header_get_raw_value (header);

  g_mime_header_list_append (headers, g_mime_header_get_name (header), g_mime_header_get_value (header),
                             "utf-8");
  if (raw != NULL)
    g_mime_header_set_raw_value (last_header (headers), raw);
}

static gboolean
check_parameter (const char *name, const char *value, GError **error)
{
  g_autofree char *argument = NULL;

  if (!mimesend_header_check_token ("parameter name", name, error))
    return FALSE;
  argument = g_strdup_printf ("parameter %s", name);
  return mimesend_header_check_value (argument, value, MIMESEND_HEADER_VALUE_MAX, error) &&
         mimesend_header_check_encoded_words (argument, value, error);
}

gboolean
mimesend_header_set_parameter (GMimeObject *object, const char *name, const char *value, GError **error)
{
  g_autofree char *copy = g_strdup (value); /* value may belong to the object itself */

  if (!check_parameter (name, value, error))
    return FALSE;
  g_mime_object_set_content_type_parameter (object, name, copy);
  return TRUE;
}

gboolean
mimesend_header_set_disposition (GMimeObject *object, const char *disposition, GError **error)
{
  if (!mimesend_header_check_token ("disposition", disposition, error))
    return FALSE;
  g_mime_object_set_disposition (object, disposition);
  return TRUE;
}

/* Sets the file name: in RFC 2231's form in the disposition, if there is one, and in ASCII as the type's `name`, for old
 * readers. */
gboolean
mimesend_header_set_file_name (GMimeObject *object, const char *name, GError **error)
{
  g_autofree char *safe = mimesend_header_file_name ("file name", name, error);
  g_autofree char *ascii = NULL;

  if (safe == NULL)
    return FALSE;
  if (g_mime_object_get_content_disposition (object) == NULL)
    {
      g_mime_object_set_content_type_parameter (object, "name", safe);
      return TRUE;
    }
  ascii = mimesend_header_file_name_ascii (safe);
  g_mime_object_set_content_type_parameter (object, "name", ascii);
  g_mime_object_set_content_disposition_parameter (object, "filename", safe);
  return TRUE;
}

gboolean
mimesend_header_set_content_id (GMimeObject *object, const char *id, GError **error)
{
  g_autofree char *bare = mimesend_header_check_id ("content id", id, FALSE, error);

  if (bare == NULL)
    return FALSE;
  g_mime_object_set_content_id (object, bare);
  return TRUE;
}

static GMimeContentType *
bad_type (const char *content_type, GError **error)
{
  g_autofree char *shown = mimesend_printable (content_type, 100);

  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "the content type '%s' is not of the form type/subtype: write it as in text/plain", shown);
  return NULL;
}

/* The end of a parameter's value; NULL: it is empty, or a quote is not closed. */
static const char *
skip_value (const char *at)
{
  gsize length = strcspn (at, ";");

  if (*at != '"')
    return strspn (at, " \t") < length ? at + length : NULL;
  for (at++; *at != '"'; at++)
    {
      if (*at == '\\' && at[1] != '\0')
        at++;
      if (*at == '\0')
        return NULL;
    }
  at++;
  at += strspn (at, " \t");
  return *at == ';' || *at == '\0' ? at : NULL;
}

/* Checks NAME=VALUE, each after a ';' (RFC 2045 5.1): GMime silently drops what it does not understand. */
static gboolean
check_parameters_form (const char *at, GError **error)
{
  while (at != NULL && *at == ';')
    {
      gsize length;

      at += 1 + strspn (at + 1, " \t");
      length = strcspn (at, "=;");
      if (length > 0 || *at == '=')
        at = length > 0 && at[length] == '=' ? skip_value (at + length + 1) : NULL;
    }
  if (at != NULL)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "the parameters of the content type are not of the form name=value: write them as in "
               "text/plain; charset=iso-8859-1, a value with blanks or semicolons in double quotes");
  return FALSE;
}

GMimeContentType *
mimesend_header_parse_type (const char *content_type, GError **error)
{
  gsize length = strcspn (content_type, ";");
  g_autofree char *media = g_strstrip (g_strndup (content_type, length));
  char *slash = strchr (media, '/');
  GMimeContentType *type;
  GMimeParamList *parameters;

  if (!mimesend_header_check_value ("content type", content_type, MIMESEND_HEADER_VALUE_MAX, error))
    return NULL;
  if (slash == NULL || slash == media || slash[1] == '\0')
    return bad_type (content_type, error);
  *slash = '\0';
  if (!mimesend_header_check_type_name ("content type", media, error) ||
      !mimesend_header_check_type_name ("content type's subtype", slash + 1, error))
    return NULL;

  if (!check_parameters_form (content_type + length, error))
    return NULL;

  /* Check the parameters as GMime parsed them, too: it decodes encoded words and percent forms.
 */
  type = g_mime_content_type_parse (NULL, content_type);
  parameters = g_mime_content_type_get_parameters (type);
  for (int i = 0; i < g_mime_param_list_length (parameters); i++)
    {
      GMimeParam *parameter = g_mime_param_list_get_parameter_at (parameters, i);

      if (!check_parameter (g_mime_param_get_name (parameter), g_mime_param_get_value (parameter), error))
        {
          g_object_unref (type);
          return NULL;
        }
    }
  return type;
}

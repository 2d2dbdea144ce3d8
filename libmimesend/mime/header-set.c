/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checked values on their way into GMime's objects. */
#include <string.h>

#include "mime/header.h"
#include "mimesend-error.h"

/* Non-ASCII becomes encoded words in UTF-8 whatever the locale is. */
#define CHARSET "utf-8"

gboolean
mimesend_header_append (GMimeObject *object, const char *name, const char *value, GError **error)
{
  g_autofree char *argument = NULL;
  g_autofree char *trimmed = NULL;

  if (!mimesend_header_check_name (name, error))
    return FALSE;
  argument = g_strdup_printf ("value of the header %s", name);
  if (!mimesend_header_check_value (argument, value, MIMESEND_HEADER_VALUE_MAX, error))
    return FALSE;
  trimmed = g_strstrip (g_strdup (value));
  g_mime_object_append_header (object, name, trimmed, CHARSET);
  return TRUE;
}

/* The raw value goes along, so that nothing is folded or encoded anew. */
void
mimesend_header_copy (GMimeObject *object, GMimeHeader *header)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (object);
  const char *raw = g_mime_header_get_raw_value (header);
  GMimeHeader *copy;

  g_mime_header_list_append (headers, g_mime_header_get_name (header), g_mime_header_get_value (header),
                             CHARSET);
  copy = g_mime_header_list_get_header_at (headers, g_mime_header_list_get_count (headers) - 1);
  if (raw != NULL)
    g_mime_header_set_raw_value (copy, raw);
}

static gboolean
check_parameter (const char *name, const char *value, GError **error)
{
  g_autofree char *argument = NULL;

  if (!mimesend_header_check_token ("parameter name", name, error))
    return FALSE;
  argument = g_strdup_printf ("parameter %s", name);
  return mimesend_header_check_value (argument, value, MIMESEND_HEADER_VALUE_MAX, error);
}

gboolean
mimesend_header_set_parameter (GMimeObject *object, const char *name, const char *value, GError **error)
{
  if (!check_parameter (name, value, error))
    return FALSE;
  g_mime_object_set_content_type_parameter (object, name, value);
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

/* The name in RFC 2231's form in the disposition, where there is one. The type's `name` is for readers that
 * know no better: in ASCII then. */
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
  g_autofree char *shown = g_strescape (content_type, NULL);

  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "the content type \"%.100s\" is not of the form type/subtype: write it as in text/plain",
               shown);
  return NULL;
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
  if (!mimesend_header_check_token ("content type", media, error) ||
      !mimesend_header_check_token ("content type's subtype", slash + 1, error))
    return NULL;

  /* What GMime understood of the parameters is checked once more: it decodes encoded words and percent forms.
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

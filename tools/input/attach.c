/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses --attach: FILE[;type=T][;name=N][;inline], where T and N may be in double quotes, in which a backslash escapes the
 * next character. */
#include "input/attach.h"

#include <string.h>

#include "input/input.h"
#include "input/stream.h"

typedef struct
{
  char *path;
  char *type;
  char *name;
  gboolean is_inline;
} Spec;

static void
spec_clear (Spec *self)
{
  g_free (self->path);
  g_free (self->type);
  g_free (self->name);
}

static gboolean
spec_take_attribute (Spec *self, const char *attribute, Failure *failure)
{
  char **field = NULL;
  gsize skip = 5;

  if (g_str_has_prefix (attribute, "type="))
    field = &self->type;
  else if (g_str_has_prefix (attribute, "name="))
    field = &self->name;
  else if (strcmp (attribute, "inline") == 0)
    {
      self->is_inline = TRUE;
      return TRUE;
    }
  if (field == NULL)
    return failure_set (
        failure, EXIT_CODE_USAGE, "--attach",
        "--attach: ';%s' is not one of ;type=T, ;name=N and ;inline; parameters of a type stand in "
        "quotes with it "
        "(;type=\"text/plain; charset=iso-8859-1\"); for a file that is called so use --attach-file",
        attribute);
  if (!g_utf8_validate (attribute, -1, NULL))
    return failure_set (failure, EXIT_CODE_BAD_DATA, "--attach", "--attach: ';%s' is not UTF-8", attribute);
  g_free (*field);
  *field = g_strdup (attribute + skip);
  return TRUE;
}

/* The file name may contain ';': the longest prefix that is an existing file. */
static gsize
name_length (const char *spec)
{
  gsize length = strlen (spec);

  while (length > 0)
    {
      g_autofree char *name = g_strndup (spec, length);

      if (g_file_test (name, G_FILE_TEST_EXISTS))
        return length;
      do
        length--;
      while (length > 0 && spec[length] != ';');
    }
  return strcspn (spec, ";");
}

/* Reads a quoted value, after its opening quote; NULL: it is not closed. */
static const char *
read_quoted (const char *at, GString *into)
{
  for (; *at != '"'; at++)
    {
      if (*at == '\\' && at[1] != '\0')
        at++;
      if (*at == '\0')
        return NULL;
      g_string_append_c (into, *at);
    }
  return at + 1;
}

/* Reads a value up to the next ';' or the end, unquoted; *at moves there. */
static gboolean
read_attribute (const char **at, GString *into, Failure *failure)
{
  gsize length = strcspn (*at, "=;");
  const char *end;

  g_string_append_len (into, *at, (gssize)length);
  end = *at + length;
  if (g_str_has_prefix (end, "=\""))
    {
      g_string_append_c (into, '=');
      end = read_quoted (end + 2, into);
      if (end == NULL || (*end != '\0' && *end != ';'))
        return failure_set (
            failure, EXIT_CODE_USAGE, "--attach",
            "--attach: ';%s' has a quote that does not end ahead of the next ';': write \\\" for a quote "
            "in it",
            *at);
    }
  else
    {
      length = strcspn (end, ";");
      g_string_append_len (into, end, (gssize)length);
      end += length;
    }
  *at = end;
  return TRUE;
}

static gboolean
spec_parse (Spec *self, const Item *item, Failure *failure)
{
  gsize length = item->kind == ITEM_ATTACH_FILE ? strlen (item->value) : name_length (item->value);
  const char *at = item->value + length;
  gboolean good = TRUE;

  self->path = g_strndup (item->value, length);
  while (good && *at == ';')
    {
      g_autoptr (GString) attribute = g_string_new (NULL);

      at++;
      good = read_attribute (&at, attribute, failure) && spec_take_attribute (self, attribute->str, failure);
    }
  return good;
}

static gboolean
spec_check_name (const Spec *self, const char *option, Failure *failure)
{
  if (self->name != NULL || g_utf8_validate (self->path, -1, NULL))
    return TRUE;
  return failure_set (
      failure, EXIT_CODE_BAD_DATA, option,
      "%s: the name of '%s' is not UTF-8; say under which name it travels: --attach 'FILE;name=NAME'", option,
      self->path);
}

/* A pipe can be read only once, and has no length: it is read now. */
static gboolean
set_content (MimesendPartBuilder *builder, const Spec *spec, Input *input, Failure *failure)
{
  g_autoptr (Keep) keep = NULL;
  GMimeStream *stream;

  if (input->regular)
    {
      mimesend_part_builder_set_file (builder, spec->path);
      return TRUE;
    }
  keep = input_keep (input, NULL, failure);
  if (keep == NULL)
    return FALSE;
  stream = stream_of_keep (keep);
  mimesend_part_builder_set_stream (builder, stream);
  g_object_unref (stream);
  return TRUE;
}

/* What the option says of it. What is no regular file has no name of its own. */
static gboolean
set_said (MimesendPartBuilder *builder, const Spec *spec, Input *input, GError **error)
{
  const char *name = spec->name != NULL || input->regular ? spec->name : spec->path;

  return mimesend_part_builder_set_content_type (builder, spec->type, error) &&
         mimesend_part_builder_set_name (builder, name, error) &&
         mimesend_part_builder_set_disposition (builder, spec->is_inline ? "inline" : NULL, error);
}

static GMimeObject *
attach_build (const Spec *spec, Input *input, const char *option, Failure *failure)
{
  g_autoptr (MimesendPartBuilder) builder = mimesend_part_builder_new ();
  GMimeObject *part = NULL;
  GError *error = NULL;

  if (set_content (builder, spec, input, failure))
    {
      part = set_said (builder, spec, input, &error) ? mimesend_part_builder_build (builder, &error) : NULL;
      if (part == NULL)
        {
          g_prefix_error (&error, "%s: ", option);
          failure_set_error (failure, EXIT_CODE_BAD_DATA, option, error);
        }
    }
  return part;
}

GMimeObject *
attach_make (const Item *item, Failure *failure)
{
  const char *option = item->kind == ITEM_ATTACH_FILE ? "--attach-file" : "--attach";
  Spec spec = { NULL };
  Input input = INPUT_INIT;
  GMimeObject *part = NULL;

  if (spec_parse (&spec, item, failure) && spec_check_name (&spec, option, failure) &&
      input_open_file (&input, option, spec.path, failure))
    part = attach_build (&spec, &input, option, failure);
  input_close (&input);
  spec_clear (&spec);
  return part;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a file of addresses: comments, line ends, and which line is wrong. */
#include "input/address-file.h"

#include "input/input.h"
#include "input/stream.h"

#include <string.h>

#define OCTETS_MAX (64 * 1024 * 1024)

static void
line_clear (gpointer data)
{
  AddressLine *line = data;

  g_free (line->text);
  g_strfreev (line->recipients);
}

static GArray *
lines_new (void)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (AddressLine));

  g_array_set_clear_func (lines, line_clear);
  return lines;
}

/* Begins what is said of a line. */
static char *
line_place (const char *option, const char *path, guint number)
{
  return strcmp (path, "-") == 0 ? g_strdup_printf ("%s: standard input, line %u", option, number)
                                 : g_strdup_printf ("%s: '%s', line %u", option, path, number);
}

/* Where the comment of the line begins, or its end. */
static gsize
comment_begin (const char *line)
{
  gboolean quoted = FALSE;
  gsize i;

  for (i = 0; line[i] != '\0'; i++)
    if (quoted && line[i] == '\\' && line[i + 1] != '\0')
      i++;
    else if (line[i] == '"')
      quoted = !quoted;
    else if (line[i] == '#' && !quoted && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
      break;
  return i;
}

static GBytes *
file_octets (const char *option, const char *path, Failure *failure)
{
  Input input = INPUT_INIT;
  g_autoptr (Keep) keep = NULL;
  GBytes *bytes = NULL;

  if (input_open (&input, option, path, failure))
    keep = input_keep (&input, NULL, failure);
  if (keep != NULL && keep_get_length (keep) > OCTETS_MAX)
    failure_set (failure, EXIT_CODE_BAD_DATA, option,
                 "%s: %s is larger than 64 MiB: is it a file of addresses?", option, input.name);
  else if (keep != NULL)
    {
      GError *error = NULL;

      bytes = stream_bytes_of_keep (keep, &error);
      if (bytes == NULL)
        failure_set_error (failure, EXIT_CODE_NO_INPUT, option, error);
    }
  input_close (&input);
  return bytes;
}

/* What no letter takes, and what has no '@', which on the command line stands behind "--". */
static char **
bare_recipients (const char *text, const char *option, const char *place, Failure *failure)
{
  g_autoptr (MimesendLetter) letter = mimesend_letter_new ();
  g_auto (GStrv) recipients = NULL;
  GError *error = NULL;

  if (!mimesend_letter_add_to (letter, text, &error))
    {
      g_prefix_error (&error, "%s: ", place);
      failure_set_error (failure, EXIT_CODE_BAD_DATA, option, error);
      return NULL;
    }
  recipients = mimesend_letter_get_recipients (letter);
  for (guint i = 0; recipients[i] != NULL; i++)
    if (strchr (recipients[i], '@') == NULL)
      {
        failure_set (failure, EXIT_CODE_BAD_DATA, option, "%s: '%s' has no '@'", place, recipients[i]);
        return NULL;
      }
  return g_steal_pointer (&recipients);
}

static gboolean
address_file_take_line (
    GArray *lines, const char *octets, gsize n, const char *option, const char *place, Failure *failure)
{
  AddressLine line = { NULL, NULL };
  g_autofree char *text = NULL;

  if (memchr (octets, '\0', n) != NULL || !g_utf8_validate_len (octets, n, NULL))
    return failure_set (failure, EXIT_CODE_BAD_DATA, option, "%s: this is not valid UTF-8 text", place);
  text = g_strndup (octets, n);
  text[comment_begin (text)] = '\0';
  g_strstrip (text);
  if (text[0] == '\0')
    return TRUE;
  line.recipients = bare_recipients (text, option, place, failure);
  if (line.recipients == NULL)
    return FALSE;
  line.text = g_steal_pointer (&text);
  g_array_append_val (lines, line);
  return TRUE;
}

static GArray *
address_file_read (const char *option, const char *path, Failure *failure)
{
  g_autoptr (GBytes) bytes = file_octets (option, path, failure);
  g_autoptr (GArray) lines = lines_new ();
  const char *octets, *end;
  gsize left;
  guint number = 0;

  if (bytes == NULL)
    return NULL;
  octets = g_bytes_get_data (bytes, &left);
  if (left >= 3 && memcmp (octets, "\xef\xbb\xbf", 3) == 0)
    {
      octets += 3;
      left -= 3;
    }
  while (left > 0)
    {
      g_autofree char *place = line_place (option, path, ++number);
      gsize n;

      end = memchr (octets, '\n', left);
      n = end != NULL ? (gsize)(end - octets) : left;
      if (!address_file_take_line (lines, octets, n, option, place, failure))
        return NULL;
      n += end != NULL ? 1 : 0;
      octets += n;
      left -= n;
    }
  return g_steal_pointer (&lines);
}

GArray *
address_files_read (const Options *options, ItemKind kind, const char *option, Failure *failure)
{
  g_autoptr (GArray) all = lines_new ();

  for (guint i = 0; i < options->address_files->len; i++)
    {
      const Item *item = &g_array_index (options->address_files, Item, i);
      g_autoptr (GArray) lines = NULL;

      if (item->kind != kind)
        continue;
      lines = address_file_read (option, item->value, failure);
      if (lines == NULL)
        return NULL;
      if (lines->len > 0)
        g_array_append_vals (all, lines->data, lines->len);
      g_array_set_clear_func (lines, NULL); /* they are the other's now */
    }
  return g_steal_pointer (&all);
}

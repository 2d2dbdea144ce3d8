/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options/options.h"

#include <string.h>

#include "options/option-table.h"
#include "base/path.h"

#define SECONDS_MAX (7 * 24 * 60 * 60)

void
options_init (Options *self)
{
  memset (self, 0, sizeof *self);
  self->to = g_ptr_array_new ();
  self->cc = g_ptr_array_new ();
  self->bcc = g_ptr_array_new ();
  self->reply_to = g_ptr_array_new ();
  self->headers = g_ptr_array_new ();
  self->recipients = g_ptr_array_new ();
  self->list_unsubscribe = g_ptr_array_new ();
  self->probed = g_ptr_array_new ();
  self->dkims = g_ptr_array_new ();
  self->owned = g_ptr_array_new_with_free_func (g_free);
  self->address_files = g_array_new (FALSE, FALSE, sizeof (Item));
  self->attachments = g_array_new (FALSE, FALSE, sizeof (Item));
  self->messages = g_array_new (FALSE, FALSE, sizeof (Item));
  self->texts = g_array_new (FALSE, FALSE, sizeof (OptionText));
}

void
options_clear (Options *self)
{
  g_ptr_array_unref (self->to);
  g_ptr_array_unref (self->cc);
  g_ptr_array_unref (self->bcc);
  g_ptr_array_unref (self->reply_to);
  g_ptr_array_unref (self->headers);
  g_ptr_array_unref (self->recipients);
  g_ptr_array_unref (self->list_unsubscribe);
  g_ptr_array_unref (self->probed);
  g_ptr_array_unref (self->dkims);
  g_ptr_array_unref (self->owned);
  g_array_unref (self->address_files);
  g_array_unref (self->attachments);
  g_array_unref (self->messages);
  g_array_unref (self->texts);
}

static void
note_text (Options *self, const char *label, const char *value)
{
  OptionText text = { label, value };

  g_array_append_val (self->texts, text);
}

/* FUTURERELEASE counts in nine digits (RFC 4865 4.1). */
static guint64
seconds_max (const OptionSpec *spec)
{
  return spec->offset == G_STRUCT_OFFSET (Options, hold) ? 999999999 : SECONDS_MAX;
}

static gboolean
store_seconds (const OptionSpec *spec, gpointer field, const char *value, Failure *failure)
{
  guint64 seconds;

  if (!g_ascii_string_to_unsigned (value, 10, 1, seconds_max (spec), &seconds, NULL))
    return failure_set (failure, EXIT_CODE_USAGE, spec->label,
                        "%s takes a whole number%s from 1 to %" G_GUINT64_FORMAT ", not '%s'", spec->label,
                        strcmp (spec->argument, "SECONDS") == 0 ? " of seconds" : "", seconds_max (spec),
                        value);
  *(guint *)field = (guint)seconds;
  return TRUE;
}

static gboolean
refuse_dash (const OptionSpec *spec, const char *value, Failure *failure)
{
  gboolean is_recipient = strcmp (spec->label, "--from") != 0 && strcmp (spec->label, "-f") != 0 &&
                          strcmp (spec->label, "--reply-to") != 0 && strcmp (spec->label, "--rcpt") != 0;

  return failure_set (failure, EXIT_CODE_USAGE, spec->label,
                      "%s takes an address, and '%s' begins as an option does: %s%s", spec->label, value,
                      is_recipient ? "a recipient that begins so stands behind '--'"
                                   : "put what stands ahead of its '@', or the name, into double quotes",
                      strcmp (spec->label, "-t") == 0
                          ? ". It names a recipient; none are read from the message, as sendmail does with -t"
                          : "");
}

static gboolean
options_store (Options *self, const OptionSpec *spec, const char *value, Failure *failure)
{
  gpointer field = G_STRUCT_MEMBER_P (self, spec->offset);
  Item item = { (ItemKind)spec->item, value };

  if (spec->address && value[strspn (value, " \t")] == '-')
    return refuse_dash (spec, value, failure);
  switch (spec->kind)
    {
    case OPTION_FLAG:
      *(gboolean *)field = TRUE;
      return TRUE;
    case OPTION_SECONDS:
      return store_seconds (spec, field, value, failure);
    case OPTION_TEXTS:
      g_ptr_array_add (*(GPtrArray **)field, (gpointer)value);
      note_text (self, spec->label, value);
      return TRUE;
    case OPTION_ITEM:
      g_array_append_val (*(GArray **)field, item);
      if (item.kind == ITEM_MESSAGE_TEXT)
        note_text (self, spec->label, value);
      return TRUE;
    case OPTION_TEXT:
      note_text (self, spec->label, value);
      break;
    case OPTION_PATH:
      value = path_expand (value);
      g_ptr_array_add (self->owned, (gpointer)value);
      break;
    case OPTION_OCTETS:
      break;
    }
  if (spec->once && *(const char **)field != NULL)
    return failure_set (failure, EXIT_CODE_USAGE, spec->label, "%s is given twice", spec->label);
  *(const char **)field = value;
  return TRUE;
}

static const OptionSpec *
find_letter (char letter)
{
  for (const OptionSpec *spec = option_table; spec->label != NULL; spec++)
    if (spec->letter != 0 && spec->letter == letter)
      return spec;
  return NULL;
}

static const OptionSpec *
find_name (const char *name, gsize length)
{
  for (const OptionSpec *spec = option_table; spec->label != NULL; spec++)
    if (spec->name != NULL && strlen (spec->name) == length && strncmp (spec->name, name, length) == 0)
      return spec;
  return NULL;
}

/* Parses "--name", "--name=value" or "--name value". next: the following argument, or NULL; *taken: it is the value. Names
 * cannot be abbreviated: a later version may add one. */
static gboolean
parse_long (Options *self, const char *argument, const char *next, gboolean *taken, Failure *failure)
{
  const char *name = argument + 2;
  gsize length = strcspn (name, "=");
  const OptionSpec *spec = find_name (name, length);
  const char *value = name[length] == '=' ? name + length + 1 : NULL;

  if (spec == NULL)
    return failure_set (failure, EXIT_CODE_USAGE, argument, "there is no option '--%.*s'", (int)length, name);
  if (spec->kind == OPTION_FLAG)
    return value == NULL
               ? options_store (self, spec, NULL, failure)
               : failure_set (failure, EXIT_CODE_USAGE, spec->label, "%s takes no value", spec->label);
  if (value == NULL)
    {
      value = next;
      *taken = TRUE;
    }
  if (value == NULL)
    return failure_set (failure, EXIT_CODE_USAGE, spec->label, "%s needs a value: %s", spec->label,
                        spec->argument);
  return options_store (self, spec, value, failure);
}

/* Parses "-v", "-nv", "-sSUBJECT" or "-s SUBJECT". */
static gboolean
parse_letters (Options *self, const char *argument, const char *next, gboolean *taken, Failure *failure)
{
  for (const char *letter = argument + 1; *letter != '\0'; letter++)
    {
      const OptionSpec *spec = find_letter (*letter);

      if (spec == NULL)
        return failure_set (failure, EXIT_CODE_USAGE, argument, "there is no option '-%c'",
                            g_ascii_isgraph (*letter) ? *letter : '?');
      if (spec->kind == OPTION_FLAG)
        {
          options_store (self, spec, NULL, failure);
          continue;
        }
      if (letter[1] != '\0')
        return options_store (self, spec, letter + 1, failure);
      *taken = TRUE;
      if (next == NULL)
        return failure_set (failure, EXIT_CODE_USAGE, spec->label, "%s needs a value: %s", spec->label,
                            spec->argument);
      return options_store (self, spec, next, failure);
    }
  return TRUE;
}

static void
options_take_word (Options *self, const char *word, gboolean behind_dashes)
{
  if (!behind_dashes)
    self->n_ahead++;
  if (!behind_dashes && self->bare_word == NULL && strchr (word, '@') == NULL)
    self->bare_word = word;
  g_ptr_array_add (self->recipients, (gpointer)word);
  note_text (self, "RECIPIENT", word);
}

gboolean
options_parse (Options *self, int argc, char **argv, Failure *failure)
{
  gboolean behind_dashes = FALSE;

  for (int i = 0; i < argc; i++)
    {
      const char *argument = argv[i];
      const char *next = i + 1 < argc ? argv[i + 1] : NULL;
      gboolean taken = FALSE;
      gboolean good = TRUE;

      if (behind_dashes || argument[0] != '-' || argument[1] == '\0')
        options_take_word (self, argument, behind_dashes);
      else if (strcmp (argument, "--") == 0)
        behind_dashes = TRUE;
      else if (argument[1] == '-')
        good = parse_long (self, argument, next, &taken, failure);
      else
        good = parse_letters (self, argument, next, &taken, failure);
      if (!good)
        return FALSE;
      if (taken)
        i++;
    }
  return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The raw form: the message is sent as given, addresses are bare. */
#include <string.h>

#include "input/address-file.h"
#include "input/message.h"
#include "input/stream.h"

#define SILENCE_SECONDS      180
#define KEPT_FROM_RECIPIENTS 100 /* with more recipients the message may be sent more than once */

/* Checks each address by itself, so that errors name its place. */
static gboolean
take_addresses (const char *label, const GPtrArray *addresses, GStrvBuilder *builder, Failure *failure)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      const char *one[] = { g_ptr_array_index (addresses, i), NULL };
      GError *error = NULL;
      MimesendEnvelope *probe = mimesend_envelope_new ("", one, &error);

      if (probe == NULL)
        {
          g_prefix_error (&error, "%s: ", label);
          return failure_set_error (failure, EXIT_CODE_BAD_DATA, label, error);
        }
      mimesend_envelope_unref (probe);
      g_strv_builder_add (builder, one[0]);
    }
  return TRUE;
}

static gboolean
take_files (const Options *options, ItemKind kind, const char *label, GStrvBuilder *builder, Failure *failure)
{
  g_autoptr (GArray) lines = address_files_read (options, kind, label, failure);

  for (guint i = 0; lines != NULL && i < lines->len; i++)
    g_strv_builder_addv (builder, (const char **)g_array_index (lines, AddressLine, i).recipients);
  return lines != NULL;
}

/* The reverse-path: -f, else the bare address of the sender in the environment or a file, which may have a display name. */
static gboolean
choose_reverse_path (Message *self, const Config *config, Failure *failure)
{
  g_autoptr (MimesendLetter) letter = NULL;
  GError *error = NULL;

  if (self->options->reverse_path != NULL)
    {
      self->reverse_path = g_strdup (self->options->reverse_path);
      return TRUE;
    }
  if (config->from == NULL)
    return self->options->command == COMMAND_BUILD ||
           failure_set (
               failure, EXIT_CODE_CONFIG, "-f",
               "no sender is known: give -f ADDRESS ('<>' for none), or set MIMESEND_FROM, or write 'from "
               "= ...' into "
               "mimesend.conf%s",
               config_get_unused (config));
  letter = mimesend_letter_new ();
  if (!mimesend_letter_set_from (letter, config->from, &error))
    {
      g_prefix_error (&error, "from, as configured: ");
      return failure_set_error (failure, EXIT_CODE_BAD_DATA, "from", error);
    }
  self->reverse_path = g_strdup (mimesend_letter_get_reverse_path (letter));
  return TRUE;
}

static gboolean
check_reverse_path (Message *self, Failure *failure)
{
  const char *probe[] = { "postmaster", NULL };
  GError *error = NULL;
  MimesendEnvelope *envelope;

  if (self->reverse_path == NULL)
    return TRUE;
  envelope = mimesend_envelope_new (self->reverse_path, probe, &error);
  if (envelope == NULL)
    {
      g_prefix_error (&error, "-f: ");
      return failure_set_error (failure, EXIT_CODE_BAD_DATA, "-f", error);
    }
  mimesend_envelope_unref (envelope);
  return TRUE;
}

static gboolean
open_messages (Message *self, Failure *failure)
{
  for (guint i = 0; i < self->options->messages->len; i++)
    {
      const Item *item = &g_array_index (self->options->messages, Item, i);
      Input input = INPUT_INIT;
      gboolean good =
          item->kind != ITEM_MESSAGE_FILE || input_open (&input, "--message", item->value, failure);

      g_array_append_val (self->raw, input);
      if (!good)
        return FALSE;
    }
  return TRUE;
}

gboolean
raw_prepare (Message *self, const Config *config, Failure *failure)
{
  const Options *options = self->options;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!choose_reverse_path (self, config, failure) || !check_reverse_path (self, failure) ||
      !take_addresses ("-t", options->to, builder, failure) ||
      !take_addresses ("--cc", options->cc, builder, failure) ||
      !take_addresses ("--bcc", options->bcc, builder, failure) ||
      !take_addresses ("RECIPIENT", options->recipients, builder, failure) ||
      !take_files (options, ITEM_TO_FILE, "--to-file", builder, failure) ||
      !take_files (options, ITEM_CC_FILE, "--cc-file", builder, failure) ||
      !take_files (options, ITEM_BCC_FILE, "--bcc-file", builder, failure))
    return FALSE;
  self->recipients = g_strv_builder_end (builder);
  return open_messages (self, failure);
}

/* Whether input is read now: a terminal, a small file, and what may be sent again. The rest is read as it is sent. */
static gboolean
input_is_kept (const Message *self, const Input *input)
{
  if (input->terminal || (input->regular && input->size <= KEEP_IN_MEMORY_MAX))
    return TRUE;
  if (self->dkims != NULL) /* it is read for its signature, and then to be sent */
    return TRUE;
  if (self->options->skip_empty && !input->regular) /* whether it is empty must be known before connecting */
    return TRUE;
  return self->envelope != NULL && mimesend_envelope_get_n_recipients (self->envelope) > KEPT_FROM_RECIPIENTS;
}

static gboolean
add_kept (Message *self, Input *input, GError **error, Failure *failure)
{
  g_autoptr (Keep) keep = NULL;
  g_autoptr (GBytes) bytes = NULL;

  input_hint (input);
  keep = input_keep (input, NULL, failure);
  if (keep == NULL)
    return FALSE;
  bytes = stream_bytes_of_keep (keep, error);
  self->empty &= bytes != NULL && g_bytes_get_size (bytes) == 0;
  return bytes != NULL && stream_check_nul (input, bytes, failure) &&
         mimesend_content_add_bytes (self->content, bytes, error);
}

static gboolean
add_live (Message *self, Input *input, GError **error)
{
  guint seconds = self->options->timeout > 0 ? self->options->timeout : SILENCE_SECONDS;
  GInputStream *stream;

  if (!input->regular)
    input_wait (input);
  self->empty = FALSE;
  stream = stream_new_raw (input, seconds);
  g_ptr_array_add (self->streams, stream);
  return mimesend_content_add_input_stream (self->content, stream, error);
}

gboolean
raw_read (Message *self, Failure *failure)
{
  GError *error = NULL;

  self->content = mimesend_content_new ();
  self->empty = TRUE;
  for (guint i = 0; i < self->options->messages->len; i++)
    {
      const Item *item = &g_array_index (self->options->messages, Item, i);
      Input *input = &g_array_index (self->raw, Input, i);
      gboolean good;

      if (item->kind == ITEM_MESSAGE_TEXT)
        {
          self->empty &= *item->value == '\0';
          good = mimesend_content_add_string (self->content, item->value, &error);
        }
      else if (input_is_kept (self, input))
        good = add_kept (self, input, &error, failure);
      else
        good = add_live (self, input, &error);
      if (good)
        continue;
      if (error != NULL)
        failure_set_error (failure, EXIT_CODE_NO_INPUT, "--message", error);
      return FALSE;
    }
  return TRUE;
}

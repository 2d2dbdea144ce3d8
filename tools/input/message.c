/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "input/message.h"

#include <string.h>

#include "input/envelope.h"
#include "input/signing.h"
#include "input/stream.h"

static gboolean
make_envelope (Message *self, Failure *failure)
{
  GError *error = NULL;

  if (self->recipients[0] == NULL)
    return self->options->command == COMMAND_BUILD ||
           failure_set (failure, EXIT_CODE_USAGE, "RECIPIENT",
                        "no recipient is given: a group without members names nobody; add --bcc ADDRESS");
  self->envelope = mimesend_envelope_new (self->reverse_path, (const char *const *)self->recipients, &error);
  if (self->envelope == NULL)
    return failure_set_error (failure, EXIT_CODE_BAD_DATA, NULL, error);
  self->envelope = envelope_apply (self->envelope, self->options, failure);
  return self->envelope != NULL;
}

gboolean
message_prepare (Message *self, const Options *options, const Config *config, Failure *failure)
{
  memset (self, 0, sizeof *self);
  self->options = options;
  self->text = self->html = (Input)INPUT_INIT;
  self->raw = g_array_new (FALSE, FALSE, sizeof (Input));
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  return signing_load (&self->dkims, options, config, failure) &&
         (options_is_raw (options) ? raw_prepare (self, config, failure)
                                   : letter_prepare (self, config, failure)) &&
         make_envelope (self, failure);
}

gboolean
message_read (Message *self, Failure *failure)
{
  if (!(self->letter != NULL ? letter_read (self, failure) : raw_read (self, failure)))
    return FALSE;
  if (self->dkims != NULL)
    self->content = signing_apply (self->content, self->tree, self->dkims);
  return TRUE;
}

const Failure *
message_get_late_failure (const Message *self)
{
  for (guint i = 0; i < self->streams->len; i++)
    {
      const Failure *failure = stream_raw_get_failure (g_ptr_array_index (self->streams, i));

      if (failure != NULL)
        return failure;
    }
  return NULL;
}

void
message_warn_late (const Message *self)
{
  for (guint i = 0; self->streams != NULL && i < self->streams->len; i++)
    stream_raw_warn (g_ptr_array_index (self->streams, i));
}

void
message_clear (Message *self)
{
  g_clear_object (&self->content);
  g_clear_pointer (&self->dkims, g_ptr_array_unref);
  g_clear_object (&self->tree);
  g_clear_object (&self->letter);
  g_clear_pointer (&self->envelope, mimesend_envelope_unref);
  g_clear_pointer (&self->reverse_path, g_free);
  g_clear_pointer (&self->recipients, g_strfreev);
  input_close (&self->text);
  input_close (&self->html);
  for (guint i = 0; self->raw != NULL && i < self->raw->len; i++)
    input_close (&g_array_index (self->raw, Input, i));
  g_clear_pointer (&self->raw, g_array_unref);
  g_clear_pointer (&self->streams, g_ptr_array_unref);
}

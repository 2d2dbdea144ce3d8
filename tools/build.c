/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `mimesend build`: writes the message to standard output, lazily, with LF line ends and not encoded for any server. */
#include "commands.h"
#include "options/config.h"

#include <errno.h>
#include <unistd.h>

#include "output/text.h"

#define BLOCK 65536

/* The tree's stream has LF; raw octets stay as the caller gave them. */
static GBytes *
next_block (const Message *message, GMimeStream *stream, GError **error)
{
  if (stream != NULL)
    return mimesend_part_stream_read_bytes (stream, BLOCK, error);
  return mimesend_content_read_bytes (message->content, BLOCK, NULL, error);
}

static gboolean
build_write_block (GBytes *block, Failure *failure)
{
  gsize left;
  const guint8 *octets = g_bytes_get_data (block, &left);

  while (left > 0)
    {
      gssize written = write (STDOUT_FILENO, octets, left);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return failure_set (failure, EXIT_CODE_NO_OUTPUT, NULL, "standard output cannot be written: %s",
                            g_strerror (errno));
      octets += written;
      left -= written;
    }
  return TRUE;
}

/* What is signed comes as it is sent, and is written with LF like the rest: the sender of it makes CRLF of that again. A CR ends a
 * line on the wire, with a LF behind it or without. */
static GBytes *
with_lf (GBytes *block, gboolean *after_cr)
{
  gsize n;
  const char *octets = g_bytes_get_data (block, &n);
  GString *made = g_string_sized_new (n);

  for (gsize i = 0; i < n; i++)
    {
      if (octets[i] != '\n' || !*after_cr)
        g_string_append_c (made, octets[i] == '\r' ? '\n' : octets[i]);
      *after_cr = octets[i] == '\r';
    }
  return g_string_free_to_bytes (made);
}

static gboolean
write_message (const Message *message, Failure *failure)
{
  /* what is signed is the form of the wire */
  gboolean as_tree = message->tree != NULL && message->dkims == NULL;
  GMimeStream *stream = as_tree ? mimesend_part_stream_new (message->tree) : NULL;
  gboolean after_cr = FALSE;
  GError *unfit = NULL;
  gboolean good = message->dkims == NULL ||
                  mimesend_content_prepare (message->content, MIMESEND_WIRE_NONE, &unfit) ||
                  failure_set_error (failure, EXIT_CODE_BAD_DATA, NULL, unfit);

  while (good)
    {
      GError *error = NULL;
      g_autoptr (GBytes) block = next_block (message, stream, &error);

      if (block == NULL)
        {
          const Failure *late = message_get_late_failure (message);

          good = late == NULL ? failure_set_error (failure, EXIT_CODE_NO_INPUT, NULL, error)
                              : failure_set (failure, late->code, late->argument, "%s", late->message);
          break;
        }
      if (g_bytes_get_size (block) == 0)
        break;
      if (message->dkims != NULL)
        {
          g_autoptr (GBytes) made = with_lf (block, &after_cr);

          good = build_write_block (made, failure);
        }
      else
        good = build_write_block (block, failure);
    }
  g_clear_object (&stream);
  message_warn_late (message);
  return good;
}

int
build_run (const Options *options)
{
  Failure failure = FAILURE_INIT;
  Config config;
  Message message = { 0 };
  int code;

  if (config_load (&config, &failure) && message_prepare (&message, options, &config, &failure) &&
      message_read (&message, &failure) && !(message.empty && options->skip_empty))
    write_message (&message, &failure);
  if (failure.code != EXIT_CODE_OK)
    print_failure (&failure);
  code = failure.code;
  message_clear (&message);
  config_clear (&config);
  failure_clear (&failure);
  return code;
}

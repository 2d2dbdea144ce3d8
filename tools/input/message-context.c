/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a letter belongs to: a message that it answers, a calendar, a list. */
#include <libmimesend/mimesend-gmime-autoptr.h>

#include "input/message.h"
#include "input/stream.h"

static GMimeMessage *
read_answered (const char *path, Failure *failure)
{
  Input input = INPUT_INIT;
  GMimeMessage *message = NULL;
  g_autoptr (Keep) keep = NULL;

  if (input_open (&input, "--reply", path, failure))
    keep = input_keep (&input, NULL, failure);
  if (keep != NULL)
    {
      g_autoptr (GMimeStream) stream = stream_of_keep (keep);
      g_autoptr (GMimeParser) parser = g_mime_parser_new_with_stream (stream);

      message = g_mime_parser_construct_message (parser, NULL);
      if (message == NULL)
        failure_set (failure, EXIT_CODE_BAD_DATA, "--reply", "--reply: %s is no message", input.name);
    }
  input_close (&input);
  return message;
}

/* Reply-To, or From (RFC 5322 3.6.2). What is wrong with a name is left out with the name. */
static gboolean
address_answer (Message *self, GMimeMessage *answered, Failure *failure)
{
  InternetAddressList *list = g_mime_message_get_reply_to (answered);
  guint n = 0;

  if (list == NULL || internet_address_list_length (list) == 0)
    list = g_mime_message_get_from (answered);
  for (int i = 0; list != NULL && i < internet_address_list_length (list); i++)
    {
      InternetAddress *address = internet_address_list_get_address (list, i);
      g_autofree char *whole = internet_address_to_string (address, NULL, FALSE);
      const char *bare = INTERNET_ADDRESS_IS_MAILBOX (address)
                             ? internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address))
                             : NULL;

      if (bare != NULL && (mimesend_letter_add_to (self->letter, whole, NULL) ||
                           mimesend_letter_add_to (self->letter, bare, NULL)))
        n++;
    }
  return n > 0 || failure_set (failure, EXIT_CODE_BAD_DATA, "--reply",
                               "--reply: the message names no address to answer: add -t ADDRESS");
}

static gboolean
set_answered (Message *self, Failure *failure)
{
  const Options *options = self->options;
  g_autoptr (GMimeMessage) answered = read_answered (options->reply, failure);
  GError *error = NULL;

  if (answered == NULL)
    return FALSE;
  if (!mimesend_letter_set_reply_to_message (self->letter, answered, &error))
    {
      g_prefix_error (&error, "--reply: ");
      return failure_set_error (failure, EXIT_CODE_BAD_DATA, "--reply", error);
    }
  return options->to->len + options->cc->len + options->bcc->len + options->recipients->len +
                 options->address_files->len >
             0 ||
         address_answer (self, answered, failure);
}

static gboolean
set_calendar (Message *self, Failure *failure)
{
  Input input = INPUT_INIT;
  g_autoptr (Keep) keep = NULL;
  g_autoptr (GBytes) ics = NULL;
  GError *error = NULL;

  if (input_open (&input, "--calendar", self->options->calendar, failure))
    keep = input_keep (&input, NULL, failure);
  input_close (&input);
  if (keep == NULL)
    return FALSE;
  ics = stream_bytes_of_keep (keep, &error);
  if (ics == NULL)
    return failure_set_error (failure, EXIT_CODE_NO_INPUT, "--calendar", error);
  if (mimesend_letter_set_calendar (self->letter, ics, &error))
    return TRUE;
  g_prefix_error (&error, "--calendar: ");
  return failure_set_error (failure, EXIT_CODE_BAD_DATA, "--calendar", error);
}

static gboolean
set_list (Message *self, Failure *failure)
{
  const GPtrArray *given = self->options->list_unsubscribe;
  g_autoptr (GPtrArray) uris = g_ptr_array_new ();
  GError *error = NULL;

  for (guint i = 0; i < given->len; i++)
    g_ptr_array_add (uris, given->pdata[i]);
  g_ptr_array_add (uris, NULL);
  return mimesend_letter_set_list_unsubscribe (self->letter, (const char *const *)uris->pdata, &error) ||
         failure_set_error (failure, EXIT_CODE_BAD_DATA, "--list-unsubscribe", error);
}

gboolean
letter_set_context (Message *self, Failure *failure)
{
  const Options *options = self->options;

  return (options->reply == NULL || set_answered (self, failure)) &&
         (options->calendar == NULL || set_calendar (self, failure)) &&
         (options->list_unsubscribe->len == 0 || set_list (self, failure));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small dialogue of its own: greeting, HELO, VRFY twice, QUIT. Replies are read by the core's reader, and no value is
 * written that the grammar of addresses did not pass. */
#include "client/probe/vrfy.h"

#include <string.h>

#include "client/drive/ehlo-name.h"
#include "values/printable.h"
#include "octets/mailbox.h"
#include "smtp/reply.h"

#define TIMEOUT_S 20

typedef struct
{
  GIOStream *stream;
  MimesendSmtpReplyReader *reader;
  GCancellable *cancellable;
} Dialogue;

/* Says a line (NULL: nothing) and reads one reply. 0: none came. */
static guint
ask (Dialogue *self, const char *line, MimesendSmtpReply *reply)
{
  guint8 buffer[2048];

  mimesend_smtp_reply_clear (reply);

  if (line != NULL && !g_output_stream_write_all (g_io_stream_get_output_stream (self->stream), line,
                                                  strlen (line), NULL, self->cancellable, NULL))
    return 0;
  for (;;)
    {
      gssize n;

      switch (mimesend_smtp_reply_reader_next (self->reader, FALSE, reply))
        {
        case MIMESEND_SMTP_READ_REPLY:
          return reply->code;
        case MIMESEND_SMTP_READ_BROKEN:
          return 0;
        case MIMESEND_SMTP_READ_MORE:
        default:
          break;
        }
      n = g_input_stream_read (g_io_stream_get_input_stream (self->stream), buffer, sizeof buffer,
                               self->cancellable, NULL);
      if (n <= 0)
        return 0;
      mimesend_smtp_reply_reader_push (self->reader, buffer, (gsize)n);
    }
}

static guint
ask_about (Dialogue *self, const char *verb, const char *value, int length, MimesendSmtpReply *reply)
{
  g_autofree char *line = g_strdup_printf ("%s %.*s\r\n", verb, length, value);

  return ask (self, line, reply);
}

static MimesendVrfyAnswer
converse (
    Dialogue *self, const char *address, gsize local_length, const char *hello, MimesendSmtpReply *reply)
{
  guint code;

  if (ask (self, NULL, reply) / 100 != 2)
    return MIMESEND_VRFY_NO_ANSWER;
  if (ask_about (self, "HELO", hello, (int)strlen (hello), reply) / 100 != 2)
    return MIMESEND_VRFY_NO_ANSWER;
  code = ask_about (self, "VRFY", address, (int)local_length, reply);
  if (code != 0 && code != 550)
    return MIMESEND_VRFY_PERHAPS;
  if (code == 550)
    code = ask_about (self, "VRFY", address, (int)strlen (address), reply);
  if (code == 0)
    return MIMESEND_VRFY_NO_ANSWER;
  return code == 550 ? MIMESEND_VRFY_BOGUS : MIMESEND_VRFY_PERHAPS;
}

MimesendVrfyAnswer
mimesend_vrfy (GSocketConnectable *server, const char *address, GCancellable *cancellable, char **why)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *hello = mimesend_ehlo_name (NULL, NULL);
  MimesendSmtpReply reply = { 0 };
  MimesendMailbox mailbox;
  Dialogue dialogue;
  MimesendVrfyAnswer answer;

  if (mimesend_mailbox_scan (address, strlen (address), &mailbox) != MIMESEND_MAILBOX_OK)
    return MIMESEND_VRFY_BOGUS;
  g_socket_client_set_timeout (client, TIMEOUT_S);
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect (client, server, cancellable, &error);
  if (connection == NULL)
    {
      *why = g_strdup (error->message);
      return MIMESEND_VRFY_NO_ANSWER;
    }
  dialogue = (Dialogue){ G_IO_STREAM (connection), mimesend_smtp_reply_reader_new (FALSE), cancellable };
  answer = converse (&dialogue, address, mailbox.local_length, hello, &reply);
  if (reply.code != 0)
    {
      g_autofree char *text = mimesend_printable_reply (reply.text, 500);

      *why = g_strdup_printf ("the mail server said: %u %s", reply.code, text);
    }
  else
    *why = g_strdup ("the mail server did not answer");
  mimesend_smtp_reply_clear (&reply);
  g_output_stream_write_all (g_io_stream_get_output_stream (dialogue.stream), "QUIT\r\n", 6, NULL,
                             cancellable, NULL);
  mimesend_smtp_reply_reader_free (dialogue.reader);
  return answer;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every command line of the session is made in this file.
 *
 * Unchecked values in commands are the usual way to attack mail senders: an address with a CR in its quoted local part, a
 * SIZE that is a string, an EHLO name from a configuration file. So there is one place, with typed parameters; each value
 * is checked again although callers should have checked it, and the whole line once more: with an octet below 32 or DEL it
 * is not sent. */
#include "smtp/command.h"

#include "octets/decimal.h"
#include "octets/mailbox.h"

#include <stdarg.h>
#include <string.h>

static const char *const verbs[] = {
  [MIMESEND_SMTP_EHLO] = "EHLO", [MIMESEND_SMTP_HELO] = "HELO",
  [MIMESEND_SMTP_LHLO] = "LHLO", [MIMESEND_SMTP_COMMAND_STARTTLS] = "STARTTLS",
  [MIMESEND_SMTP_DATA] = "DATA", [MIMESEND_SMTP_RSET] = "RSET",
  [MIMESEND_SMTP_NOOP] = "NOOP", [MIMESEND_SMTP_QUIT] = "QUIT",
};

/* Queues the words, NULL-terminated, as one line. With MIMESEND_SMTP_QUEUE_SECRET the last word is secret. */
static const char *
command_put (MimesendSmtpOutput *out, gsize max, MimesendSmtpQueueFlags flags, ...)
{
  guint8 *line = mimesend_smtp_output_reserve (out, max);
  gsize n = 0, last = 0;
  guint8 bad = 0;
  const char *word;
  va_list words;

  va_start (words, flags);
  while ((word = va_arg (words, const char *)) != NULL)
    {
      gsize length = strlen (word);

      if (length > max - 2 - n)
        {
          va_end (words);
          mimesend_smtp_wipe (line, n);
          return "is too long for a command";
        }
      memcpy (line + n, word, length);
      n += length;
      last = length;
    }
  va_end (words);

  for (gsize i = 0; i < n; i++) /* no early exit, so that the compiler vectorizes it */
    bad |= (guint8)((line[i] < 32) | (line[i] == 127));
  if (bad)
    {
      mimesend_smtp_wipe (line, n);
      return "has a control character in it";
    }
  mimesend_smtp_trace_command (out->trace, line, n, (flags & MIMESEND_SMTP_QUEUE_SECRET) != 0 ? last : 0);
  line[n++] = '\r';
  line[n++] = '\n';
  mimesend_smtp_output_commit (out, n, flags);
  return NULL;
}

const char *
mimesend_smtp_path_fault (const char *path, gboolean may_be_null, gboolean *is_ascii)
{
  MimesendMailbox mailbox;
  MimesendMailboxFault fault;

  *is_ascii = TRUE;
  if (path == NULL)
    return "is missing";
  if (*path == '\0' && may_be_null)
    return NULL;
  fault = mimesend_mailbox_scan (path, strlen (path), &mailbox);
  if (fault != MIMESEND_MAILBOX_OK)
    return mimesend_mailbox_fault_words (fault);
  *is_ascii = mailbox.local_is_ascii && mailbox.domain_is_ascii;
  return NULL;
}

const char *
mimesend_smtp_command_plain (MimesendSmtpOutput *out, MimesendSmtpVerb verb, MimesendSmtpQueueFlags flags)
{
  return command_put (out, 64, flags, verbs[verb], NULL);
}

/* RFC 5321 4.1.1.1: a domain or an address literal. */
const char *
mimesend_smtp_command_hello (MimesendSmtpOutput *out,
                             MimesendSmtpVerb verb,
                             const char *name,
                             MimesendSmtpQueueFlags flags)
{
  if (name == NULL || !mimesend_domain_is_valid (name, strlen (name), FALSE))
    return "is neither a domain nor an address literal";
  return command_put (out, MIMESEND_SMTP_AUTH_COMMAND_MAX, flags, verbs[verb], " ", name, NULL);
}

const char *
mimesend_smtp_command_mail (MimesendSmtpOutput *out,
                            const MimesendSmtpMail *mail,
                            MimesendSmtpQueueFlags flags)
{
  char digits[MIMESEND_DECIMAL_SIZE];
  gboolean is_ascii;
  const char *fault = mimesend_smtp_path_fault (mail->reverse_path, TRUE, &is_ascii);

  if (fault != NULL)
    return fault;
  if (!is_ascii && !mail->smtputf8)
    return "is not ASCII, and the server does not take SMTPUTF8";
  return command_put (out, MIMESEND_SMTP_COMMAND_MAX, flags, "MAIL FROM:<", mail->reverse_path, ">",
                      mail->size >= 0 ? " SIZE=" : "",
                      mail->size >= 0 ? mimesend_decimal (digits, (guint64)mail->size) : "",
                      mail->body == MIMESEND_SMTP_BODY_8BITMIME     ? " BODY=8BITMIME"
                      : mail->body == MIMESEND_SMTP_BODY_BINARYMIME ? " BODY=BINARYMIME"
                                                                    : "",
                      mail->smtputf8 ? " SMTPUTF8" : "", mail->more != NULL ? mail->more : "", NULL);
}

const char *
mimesend_smtp_command_rcpt (MimesendSmtpOutput *out, const char *path, MimesendSmtpQueueFlags flags)
{
  return mimesend_smtp_command_rcpt_with (out, path, "", flags);
}

const char *
mimesend_smtp_command_rcpt_with (MimesendSmtpOutput *out,
                                 const char *path,
                                 const char *more,
                                 MimesendSmtpQueueFlags flags)
{
  gboolean is_ascii;
  const char *fault = mimesend_smtp_path_fault (path, FALSE, &is_ascii);

  if (fault != NULL)
    return fault;
  return command_put (out, MIMESEND_SMTP_COMMAND_MAX, flags, "RCPT TO:<", path, ">", more,
                      NULL); /* more NULL is the terminator */
}

/* RFC 5321 4.1.1.6: a user's name, which for us is a local part, or a mailbox. */
const char *
mimesend_smtp_command_vrfy (MimesendSmtpOutput *out,
                            const char *mailbox,
                            gboolean whole,
                            MimesendSmtpQueueFlags flags)
{
  gboolean is_ascii;
  const char *fault = mimesend_smtp_path_fault (mailbox, FALSE, &is_ascii);
  MimesendMailbox parts;
  g_autofree char *text = NULL;

  if (fault != NULL)
    return fault;
  if (!is_ascii)
    return "is not ASCII";
  mimesend_mailbox_scan (mailbox, strlen (mailbox), &parts);
  text = g_strndup (mailbox, whole ? strlen (mailbox) : parts.local_length);
  return command_put (out, MIMESEND_SMTP_COMMAND_MAX, flags, "VRFY ", text, NULL);
}

/* RFC 3030 2 */
const char *
mimesend_smtp_command_bdat (MimesendSmtpOutput *out, gsize n, gboolean last, MimesendSmtpQueueFlags flags)
{
  char digits[MIMESEND_DECIMAL_SIZE];

  return command_put (out, 64, flags, "BDAT ", mimesend_decimal (digits, n), last ? " LAST" : "", NULL);
}

static gboolean
is_base64 (const char *s)
{
  while (g_ascii_isalnum (*s) || *s == '+' || *s == '/' || *s == '=')
    s++;
  return *s == '\0';
}

const char *
mimesend_smtp_command_auth (MimesendSmtpOutput *out, const char *mechanism, const char *response)
{
  gsize n = strlen (mechanism);

  if (n == 0 || n > 20)
    return "is not the name of a mechanism";
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (mechanism[i]) && mechanism[i] != '-' && mechanism[i] != '_')
      return "is not the name of a mechanism";
  if (response != NULL && !is_base64 (response))
    return "is not base64";
  return command_put (out, MIMESEND_SMTP_AUTH_COMMAND_MAX,
                      MIMESEND_SMTP_QUEUE_GATE | MIMESEND_SMTP_QUEUE_SECRET, "AUTH ", mechanism,
                      response != NULL ? " " : "", response != NULL ? response : "", NULL);
}

const char *
mimesend_smtp_command_auth_response (MimesendSmtpOutput *out, const char *response)
{
  if (strcmp (response, "*") != 0 && !is_base64 (response))
    return "is not base64";
  return command_put (out, MIMESEND_SMTP_AUTH_LINE_MAX, MIMESEND_SMTP_QUEUE_GATE | MIMESEND_SMTP_QUEUE_SECRET,
                      response, NULL);
}

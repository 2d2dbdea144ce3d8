/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One group of commands after another, each when the replies to the last are there:
 *
 *   MAIL RSET MAIL RSET   what leaves ahead of its replies when messages are in flight, but for the messages (RFC 2920)
 *   BDAT 0 LAST; RSET     with no transaction open: 503: BDAT is known; 500: it is not;
 *                         silence: something on the path swallowed it
 *   MAIL; RCPT each; RSET recipients, one at a time
 *
 * Nothing of this can become a message: no recipient ever stands when content could come. */
#include "client/probe/probe-trial.h"

#include <string.h>

#include "octets/printable.h"
#include "octets/mailbox.h"
#include "smtp/command.h"
#include "smtp/reply.h"

#define ANSWER_US   (15 * G_TIME_SPAN_SECOND)
#define REPLIES_MAX 4

typedef enum
{
  ASKED_NOTHING,
  ASKED_PIPELINING,
  ASKED_CHUNKING,
  ASKED_CHUNKING_RESET,
  ASKED_SENDER,
  ASKED_RECIPIENT,
  ASKED_RESET
} Asked;

struct _MimesendProbeTrial
{
  MimesendWire *wire;
  const MimesendSmtpCapabilities *offered;
  char *reverse_path;
  char **recipients;
  guint n_asked;               /* recipients asked so far */
  MimesendProbeResult *result; /* borrowed: the results are written to it */
  MimesendSmtpOutput out;
  MimesendSmtpReplyReader *reader;
  Asked asked;
  guint due, n_replies;
  MimesendSmtpReply replies[REPLIES_MAX];
  gint64 deadline_us;
  gboolean broken;
};

MimesendProbeTrial *
mimesend_probe_trial_new (MimesendWire *wire,
                          const MimesendSmtpCapabilities *offered,
                          const char *reverse_path,
                          const char *const *recipients,
                          MimesendProbeResult *result)
{
  MimesendProbeTrial *self = g_new0 (MimesendProbeTrial, 1);

  self->wire = wire;
  self->offered = offered;
  self->reverse_path = reverse_path != NULL ? mimesend_mailbox_to_ascii (reverse_path) : NULL;
  if (self->reverse_path == NULL)
    self->reverse_path = g_strdup (reverse_path != NULL ? reverse_path : "");
  self->recipients = g_strdupv ((char **)recipients);
  self->result = result;
  self->reader = mimesend_smtp_reply_reader_new ();
  mimesend_smtp_output_init (&self->out);
  return self;
}

static void
forget_replies (MimesendProbeTrial *self)
{
  while (self->n_replies > 0)
    mimesend_smtp_reply_clear (&self->replies[--self->n_replies]);
}

void
mimesend_probe_trial_free (MimesendProbeTrial *self)
{
  if (self == NULL)
    return;
  forget_replies (self);
  mimesend_smtp_reply_reader_free (self->reader);
  mimesend_smtp_output_clear (&self->out);
  g_strfreev (self->recipients);
  g_free (self->reverse_path);
  g_free (self);
}

/* --- asking --- */

static const char *
say_mail (MimesendProbeTrial *self, gboolean smtputf8)
{
  MimesendSmtpMail mail = {
    .reverse_path = self->reverse_path,
    .size = -1,
    .smtputf8 = (smtputf8 || !g_str_is_ascii (self->reverse_path)) &&
                mimesend_smtp_capabilities_has (self->offered, MIMESEND_SMTP_SMTPUTF8),
    .more = "",
  };

  return mimesend_smtp_command_mail (&self->out, &mail, MIMESEND_SMTP_QUEUE_PLAIN);
}

static void
say_reset (MimesendProbeTrial *self)
{
  mimesend_smtp_command_plain (&self->out, MIMESEND_SMTP_RSET, MIMESEND_SMTP_QUEUE_PLAIN);
}

static const char *
say_group (MimesendProbeTrial *self)
{
  const char *fault = say_mail (self, FALSE);

  if (fault != NULL)
    return fault;
  say_reset (self);
  say_mail (self, FALSE);
  say_reset (self);
  self->due = 4;
  return NULL;
}

static MimesendOutcome
outcome_of_reply (guint code)
{
  return code == 0         ? MIMESEND_OUTCOME_NOT_TRIED
         : code / 100 == 2 ? MIMESEND_OUTCOME_ACCEPTED
         : code / 100 == 4 ? MIMESEND_OUTCOME_DEFERRED
                           : MIMESEND_OUTCOME_REFUSED;
}

static void
add_row (MimesendProbeTrial *self, const char *address, const MimesendSmtpReply *reply, const char *words)
{
  MimesendProbeRecipient row = {
    .address = g_strdup (address),
    .outcome = outcome_of_reply (reply != NULL ? reply->code : 0),
    .code = reply != NULL ? reply->code : 0,
    .reply = mimesend_printable_lines (reply != NULL ? reply->text : words, 512),
  };

  if (reply != NULL)
    g_strlcpy (row.enhanced, reply->enhanced, sizeof row.enhanced);
  g_array_append_val (self->result->recipients, row);
}

/* Sets the words of all recipients that were not asked. */
static void
give_up_recipients (MimesendProbeTrial *self, const char *words)
{
  while (self->recipients != NULL && self->recipients[self->n_asked] != NULL)
    add_row (self, self->recipients[self->n_asked++], NULL, words);
}

static gboolean
any_needs_utf8 (MimesendProbeTrial *self)
{
  gboolean any = FALSE;

  for (guint i = 0; self->recipients[i] != NULL; i++)
    any |= mimesend_mailbox_needs_smtputf8 (self->recipients[i]);
  return any;
}

/* FALSE: there is no other recipient. One whose address cannot be written is passed over with its reason. */
static gboolean
say_recipient (MimesendProbeTrial *self)
{
  const char *fault;

  for (; self->recipients[self->n_asked] != NULL; self->n_asked++)
    {
      const char *address = self->recipients[self->n_asked];
      g_autofree char *ascii = mimesend_mailbox_to_ascii (address);

      fault = mimesend_mailbox_needs_smtputf8 (address) &&
                      !mimesend_smtp_capabilities_has (self->offered, MIMESEND_SMTP_SMTPUTF8)
                  ? "is not ASCII, and the server does not take SMTPUTF8"
                  : mimesend_smtp_command_rcpt (&self->out, ascii != NULL ? ascii : address,
                                                MIMESEND_SMTP_QUEUE_PLAIN);
      if (fault == NULL)
        return TRUE;
      add_row (self, address, NULL, fault);
    }
  return FALSE;
}

/* The next group that there is a reason for. FALSE: there is none. */
static gboolean
trial_ask_next (MimesendProbeTrial *self)
{
  const char *fault;

  self->due = 1;
  if (self->asked < ASKED_PIPELINING &&
      mimesend_smtp_capabilities_has (self->offered, MIMESEND_SMTP_PIPELINING) && say_group (self) == NULL)
    self->asked = ASKED_PIPELINING;
  else if (self->asked < ASKED_CHUNKING &&
           mimesend_smtp_capabilities_has (self->offered, MIMESEND_SMTP_CHUNKING))
    {
      mimesend_smtp_command_bdat (&self->out, 0, TRUE, MIMESEND_SMTP_QUEUE_PLAIN);
      self->asked = ASKED_CHUNKING;
    }
  else if (self->asked == ASKED_CHUNKING)
    {
      say_reset (self);
      self->asked = ASKED_CHUNKING_RESET;
    }
  else if (self->asked < ASKED_SENDER && self->recipients != NULL && self->recipients[0] != NULL)
    {
      fault = say_mail (self, any_needs_utf8 (self));
      self->asked = ASKED_SENDER;
      if (fault != NULL)
        {
          give_up_recipients (self, fault);
          return FALSE;
        }
    }
  else if ((self->asked == ASKED_SENDER || self->asked == ASKED_RECIPIENT) && say_recipient (self))
    self->asked = ASKED_RECIPIENT;
  else if (self->asked == ASKED_SENDER || self->asked == ASKED_RECIPIENT)
    {
      say_reset (self);
      self->asked = ASKED_RESET;
    }
  else
    return FALSE;
  self->deadline_us = g_get_monotonic_time () + ANSWER_US;
  return TRUE;
}

/* --- replies --- */

static gboolean
is_unknown (guint code)
{
  return code == 500 || code == 502;
}

static void
verdict_set (MimesendProbeTried *tried, gboolean holds, const char *words, const MimesendSmtpReply *reply)
{
  g_autofree char *shown = reply != NULL ? mimesend_printable_lines (reply->text, 256) : NULL;

  tried->verdict = holds ? MIMESEND_PROBE_VERDICT_HOLDS : MIMESEND_PROBE_VERDICT_DOES_NOT_HOLD;
  g_free (tried->words);
  tried->words = shown != NULL ? g_strdup_printf ("%s: %u %s", words, reply->code, shown) : g_strdup (words);
}

static void
judge_group (MimesendProbeTrial *self)
{
  const MimesendSmtpReply *wrong = NULL;

  for (guint i = 0; i < 4 && wrong == NULL; i++)
    if (i % 2 == 1 ? self->replies[i].code / 100 != 2
                   : is_unknown (self->replies[i].code) || self->replies[i].code == 503)
      wrong = &self->replies[i];
  verdict_set (&self->result->pipelining, wrong == NULL,
               wrong == NULL
                   ? "MAIL, RSET, MAIL, RSET in one packet were answered one after the other"
                   : "MAIL, RSET, MAIL, RSET in one packet were not answered as if they had come one by one",
               wrong);
}

static void
judge_replies (MimesendProbeTrial *self)
{
  const MimesendSmtpReply *reply = &self->replies[0];

  if (self->asked == ASKED_PIPELINING)
    judge_group (self);
  else if (self->asked == ASKED_CHUNKING)
    verdict_set (&self->result->chunking, !is_unknown (reply->code),
                 is_unknown (reply->code) ? "BDAT is not known"
                                          : "BDAT without a message was answered as by one that knows it",
                 reply);
  else if (self->asked == ASKED_SENDER && reply->code / 100 != 2)
    {
      g_autofree char *words = g_strdup_printf ("MAIL was answered %u %s", reply->code, reply->text);

      give_up_recipients (self, words);
    }
  else if (self->asked == ASKED_RECIPIENT)
    add_row (self, self->recipients[self->n_asked++], reply, NULL);
  if (reply->code == 421)
    self->broken = TRUE;
  forget_replies (self);
}

/* The connection is unusable from now on. */
static void
trial_lose (MimesendProbeTrial *self, const char *words)
{
  self->broken = TRUE;
  if (self->asked == ASKED_PIPELINING)
    verdict_set (&self->result->pipelining, FALSE, words, NULL);
  else if (self->asked == ASKED_CHUNKING)
    verdict_set (&self->result->chunking, FALSE, words, NULL);
  give_up_recipients (self, words);
}

static void
write_some (MimesendProbeTrial *self)
{
  MimesendPiece pieces[8];
  guint n;
  gsize sent;

  do
    {
      n = mimesend_smtp_output_peek (&self->out, TRUE, pieces, G_N_ELEMENTS (pieces));
      sent = n > 0 ? mimesend_wire_write (self->wire, pieces, n) : 0;
      mimesend_smtp_output_sent (&self->out, sent);
    }
  while (sent > 0);
  mimesend_wire_flush (self->wire);
}

static void
read_some (MimesendProbeTrial *self)
{
  guint8 octets[4096];
  gssize n = MIMESEND_WIRE_BLOCK;

  while (self->due > 0 && !self->broken)
    {
      switch (mimesend_smtp_reply_reader_next (self->reader, FALSE, &self->replies[self->n_replies]))
        {
        case MIMESEND_SMTP_READ_REPLY:
          self->n_replies++;
          self->due--;
          continue;
        case MIMESEND_SMTP_READ_BROKEN:
          trial_lose (self, "the answer is no reply of SMTP");
          return;
        case MIMESEND_SMTP_READ_MORE:
        default:
          break;
        }
      n = mimesend_wire_read (self->wire, octets, sizeof octets);
      if (n == MIMESEND_WIRE_BLOCK)
        return;
      if (n == MIMESEND_WIRE_END)
        trial_lose (self, "the server closed the connection");
      else
        mimesend_smtp_reply_reader_push (self->reader, octets, (gsize)n);
    }
  if (!self->broken && mimesend_smtp_reply_reader_get_pending (self->reader) > 0)
    trial_lose (self, "the server sent a reply that nobody asked for");
}

gboolean
mimesend_probe_trial_step (MimesendProbeTrial *self, MimesendWait *wait)
{
  for (;;)
    {
      if (self->due == 0 && !self->broken && self->asked != ASKED_NOTHING)
        judge_replies (self);
      if (self->broken)
        {
          give_up_recipients (self, "the server closed the connection");
          return TRUE;
        }
      if (self->due == 0 && !trial_ask_next (self))
        return TRUE;
      write_some (self);
      read_some (self);
      if (self->due > 0 && !self->broken && g_get_monotonic_time () >= self->deadline_us)
        trial_lose (self, "no answer came within 15 seconds");
      if (self->due > 0 && !self->broken)
        break;
    }
  wait->fd = self->wire->fd;
  wait->condition = G_IO_IN | (mimesend_wire_wants_out (self->wire) ? G_IO_OUT : 0);
  wait->deadline_us = self->deadline_us;
  wait->again = FALSE;
  return FALSE;
}

/* --- results --- */

gboolean
mimesend_probe_trial_is_broken (MimesendProbeTrial *self)
{
  return self->broken;
}

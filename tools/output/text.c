/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/text.h"

#include <stdio.h>
#include <string.h>

#include "output/advice.h"
#include "libmimesend/octets/printable.h"

#define REPLY_SHOWN_MAX 1024

void
print_failure (const Failure *failure)
{
  print_line (failure->message);
  if (failure->code == EXIT_CODE_USAGE)
    fputs ("Try 'mimesend --help'.\n", stderr);
}

/* (transfer full): "250 2.0.0 Ok: queued as 4F", shortened; "" without a reply. */
static char *
reply_words (guint code, const char *enhanced, const char *reply)
{
  g_autofree char *shown = mimesend_printable_lines (reply != NULL ? reply : "", REPLY_SHOWN_MAX);
  GString *text = g_string_new (NULL);

  if (code != 0)
    g_string_append_printf (text, "%u ", code);
  if (enhanced != NULL && !g_str_has_prefix (shown, enhanced))
    g_string_append_printf (text, "%s ", enhanced);
  g_string_append (text, shown);
  return g_strchomp (g_string_free (text, FALSE));
}

static char *
server_name (const Report *report)
{
  const char *host = mimesend_receipt_get_host (report->receipt);

  return host != NULL ? mimesend_printable_lines (host, 256) : mimesend_server_to_string (report->server);
}

static guint
count_accepted (MimesendReceipt *receipt)
{
  guint n = 0;

  for (guint i = 0; i < mimesend_receipt_get_n_recipients (receipt); i++)
    if (mimesend_receipt_get_recipient_outcome (receipt, i) == MIMESEND_OUTCOME_ACCEPTED)
      n++;
  return n;
}

/* Appends "250 2.0.0 Ok: queued as 4F (queue id 4F)" for one transaction. */
static void
append_transaction (GString *line, MimesendReceipt *receipt, guint i)
{
  g_autofree char *reply = reply_words (mimesend_receipt_get_transaction_code (receipt, i),
                                        mimesend_receipt_get_transaction_enhanced_code (receipt, i),
                                        mimesend_receipt_get_transaction_reply (receipt, i));
  const char *queue_id = mimesend_receipt_get_transaction_queue_id (receipt, i);

  if (reply[0] != '\0')
    g_string_append_printf (line, "%s%s", line->len > 0 ? "; " : ": ", reply);
  if (queue_id != NULL)
    {
      g_autofree char *id = mimesend_printable_lines (queue_id, 128);

      g_string_append_printf (line, " (queue id %s)", id);
    }
}

/* Over LMTP each recipient has a reply of its own; the transaction's reply may be a refusal of another. */
static void
append_recipient (GString *line, MimesendReceipt *receipt)
{
  for (guint i = 0; i < mimesend_receipt_get_n_recipients (receipt); i++)
    if (mimesend_receipt_get_recipient_outcome (receipt, i) == MIMESEND_OUTCOME_ACCEPTED)
      {
        g_autofree char *reply = reply_words (mimesend_receipt_get_recipient_code (receipt, i),
                                              mimesend_receipt_get_recipient_enhanced_code (receipt, i),
                                              mimesend_receipt_get_recipient_reply (receipt, i));

        g_string_append_printf (line, "%s%s", reply[0] != '\0' ? ": " : "", reply);
        return;
      }
}

/* The replies for the accepted recipients, each with its queue id. */
static char *
accepted_words (MimesendReceipt *receipt)
{
  GString *line = g_string_new (NULL);

  for (guint i = 0; i < mimesend_receipt_get_n_transactions (receipt); i++)
    if (mimesend_receipt_get_transaction_code (receipt, i) / 100 == 2)
      append_transaction (line, receipt, i);
  if (line->len == 0)
    append_recipient (line, receipt);
  return g_string_free (line, FALSE);
}

/* Prints the line of success: how many of how many recipients, server, reply, queue id. */
static void
print_accepted (const Report *report)
{
  MimesendReceipt *receipt = report->receipt;
  g_autofree char *server = server_name (report);
  g_autofree char *said = accepted_words (receipt);
  g_autofree char *line = g_strdup_printf ("accepted for %u of %u by %s%s\n", count_accepted (receipt),
                                           mimesend_receipt_get_n_recipients (receipt), server, said);

  if (report->options->json)
    fputs (line, stderr);
  else if (!print_out (line))
    print_note ("standard output cannot be written (%s), but the message was %s", g_strerror (errno), line);
}

static gboolean
all_alike (MimesendReceipt *receipt)
{
  for (guint i = 1; i < mimesend_receipt_get_n_recipients (receipt); i++)
    if (mimesend_receipt_get_recipient_outcome (receipt, i) !=
        mimesend_receipt_get_recipient_outcome (receipt, 0))
      return FALSE;
  return TRUE;
}

/* Prints the recipients that do not have the message, unless the reason is the same for all and the explanation contains
 * it. */
static void
print_others (MimesendReceipt *receipt)
{
  gboolean alike = all_alike (receipt);

  for (guint i = 0; i < mimesend_receipt_get_n_recipients (receipt); i++)
    {
      MimesendOutcome outcome = mimesend_receipt_get_recipient_outcome (receipt, i);
      g_autofree char *reply = NULL;

      if (outcome == MIMESEND_OUTCOME_ACCEPTED ||
          (alike && mimesend_receipt_get_recipient_code (receipt, i) == 0))
        continue;
      reply = reply_words (mimesend_receipt_get_recipient_code (receipt, i),
                           mimesend_receipt_get_recipient_enhanced_code (receipt, i),
                           mimesend_receipt_get_recipient_reply (receipt, i));
      print_note ("%s: %s%s%s", mimesend_receipt_get_recipient (receipt, i),
                  mimesend_outcome_to_string (outcome), reply[0] != '\0' ? ": " : "", reply);
    }
}

static void
print_retry (const Report *report)
{
  g_auto (GStrv) retry = report_get_retry (report);
  g_autofree char *list = g_strjoinv (" ", retry);

  if (report->receipt != NULL && retry[0] != NULL &&
      g_strv_length (retry) < mimesend_receipt_get_n_recipients (report->receipt))
    print_note ("to repeat for the rest, name these alone: %s", list);
}

static void
print_in_doubt (const Report *report)
{
  const char *id = mimesend_receipt_get_message_id (report->receipt);

  if (id == NULL)
    id = report->message_id;
  print_note ("in doubt: the server may have the message, and sending it again may send it twice%s%s",
              id != NULL ? "; its Message-ID is " : "", id != NULL ? id : "");
}

static void
print_warnings (MimesendReceipt *receipt)
{
  const char *const *warnings = mimesend_receipt_get_warnings (receipt);

  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++)
    print_note ("warning: %s", warnings[i]);
}

/* Prints the failure unless the explanation contains it. */
static void
print_why (const Report *report)
{
  g_autofree char *explanation = mimesend_receipt_explain (report->receipt);

  if (report->error != NULL && strstr (explanation, report->error->message) == NULL)
    print_note ("%s", report->error->message);
  else if (report->error != NULL || report->failure.code == EXIT_CODE_OK)
    print_note ("%s", explanation);
}

/* Prints the advice. */
static void
print_advice (const Report *report)
{
  g_autofree char *advice = advice_new (report);

  if (advice != NULL)
    print_note ("%s", advice);
}

static void
print_receipt (const Report *report)
{
  MimesendOutcome outcome = mimesend_receipt_get_outcome (report->receipt);

  print_warnings (report->receipt);
  if (count_accepted (report->receipt) > 0)
    print_accepted (report);
  if (outcome == MIMESEND_OUTCOME_ACCEPTED)
    return;
  print_why (report);
  print_advice (report);
  print_others (report->receipt);
  if (outcome == MIMESEND_OUTCOME_IN_DOUBT)
    print_in_doubt (report);
  print_retry (report);
}

/* With -v: prints how long each stage took. */
static void
print_times (MimesendReceipt *receipt)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i <= MIMESEND_STAGE_QUIT; i++)
    {
      gint64 us = report_stage_us (receipt, (MimesendStage)i);

      if (us > 0)
        g_string_append_printf (line, "%s%s %" G_GINT64_FORMAT " us", line->len > 0 ? ", " : "",
                                mimesend_stage_to_string ((MimesendStage)i), us);
    }
  if (line->len > 0)
    print_note ("time: %s", line->str);
}

void
print_report (const Report *report)
{
  if (report->failure.code != EXIT_CODE_OK)
    print_failure (&report->failure);
  if (report->not_sent != NULL)
    print_note ("nothing was sent: %s", report->not_sent);
  if (report->receipt != NULL)
    print_receipt (report);
  else if (report->error != NULL)
    {
      print_note ("%s", report->error->message);
      print_advice (report);
    }
  if (report->options->verbose && report->receipt != NULL)
    print_times (report->receipt);
}

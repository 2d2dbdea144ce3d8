/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command send: checks, reads, sends and reports one message. */
#include "commands.h"
#include "options/config.h"

#include "server/destination.h"
#include "output/json.h"
#include "output/text.h"
#include "base/signals.h"
#include "output/trace.h"

static MimesendSession *
make_session (const Options *options, MimesendServer *server)
{
  MimesendSession *session = mimesend_session_new (server);

  mimesend_session_set_timeout (session, options->timeout);
  mimesend_session_set_final_timeout (session, options->final_timeout);
  mimesend_session_set_deadline (session, options->deadline);
  mimesend_session_set_chunking (session, !options->no_chunking);
  if (options->attempts > 0)
    {
      g_autoptr (MimesendRetry) retry = mimesend_retry_new (options->attempts + 1);

      mimesend_session_set_retry (session, retry);
    }
  if (options->ehlo_name != NULL)
    mimesend_session_set_ehlo_name (session, options->ehlo_name);
  trace_watch (session, options->verbose);
  return session;
}

/* The content's own failure is more precise than the library's error, and decides the exit code. */
static void
explain_late_failure (Report *report, const Message *message)
{
  const Failure *late = message_get_late_failure (message);
  MimesendOutcome outcome =
      report->receipt != NULL ? mimesend_receipt_get_outcome (report->receipt) : MIMESEND_OUTCOME_NOT_TRIED;

  if (late == NULL)
    {
      /* What was read without a fault and may not be sent is bad data. */
      if (report->code == EXIT_CODE_NO_INPUT && options_is_raw (report->options))
        report->code = EXIT_CODE_BAD_DATA;
      return;
    }
  failure_set (&report->failure, late->code, late->argument, "%s", late->message);
  if (outcome != MIMESEND_OUTCOME_ACCEPTED && outcome != MIMESEND_OUTCOME_PARTIAL &&
      outcome != MIMESEND_OUTCOME_IN_DOUBT)
    report->code = late->code;
}

static gboolean
was_cancelled (const Report *report)
{
  g_autoptr (GError) checked = NULL;

  if (report->error != NULL)
    return g_error_matches (report->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  mimesend_receipt_check (report->receipt, &checked);
  return g_error_matches (checked, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Returns the signal to die by, or 0. A reply that came in time is what counts. */
static int
send_judge (Report *report, const Message *message, int signal_number)
{
  report->code = exit_code_of (report->receipt, report->error);
  explain_late_failure (report, message);
  if (signal_number == 0 || (report->code != EXIT_CODE_IN_DOUBT && !was_cancelled (report)))
    return 0;
  if (report->code != EXIT_CODE_IN_DOUBT)
    report->not_sent = "interrupted before the end of the message, so nobody has it";
  report->code = 128 + signal_number;
  return signal_number;
}

static int
send_message (Report *report, Message *message, MimesendSession *session)
{
  const Options *options = report->options;
  MimesendSendFlags flags = options->all_or_none ? MIMESEND_SEND_DEFAULT : MIMESEND_SEND_SERVE_ACCEPTED;

  if (options->eight_bit != NULL)
    flags |= MIMESEND_SEND_EIGHT_BIT_AS_IS;
  signals_begin_sending ();
  report->receipt = mimesend_session_send (session, message->envelope, message->content, flags,
                                           signals_get_cancellable (), &report->error);
  if (report->receipt == NULL && mimesend_session_get_last_receipt (session) != NULL)
    report->receipt = mimesend_receipt_ref (mimesend_session_get_last_receipt (session));
  return send_judge (report, message, signals_end_sending ());
}

/* -n: all that would be sent is read, as it is for a message to a server that takes anything. */
static gboolean
check_content (Report *report, const Message *message)
{
  GError *error = NULL;

  if (mimesend_content_check (message->content, MIMESEND_WIRE_8BITMIME | MIMESEND_WIRE_SMTPUTF8, NULL,
                              &error))
    return TRUE;
  report->code = exit_code_of (NULL, error);
  explain_late_failure (report, message);
  return failure_set_error (&report->failure, report->code,
                            options_is_raw (report->options) ? "--message" : NULL, error);
}

static gboolean
send_prepare (Report *report, Message *message, const Config *config)
{
  const Options *options = report->options;
  Failure *failure = &report->failure;

  if (!message_prepare (message, options, config, failure))
    return FALSE;
  report->recipients = g_strdupv (message->recipients);
  report->server = destination_find (options, config, failure);
  if (report->server != NULL)
    report->server = (options->dry_run ? destination_show_login : destination_login) (report->server, options,
                                                                                      config, failure);
  if (report->server == NULL || !message_read (message, failure))
    return FALSE;
  if (options->dry_run && message->content != NULL && !(message->empty && options->skip_empty) &&
      !check_content (report, message))
    return FALSE;
  if (message->letter != NULL)
    report->message_id = g_strdup (mimesend_letter_get_message_id (message->letter));
  return TRUE;
}

/* The report, and then, politely, the end of the session: there is no waiting for QUIT to learn what became of the
 * mail. */
void
send_tell (Report *report, const Message *message)
{
  gboolean written = TRUE;

  message_warn_late (message);
  report->reverse_path = message->reverse_path;
  report->content = message->content;
  report->tree = message->tree;
  print_report (report);
  if (report->options->json && report->code != EXIT_CODE_USAGE)
    written = json_print (report);
  else if (report->options->dry_run && report->code == EXIT_CODE_OK)
    written = dry_run_print (report, message);
  if (written)
    return;
  print_note ("standard output cannot be written");
  report->code = EXIT_CODE_NO_OUTPUT;
}

int
send_run (const Options *options)
{
  Report report = REPORT_INIT;
  Config config;
  Message message = { 0 };
  g_autoptr (MimesendSession) session = NULL;
  int signal_number = 0;

  report.options = options;
  g_unsetenv ("SOURCE_DATE_EPOCH"); /* for what is built again; mail is dated when it is sent */
  if (!config_load (&config, &report.failure) || !send_prepare (&report, &message, &config))
    report.code = report.failure.code;
  else if (message.empty && options->skip_empty)
    report.not_sent = message.letter != NULL ? "the text is empty" : "the message is empty";
  else if (!options->dry_run)
    {
      session = make_session (options, report.server);
      signal_number = send_message (&report, &message, session);
    }
  send_tell (&report, &message);
  if (session != NULL)
    mimesend_session_close (session, signals_get_cancellable (), NULL);
  if (signal_number != 0)
    signals_die (signal_number);
  message_clear (&message);
  config_clear (&config);
  report_clear (&report);
  return report.code;
}

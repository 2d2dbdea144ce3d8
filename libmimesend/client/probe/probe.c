/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The probe: what a server offers and which identity it proves. Connection, TLS and login are those of a message, up to
 * where MAIL would be sent. */
#include "mimesend-probe.h"

#include <string.h>

#include "client/drive/error-map.h"
#include "octets/printable.h"
#include "client/probe/probe-report.h"
#include "client/probe/probe-trial.h"
#include "client/probe/visit.h"
#include "mimesend-error.h"
#include "octets/seconds.h"
#include "values/trace-event-private.h"

#define LINES_MAX 200
#define TIMEOUT_S 60

typedef struct
{
  MimesendVisit visit; /* the first */
  MimesendProbeReport report;
  MimesendProbeTrial *trial; /* running, or done */
  gboolean trial_over;
  const char *reverse_path;
  const char *const *recipients;
} Probe;

/* --- the dialogue --- */

static void
note_line (Probe *self, GPtrArray *lines, const char *text)
{
  if (lines->len < LINES_MAX)
    g_ptr_array_add (lines, mimesend_printable (text, 512));
}

/* "250-SIZE 1000" within the answer to EHLO; the first of them is the server's name. */
static void
probe_hear (Probe *self, const char *line)
{
  MimesendProbeReport *report = &self->report;

  if (report->said == MIMESEND_PROBE_NOTHING)
    {
      if (report->result->greeting == NULL)
        report->result->greeting = mimesend_printable (line, 512);
      self->visit.greeted = TRUE;
      mimesend_probe_report_time (report, MIMESEND_PROBE_STAGE_GREETING);
      return;
    }
  if (report->said != MIMESEND_PROBE_HELLO || !g_str_has_prefix (line, "250") || strlen (line) < 4)
    return;
  if (report->hello_line++ > 0)
    note_line (self, report->tls_stands ? report->after : report->before, line + 4);
  else
    /* what is offered after the login replaces what was offered before */
    g_ptr_array_set_size (report->tls_stands ? report->after : report->before, 0);
  if (!report->result->ready)
    mimesend_probe_report_time (report, report->tls_stands ? MIMESEND_PROBE_STAGE_HELLO_OVER_TLS
                                                           : MIMESEND_PROBE_STAGE_HELLO);
}

static void
on_trace (gpointer user_data, const MimesendTraceEvent *event)
{
  Probe *self = user_data;
  const char *text = event->text;

  if (event->kind == MIMESEND_TRACE_KIND_RECEIVED)
    probe_hear (self, text);
  else if (event->kind == MIMESEND_TRACE_KIND_SENT)
    {
      self->report.said = g_str_has_prefix (text, "EHLO") || g_str_has_prefix (text, "LHLO")
                              ? MIMESEND_PROBE_HELLO
                              : MIMESEND_PROBE_OTHER;
      self->report.hello_line = 0;
    }
  else if (event->kind == MIMESEND_TRACE_KIND_NOTE && g_str_has_prefix (text, "TLS"))
    {
      self->report.tls_stands = TRUE;
      mimesend_probe_report_time (&self->report, MIMESEND_PROBE_STAGE_TLS);
    }
}

/* --- the drive --- */

static void
probe_event (MimesendVisit *visit, const MimesendSmtpEvent *event)
{
  Probe *self = (Probe *)visit;

  if (event->type == MIMESEND_SMTP_EVENT_READY)
    {
      self->report.result->ready = TRUE;
      mimesend_probe_report_time (&self->report, MIMESEND_PROBE_STAGE_READY);
      mimesend_smtp_client_ask_for_more (mimesend_drive_get_core (visit->drive));
    }
  else if (event->type == MIMESEND_SMTP_EVENT_CLOSED)
    {
      if (!self->report.result->ready && visit->error == NULL)
        visit->error = mimesend_error_map_of_closed (event, mimesend_drive_get_failure (visit->drive),
                                                     visit->policy.server);
      visit->over = TRUE;
    }
}

/* Returns the wire to the drive, for QUIT if it still works. */
static void
end_trial (Probe *self, MimesendWait *wait)
{
  MimesendVisit *visit = &self->visit;

  mimesend_probe_report_time (&self->report, MIMESEND_PROBE_STAGE_TRIALS);
  if (mimesend_probe_trial_is_broken (self->trial))
    {
      visit->over = TRUE;
      return;
    }
  mimesend_smtp_client_quit (mimesend_drive_get_core (visit->drive));
  wait->fd = -1;
  wait->again = TRUE;
}

/* Called when the server's offers are known. */
static void
begin_trial (Probe *self)
{
  MimesendVisit *visit = &self->visit;
  MimesendSmtpClient *core = mimesend_drive_get_core (visit->drive);

  if (self->trial == NULL && self->report.result->ready && !visit->over &&
      !mimesend_smtp_client_may_offer_more (core))
    self->trial = mimesend_probe_trial_new (mimesend_drive_get_wire (visit->drive),
                                            mimesend_smtp_client_get_capabilities (core), self->reverse_path,
                                            self->recipients, self->report.result);
}

static void
probe_step (MimesendVisit *visit, MimesendWait *wait)
{
  Probe *self = (Probe *)visit;

  if (self->trial == NULL || self->trial_over)
    mimesend_drive_step (visit->drive, wait);
  begin_trial (self);
  if (self->trial != NULL && !self->trial_over && !visit->over)
    {
      self->trial_over = mimesend_probe_trial_step (self->trial, wait);
      if (self->trial_over)
        end_trial (self, wait);
    }
}

/* Records the servers from the DNS, in the order in which they are tried. */
static void
note_found (Probe *self, const MimesendServer *first)
{
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();

  if (first == NULL)
    return;
  for (const MimesendServer *one = first; one != self->visit.policy.server->next; one = one->next)
    g_strv_builder_add (texts, one->text);
  self->report.result->candidates = g_strv_builder_end (texts);
}

static void
probe_connected (MimesendVisit *visit, const MimesendConnected *connected)
{
  Probe *self = (Probe *)visit;

  note_found (self, connected->first);
  mimesend_probe_report_time (&self->report, MIMESEND_PROBE_STAGE_CONNECT);
  self->report.result->address = g_strdup (connected->peer);
  self->report.result->port = connected->peer_port;
}

/**
 * mimesend_probe:
 * @server: a server; one without a login is not logged in to
 * @timeout: seconds for all of it; 0: 60
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for a #GError
 *
 * As mimesend_probe_recipients(), without recipients.
 *
 * Returns: (transfer full): the result, or %NULL when no server was reached
 *
 * Since: 0.1
 */
MimesendProbeResult *
mimesend_probe (MimesendServer *server, double timeout, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (server != NULL && timeout >= 0, NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);
  return mimesend_probe_recipients (server, NULL, NULL, timeout, cancellable, error);
}

/**
 * mimesend_probe_recipients:
 * @server: a server; one without a login is not logged in to
 * @reverse_path: (nullable): a bare mailbox for MAIL; %NULL: the null reverse-path
 * @recipients: (nullable) (array zero-terminated=1): bare mailboxes that the server is asked for; %NULL: none
 * @timeout: seconds for all of it; 0: 60
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for a #GError
 *
 * Asks a server what it offers, whether that holds, and for which recipients it would take a message. No message is sent: beside EHLO,
 * STARTTLS, the login if there is one, and QUIT it is sent MAIL and RSET twice in one packet where it offers PIPELINING;
 * `BDAT 0 LAST` outside any transaction where it offers CHUNKING; and MAIL, RCPT for each of @recipients, and RSET. What a
 * server does with a whole message in flight cannot be told without one. A certificate that cannot be verified is told of
 * and is no hindrance, unless credentials would follow it. Blocks.
 *
 * Returns: (transfer full): the result, also of a server that a message could not be sent to (mimesend_probe_result_check()
 *   says why), or %NULL when no server was reached: %MIMESEND_ERROR_RESOLVE, CONNECT, TIMED_OUT; or with
 *   %G_IO_ERROR_CANCELLED, at once
 *
 * Since: 0.1
 */
MimesendProbeResult *
mimesend_probe_recipients (MimesendServer *server,
                           const char *reverse_path,
                           const char *const *recipients,
                           double timeout,
                           GCancellable *cancellable,
                           GError **error)
{
  Probe self = { .reverse_path = reverse_path, .recipients = recipients };
  MimesendVisit *visit = &self.visit;
  MimesendProbeResult *result = NULL;

  g_return_val_if_fail (server != NULL && timeout >= 0, NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);
  if (server->transport == MIMESEND_TRANSPORT_PROGRAM)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "server: a program offers nothing that could be asked for: name a host");
      return NULL;
    }
  visit->connected = probe_connected;
  visit->event = probe_event;
  visit->step = probe_step;
  visit->policy = (MimesendPolicy){ .server = server,
                                    .pipelining = TRUE,
                                    .chunking = TRUE,
                                    .window = 1,
                                    .quiet_us = -1,
                                    .probe = TRUE,
                                    .trace = on_trace,
                                    .trace_data = &self };
  mimesend_probe_report_init (&self.report);
  mimesend_visit_run (visit, mimesend_seconds_to_us (timeout > 0 ? timeout : TIMEOUT_S), cancellable);
  if (self.trial != NULL)
    mimesend_probe_report_offers (&self.report, &visit->policy, visit->drive);
  if (visit->drive == NULL || g_error_matches (visit->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&visit->error));
  else
    result = mimesend_probe_report_end (&self.report, &visit->policy, visit->drive, visit->error);
  mimesend_probe_trial_free (self.trial);
  mimesend_visit_clear (visit);
  mimesend_probe_report_clear (&self.report);
  return result;
}

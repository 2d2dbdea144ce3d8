/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Learns from outcomes how to send the next message: a server, or a device in front of it, may not support what its EHLO
 * offers. */
#include "client/session/runner-private.h"

#include <string.h>

#define FROM_NOW_ON "the next messages of this session go "
#define QUIET_US                                                                                             \
  (5 * G_TIME_SPAN_SECOND) /* a connection that was unused for longer may be left for that alone */

static gboolean
runner_offers (MimesendRunner *self, MimesendSmtpExtension extension)
{
  return mimesend_smtp_capabilities_has (
      mimesend_smtp_client_get_capabilities (mimesend_drive_get_core (self->drive)), extension);
}

/* Whether an avoided way would be used at all. */
static gboolean
may_use (MimesendRunner *self, MimesendWay way)
{
  const MimesendPolicy *policy = self->policy;

  switch (way)
    {
    case MIMESEND_WAY_PIPELINING:
      return policy->pipelining && runner_offers (self, MIMESEND_SMTP_PIPELINING);
    case MIMESEND_WAY_CHUNKING:
      return policy->chunking && runner_offers (self, MIMESEND_SMTP_CHUNKING);
    case MIMESEND_WAY_BEHIND:
      return policy->window > 1 && policy->pipelining && runner_offers (self, MIMESEND_SMTP_PIPELINING) &&
             !mimesend_lesson_avoids (self->lesson, MIMESEND_WAY_PIPELINING);
    default:
      return FALSE;
    }
}

/* In the order in which they are tried: one at a time, and by itself, so that it is known what failed. */
static const MimesendWay ways[] = { MIMESEND_WAY_PIPELINING, MIMESEND_WAY_CHUNKING, MIMESEND_WAY_BEHIND };

/* The number of messages that must be ahead for the fault to show: one where commands behind the end of another message are
 * not taken, none for every other fault. */
static guint
n_ahead (MimesendWay way)
{
  return way == MIMESEND_WAY_BEHIND ? 1 : 0;
}

static MimesendWay
way_to_try (MimesendRunner *self, gint64 now)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (self->active.length == n_ahead (ways[i]) && may_use (self, ways[i]) &&
        mimesend_lesson_is_due (self->lesson, ways[i], now))
      return ways[i];
  return MIMESEND_WAY_NONE;
}

gboolean
mimesend_runner_holds_back (MimesendRunner *self, gboolean *asked)
{
  gint64 now = g_get_monotonic_time ();

  *asked = FALSE;
  if (self->asked_about != MIMESEND_WAY_NONE)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      if (!may_use (self, ways[i]))
        continue;
      /* what is to be tried by itself never comes where something is always under way */
      if (self->active.length > n_ahead (ways[i]) && mimesend_lesson_is_due (self->lesson, ways[i], now))
        return TRUE;
      if (!mimesend_lesson_wants_question (self->lesson, ways[i], now))
        continue;
      if (self->active.length > 0)
        return TRUE;
      *asked = mimesend_smtp_client_question (
          mimesend_drive_get_core (self->drive),
          ways[i] == MIMESEND_WAY_CHUNKING ? MIMESEND_SMTP_QUESTION_CHUNKING : MIMESEND_SMTP_QUESTION_BEHIND);
      if (!*asked)
        continue;
      mimesend_lesson_begin_trial (self->lesson, ways[i]);
      self->asked_about = ways[i];
      return TRUE;
    }
  return FALSE;
}

static gboolean
runner_uses (MimesendRunner *self, MimesendWay way, MimesendWay trial)
{
  return way == trial || !mimesend_lesson_avoids (self->lesson, way);
}

/* Returns the way that the next message tries again. */
MimesendWay
mimesend_runner_choose_manner (MimesendRunner *self)
{
  const MimesendPolicy *policy = self->policy;
  MimesendWay trial = way_to_try (self, g_get_monotonic_time ());
  MimesendSmtpManner manner = {
    .window = trial == MIMESEND_WAY_BEHIND                     ? 2
              : runner_uses (self, MIMESEND_WAY_BEHIND, trial) ? policy->window
                                                               : 1,
    .mail_max = self->beyond_limit ? 0 : mimesend_lesson_get_limit (self->lesson),
    .no_pipelining = !policy->pipelining || !runner_uses (self, MIMESEND_WAY_PIPELINING, trial),
    .no_chunking = !policy->chunking || !runner_uses (self, MIMESEND_WAY_CHUNKING, trial),
    .unproven =
        trial == MIMESEND_WAY_BEHIND || !mimesend_lesson_ever_worked (self->lesson, MIMESEND_WAY_BEHIND),
  };

  mimesend_smtp_client_set_manner (mimesend_drive_get_core (self->drive), &manner);
  return trial;
}

/* A message was begun, in the chosen way. */
void
mimesend_runner_begin_order (MimesendRunner *self, MimesendQueuedDelivery *order, MimesendWay trial)
{
  order->trial = trial;
  if (trial != MIMESEND_WAY_NONE)
    mimesend_lesson_begin_trial (self->lesson, trial);
  mimesend_lesson_count_message (self->lesson);
  order->after_quiet = g_queue_is_empty (&self->active) && self->settled_us > 0 &&
                       g_get_monotonic_time () - self->settled_us > QUIET_US;
}

/* A question over a lost connection will not be answered. */
void
mimesend_runner_end_lesson (MimesendRunner *self)
{
  if (self->asked_about != MIMESEND_WAY_NONE)
    mimesend_lesson_end_trial (self->lesson, self->asked_about);
  self->asked_about = MIMESEND_WAY_NONE;
}

/* A connection to the server was made. */
void
mimesend_runner_begin_lesson (MimesendRunner *self, const char *server)
{
  mimesend_runner_end_lesson (self);
  self->lesson = mimesend_lessons_of (self->policy->lessons, server);
  self->beyond_limit =
      mimesend_lesson_begin_connection (self->lesson) == 0 && mimesend_lesson_get_limit (self->lesson) > 0;
  self->fault_seen = self->limit_seen = FALSE;
  self->settled_us = 0;
}

/* --- the number of messages */

/* An address (X.1.z) or a policy (X.7.z) is no limit, although the message may go by another connection; 421 always is. */
static gboolean
speaks_of_a_limit (const MimesendSmtpReply *reply)
{
  return reply->code == 421 || reply->enhanced[0] == '\0' ||
         (reply->enhanced[2] != '1' && reply->enhanced[2] != '7') || reply->enhanced[3] != '.';
}

/* MAIL was refused, or 421 met what follows it ahead of the content. */
static gboolean
is_refused_ahead_of_content (const MimesendSmtpEvent *event)
{
  if (event->failure != MIMESEND_SMTP_FAILURE_REPLY)
    return FALSE;
  return event->stage == MIMESEND_SMTP_STAGE_MAIL ||
         (event->reply->code == 421 &&
          (event->stage == MIMESEND_SMTP_STAGE_RCPT || event->stage == MIMESEND_SMTP_STAGE_DATA));
}

static void
learn_limit (MimesendRunner *self,
             MimesendQueuedDelivery *order,
             const MimesendSmtpEvent *event,
             MimesendWay blamed)
{
  gboolean refused = is_refused_ahead_of_content (event);

  if (event->mails_before == 0 && (event->mail_taken || refused))
    mimesend_lesson_saw_first_mail (self->lesson, event->mail_taken && !refused);
  if (self->limit_seen || (event->mail_taken && !refused) || order->after_quiet)
    return;
  if (event->failure == MIMESEND_SMTP_FAILURE_CLOSED && event->behind)
    {
      self->limit_seen = TRUE;
      mimesend_lesson_saw_close (self->lesson, event->mails_before);
    }
  if (event->again != MIMESEND_SMTP_AGAIN_ELSEWHERE || !refused || blamed == MIMESEND_WAY_BEHIND ||
      !speaks_of_a_limit (event->reply))
    return;
  self->limit_seen = TRUE;
  mimesend_lesson_met_limit (self->lesson, event->mails_before);
  mimesend_receipt_warn (
      mimesend_delivery_get_receipt (order->delivery),
      "the server took %u messages over one connection and then answered %u: this one went over a "
      "new connection",
      event->mails_before, event->reply->code);
}

/* --- ways */

typedef struct
{
  MimesendWay way; /* MIMESEND_WAY_NONE: nothing was learnt */
  MimesendFault fault;
  const char *words; /* NULL: none */
} Finding;

static const Finding nothing = { MIMESEND_WAY_NONE, MIMESEND_FAULT_SAID, NULL };

/* Whether the reply means that the command is unknown, or not allowed there: it is not about the message. */
static gboolean
is_misunderstanding (const MimesendSmtpEvent *event)
{
  return event->reply->code == 500 || event->reply->code == 502 || event->reply->code == 503;
}

static gboolean
is_of_content (const MimesendSmtpEvent *event)
{
  return event->stage == MIMESEND_SMTP_STAGE_CONTENT || event->stage == MIMESEND_SMTP_STAGE_END_OF_DATA;
}

/* MAIL behind the end of another message was refused. A first 421 is an answer to that place; a 421 on a connection that took
 * such a MAIL before means that the server closes, or has had enough messages. */
static Finding
of_mail_behind (MimesendRunner *self, const MimesendSmtpEvent *event)
{
  Finding finding = {
    MIMESEND_WAY_BEHIND, MIMESEND_FAULT_SAID,
    "the server does not take commands behind the end of another message: this one was sent again, "
    "and " FROM_NOW_ON "one at a time"
  };
  guint code = event->reply->code;

  if (code / 100 == 4 && (code != 421 || mimesend_lesson_ever_worked (self->lesson, MIMESEND_WAY_BEHIND)))
    return nothing;
  return finding;
}

/* What a reply teaches. The outcome of the message itself stands, except that of a trial, which is sent again another way. */
static Finding
of_reply (MimesendRunner *self, MimesendWay trial, const MimesendSmtpEvent *event, gboolean pipelined)
{
  static const Finding no_bdat = { MIMESEND_WAY_CHUNKING, MIMESEND_FAULT_SAID,
                                   "the server offers CHUNKING and does not know BDAT: " FROM_NOW_ON
                                   "by DATA" };
  static const Finding no_groups = { MIMESEND_WAY_PIPELINING, MIMESEND_FAULT_SAID,
                                     "the server offers PIPELINING and does not understand it: " FROM_NOW_ON
                                     "command by command" };
  gboolean of_content = is_of_content (event);

  if (event->again != MIMESEND_SMTP_AGAIN_NO && event->behind && !event->mail_taken)
    return of_mail_behind (self, event);
  if (event->again != MIMESEND_SMTP_AGAIN_NO)
    return trial == MIMESEND_WAY_CHUNKING && of_content ? no_bdat
           : trial == MIMESEND_WAY_PIPELINING           ? no_groups
                                                        : nothing;
  if (!is_misunderstanding (event))
    return nothing;
  if (event->chunking && of_content)
    return mimesend_lesson_ever_worked (self->lesson, MIMESEND_WAY_CHUNKING) ? nothing : no_bdat;
  return pipelined && !mimesend_lesson_ever_worked (self->lesson, MIMESEND_WAY_PIPELINING) ? no_groups
                                                                                           : nothing;
}

/* No reply comes any more, or the connection went. */
static Finding
of_loss (MimesendRunner *self, MimesendWay trial, const MimesendSmtpEvent *event)
{
  gboolean silent = event->failure == MIMESEND_SMTP_FAILURE_TIMEOUT;
  Finding finding = { MIMESEND_WAY_NONE, silent ? MIMESEND_FAULT_SILENT : MIMESEND_FAULT_CLOSED, NULL };

  if (event->stage == MIMESEND_SMTP_STAGE_NONE) /* it was about another message, or none */
    return nothing;
  if (event->behind && !event->mail_taken && event->outcome == MIMESEND_SMTP_NOT_TRIED)
    {
      finding.way = MIMESEND_WAY_BEHIND;
      finding.words =
          silent
              ? "the server did not answer what stood behind the end of another message: this one was sent "
                "again, and " FROM_NOW_ON "one at a time"
              : "the server closed the connection on what stood behind the end of another message: this one "
                "was sent again, and " FROM_NOW_ON "one at a time";
    }
  else if (!silent && event->outcome == MIMESEND_SMTP_IN_DOUBT && self->active.length > 1)
    {
      finding.way = MIMESEND_WAY_BEHIND;
      finding.words =
          "the server closed the connection on several messages in flight: " FROM_NOW_ON "one at a time";
    }
  else if (event->chunking && is_of_content (event))
    {
      finding.way = MIMESEND_WAY_CHUNKING;
      if (silent) /* that a connection went in the middle of a message needs no words more */
        finding.words = "the server stalled on CHUNKING: " FROM_NOW_ON "by DATA";
    }
  else if (trial == MIMESEND_WAY_PIPELINING)
    {
      finding.way = MIMESEND_WAY_PIPELINING;
      finding.words = "the server stalled on PIPELINING: " FROM_NOW_ON "command by command";
    }
  return finding;
}

static Finding
runner_look_at (MimesendRunner *self, MimesendWay trial, const MimesendSmtpEvent *event, gboolean pipelined)
{
  if (event->failure == MIMESEND_SMTP_FAILURE_REPLY)
    return of_reply (self, trial, event, pipelined);
  if (event->failure == MIMESEND_SMTP_FAILURE_TIMEOUT || event->failure == MIMESEND_SMTP_FAILURE_CLOSED)
    return of_loss (self, trial, event);
  return nothing;
}

static void
learn_success (MimesendRunner *self, const MimesendSmtpEvent *event, gboolean pipelined)
{
  if (event->behind && event->mail_taken)
    mimesend_lesson_worked (self->lesson, MIMESEND_WAY_BEHIND);
  if (event->outcome != MIMESEND_SMTP_ACCEPTED && event->outcome != MIMESEND_SMTP_PARTIAL)
    return;
  if (event->chunking)
    mimesend_lesson_worked (self->lesson, MIMESEND_WAY_CHUNKING);
  if (pipelined)
    mimesend_lesson_worked (self->lesson, MIMESEND_WAY_PIPELINING);
}

/* A lost connection counts once, however many messages were in flight. */
static void
learn_fault (MimesendRunner *self,
             MimesendQueuedDelivery *order,
             const MimesendSmtpEvent *event,
             const Finding *finding)
{
  if (finding->way == MIMESEND_WAY_NONE || (self->fault_seen && finding->fault != MIMESEND_FAULT_SAID))
    return;
  self->fault_seen |= finding->fault != MIMESEND_FAULT_SAID;
  if (!mimesend_lesson_failed (self->lesson, finding->way, finding->fault,
                               event->outcome == MIMESEND_SMTP_IN_DOUBT, g_get_monotonic_time ()))
    return;
  if (finding->words != NULL)
    mimesend_receipt_warn (mimesend_delivery_get_receipt (order->delivery), "%s", finding->words);
  if (event->failure == MIMESEND_SMTP_FAILURE_REPLY && event->again == MIMESEND_SMTP_AGAIN_NO)
    {
      self->retiring = TRUE;
      mimesend_smtp_client_quit (mimesend_drive_get_core (self->drive));
    }
}

/* Handles ANSWERED or CLOSED after a question. */
void
mimesend_runner_learn_answer (MimesendRunner *self, const MimesendSmtpEvent *event)
{
  MimesendWay way = self->asked_about;
  MimesendFault fault = event->type == MIMESEND_SMTP_EVENT_ANSWERED       ? MIMESEND_FAULT_SAID
                        : event->failure == MIMESEND_SMTP_FAILURE_TIMEOUT ? MIMESEND_FAULT_SILENT
                                                                          : MIMESEND_FAULT_CLOSED;

  if (way == MIMESEND_WAY_NONE)
    return;
  self->asked_about = MIMESEND_WAY_NONE;
  if (event->type == MIMESEND_SMTP_EVENT_ANSWERED && event->holds)
    mimesend_lesson_answered (self->lesson, way);
  else
    mimesend_lesson_failed (self->lesson, way, fault, FALSE, g_get_monotonic_time ());
}

void
mimesend_runner_learn (MimesendRunner *self, MimesendQueuedDelivery *order, const MimesendSmtpEvent *event)
{
  MimesendWay trial = order->trial;
  gboolean pipelined =
      (mimesend_smtp_client_get_used (mimesend_drive_get_core (self->drive), event->transaction) &
       MIMESEND_SMTP_PIPELINING) != 0;
  Finding finding;

  if (event->type != MIMESEND_SMTP_EVENT_SETTLED)
    return;
  order->trial = MIMESEND_WAY_NONE;
  self->settled_us = g_get_monotonic_time ();
  finding = runner_look_at (self, trial, event, pipelined);
  learn_limit (self, order, event, finding.way);
  learn_success (self, event, pipelined);
  learn_fault (self, order, event, &finding);
  if (trial != MIMESEND_WAY_NONE)
    mimesend_lesson_end_trial (self->lesson, trial);
}

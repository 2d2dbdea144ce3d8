/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/session/signals.h"

#include "mimesend-enum-types.h"
#include "mimesend-session.h"

#define APART_US (100 * 1000)

enum
{
  PROGRESS,
  RECIPIENT_REPLY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
mimesend_session_install_signals (gpointer object_class)
{
  /**
   * MimesendSession::progress:
   * @self: a session
   * @envelope: of the message that it is about: the very value that was given to the session
   * @octets: of the content that went to the server so far, line ends CRLF; with more than one transaction, of the present one
   * @total: how many it will be, or −1 if that is not known
   * @stage: where the message stands
   *
   * Told at most ten times a second while a message is on its way, and once when it is over, ahead of the callback or the
   * return of the function that sent it. With a window of more than one message it is told of the one whose content is being
   * sent. Emitted in the main context of an asynchronous caller, in the thread of a blocking one. A handler may cancel.
   *
   * Since: 0.1
   */
  signals[PROGRESS] =
      g_signal_new ("progress", G_OBJECT_CLASS_TYPE (object_class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 4, MIMESEND_TYPE_ENVELOPE, G_TYPE_UINT64, G_TYPE_INT64, MIMESEND_TYPE_STAGE);
  /**
   * MimesendSession::recipient-reply:
   * @self: a session
   * @recipient: the recipient, as in the envelope
   * @code: the server's reply code to RCPT
   * @text: the server's words
   *
   * The server answered to RCPT. This is nothing final: what became of the recipient stands in the receipt. Emitted as
   * #MimesendSession::progress is. While a handler is connected no content leaves ahead of these replies, which costs a
   * round trip.
   *
   * Returns: %TRUE to give the message up: no recipient gets it, as if it had been cancelled here. %FALSE to go on
   *
   * Since: 0.1
   */
  signals[RECIPIENT_REPLY] =
      g_signal_new ("recipient-reply", G_OBJECT_CLASS_TYPE (object_class), G_SIGNAL_RUN_LAST, 0,
                    g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 3, G_TYPE_STRING,
                    G_TYPE_UINT, G_TYPE_STRING);
}

static gboolean
has_handler (gpointer session, guint signal)
{
  return g_signal_has_handler_pending (session, signals[signal], 0, TRUE);
}

static gboolean
wants_progress (gpointer session)
{
  return has_handler (session, PROGRESS);
}

static void
progress (gpointer session, MimesendEnvelope *envelope, guint64 octets, gint64 total, MimesendStage stage)
{
  g_signal_emit (session, signals[PROGRESS], 0, envelope, octets, total, stage);
}

static gboolean
wants_replies (gpointer session)
{
  return has_handler (session, RECIPIENT_REPLY);
}

static gboolean
recipient_reply (gpointer session, const char *recipient, const MimesendSmtpReply *reply)
{
  g_autofree char *text = NULL;
  gboolean give_up = FALSE;

  text = g_utf8_make_valid (reply->text != NULL ? reply->text : "", -1);
  g_signal_emit (session, signals[RECIPIENT_REPLY], 0, recipient, (guint)reply->code, text, &give_up);
  return give_up;
}

const MimesendReports mimesend_session_reports = { wants_progress, progress, wants_replies, recipient_reply };

gint64
mimesend_progress_tell (MimesendProgress *self,
                        const MimesendReports *reports,
                        gpointer session,
                        MimesendEnvelope *envelope,
                        guint64 octets,
                        gint64 total,
                        MimesendStage stage)
{
  gint64 now;

  if (envelope == self->envelope && octets == self->octets && stage == self->stage)
    return G_MAXINT64;
  now = g_get_monotonic_time ();
  if (self->told_us != 0 && now < self->told_us + APART_US)
    return self->told_us + APART_US;
  self->told_us = now;
  self->octets = octets;
  self->stage = stage;
  self->envelope = envelope;
  reports->progress (session, envelope, octets, total, stage);
  return G_MAXINT64;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a session tells its caller while a message is on its way: in the context that sends, out of the step. A handler may
 * cancel, and may begin another message. */
#pragma once

#include "mimesend-envelope.h"
#include "mimesend-receipt.h"
#include "smtp/reply.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean (*wants_progress) (gpointer session);
  void (*progress) (
      gpointer session, MimesendEnvelope *envelope, guint64 octets, gint64 total, MimesendStage stage);
  /* Replies are to be told while nothing of the content has left: that costs a round trip */
  gboolean (*wants_replies) (gpointer session);
  /* TRUE: the message is to be given up */
  gboolean (*recipient_reply) (gpointer session, const char *recipient, const MimesendSmtpReply *reply);
} MimesendReports;

/* The signals of MimesendSession. */
extern const MimesendReports mimesend_session_reports;
void mimesend_session_install_signals (gpointer object_class);

/* Progress at a bounded rate. All zeros at first. */
typedef struct
{
  gint64 told_us;
  guint64 octets;
  MimesendStage stage;
  MimesendEnvelope *envelope; /* compared, never used */
} MimesendProgress;

/* Tells it now, or says when (monotonic time; G_MAXINT64: there is nothing new). */
gint64 mimesend_progress_tell (MimesendProgress *self,
                               const MimesendReports *reports,
                               gpointer session,
                               MimesendEnvelope *envelope,
                               guint64 octets,
                               gint64 total,
                               MimesendStage stage);

G_END_DECLS

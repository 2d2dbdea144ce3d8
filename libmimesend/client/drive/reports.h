/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reports while a message is sent, as a table of functions, which the session implements by its signals. Called in the
 * context that sends, outside of the step. A handler may cancel, and may begin another message. */
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
  /* TRUE: cancel the message */
  gboolean (*recipient_reply) (gpointer session, const char *recipient, const MimesendSmtpReply *reply);
} MimesendReports;

G_END_DECLS

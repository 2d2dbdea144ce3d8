/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What delivery.c and delivery-events.c share. */
#pragma once

#include "client/delivery/delivery.h"
#include "content/hold.h"

G_BEGIN_DECLS

/* Indices of recipients. Those of a delivery lie in its block, each with room for all: no recipient is twice in one. */
typedef struct
{
  guint *at;
  guint n;
} MimesendIndices;

struct _MimesendDelivery
{
  MimesendEnvelope *envelope;
  MimesendContent *content;
  MimesendPull *pull; /* the same, or a wrapper around a class that is not ours */
  MimesendHold *hold; /* on it; NULL: not yet, or no more */
  MimesendSendFlags flags;
  gboolean never_block; /* a main loop is ours to keep going: files are read on a worker, too */

  MimesendReceipt *receipt;
  MimesendIndices left;     /* recipients without an outcome */
  MimesendIndices current;  /* those of the transaction under way */
  guint64 transaction;      /* 0: none */
  guint n_stopped;          /* of the current ones: to be tried in another transaction */
  gboolean refused_at_rcpt; /* a recipient was, in any of the transactions */
  gboolean stop_by_reply;   /* the server said why it takes no more */
  gboolean reused;          /* the connection had been idle: the server may have left meanwhile */
  MimesendFeed *feed;
  gboolean blocks;        /* the content may; then it stands alone in the window */
  guint opened_on;        /* the connection that the next transaction is made ready for; 0: none */
  guint n_next;           /* recipients of it */
  gboolean prepared;      /* the content was told … */
  MimesendWireFlags wire; /* … this */
  gboolean smtputf8;      /* the last transaction asked for it, or there was none that could */
  gboolean content_used;
  gboolean wrapped;     /* the pull is ours alone, and what it reads ahead is lost with it */
  gint64 look_until_us; /* so long MAIL waits for the header; 0: it has not begun to */
  gboolean seven_bit;   /* the content is, for certain */
  gint64 total;         /* of the content on the wire; −1: not known */
  guint64 octets;       /* of it that went out, in the transaction that is over */
  gint64 begun_us;      /* 0: with its order; else when the first attempt did */
  guint reconnects;
  GError *content_error;
  GError *reason;
  GError *error;
};

MimesendReceiptRecipient *mimesend_delivery_recipient (MimesendDelivery *self, guint i);

/* The server may offer more after a login, and the message could do with more. TRUE: it was asked, and nothing can be
 * submitted before it has answered. */
gboolean mimesend_delivery_asks_for_more (MimesendDelivery *self, MimesendSmtpClient *core);

/* Everything that has no outcome gets this one. */
void mimesend_delivery_settle_rest (MimesendDelivery *self, MimesendOutcome outcome, const char *words);

G_END_DECLS

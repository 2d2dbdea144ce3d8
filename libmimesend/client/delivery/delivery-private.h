/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of a delivery, for delivery*.c. */
#pragma once

#include "client/delivery/delivery.h"
#include "content/hold.h"

G_BEGIN_DECLS

/* A list of recipient indices, each at most once. Those of a delivery are in its allocation, each with room for all
 * recipients. */
typedef struct
{
  guint *at;
  guint n;
} MimesendIndices;

struct _MimesendDelivery
{
  MimesendEnvelope *envelope;
  MimesendContent *content;
  MimesendPull *pull; /* the content, or a wrapper around a class of the application */
  MimesendHold *hold; /* the hold on the content; NULL: not yet, or released */
  MimesendSendFlags flags;
  gboolean never_block; /* asynchronous: files are read on a worker, too */

  MimesendReceipt *receipt;
  MimesendIndices left;     /* recipients without an outcome */
  MimesendIndices current;  /* recipients of the current transaction */
  guint64 transaction;      /* 0: none */
  guint n_stopped;          /* how many of the current ones are to be tried in another transaction */
  gboolean refused_at_rcpt; /* a recipient was refused in any transaction */
  gboolean stop_by_reply;   /* the server refused more recipients by a reply */
  gboolean reused;          /* the connection was idle: the server may have closed it */
  MimesendFeed *feed;
  gboolean blocks;        /* the content may block; then it is alone in the window */
  guint opened_on;        /* the connection that the next transaction is made ready for; 0: none */
  guint n_next;           /* recipients of the next transaction */
  gboolean prepared;      /* the content was told … */
  MimesendWireFlags wire; /* prepare () was called with these flags */
  gboolean smtputf8;      /* the last transaction asked for it, or there was none that could */
  gboolean content_used;
  gboolean wrapped;     /* the pull is a private wrapper: what it read ahead is lost with it */
  gint64 look_until_us; /* MAIL waits for the header until then; 0: not begun */
  gboolean seven_bit;   /* the content is certainly 7-bit */
  gint64 total;         /* octets of the content on the wire; −1: unknown */
  guint64 octets;       /* octets of it that were sent in the last transaction */
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

/* Sets the outcome of all recipients that have none. */
void mimesend_delivery_settle_rest (MimesendDelivery *self, MimesendOutcome outcome, const char *words);

G_END_DECLS

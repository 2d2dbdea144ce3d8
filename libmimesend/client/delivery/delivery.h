/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A delivery: one message being sent, in as many transactions as its recipients need, until each has its outcome.
 */
#pragma once

#include "client/drive/drive.h"
#include "values/receipt-private.h"

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_DELIVERY_SUBMITTED, /* a transaction was submitted */
  MIMESEND_DELIVERY_FULL,      /* the window is full, or the content in use: wake () will be called */
  MIMESEND_DELIVERY_OVER       /* nothing is left to do: see the receipt or the error */
} MimesendDeliveryState;

typedef enum
{
  MIMESEND_DELIVERY_GOES_ON,   /* wait for more events */
  MIMESEND_DELIVERY_NEXT,      /* call _begin () again, on the same connection */
  MIMESEND_DELIVERY_RECONNECT, /* call _begin () again, on a new connection */
  MIMESEND_DELIVERY_DONE
} MimesendDeliveryNext;

/* dkims (nullable): sign it, unless it is signed already. */
MimesendDelivery *mimesend_delivery_new (MimesendEnvelope *envelope,
                                         MimesendContent *content,
                                         MimesendSendFlags flags,
                                         gboolean never_block,
                                         GPtrArray *dkims);
void mimesend_delivery_free (MimesendDelivery *self);

/* Takes the hold on the content, which is rewound if it was read. FALSE with %G_IO_ERROR_PENDING or
 * #MIMESEND_ERROR_CONTENT: nothing may be sent. The hold lasts until release (). */
gboolean mimesend_delivery_hold (MimesendDelivery *self, GError **error);
void mimesend_delivery_release (MimesendDelivery *self);

/* Ends a delivery whose hold failed, with the reason in the receipt. Takes the error. */
void mimesend_delivery_refuse (MimesendDelivery *self, GError *error);

/* Begins the next transaction. reused: the connection has served before, and is idle. trial: in a form that failed with
 * this server before. wake: called from the feed's worker. */
MimesendDeliveryState mimesend_delivery_begin (MimesendDelivery *self,
                                               const MimesendPolicy *policy,
                                               MimesendDrive *drive,
                                               gboolean reused,
                                               gboolean trial,
                                               void (*wake) (gpointer),
                                               gpointer wake_data);
/* To be called before the delivery completes. FALSE: a worker is still reading the content, and wake () will be called;
 * TRUE: the content is free, and its warnings are in the receipt. */
gboolean mimesend_delivery_leave (MimesendDelivery *self);
/* The header is read before the server is told of the message, for some seconds at most: one that must not leave is refused then,
 * and not in the middle of the data. END: go on; WAIT: wake () will be called, and be it not, ask at … */
MimesendPullStatus mimesend_delivery_look (MimesendDelivery *self, GError **error);
/* … this time; G_MAXINT64: it does not wait. */
gint64 mimesend_delivery_get_look_until (MimesendDelivery *self);
guint64 mimesend_delivery_get_transaction (MimesendDelivery *self);
MimesendFeed *mimesend_delivery_get_feed (MimesendDelivery *self);

MimesendDeliveryNext
mimesend_delivery_event (MimesendDelivery *self, const MimesendSmtpEvent *event, MimesendDrive *drive);
void mimesend_delivery_content_failed (MimesendDelivery *self, const GError *error);

/* Keeps the dialogue of a message that was not accepted, for its receipt. */
void mimesend_delivery_keep_dialogue (MimesendDelivery *self, MimesendDrive *drive);

/* Records server, peer, TLS and mechanism in the receipt; drive is nullable. */
void mimesend_delivery_describe (MimesendDelivery *self, const MimesendPolicy *policy, MimesendDrive *drive);

/* Sets why the delivery is given up: a cancel or a deadline. The core is aborted after it. */
void mimesend_delivery_set_reason (MimesendDelivery *self, GError *reason);

/* Fails: the server could not be asked (connection, TLS, login). Takes the error. */
void mimesend_delivery_fail (MimesendDelivery *self,
                             GError *error,
                             MimesendStage stage,
                             const MimesendSmtpReply *reply);

/* What the envelope asks for beyond the message itself. Warns in the receipt of what is not offered and left out. */
MimesendSmtpParameters
mimesend_delivery_get_parameters (MimesendDelivery *self, const MimesendSmtpCapabilities *offered);

/* For a transport without a dialogue (program-delivery.c): the content, and one outcome for all recipients.
 * Takes the failure. */
gboolean mimesend_delivery_open (MimesendDelivery *self,
                                 MimesendWireFlags wire,
                                 void (*wake) (gpointer),
                                 gpointer wake_data,
                                 GError **error);
void mimesend_delivery_count_octets (MimesendDelivery *self, gsize n);
void mimesend_delivery_settle (
    MimesendDelivery *self, MimesendOutcome outcome, MimesendStage stage, const char *words, GError *failure);
const char *mimesend_delivery_get_reverse_path (MimesendDelivery *self);
const char *const *mimesend_delivery_get_recipients (MimesendDelivery *self);

/* The progress of the content in the current transaction or, with drive NULL, in the last one. */
void
mimesend_delivery_get_progress (MimesendDelivery *self, MimesendDrive *drive, guint64 *octets, gint64 *total);

/* A recipient of the current transaction, as in the envelope. */
const char *mimesend_delivery_get_recipient (MimesendDelivery *self, guint recipient);

MimesendEnvelope *mimesend_delivery_get_envelope (MimesendDelivery *self);
void mimesend_delivery_set_begun (MimesendDelivery *self, gint64 begun_us);
gint64 mimesend_delivery_get_begun (MimesendDelivery *self);   /* 0: now */
gboolean mimesend_delivery_was_begun (MimesendDelivery *self); /* whether a server was told of the message */
MimesendReceipt *mimesend_delivery_get_receipt (MimesendDelivery *self);
const GError *
mimesend_delivery_get_error (MimesendDelivery *self); /* (nullable): why the server could not be asked */

G_END_DECLS

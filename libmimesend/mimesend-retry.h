/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The retry policy. */
#pragma once

#include <glib-object.h>
#include "mimesend-receipt.h"

G_BEGIN_DECLS

/**
 * MimesendRetryFlags:
 * @MIMESEND_RETRY_NOTHING: one attempt
 * @MIMESEND_RETRY_DEFERRED: if the server refused temporarily (4yz), at any stage
 * @MIMESEND_RETRY_UNREACHED: if the server could not be reached, or the connection was lost or timed out before the end of
 * the data: the server certainly does not have the message
 * @MIMESEND_RETRY_IN_DOUBT_MAY_SEND_TWICE: if the outcome is in doubt, too: the server may have the message already, and
 *   its recipients may get it twice. A recipient that was in doubt once stays so, unless a later attempt is accepted
 *
 * Which outcomes are worth another attempt.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_RETRY_NOTHING = 0,
  MIMESEND_RETRY_DEFERRED = 1 << 0,
  MIMESEND_RETRY_UNREACHED = 1 << 1,
  MIMESEND_RETRY_IN_DOUBT_MAY_SEND_TWICE = 1 << 2
} MimesendRetryFlags;

#define MIMESEND_TYPE_RETRY (mimesend_retry_get_type ())

/**
 * MimesendRetry:
 *
 * How often and when a message is tried again. It is immutable and thread-safe.
 *
 * Since: 0.1
 */
typedef struct _MimesendRetry MimesendRetry;

GType mimesend_retry_get_type (void);
MimesendRetry *mimesend_retry_new (guint attempts);
MimesendRetry *mimesend_retry_ref (MimesendRetry *self);
void mimesend_retry_unref (MimesendRetry *self);

MimesendRetry *mimesend_retry_with_outcomes (MimesendRetry *self, MimesendRetryFlags outcomes);
MimesendRetry *mimesend_retry_with_delay (MimesendRetry *self, double first, double most);
MimesendRetry *mimesend_retry_with_deadline (MimesendRetry *self, double deadline);

guint mimesend_retry_get_attempts (MimesendRetry *self);
MimesendRetryFlags mimesend_retry_get_outcomes (MimesendRetry *self);
double mimesend_retry_get_first_delay (MimesendRetry *self);
double mimesend_retry_get_most_delay (MimesendRetry *self);
double mimesend_retry_get_deadline (MimesendRetry *self);

char **mimesend_retry_get_recipients (MimesendRetry *self, MimesendReceipt *receipt);
double
mimesend_retry_next (MimesendRetry *self, MimesendReceipt *receipt, guint attempts_made, double elapsed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendRetry, mimesend_retry_unref)

G_END_DECLS

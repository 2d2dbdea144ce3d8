/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receipt: the outcome of one message. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MimesendOutcome:
 * @MIMESEND_OUTCOME_NOT_TRIED: not sent: the server was not asked, or only in a way that has no effect
 * @MIMESEND_OUTCOME_ACCEPTED: the server confirmed that it has the message
 * @MIMESEND_OUTCOME_PARTIAL: accepted for some recipients; never the outcome of one recipient
 * @MIMESEND_OUTCOME_REFUSED: refused permanently (5yz)
 * @MIMESEND_OUTCOME_DEFERRED: certainly not accepted, and trying again later is safe
 * @MIMESEND_OUTCOME_IN_DOUBT: the end of the data was sent, and no reply confirmed or refused it
 *
 * The outcome of a message, or for one of its recipients. Each has exactly one.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_OUTCOME_NOT_TRIED,
  MIMESEND_OUTCOME_ACCEPTED,
  MIMESEND_OUTCOME_PARTIAL,
  MIMESEND_OUTCOME_REFUSED,
  MIMESEND_OUTCOME_DEFERRED,
  MIMESEND_OUTCOME_IN_DOUBT
} MimesendOutcome;

/**
 * MimesendStage:
 * @MIMESEND_STAGE_NONE: before any stage: the arguments, or the content
 * @MIMESEND_STAGE_CONNECT: resolving the name and connecting
 * @MIMESEND_STAGE_GREETING: the server's greeting
 * @MIMESEND_STAGE_HELLO: EHLO, HELO or LHLO
 * @MIMESEND_STAGE_TLS: STARTTLS and the handshake
 * @MIMESEND_STAGE_AUTH: the login
 * @MIMESEND_STAGE_MAIL: MAIL
 * @MIMESEND_STAGE_RCPT: RCPT
 * @MIMESEND_STAGE_DATA: DATA, up to its 354
 * @MIMESEND_STAGE_CONTENT: sending the content
 * @MIMESEND_STAGE_END_OF_DATA: waiting for the reply to the end of the content
 * @MIMESEND_STAGE_RESET: RSET
 * @MIMESEND_STAGE_QUIT: QUIT
 *
 * The stage of a session to which a reply, a failure or a time belongs.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_STAGE_NONE,
  MIMESEND_STAGE_CONNECT,
  MIMESEND_STAGE_GREETING,
  MIMESEND_STAGE_HELLO,
  MIMESEND_STAGE_TLS,
  MIMESEND_STAGE_AUTH,
  MIMESEND_STAGE_MAIL,
  MIMESEND_STAGE_RCPT,
  MIMESEND_STAGE_DATA,
  MIMESEND_STAGE_CONTENT,
  MIMESEND_STAGE_END_OF_DATA,
  MIMESEND_STAGE_RESET,
  MIMESEND_STAGE_QUIT
} MimesendStage;

#define MIMESEND_TYPE_RECEIPT (mimesend_receipt_get_type ())

/**
 * MimesendReceipt:
 *
 * The result of sending one message: the outcome as a whole and for each recipient, the server's replies, the stage, the
 * protection of the connection. It is immutable and thread-safe.
 *
 * Since: 0.1
 */
typedef struct _MimesendReceipt MimesendReceipt;

GType mimesend_receipt_get_type (void);
MimesendReceipt *mimesend_receipt_ref (MimesendReceipt *self);
void mimesend_receipt_unref (MimesendReceipt *self);

MimesendOutcome mimesend_receipt_get_outcome (MimesendReceipt *self);
MimesendStage mimesend_receipt_get_stage (MimesendReceipt *self);
gboolean mimesend_receipt_check (MimesendReceipt *self, GError **error);

const char *mimesend_receipt_get_reply (MimesendReceipt *self);
guint mimesend_receipt_get_code (MimesendReceipt *self);
const char *mimesend_receipt_get_enhanced_code (MimesendReceipt *self);
const char *mimesend_receipt_get_queue_id (MimesendReceipt *self);
const char *mimesend_receipt_get_message_id (MimesendReceipt *self);
guint mimesend_receipt_get_attempts (MimesendReceipt *self);
guint64 mimesend_receipt_get_octets (MimesendReceipt *self);

const char *mimesend_receipt_get_server (MimesendReceipt *self);
const char *mimesend_receipt_get_host (MimesendReceipt *self);
const char *mimesend_receipt_get_address (MimesendReceipt *self);
guint16 mimesend_receipt_get_port (MimesendReceipt *self);
const char *mimesend_receipt_get_tls_version (MimesendReceipt *self);
const char *mimesend_receipt_get_tls_cipher (MimesendReceipt *self);
gboolean mimesend_receipt_get_tls_verified (MimesendReceipt *self);
const char *mimesend_receipt_get_tls_reason (MimesendReceipt *self);
const char *mimesend_receipt_get_mechanism (MimesendReceipt *self);

guint mimesend_receipt_get_n_recipients (MimesendReceipt *self);
const char *mimesend_receipt_get_recipient (MimesendReceipt *self, guint i);
MimesendOutcome mimesend_receipt_get_recipient_outcome (MimesendReceipt *self, guint i);
guint mimesend_receipt_get_recipient_code (MimesendReceipt *self, guint i);
const char *mimesend_receipt_get_recipient_enhanced_code (MimesendReceipt *self, guint i);
const char *mimesend_receipt_get_recipient_reply (MimesendReceipt *self, guint i);
int mimesend_receipt_get_recipient_transaction (MimesendReceipt *self, guint i);
char **mimesend_receipt_get_retry (MimesendReceipt *self);

guint mimesend_receipt_get_n_transactions (MimesendReceipt *self);
guint mimesend_receipt_get_transaction_code (MimesendReceipt *self, guint i);
const char *mimesend_receipt_get_transaction_enhanced_code (MimesendReceipt *self, guint i);
const char *mimesend_receipt_get_transaction_reply (MimesendReceipt *self, guint i);
const char *mimesend_receipt_get_transaction_queue_id (MimesendReceipt *self, guint i);

gboolean mimesend_receipt_is_certain (MimesendReceipt *self);
const char *const *mimesend_receipt_get_extensions (MimesendReceipt *self);
double mimesend_receipt_get_stage_time (MimesendReceipt *self, MimesendStage stage);
const char *const *mimesend_receipt_get_dialogue (MimesendReceipt *self);
const char *const *mimesend_receipt_get_warnings (MimesendReceipt *self);
char *mimesend_receipt_explain (MimesendReceipt *self);

const char *mimesend_outcome_to_string (MimesendOutcome outcome);
const char *mimesend_stage_to_string (MimesendStage stage);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendReceipt, mimesend_receipt_unref)

G_END_DECLS

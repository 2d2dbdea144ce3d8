/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sender and the recipients of a message. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MIMESEND_TYPE_ENVELOPE (mimesend_envelope_get_type ())

/**
 * MimesendEnvelope:
 *
 * The sender and the recipients of a message, and options for the servers (RFC 5321 2.3.1), independent of the message's
 * header. It is immutable (the functions with "with" return a changed copy) and thread-safe.
 *
 * Since: 0.1
 */
typedef struct _MimesendEnvelope MimesendEnvelope;

/**
 * MimesendNotifyFlags:
 * @MIMESEND_NOTIFY_DEFAULT: not specified: failures are reported, and delays if the server does that
 * @MIMESEND_NOTIFY_NEVER: no reports at all; not with other flags
 * @MIMESEND_NOTIFY_SUCCESS: of a delivery
 * @MIMESEND_NOTIFY_FAILURE: of a failure
 * @MIMESEND_NOTIFY_DELAY: of a delay
 *
 * When the sender wants a delivery status notification (RFC 3461 4.1).
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_NOTIFY_DEFAULT = 0,
  MIMESEND_NOTIFY_NEVER = 1 << 0,
  MIMESEND_NOTIFY_SUCCESS = 1 << 1,
  MIMESEND_NOTIFY_FAILURE = 1 << 2,
  MIMESEND_NOTIFY_DELAY = 1 << 3
} MimesendNotifyFlags;

/**
 * MimesendReturn:
 * @MIMESEND_RETURN_DEFAULT: the server's choice
 * @MIMESEND_RETURN_FULL: the whole message
 * @MIMESEND_RETURN_HEADERS: its header alone
 *
 * What a report of a failure contains of the message (RFC 3461 4.3).
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_RETURN_DEFAULT,
  MIMESEND_RETURN_FULL,
  MIMESEND_RETURN_HEADERS
} MimesendReturn;

/**
 * MimesendDeliverByFlags:
 * @MIMESEND_DELIVER_BY_NOTIFY: a report is made when the time is over, and the message goes on
 * @MIMESEND_DELIVER_BY_RETURN: the message is returned when the time is over
 * @MIMESEND_DELIVER_BY_TRACE: a report is wanted where the message leaves the servers that know of DELIVERBY
 *
 * What is done with a message that is to be delivered by a time (RFC 2852 4).
 *
 * Since: 0.1
 */
typedef enum
{ /*< flags >*/
  MIMESEND_DELIVER_BY_NOTIFY = 0,
  MIMESEND_DELIVER_BY_RETURN = 1 << 0,
  MIMESEND_DELIVER_BY_TRACE = 1 << 1
} MimesendDeliverByFlags;

GType mimesend_envelope_get_type (void);
MimesendEnvelope *
mimesend_envelope_new (const char *reverse_path, const char *const *recipients, GError **error);
MimesendEnvelope *mimesend_envelope_ref (MimesendEnvelope *self);
void mimesend_envelope_unref (MimesendEnvelope *self);
MimesendEnvelope *mimesend_envelope_with_dsn (
    MimesendEnvelope *self, MimesendNotifyFlags notify, MimesendReturn what, const char *id, GError **error);
MimesendEnvelope *mimesend_envelope_with_original_recipients (MimesendEnvelope *self,
                                                              const char *const *originals,
                                                              GError **error);
MimesendEnvelope *mimesend_envelope_with_require_tls (MimesendEnvelope *self, gboolean required);
MimesendEnvelope *mimesend_envelope_with_deliver_by (MimesendEnvelope *self,
                                                     double seconds,
                                                     MimesendDeliverByFlags flags,
                                                     GError **error);
MimesendEnvelope *mimesend_envelope_with_priority (MimesendEnvelope *self, int priority, GError **error);
MimesendEnvelope *mimesend_envelope_with_hold (MimesendEnvelope *self, double seconds, GError **error);
MimesendEnvelope *
mimesend_envelope_with_hold_until (MimesendEnvelope *self, GDateTime *until, GError **error);
const char *mimesend_envelope_get_reverse_path (MimesendEnvelope *self);
const char *const *mimesend_envelope_get_recipients (MimesendEnvelope *self);
guint mimesend_envelope_get_n_recipients (MimesendEnvelope *self);
MimesendNotifyFlags mimesend_envelope_get_notify (MimesendEnvelope *self);
MimesendReturn mimesend_envelope_get_return (MimesendEnvelope *self);
const char *mimesend_envelope_get_id (MimesendEnvelope *self);
const char *const *mimesend_envelope_get_original_recipients (MimesendEnvelope *self);
gboolean mimesend_envelope_get_require_tls (MimesendEnvelope *self);
double mimesend_envelope_get_deliver_by (MimesendEnvelope *self);
MimesendDeliverByFlags mimesend_envelope_get_deliver_by_flags (MimesendEnvelope *self);
int mimesend_envelope_get_priority (MimesendEnvelope *self);
double mimesend_envelope_get_hold (MimesendEnvelope *self);
GDateTime *mimesend_envelope_get_hold_until (MimesendEnvelope *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendEnvelope, mimesend_envelope_unref)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an envelope asks for beside the addresses. */
#include "values/envelope-private.h"

/**
 * mimesend_envelope_get_notify:
 * @self: an envelope
 *
 * Gets what mimesend_envelope_with_dsn() asked for (NOTIFY, RFC 3461).
 *
 * Returns: when reports are wanted
 *
 * Since: 0.1
 */
MimesendNotifyFlags
mimesend_envelope_get_notify (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_NOTIFY_DEFAULT);
  return self->options.notify;
}

/**
 * mimesend_envelope_get_return:
 * @self: an envelope
 *
 * Gets what mimesend_envelope_with_dsn() asked for (RET, RFC 3461).
 *
 * Returns: what a report of a failure brings back
 *
 * Since: 0.1
 */
MimesendReturn
mimesend_envelope_get_return (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_RETURN_DEFAULT);
  return self->options.what;
}

/**
 * mimesend_envelope_get_id:
 * @self: an envelope
 *
 * Gets the identifier of mimesend_envelope_with_dsn() (ENVID, RFC 3461).
 *
 * Returns: (nullable): what stands in the reports; %NULL: nothing
 *
 * Since: 0.1
 */
const char *
mimesend_envelope_get_id (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->options.id;
}

/**
 * mimesend_envelope_get_original_recipients:
 * @self: an envelope
 *
 * Gets what the recipients were called first (ORCPT, RFC 3461), in their order.
 *
 * Returns: (nullable) (transfer none) (array zero-terminated=1): the addresses of mimesend_envelope_with_original_recipients(); %NULL: none
 *
 * Since: 0.1
 */
const char *const *
mimesend_envelope_get_original_recipients (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return (const char *const *)self->options.originals;
}

/**
 * mimesend_envelope_get_require_tls:
 * @self: an envelope
 *
 * Tells whether mimesend_envelope_with_require_tls() asked for REQUIRETLS (RFC 8689).
 *
 * Returns: whether the message may travel over verified TLS alone
 *
 * Since: 0.1
 */
gboolean
mimesend_envelope_get_require_tls (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->options.require_tls;
}

/**
 * mimesend_envelope_get_deliver_by:
 * @self: an envelope
 *
 * Gets the limit of mimesend_envelope_with_deliver_by() (DELIVERBY, RFC 2852).
 *
 * Returns: the seconds within which it is to be delivered; 0: no limit
 *
 * Since: 0.1
 */
double
mimesend_envelope_get_deliver_by (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->options.by_seconds;
}

/**
 * mimesend_envelope_get_deliver_by_flags:
 * @self: an envelope
 *
 * Tells what becomes of a message that is late, and whether a trace is wanted (DELIVERBY, RFC 2852).
 *
 * Returns: the flags of mimesend_envelope_with_deliver_by()
 *
 * Since: 0.1
 */
MimesendDeliverByFlags
mimesend_envelope_get_deliver_by_flags (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_DELIVER_BY_NOTIFY);
  return self->options.by_flags;
}

/**
 * mimesend_envelope_get_priority:
 * @self: an envelope
 *
 * Gets the priority of mimesend_envelope_with_priority() (MT-PRIORITY, RFC 6710).
 *
 * Returns: the priority, −9 to 9; 0 is as usual
 *
 * Since: 0.1
 */
int
mimesend_envelope_get_priority (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->options.priority;
}

/**
 * mimesend_envelope_get_hold:
 * @self: an envelope
 *
 * Gets the time of mimesend_envelope_with_hold() (FUTURERELEASE, RFC 4865).
 *
 * Returns: the seconds for which the server keeps it; 0: none, or until a date
 *
 * Since: 0.1
 */
double
mimesend_envelope_get_hold (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->options.hold_seconds;
}

/**
 * mimesend_envelope_get_hold_until:
 * @self: an envelope
 *
 * Gets the date of mimesend_envelope_with_hold_until() (FUTURERELEASE, RFC 4865).
 *
 * Returns: (transfer none) (nullable): the date until which the server keeps it, in UTC; %NULL: none
 *
 * Since: 0.1
 */
GDateTime *
mimesend_envelope_get_hold_until (MimesendEnvelope *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->options.hold_until;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a sender asks for beside the addresses: the parameters of MAIL and RCPT. Each gives a changed copy. */
#include "values/envelope-private.h"

#include <string.h>

#include "mimesend-error.h"
#include "octets/mailbox.h"

#define ID_MAX       100       /* RFC 3461 4.4 */
#define ORIGINAL_MAX 400       /* 500 with its type and what is escaped, RFC 3461 4.2 */
#define SECONDS_MAX  999999999 /* RFC 2852 4, RFC 4865 4: nine digits */

static MimesendEnvelope *
envelope_copy_changed (MimesendEnvelope *from)
{
  MimesendEnvelope *self = g_new (MimesendEnvelope, 1);

  *self = *from;
  g_atomic_ref_count_init (&self->refs);
  self->reverse_path = g_strdup (from->reverse_path);
  self->recipients = g_ptr_array_ref (from->recipients);
  self->options.id = g_strdup (from->options.id);
  self->options.originals = g_strdupv (from->options.originals);
  if (from->options.hold_until != NULL)
    g_date_time_ref (from->options.hold_until);
  return self;
}

static gboolean
envelope_refuse (GError **error, const char *words)
{
  g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, words);
  return FALSE;
}

static gboolean
is_printable (const char *text, gsize max)
{
  gsize n = 0;

  while (text[n] >= 32 && text[n] <= 126)
    n++;
  return n > 0 && n <= max && text[n] == '\0';
}

/* Printable ASCII of any address type, or a mailbox (RFC 6533 3). */
static gboolean
is_original (const char *text)
{
  MimesendMailbox mailbox;
  gsize length = strlen (text);

  return is_printable (text, ORIGINAL_MAX) ||
         (!g_str_is_ascii (text) && length <= ORIGINAL_MAX &&
          mimesend_mailbox_scan (text, length, &mailbox) == MIMESEND_MAILBOX_OK);
}

/**
 * mimesend_envelope_with_dsn:
 * @self: an envelope
 * @notify: when a report is wanted, for every recipient
 * @what: what a report of a failure brings back
 * @id: (nullable): stands in the reports, so that they can be told apart: 1 to 100 characters of ASCII; %NULL: none
 * @error: return location for a #GError
 *
 * Asks for delivery status notifications (RFC 3461). A server that does not offer DSN is sent the message without, and
 * the receipt has a warning.
 *
 * Returns: (transfer full): a changed copy, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendEnvelope *
mimesend_envelope_with_dsn (
    MimesendEnvelope *self, MimesendNotifyFlags notify, MimesendReturn what, const char *id, GError **error)
{
  MimesendEnvelope *changed;

  g_return_val_if_fail (self != NULL && what <= MIMESEND_RETURN_HEADERS && (notify & ~15u) == 0, NULL);
  if ((notify & MIMESEND_NOTIFY_NEVER) != 0 && notify != MIMESEND_NOTIFY_NEVER)
    {
      envelope_refuse (
          error, "notify: never does not go with success, failure or delay (RFC 3461 4.1): give it alone");
      return NULL;
    }
  if (id != NULL && !is_printable (id, ID_MAX))
    {
      envelope_refuse (error,
                       "envelope id: it must be 1 to 100 printable characters of ASCII (RFC 3461 4.4)");
      return NULL;
    }
  changed = envelope_copy_changed (self);
  g_free (changed->options.id);
  changed->options.notify = notify;
  changed->options.what = what;
  changed->options.id = g_strdup (id);
  return changed;
}

/**
 * mimesend_envelope_with_original_recipients:
 * @self: an envelope
 * @originals: (nullable) (array zero-terminated=1): the address to which each recipient's copy was sent first, one for
 *   each recipient in the same order: printable ASCII, or a mailbox in UTF-8; at most 400 octets each; %NULL: none
 * @error: return location for a #GError
 *
 * For gateways and forwarders: a report names them (ORCPT, RFC 3461 4.2). What can be ASCII, a domain as A-labels, is of the type
 * rfc822, else utf-8 (RFC 6533 3), which needs no SMTPUTF8 of the server. One that is longer than 500 octets once it is escaped
 * is left out.
 *
 * Returns: (transfer full): a changed copy, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendEnvelope *
mimesend_envelope_with_original_recipients (MimesendEnvelope *self,
                                            const char *const *originals,
                                            GError **error)
{
  MimesendEnvelope *changed;

  g_return_val_if_fail (self != NULL, NULL);
  if (originals != NULL && g_strv_length ((char **)originals) != mimesend_envelope_get_n_recipients (self))
    {
      envelope_refuse (error,
                       "original recipients: there must be as many as recipients, each of which counts once");
      return NULL;
    }
  for (guint i = 0; originals != NULL && originals[i] != NULL; i++)
    if (!is_original (originals[i]))
      {
        envelope_refuse (
            error, "original recipients: each must be printable ASCII or a mailbox in UTF-8, of at most 400 "
                   "octets");
        return NULL;
      }
  changed = envelope_copy_changed (self);
  g_strfreev (changed->options.originals);
  changed->options.originals = g_strdupv ((char **)originals);
  return changed;
}

/**
 * mimesend_envelope_with_require_tls:
 * @self: an envelope
 * @required: whether the message may travel over verified TLS alone, to its end (RFC 8689)
 *
 * A server that does not offer REQUIRETLS, or whose certificate was not verified, is sent nothing.
 *
 * Returns: (transfer full): a changed copy
 *
 * Since: 0.1
 */
MimesendEnvelope *
mimesend_envelope_with_require_tls (MimesendEnvelope *self, gboolean required)
{
  MimesendEnvelope *changed;

  g_return_val_if_fail (self != NULL, NULL);
  changed = envelope_copy_changed (self);
  changed->options.require_tls = required;
  return changed;
}

/* Whole seconds, of which the commands have nine digits; a fraction counts as one more. FALSE: they are more. */
static gboolean
whole_seconds (double seconds, guint *whole)
{
  if (seconds > SECONDS_MAX)
    return FALSE;
  *whole = (guint)seconds;
  *whole += *whole < seconds;
  return TRUE;
}

/**
 * mimesend_envelope_with_deliver_by:
 * @self: an envelope
 * @seconds: from the sending; at most 999,999,999, a fraction counts as one more; 0: no limit
 * @flags: what is to be done after that time, and whether a trace is wanted; looked at where there is a limit
 * @error: return location for a #GError
 *
 * Asks for delivery by a time (DELIVERBY, RFC 2852). Where the server does not offer DELIVERBY, or promises no delivery so
 * soon, a message that would have to be returned is not sent, and any other is, with a warning in the receipt.
 *
 * Returns: (transfer full): a changed copy, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendEnvelope *
mimesend_envelope_with_deliver_by (MimesendEnvelope *self,
                                   double seconds,
                                   MimesendDeliverByFlags flags,
                                   GError **error)
{
  MimesendEnvelope *changed;
  guint whole;

  g_return_val_if_fail (self != NULL && seconds >= 0, NULL);
  g_return_val_if_fail ((flags & ~(MIMESEND_DELIVER_BY_RETURN | MIMESEND_DELIVER_BY_TRACE)) == 0, NULL);
  if (!whole_seconds (seconds, &whole))
    {
      envelope_refuse (error, "deliver by: at most 999999999 seconds (RFC 2852 4)");
      return NULL;
    }
  changed = envelope_copy_changed (self);
  changed->options.by_seconds = whole;
  changed->options.by_flags = whole > 0 ? flags : MIMESEND_DELIVER_BY_NOTIFY;
  return changed;
}

/**
 * mimesend_envelope_with_priority:
 * @self: an envelope
 * @priority: −9 to 9, 0 is as usual
 * @error: return location for a #GError
 *
 * Asks for a priority in the queues (RFC 6710). A server that does not offer MT-PRIORITY is sent the message without, and
 * the receipt has a warning.
 *
 * Returns: (transfer full): a changed copy, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendEnvelope *
mimesend_envelope_with_priority (MimesendEnvelope *self, int priority, GError **error)
{
  MimesendEnvelope *changed;

  g_return_val_if_fail (self != NULL, NULL);
  if (priority < -9 || priority > 9)
    {
      envelope_refuse (error, "priority: it is a number from -9 to 9 (RFC 6710)");
      return NULL;
    }
  changed = envelope_copy_changed (self);
  changed->options.has_priority = TRUE;
  changed->options.priority = priority;
  return changed;
}

static MimesendEnvelope *
envelope_with_hold (MimesendEnvelope *self, guint seconds, GDateTime *until)
{
  MimesendEnvelope *changed = envelope_copy_changed (self);

  changed->options.hold_seconds = seconds;
  g_clear_pointer (&changed->options.hold_until, g_date_time_unref);
  if (until == NULL)
    return changed;
  changed->options.hold_until = g_date_time_ref (until);
  g_snprintf (changed->options.hold_text, sizeof changed->options.hold_text, "%04d-%02d-%02dT%02d:%02d:%02dZ",
              g_date_time_get_year (until) % 10000, g_date_time_get_month (until) % 100,
              g_date_time_get_day_of_month (until) % 100, g_date_time_get_hour (until) % 100,
              g_date_time_get_minute (until) % 100, g_date_time_get_second (until) % 100);
  return changed;
}

/**
 * mimesend_envelope_with_hold:
 * @self: an envelope
 * @seconds: for how long the server keeps the message before it sends it on: 999,999,999 at most, a fraction counts as
 *   one more; 0: not at all
 * @error: return location for a #GError
 *
 * Future release (RFC 4865, HOLDFOR), instead of mimesend_envelope_with_hold_until(). A server that does not offer
 * FUTURERELEASE, or does not hold messages for so long, is sent nothing.
 *
 * Returns: (transfer full): a changed copy, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendEnvelope *
mimesend_envelope_with_hold (MimesendEnvelope *self, double seconds, GError **error)
{
  guint whole;

  g_return_val_if_fail (self != NULL && seconds >= 0, NULL);
  if (whole_seconds (seconds, &whole))
    return envelope_with_hold (self, whole, NULL);
  envelope_refuse (error, "hold: at most 999999999 seconds (RFC 4865 4)");
  return NULL;
}

/**
 * mimesend_envelope_with_hold_until:
 * @self: an envelope
 * @until: (nullable): when the server may send the message on, to the second; %NULL: at once
 * @error: return location for a #GError
 *
 * Future release (RFC 4865, HOLDUNTIL), instead of mimesend_envelope_with_hold(). A server that does not offer
 * FUTURERELEASE, or does not hold messages for so long, is sent nothing.
 *
 * Returns: (transfer full): a changed copy, or %NULL with %MIMESEND_ERROR_ARGUMENT
 *
 * Since: 0.1
 */
MimesendEnvelope *
mimesend_envelope_with_hold_until (MimesendEnvelope *self, GDateTime *until, GError **error)
{
  g_autoptr (GDateTime) utc = until != NULL ? g_date_time_to_utc (until) : NULL;

  g_return_val_if_fail (self != NULL, NULL);
  if (until == NULL || (utc != NULL && g_date_time_get_year (utc) >= 1970))
    return envelope_with_hold (self, 0, utc);
  envelope_refuse (error, "hold until: a date from 1970 to 9999 (RFC 4865 4)");
  return NULL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a probe found of a server: a value. */
#include "values/probe-result-private.h"

#include "octets/seconds.h"
#include "octets/boxed.h"

MIMESEND_DEFINE_BOXED (MimesendProbeResult, mimesend_probe_result)

static void
certificate_clear (gpointer data)
{
  MimesendProbeCertificate *self = data;

  g_free (self->subject);
  g_free (self->issuer);
  g_free (self->names);
  g_free (self->fingerprint);
  g_free (self->pin);
  g_clear_pointer (&self->not_before, g_date_time_unref);
  g_clear_pointer (&self->not_after, g_date_time_unref);
}

static void
recipient_clear (gpointer data)
{
  MimesendProbeRecipient *self = data;

  g_free (self->address);
  g_free (self->reply);
}

MimesendProbeResult *
mimesend_probe_result_new (void)
{
  MimesendProbeResult *self = g_new0 (MimesendProbeResult, 1);

  g_atomic_ref_count_init (&self->refs);
  for (guint i = 0; i < MIMESEND_PROBE_N_STAGES; i++)
    self->times_us[i] = -1;
  self->certificates = g_array_new (FALSE, TRUE, sizeof (MimesendProbeCertificate));
  g_array_set_clear_func (self->certificates, certificate_clear);
  self->recipients = g_array_new (FALSE, TRUE, sizeof (MimesendProbeRecipient));
  g_array_set_clear_func (self->recipients, recipient_clear);
  return self;
}

/**
 * mimesend_probe_result_ref:
 * @self: a result
 *
 * Takes a reference; mimesend_probe_result_unref() gives it back. Any thread may call it.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
MimesendProbeResult *
mimesend_probe_result_ref (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mimesend_probe_result_unref:
 * @self: (transfer full) (nullable): a result
 *
 * Gives a reference back; with the last one the result is freed. Any thread may call it.
 *
 * Since: 0.1
 */
void
mimesend_probe_result_unref (MimesendProbeResult *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_error (&self->failure);
  g_strfreev (self->candidates);
  g_free (self->server);
  g_free (self->address);
  g_free (self->greeting);
  g_strfreev (self->clear_capabilities);
  g_strfreev (self->tls_capabilities);
  g_strfreev (self->mechanisms);
  g_strfreev (self->choices);
  g_free (self->tls_version);
  g_free (self->tls_cipher);
  g_free (self->tls_reason);
  g_array_unref (self->certificates);
  g_free (self->pipelining.words);
  g_free (self->chunking.words);
  g_array_unref (self->recipients);
  g_free (self);
}

/**
 * mimesend_probe_result_is_ready:
 * @self: a result
 *
 * Tells whether a message could follow: the connection, TLS and the login, if there is one, were as a message needs
 * them.
 *
 * Returns: whether MAIL could follow
 *
 * Since: 0.1
 */
gboolean
mimesend_probe_result_is_ready (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->ready;
}

/**
 * mimesend_probe_result_get_failure:
 * @self: a result
 *
 * Gets what ended the probe: ahead of its being ready, or among the trials.
 *
 * Returns: (transfer none) (nullable): the error, of #MimesendError; %NULL: it came to its end
 *
 * Since: 0.1
 */
const GError *
mimesend_probe_result_get_failure (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->failure;
}

/**
 * mimesend_probe_result_check:
 * @self: a result
 * @error: return location for a #GError
 *
 * Turns a result into an error, as mimesend_receipt_check() does with a receipt.
 *
 * Returns: %TRUE if a message could follow; %FALSE with why not: what sending one would have been ended by
 *
 * Since: 0.1
 */
gboolean
mimesend_probe_result_check (MimesendProbeResult *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  if (!self->ready)
    g_propagate_error (error, g_error_copy (self->failure));
  return self->ready;
}

/**
 * mimesend_probe_result_get_elapsed:
 * @self: a result
 * @stage: a stage
 *
 * Gets when a stage was over, from the beginning of the probe.
 *
 * Returns: seconds; −1: it was not passed
 *
 * Since: 0.1
 */
double
mimesend_probe_result_get_elapsed (MimesendProbeResult *self, MimesendProbeStage stage)
{
  g_return_val_if_fail (self != NULL && (guint)stage < MIMESEND_PROBE_N_STAGES, -1);
  return mimesend_seconds_from_us (self->times_us[stage]);
}

/**
 * mimesend_probe_result_get_candidates:
 * @self: a result
 *
 * Gets the servers that `srv:` or `mx:` led to, in the order in which they are tried, as mimesend_server_new() reads
 * them.
 *
 * Returns: (transfer none) (array zero-terminated=1) (nullable): the servers; %NULL: the server was named itself
 *
 * Since: 0.1
 */
const char *const *
mimesend_probe_result_get_candidates (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return (const char *const *)self->candidates;
}

/**
 * mimesend_probe_result_get_server:
 * @self: a result
 *
 * Gets the server that was reached, in the form of mimesend_server_to_string().
 *
 * Returns: (transfer none) (nullable): the server
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_server (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->server;
}

/**
 * mimesend_probe_result_get_address:
 * @self: a result
 *
 * Gets the address that was connected to.
 *
 * Returns: (transfer none) (nullable): the address; %NULL: it has none
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_address (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->address;
}

/**
 * mimesend_probe_result_get_port:
 * @self: a result
 *
 * Gets the port that was connected to.
 *
 * Returns: the port; 0: there is none
 *
 * Since: 0.1
 */
guint16
mimesend_probe_result_get_port (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->port;
}

/**
 * mimesend_probe_result_get_greeting:
 * @self: a result
 *
 * Gets the first line of the greeting.
 *
 * Returns: (transfer none) (nullable): the line; %NULL: none came
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_greeting (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->greeting;
}

/**
 * mimesend_probe_result_get_clear_capabilities:
 * @self: a result
 *
 * Gets the lines of the answer to EHLO in the clear, behind the first.
 *
 * Returns: (transfer none) (array zero-terminated=1) (nullable): the lines; %NULL: there was none
 *
 * Since: 0.1
 */
const char *const *
mimesend_probe_result_get_clear_capabilities (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return (const char *const *)self->clear_capabilities;
}

/**
 * mimesend_probe_result_get_tls_capabilities:
 * @self: a result
 *
 * Gets the lines of the answer to EHLO under TLS, behind the first.
 *
 * Returns: (transfer none) (array zero-terminated=1) (nullable): the lines; %NULL: there was none
 *
 * Since: 0.1
 */
const char *const *
mimesend_probe_result_get_tls_capabilities (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return (const char *const *)self->tls_capabilities;
}

/**
 * mimesend_probe_result_get_mechanisms:
 * @self: a result
 *
 * Gets the mechanisms for logging in (RFC 4954).
 *
 * Returns: (transfer none) (array zero-terminated=1) (nullable): the mechanisms; %NULL: the probe did not come so far
 *
 * Since: 0.1
 */
const char *const *
mimesend_probe_result_get_mechanisms (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return (const char *const *)self->mechanisms;
}

/**
 * mimesend_probe_result_get_size_limit:
 * @self: a result
 *
 * Gets how large a message may be (SIZE, RFC 1870).
 *
 * Returns: octets; 0: no limit is told
 *
 * Since: 0.1
 */
guint64
mimesend_probe_result_get_size_limit (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->size_limit;
}

/**
 * mimesend_probe_result_get_recipients_limit:
 * @self: a result
 *
 * Gets how many recipients one transaction may have (LIMITS RCPTMAX, RFC 9422).
 *
 * Returns: how many; 0: no limit is told
 *
 * Since: 0.1
 */
guint
mimesend_probe_result_get_recipients_limit (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->recipients_limit;
}

/**
 * mimesend_probe_result_get_messages_limit:
 * @self: a result
 *
 * Gets how many messages one connection may bring (LIMITS MAILMAX, RFC 9422).
 *
 * Returns: how many; 0: no limit is told
 *
 * Since: 0.1
 */
guint
mimesend_probe_result_get_messages_limit (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->messages_limit;
}

/**
 * mimesend_probe_result_get_domains_limit:
 * @self: a result
 *
 * Gets how many domains the recipients of one transaction may have (LIMITS RCPTDOMAINMAX, RFC 9422).
 *
 * Returns: how many; 0: no limit is told
 *
 * Since: 0.1
 */
guint
mimesend_probe_result_get_domains_limit (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->domains_limit;
}

/**
 * mimesend_probe_result_get_tls_version:
 * @self: a result
 *
 * Gets the version of TLS.
 *
 * Returns: (transfer none) (nullable): the version, as in TLS1.3; %NULL: the connection is in the clear
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_tls_version (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->tls_version;
}

/**
 * mimesend_probe_result_get_tls_cipher:
 * @self: a result
 *
 * Gets the cipher suite of TLS.
 *
 * Returns: (transfer none) (nullable): the cipher; %NULL: the connection is in the clear
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_tls_cipher (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->tls_cipher;
}

/**
 * mimesend_probe_result_get_tls_verified:
 * @self: a result
 *
 * Tells whether the server's certificate was verified.
 *
 * Returns: whether it was
 *
 * Since: 0.1
 */
gboolean
mimesend_probe_result_get_tls_verified (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->tls_verified;
}

/**
 * mimesend_probe_result_get_tls_reason:
 * @self: a result
 *
 * Gets why the server's certificate could not be verified.
 *
 * Returns: (transfer none) (nullable): why; %NULL: it was, or there is none
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_tls_reason (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->tls_reason;
}

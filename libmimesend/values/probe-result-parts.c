/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a probe found, piece by piece: certificates, trials, recipients. */
#include "values/probe-result-private.h"

static const MimesendProbeCertificate *
certificate_of (const MimesendProbeResult *self, guint i)
{
  return &g_array_index (self->certificates, MimesendProbeCertificate, i);
}

static const MimesendProbeRecipient *
recipient_of (const MimesendProbeResult *self, guint i)
{
  return &g_array_index (self->recipients, MimesendProbeRecipient, i);
}

/**
 * mimesend_probe_result_get_n_certificates:
 * @self: a result
 *
 * Counts the certificates that the server has shown.
 *
 * Returns: how many: the first is its own, each other one that of the issuer before
 *
 * Since: 0.1
 */
guint
mimesend_probe_result_get_n_certificates (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->certificates->len;
}

/**
 * mimesend_probe_result_get_certificate_subject:
 * @self: a result
 * @i: which certificate, from 0
 *
 * Gets the subject of a certificate.
 *
 * Returns: (transfer none) (nullable): the distinguished name
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_certificate_subject (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->certificates->len, NULL);
  return certificate_of (self, i)->subject;
}

/**
 * mimesend_probe_result_get_certificate_issuer:
 * @self: a result
 * @i: which certificate, from 0
 *
 * Gets who issued a certificate.
 *
 * Returns: (transfer none) (nullable): the distinguished name
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_certificate_issuer (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->certificates->len, NULL);
  return certificate_of (self, i)->issuer;
}

/**
 * mimesend_probe_result_get_certificate_names:
 * @self: a result
 * @i: which certificate, from 0
 *
 * Gets the names that a certificate holds for (RFC 6125).
 *
 * Returns: (transfer none) (nullable): the names, with commas between; %NULL: it has none
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_certificate_names (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->certificates->len, NULL);
  return certificate_of (self, i)->names;
}

/**
 * mimesend_probe_result_get_certificate_not_before:
 * @self: a result
 * @i: which certificate, from 0
 *
 * Gets from when on a certificate is valid.
 *
 * Returns: (transfer none) (nullable): the date, in UTC
 *
 * Since: 0.1
 */
GDateTime *
mimesend_probe_result_get_certificate_not_before (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->certificates->len, NULL);
  return certificate_of (self, i)->not_before;
}

/**
 * mimesend_probe_result_get_certificate_not_after:
 * @self: a result
 * @i: which certificate, from 0
 *
 * Gets until when a certificate is valid.
 *
 * Returns: (transfer none) (nullable): the date, in UTC
 *
 * Since: 0.1
 */
GDateTime *
mimesend_probe_result_get_certificate_not_after (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->certificates->len, NULL);
  return certificate_of (self, i)->not_after;
}

/**
 * mimesend_probe_result_get_certificate_fingerprint:
 * @self: a result
 * @i: which certificate, from 0
 *
 * Gets the fingerprint of a certificate.
 *
 * Returns: (transfer none) (nullable): SHA-256 in hexadecimal
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_certificate_fingerprint (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->certificates->len, NULL);
  return certificate_of (self, i)->fingerprint;
}

/**
 * mimesend_probe_result_get_certificate_pin:
 * @self: a result
 * @i: which certificate, from 0
 *
 * Gets the pin of a certificate's key, as mimesend_server_with_pin() takes it.
 *
 * Returns: (transfer none) (nullable): the pin
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_certificate_pin (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->certificates->len, NULL);
  return certificate_of (self, i)->pin;
}

/**
 * mimesend_probe_result_get_pipelining:
 * @self: a result
 *
 * Tells whether PIPELINING (RFC 2920) holds. MAIL and RSET are sent twice in one packet.
 *
 * Returns: whether it does
 *
 * Since: 0.1
 */
MimesendProbeVerdict
mimesend_probe_result_get_pipelining (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_PROBE_VERDICT_NOT_TRIED);
  return self->pipelining.verdict;
}

/**
 * mimesend_probe_result_get_pipelining_words:
 * @self: a result
 *
 * Gets what the trial of PIPELINING (RFC 2920) came to, in words.
 *
 * Returns: (transfer none) (nullable): the words; %NULL: it was not tried
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_pipelining_words (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->pipelining.words;
}

/**
 * mimesend_probe_result_get_chunking:
 * @self: a result
 *
 * Tells whether CHUNKING (RFC 3030) holds. `BDAT 0 LAST` is sent outside any transaction.
 *
 * Returns: whether it does
 *
 * Since: 0.1
 */
MimesendProbeVerdict
mimesend_probe_result_get_chunking (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, MIMESEND_PROBE_VERDICT_NOT_TRIED);
  return self->chunking.verdict;
}

/**
 * mimesend_probe_result_get_chunking_words:
 * @self: a result
 *
 * Gets what the trial of CHUNKING (RFC 3030) came to, in words.
 *
 * Returns: (transfer none) (nullable): the words; %NULL: it was not tried
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_chunking_words (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->chunking.words;
}

/**
 * mimesend_probe_result_get_choices:
 * @self: a result
 *
 * Gets what a message to this server would use, and why, a line for each matter.
 *
 * Returns: (transfer none) (array zero-terminated=1) (nullable): the lines; %NULL: the probe did not come so far
 *
 * Since: 0.1
 */
const char *const *
mimesend_probe_result_get_choices (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return (const char *const *)self->choices;
}

/**
 * mimesend_probe_result_get_n_recipients:
 * @self: a result
 *
 * Counts the recipients of mimesend_probe_recipients().
 *
 * Returns: how many; 0 where the probe did not come so far
 *
 * Since: 0.1
 */
guint
mimesend_probe_result_get_n_recipients (MimesendProbeResult *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->recipients->len;
}

/**
 * mimesend_probe_result_get_recipient:
 * @self: a result
 * @i: which recipient, from 0
 *
 * Gets a recipient that was asked for.
 *
 * Returns: the bare address
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_recipient (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->recipients->len, NULL);
  return recipient_of (self, i)->address;
}

/**
 * mimesend_probe_result_get_recipient_outcome:
 * @self: a result
 * @i: which recipient, from 0
 *
 * Gets what the server said of a recipient. One that is accepted here may still be refused at the end of a message.
 *
 * Returns: accepted, refused, deferred, or %MIMESEND_OUTCOME_NOT_TRIED: it was not asked
 *
 * Since: 0.1
 */
MimesendOutcome
mimesend_probe_result_get_recipient_outcome (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->recipients->len, MIMESEND_OUTCOME_NOT_TRIED);
  return recipient_of (self, i)->outcome;
}

/**
 * mimesend_probe_result_get_recipient_code:
 * @self: a result
 * @i: which recipient, from 0
 *
 * Gets the code of the reply to RCPT.
 *
 * Returns: the code; 0: it was not asked
 *
 * Since: 0.1
 */
guint
mimesend_probe_result_get_recipient_code (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->recipients->len, 0);
  return recipient_of (self, i)->code;
}

/**
 * mimesend_probe_result_get_recipient_enhanced_code:
 * @self: a result
 * @i: which recipient, from 0
 *
 * Gets the enhanced status code of the reply to RCPT (RFC 3463).
 *
 * Returns: (transfer none) (nullable): the code; %NULL: none came
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_recipient_enhanced_code (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->recipients->len, NULL);
  return recipient_of (self, i)->enhanced[0] != '\0' ? recipient_of (self, i)->enhanced : NULL;
}

/**
 * mimesend_probe_result_get_recipient_reply:
 * @self: a result
 * @i: which recipient, from 0
 *
 * Gets the text of the reply to RCPT, or why it was not asked for.
 *
 * Returns: the words
 *
 * Since: 0.1
 */
const char *
mimesend_probe_result_get_recipient_reply (MimesendProbeResult *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->recipients->len, NULL);
  return recipient_of (self, i)->reply;
}

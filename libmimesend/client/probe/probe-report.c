/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/probe/probe-report.h"

#include "octets/printable.h"
#include "mimesend-error.h"
#include "net/sasl/sasl.h"

void
mimesend_probe_report_init (MimesendProbeReport *self)
{
  self->begun_us = g_get_monotonic_time ();
  self->result = mimesend_probe_result_new ();
  self->before = g_ptr_array_new_with_free_func (g_free);
  self->after = g_ptr_array_new_with_free_func (g_free);
}

void
mimesend_probe_report_clear (MimesendProbeReport *self)
{
  mimesend_probe_result_unref (self->result);
  g_ptr_array_unref (self->before);
  g_ptr_array_unref (self->after);
}

void
mimesend_probe_report_time (MimesendProbeReport *self, MimesendProbeStage stage)
{
  self->result->times_us[stage] = g_get_monotonic_time () - self->begun_us;
}

/* (transfer full) (nullable) */
static char **
copy_lines (GPtrArray *lines)
{
  char **copy = lines->len > 0 ? g_new0 (char *, lines->len + 1) : NULL;

  for (guint i = 0; i < lines->len; i++)
    copy[i] = g_strdup (lines->pdata[i]);
  return copy;
}

/* (nullable): the mechanism by which a client with a password would log in. */
static char *
choose_login (const MimesendPolicy *policy, MimesendDrive *drive, const char *const *offered)
{
  MimesendWire *wire = mimesend_drive_get_wire (drive);
  const char *type = NULL;
  g_autoptr (GBytes) binding = wire->tls != NULL ? mimesend_tls_get_binding (wire->tls, &type) : NULL;
  gboolean is_protected =
      (wire->tls != NULL && mimesend_tls_is_verified (wire->tls)) || wire->connected->loopback;
  MimesendSaslSetup setup = {
    .login = "somebody",
    .password = "a password",
    .may_be_clear = is_protected || policy->server->cleartext_login,
    .is_protected = is_protected,
    .client_certificate = policy->server->client_certificate != NULL,
    .mechanisms = (const char *const *)policy->server->mechanisms,
    .binding = binding,
    .binding_type = type,
  };
  g_autoptr (GError) error = NULL;
  MimesendSasl *sasl;
  const char *mechanism = NULL;
  char *words;

  if (offered[0] == NULL)
    return g_strdup ("no login: the server offers none");
  if (!setup.may_be_clear)
    return g_strdup (
        "no login: the connection is not protected by verified TLS, and a password would be open to others");
  sasl = mimesend_sasl_new (&setup, &error);
  if (sasl != NULL)
    mechanism = mimesend_sasl_choose (sasl, offered, &error);
  words = mechanism != NULL
              ? g_strdup_printf ("login: %s, the strongest that both sides have for a password", mechanism)
              : g_strdup (error->message);
  mimesend_sasl_free (sasl);
  return words;
}

static gboolean
report_has (const MimesendSmtpCapabilities *offered, MimesendSmtpExtension extension)
{
  return mimesend_smtp_capabilities_has (offered, extension);
}

static const char *
how_content_goes (const MimesendSmtpCapabilities *offered, const MimesendProbeResult *result)
{
  if (!report_has (offered, MIMESEND_SMTP_CHUNKING))
    return "content: DATA, because CHUNKING is not offered";
  return result->chunking.verdict != MIMESEND_PROBE_VERDICT_DOES_NOT_HOLD
             ? "content: BDAT, because CHUNKING is offered"
             : "content: BDAT, and DATA from the second message on: CHUNKING is offered and does not hold";
}

static const char *
how_commands_go (const MimesendSmtpCapabilities *offered, const MimesendProbeResult *result)
{
  if (!report_has (offered, MIMESEND_SMTP_PIPELINING))
    return "commands: one at a time, because PIPELINING is not offered";
  return result->pipelining.verdict != MIMESEND_PROBE_VERDICT_DOES_NOT_HOLD
             ? "commands: in groups, because PIPELINING is offered"
             : "commands: in groups, because PIPELINING is offered; it does not hold across messages: keep "
               "to one in flight";
}

void
mimesend_probe_report_offers (MimesendProbeReport *self, const MimesendPolicy *policy, MimesendDrive *drive)
{
  MimesendProbeResult *result = self->result;
  const MimesendSmtpCapabilities *offered =
      mimesend_smtp_client_get_capabilities (mimesend_drive_get_core (drive));
  const char *const *mechanisms = (const char *const *)offered->mechanisms->pdata;
  g_autofree char *login = choose_login (policy, drive, mechanisms);
  const char *choices[] = {
    how_content_goes (offered, result),
    how_commands_go (offered, result),
    report_has (offered, MIMESEND_SMTP_8BITMIME)
        ? "text: 8 bits pass as they are (8BITMIME)"
        : "text: 8 bits are encoded, because 8BITMIME is not offered",
    report_has (offered, MIMESEND_SMTP_SMTPUTF8)
        ? "addresses: in UTF-8 where they are (SMTPUTF8)"
        : "addresses: ASCII alone, domains as A-labels: SMTPUTF8 is not offered",
    login,
    NULL,
  };

  result->mechanisms = g_strdupv ((char **)mechanisms);
  result->choices = g_strdupv ((char **)choices);
  result->size_limit = offered->size_limit;
  result->recipients_limit = offered->rcpt_max;
  result->messages_limit = offered->mail_max;
  result->domains_limit = offered->domain_max;
}

/* (transfer full) (nullable) */
static char *
report_show (const char *text)
{
  return text != NULL ? mimesend_printable_lines (text, 1024) : NULL;
}

static void
report_tls (MimesendProbeResult *result, MimesendTls *tls)
{
  g_autoptr (GPtrArray) chain = mimesend_tls_get_chain (tls);

  result->tls_version = report_show (mimesend_tls_get_version (tls));
  result->tls_cipher = report_show (mimesend_tls_get_cipher (tls));
  result->tls_verified = mimesend_tls_is_verified (tls);
  result->tls_reason = report_show (mimesend_tls_get_reason (tls));
  for (guint i = 0; i < chain->len; i++)
    {
      const MimesendTlsCertificate *certificate = chain->pdata[i];
      MimesendProbeCertificate one = {
        .subject = report_show (certificate->subject),
        .issuer = report_show (certificate->issuer),
        .names = report_show (certificate->names),
        .fingerprint = report_show (certificate->fingerprint),
        .pin = report_show (certificate->key_pin),
        .not_before = g_date_time_new_from_unix_utc (certificate->not_before),
        .not_after = g_date_time_new_from_unix_utc (certificate->not_after),
      };

      g_array_append_val (result->certificates, one);
    }
}

MimesendProbeResult *
mimesend_probe_report_end (MimesendProbeReport *self,
                           const MimesendPolicy *policy,
                           MimesendDrive *drive,
                           const GError *failure)
{
  MimesendProbeResult *result = self->result;
  MimesendWire *wire = mimesend_drive_get_wire (drive);

  result->server = report_show (policy->server->text);
  result->clear_capabilities = copy_lines (self->before);
  result->tls_capabilities = copy_lines (self->after);
  if (wire->tls != NULL)
    report_tls (result, wire->tls);
  if (failure != NULL)
    {
      g_autofree char *shown = report_show (failure->message);

      result->failure = g_error_new_literal (failure->domain, failure->code, shown);
    }
  else if (!result->ready)
    result->failure = g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_PROTOCOL,
                                   "%s closed the connection ahead of MAIL", result->server);
  return mimesend_probe_result_ref (result);
}

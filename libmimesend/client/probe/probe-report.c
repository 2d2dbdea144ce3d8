/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/probe/probe-report.h"

#include "octets/printable.h"
#include "mimesend-enum-types.h"
#include "mimesend-error.h"
#include "net/sasl/sasl.h"

void
mimesend_probe_report_init (MimesendProbeReport *self)
{
  self->begun_us = g_get_monotonic_time ();
  self->before = g_ptr_array_new_with_free_func (g_free);
  self->after = g_ptr_array_new_with_free_func (g_free);
  g_variant_dict_init (&self->times, NULL);
  g_variant_dict_init (&self->found, NULL);
}

void
mimesend_probe_report_clear (MimesendProbeReport *self)
{
  g_free (self->address);
  g_free (self->greeting);
  g_ptr_array_unref (self->before);
  g_ptr_array_unref (self->after);
  g_variant_dict_clear (&self->times);
  g_variant_dict_clear (&self->found);
}

void
mimesend_probe_report_time (MimesendProbeReport *self, const char *stage)
{
  g_variant_dict_insert (&self->times, stage, "d", (double)(g_get_monotonic_time () - self->begun_us) / 1000);
}

static void
insert_lines (MimesendProbeReport *self, const char *key, GPtrArray *lines)
{
  if (lines->len > 0)
    g_variant_dict_insert_value (&self->found, key,
                                 g_variant_new_strv ((const char *const *)lines->pdata, lines->len));
}

/* The mechanism by which a client with a password would log in here. */
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
has (const MimesendSmtpCapabilities *offered, MimesendSmtpExtension extension)
{
  return mimesend_smtp_capabilities_has (offered, extension);
}

static const char *
how_content_goes (const MimesendSmtpCapabilities *offered, MimesendProbeTrial *trial)
{
  if (!has (offered, MIMESEND_SMTP_CHUNKING))
    return "content: DATA, because CHUNKING is not offered";
  return mimesend_probe_trial_chunking_holds (trial)
             ? "content: BDAT, because CHUNKING is offered"
             : "content: BDAT, and DATA from the second message on: CHUNKING is offered and does not hold";
}

static const char *
how_commands_go (const MimesendSmtpCapabilities *offered, MimesendProbeTrial *trial)
{
  if (!has (offered, MIMESEND_SMTP_PIPELINING))
    return "commands: one at a time, because PIPELINING is not offered";
  return mimesend_probe_trial_pipelining_holds (trial)
             ? "commands: in groups, because PIPELINING is offered"
             : "commands: in groups, because PIPELINING is offered; it does not hold across messages: keep "
               "to one in flight";
}

void
mimesend_probe_report_offers (MimesendProbeReport *self,
                              const MimesendPolicy *policy,
                              MimesendDrive *drive,
                              MimesendProbeTrial *trial)
{
  const MimesendSmtpCapabilities *offered =
      mimesend_smtp_client_get_capabilities (mimesend_drive_get_core (drive));
  const char *const *mechanisms = (const char *const *)offered->mechanisms->pdata;
  g_autofree char *login = choose_login (policy, drive, mechanisms);
  const char *choice[] = {
    how_content_goes (offered, trial),
    how_commands_go (offered, trial),
    has (offered, MIMESEND_SMTP_8BITMIME) ? "text: 8 bits pass as they are (8BITMIME)"
                                          : "text: 8 bits are encoded, because 8BITMIME is not offered",
    has (offered, MIMESEND_SMTP_SMTPUTF8)
        ? "addresses: in UTF-8 where they are (SMTPUTF8)"
        : "addresses: ASCII alone, domains as A-labels: SMTPUTF8 is not offered",
    login,
  };

  g_variant_dict_insert_value (&self->found, "mechanisms", g_variant_new_strv (mechanisms, -1));
  g_variant_dict_insert_value (&self->found, "choice", g_variant_new_strv (choice, G_N_ELEMENTS (choice)));
  if (offered->size_limit > 0)
    g_variant_dict_insert (&self->found, "size-limit", "t", offered->size_limit);
  if (offered->rcpt_max > 0)
    g_variant_dict_insert (&self->found, "recipients-limit", "u", offered->rcpt_max);
  if (offered->mail_max > 0)
    g_variant_dict_insert (&self->found, "messages-limit", "u", offered->mail_max);
  if (offered->domain_max > 0)
    g_variant_dict_insert (&self->found, "domains-limit", "u", offered->domain_max);
}

static void
add_text (GVariantDict *dict, const char *key, const char *text)
{
  g_autofree char *shown = text != NULL ? mimesend_printable_lines (text, 1024) : NULL;

  if (shown != NULL)
    g_variant_dict_insert (dict, key, "s", shown);
}

static GVariant *
describe_certificate (const MimesendTlsCertificate *certificate)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add_text (&dict, "subject", certificate->subject);
  add_text (&dict, "issuer", certificate->issuer);
  add_text (&dict, "names", certificate->names);
  g_variant_dict_insert (&dict, "not-before", "x", certificate->not_before);
  g_variant_dict_insert (&dict, "not-after", "x", certificate->not_after);
  add_text (&dict, "fingerprint", certificate->fingerprint);
  add_text (&dict, "pin", certificate->key_pin);
  return g_variant_dict_end (&dict);
}

static void
add_tls (MimesendProbeReport *self, MimesendTls *tls)
{
  g_autoptr (GPtrArray) chain = mimesend_tls_get_chain (tls);
  GVariantDict dict;
  GVariantBuilder certificates;

  g_variant_dict_init (&dict, NULL);
  add_text (&dict, "version", mimesend_tls_get_version (tls));
  add_text (&dict, "cipher", mimesend_tls_get_cipher (tls));
  g_variant_dict_insert (&dict, "verified", "b", mimesend_tls_is_verified (tls));
  add_text (&dict, "reason", mimesend_tls_get_reason (tls));
  g_variant_dict_insert_value (&self->found, "tls", g_variant_dict_end (&dict));
  g_variant_builder_init (&certificates, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < chain->len; i++)
    g_variant_builder_add_value (&certificates, describe_certificate (chain->pdata[i]));
  g_variant_dict_insert_value (&self->found, "chain", g_variant_builder_end (&certificates));
}

/* Its words, and the name of its code for programs. */
static void
add_failure (MimesendProbeReport *self, const GError *failure)
{
  g_autoptr (GEnumClass) codes = NULL;

  if (failure == NULL)
    return;
  add_text (&self->found, "failure", failure->message);
  codes = g_type_class_ref (MIMESEND_TYPE_ERROR);
  if (failure->domain == MIMESEND_ERROR)
    add_text (&self->found, "error", g_enum_get_value (codes, failure->code)->value_nick);
}

GVariant *
mimesend_probe_report_end (MimesendProbeReport *self,
                           const MimesendPolicy *policy,
                           MimesendDrive *drive,
                           const GError *failure)
{
  MimesendWire *wire = mimesend_drive_get_wire (drive);

  add_text (&self->found, "server", policy->server->text);
  add_text (&self->found, "address", self->address);
  g_variant_dict_insert (&self->found, "port", "u", (guint)self->port);
  add_text (&self->found, "greeting", self->greeting);
  insert_lines (self, "before", self->before);
  insert_lines (self, "after", self->after);
  if (wire->tls != NULL)
    add_tls (self, wire->tls);
  g_variant_dict_insert_value (&self->found, "times", g_variant_dict_end (&self->times));
  g_variant_dict_insert (&self->found, "ready", "b", self->ready);
  add_failure (self, failure);
  return g_variant_ref_sink (g_variant_dict_end (&self->found));
}

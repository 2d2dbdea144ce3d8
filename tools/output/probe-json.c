/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/probe-json.h"

static void
put_text (GVariantDict *dict, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_dict_insert (dict, key, "s", text);
}

static void
put_lines (GVariantDict *dict, const char *key, const char *const *lines)
{
  if (lines != NULL)
    g_variant_dict_insert_value (dict, key, g_variant_new_strv (lines, -1));
}

static void
put_limit (GVariantDict *dict, const char *key, guint64 limit)
{
  if (limit > 0)
    g_variant_dict_insert (dict, key, "t", limit);
}

static void
put_date (GVariantDict *dict, const char *key, GDateTime *date)
{
  if (date != NULL)
    g_variant_dict_insert (dict, key, "x", g_date_time_to_unix (date));
}

static void
put_tls (GVariantDict *dict, MimesendProbeResult *result)
{
  guint n = mimesend_probe_result_get_n_certificates (result);
  GVariantBuilder chain;
  GVariantDict tls;

  if (n == 0 && mimesend_probe_result_get_tls_version (result) == NULL &&
      mimesend_probe_result_get_tls_reason (result) == NULL)
    return;
  g_variant_dict_init (&tls, NULL);
  put_text (&tls, "version", mimesend_probe_result_get_tls_version (result));
  put_text (&tls, "cipher", mimesend_probe_result_get_tls_cipher (result));
  g_variant_dict_insert (&tls, "verified", "b", mimesend_probe_result_get_tls_verified (result));
  put_text (&tls, "reason", mimesend_probe_result_get_tls_reason (result));
  g_variant_dict_insert_value (dict, "tls", g_variant_dict_end (&tls));
  g_variant_builder_init (&chain, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n; i++)
    {
      GVariantDict one;

      g_variant_dict_init (&one, NULL);
      put_text (&one, "subject", mimesend_probe_result_get_certificate_subject (result, i));
      put_text (&one, "issuer", mimesend_probe_result_get_certificate_issuer (result, i));
      put_text (&one, "names", mimesend_probe_result_get_certificate_names (result, i));
      put_date (&one, "not-before", mimesend_probe_result_get_certificate_not_before (result, i));
      put_date (&one, "not-after", mimesend_probe_result_get_certificate_not_after (result, i));
      put_text (&one, "fingerprint", mimesend_probe_result_get_certificate_fingerprint (result, i));
      put_text (&one, "pin", mimesend_probe_result_get_certificate_pin (result, i));
      g_variant_builder_add_value (&chain, g_variant_dict_end (&one));
    }
  g_variant_dict_insert_value (dict, "chain", g_variant_builder_end (&chain));
}

static void
put_trial (GVariantDict *trials, const char *key, MimesendProbeVerdict verdict, const char *words)
{
  GVariantDict one;

  if (verdict == MIMESEND_PROBE_VERDICT_NOT_TRIED)
    return;
  g_variant_dict_init (&one, NULL);
  g_variant_dict_insert (&one, "holds", "b", verdict == MIMESEND_PROBE_VERDICT_HOLDS);
  put_text (&one, "words", words);
  g_variant_dict_insert_value (trials, key, g_variant_dict_end (&one));
}

static void
put_trials (GVariantDict *dict, MimesendProbeResult *result)
{
  GVariantDict trials;

  g_variant_dict_init (&trials, NULL);
  put_trial (&trials, "pipelining", mimesend_probe_result_get_pipelining (result),
             mimesend_probe_result_get_pipelining_words (result));
  put_trial (&trials, "chunking", mimesend_probe_result_get_chunking (result),
             mimesend_probe_result_get_chunking_words (result));
  g_variant_dict_insert_value (dict, "trials", g_variant_dict_end (&trials));
}

static void
put_recipients (GVariantDict *dict, MimesendProbeResult *result)
{
  guint n = mimesend_probe_result_get_n_recipients (result);
  GVariantBuilder rows;

  if (n == 0)
    return;
  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n; i++)
    {
      guint code = mimesend_probe_result_get_recipient_code (result, i);
      MimesendOutcome outcome = mimesend_probe_result_get_recipient_outcome (result, i);
      GVariantDict row;

      g_variant_dict_init (&row, NULL);
      put_text (&row, "address", mimesend_probe_result_get_recipient (result, i));
      put_text (&row, "outcome", code > 0 ? mimesend_outcome_to_string (outcome) : "not-asked");
      if (code > 0)
        g_variant_dict_insert (&row, "code", "u", code);
      put_text (&row, "enhanced", mimesend_probe_result_get_recipient_enhanced_code (result, i));
      put_text (&row, "text", mimesend_probe_result_get_recipient_reply (result, i));
      g_variant_builder_add_value (&rows, g_variant_dict_end (&row));
    }
  g_variant_dict_insert_value (dict, "recipients", g_variant_builder_end (&rows));
}

/* Milliseconds, with the microseconds as a fraction. */
static void
put_times (GVariantDict *dict, MimesendProbeResult *result)
{
  g_autoptr (GEnumClass) stages = g_type_class_ref (MIMESEND_TYPE_PROBE_STAGE);
  GVariantDict times;

  g_variant_dict_init (&times, NULL);
  for (guint i = 0; i < stages->n_values; i++)
    {
      double time = mimesend_probe_result_get_elapsed (result, (MimesendProbeStage)stages->values[i].value);

      if (time >= 0)
        g_variant_dict_insert (&times, stages->values[i].value_nick, "x",
                               (gint64)(time * (double)G_TIME_SPAN_SECOND + 0.5));
    }
  g_variant_dict_insert_value (dict, "times", g_variant_dict_end (&times));
}

/* Its words, and the name of its code. */
static void
put_failure (GVariantDict *dict, const GError *failure)
{
  g_autoptr (GEnumClass) codes = NULL;

  if (failure == NULL)
    return;
  put_text (dict, "failure", failure->message);
  codes = g_type_class_ref (MIMESEND_TYPE_ERROR);
  if (failure->domain == MIMESEND_ERROR)
    put_text (dict, "error", g_enum_get_value (codes, failure->code)->value_nick);
}

GVariant *
probe_json_new (MimesendProbeResult *result)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  put_lines (&dict, "found", mimesend_probe_result_get_candidates (result));
  put_text (&dict, "server", mimesend_probe_result_get_server (result));
  put_text (&dict, "address", mimesend_probe_result_get_address (result));
  g_variant_dict_insert (&dict, "port", "u", (guint)mimesend_probe_result_get_port (result));
  put_text (&dict, "greeting", mimesend_probe_result_get_greeting (result));
  put_lines (&dict, "before", mimesend_probe_result_get_clear_capabilities (result));
  put_lines (&dict, "after", mimesend_probe_result_get_tls_capabilities (result));
  put_tls (&dict, result);
  put_lines (&dict, "mechanisms", mimesend_probe_result_get_mechanisms (result));
  put_limit (&dict, "size-limit", mimesend_probe_result_get_size_limit (result));
  put_limit (&dict, "recipients-limit", mimesend_probe_result_get_recipients_limit (result));
  put_limit (&dict, "messages-limit", mimesend_probe_result_get_messages_limit (result));
  put_limit (&dict, "domains-limit", mimesend_probe_result_get_domains_limit (result));
  if (mimesend_probe_result_get_choices (result) != NULL)
    put_trials (&dict, result);
  put_recipients (&dict, result);
  put_lines (&dict, "choice", mimesend_probe_result_get_choices (result));
  put_times (&dict, result);
  g_variant_dict_insert (&dict, "ready", "b", mimesend_probe_result_is_ready (result));
  put_failure (&dict, mimesend_probe_result_get_failure (result));
  return g_variant_dict_end (&dict);
}

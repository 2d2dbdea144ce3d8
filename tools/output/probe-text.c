/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/probe-text.h"

#include "libmimesend/octets/printable.h"
#include "base/print.h"

static void
probe_show_line (GString *out, const char *label, const char *text)
{
  g_autofree char *escaped = NULL;

  if (text == NULL || *text == '\0')
    return;
  escaped = mimesend_printable_lines (text, 1024);
  g_string_append_printf (out, "  %-14s %s\n", label, escaped);
}

static void
show_lines (GString *out, const char *label, const char *const *lines)
{
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    probe_show_line (out, i == 0 ? label : "", lines[i]);
}

/* 0: there is no limit. */
static void
show_limit (GString *out, const char *label, guint64 limit)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, limit);

  if (limit > 0)
    probe_show_line (out, label, text);
}

static void
show_certificates (GString *out, MimesendProbeResult *result)
{
  for (guint i = 0; i < mimesend_probe_result_get_n_certificates (result); i++)
    {
      GDateTime *until = mimesend_probe_result_get_certificate_not_after (result, i);
      g_autofree char *date = until != NULL ? g_date_time_format (until, "%Y-%m-%d %H:%M UTC") : NULL;

      probe_show_line (out, "certificate", mimesend_probe_result_get_certificate_subject (result, i));
      probe_show_line (out, "  names", mimesend_probe_result_get_certificate_names (result, i));
      probe_show_line (out, "  issuer", mimesend_probe_result_get_certificate_issuer (result, i));
      probe_show_line (out, "  until", date);
      if (i == 0)
        probe_show_line (out, "  --pin", mimesend_probe_result_get_certificate_pin (result, i));
    }
}

static void
show_trial (GString *out, const char *label, MimesendProbeVerdict verdict, const char *words)
{
  g_autofree char *line =
      g_strdup_printf ("%s: %s", verdict == MIMESEND_PROBE_VERDICT_HOLDS ? "holds" : "DOES NOT HOLD", words);

  if (verdict != MIMESEND_PROBE_VERDICT_NOT_TRIED)
    probe_show_line (out, label, line);
}

static void
show_recipients (GString *out, MimesendProbeResult *result)
{
  for (guint i = 0; i < mimesend_probe_result_get_n_recipients (result); i++)
    {
      const char *address = mimesend_probe_result_get_recipient (result, i);
      const char *enhanced = mimesend_probe_result_get_recipient_enhanced_code (result, i);
      const char *reply = mimesend_probe_result_get_recipient_reply (result, i);
      guint code = mimesend_probe_result_get_recipient_code (result, i);
      const char *outcome =
          code > 0 ? mimesend_outcome_to_string (mimesend_probe_result_get_recipient_outcome (result, i))
                   : "not-asked";
      g_autofree char *line =
          code > 0 ? g_strdup_printf ("%s: %s: %u %s%s%s", address, outcome, code,
                                      enhanced != NULL ? enhanced : "", enhanced != NULL ? " " : "", reply)
                   : g_strdup_printf ("%s: %s: %s", address, outcome, reply);

      probe_show_line (out, i == 0 ? "recipients" : "", line);
    }
}

static void
show_times (GString *out, MimesendProbeResult *result)
{
  g_autoptr (GEnumClass) stages = g_type_class_ref (MIMESEND_TYPE_PROBE_STAGE);
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < stages->n_values; i++)
    {
      double time = mimesend_probe_result_get_elapsed (result, (MimesendProbeStage)stages->values[i].value);

      if (time >= 0)
        g_string_append_printf (line, "%s%s %.0f", line->len > 0 ? ", " : "", stages->values[i].value_nick,
                                time * 1000);
    }
  g_string_append (line, " ms");
  probe_show_line (out, "done after", line->str);
}

gboolean
probe_text_print (MimesendProbeResult *result)
{
  const GError *failure = mimesend_probe_result_get_failure (result);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *name = mimesend_printable_lines (mimesend_probe_result_get_server (result), 256);

  g_string_append_printf (out, "%s\n", name);
  show_lines (out, "found", mimesend_probe_result_get_candidates (result));
  probe_show_line (out, "address", mimesend_probe_result_get_address (result));
  probe_show_line (out, "greeting", mimesend_probe_result_get_greeting (result));
  show_lines (out, "in the clear", mimesend_probe_result_get_clear_capabilities (result));
  probe_show_line (out, "TLS", mimesend_probe_result_get_tls_version (result));
  probe_show_line (out, "  cipher", mimesend_probe_result_get_tls_cipher (result));
  probe_show_line (out, "  verified", mimesend_probe_result_get_tls_verified (result) ? "yes" : NULL);
  probe_show_line (out, "  NOT verified", mimesend_probe_result_get_tls_reason (result));
  show_certificates (out, result);
  show_lines (out, "under TLS", mimesend_probe_result_get_tls_capabilities (result));
  show_lines (out, "mechanisms", mimesend_probe_result_get_mechanisms (result));
  show_limit (out, "octets at most", mimesend_probe_result_get_size_limit (result));
  show_limit (out, "recipients", mimesend_probe_result_get_recipients_limit (result));
  show_limit (out, "messages", mimesend_probe_result_get_messages_limit (result));
  show_limit (out, "domains", mimesend_probe_result_get_domains_limit (result));
  show_trial (out, "PIPELINING", mimesend_probe_result_get_pipelining (result),
              mimesend_probe_result_get_pipelining_words (result));
  show_trial (out, "CHUNKING", mimesend_probe_result_get_chunking (result),
              mimesend_probe_result_get_chunking_words (result));
  show_recipients (out, result);
  show_lines (out, "a message", mimesend_probe_result_get_choices (result));
  probe_show_line (out, "FAILED", failure != NULL ? failure->message : NULL);
  show_times (out, result);
  return print_out (out->str);
}

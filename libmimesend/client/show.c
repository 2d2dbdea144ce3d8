/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/show.h"

void
mimesend_show_note (const MimesendPolicy *policy, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  if (policy->trace == NULL)
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  policy->trace (MIMESEND_TRACE_NOTE, text, policy->trace_data);
}

void
mimesend_show_tls (const MimesendPolicy *policy, MimesendTls *tls)
{
  const char *why = mimesend_tls_get_reason (tls);

  mimesend_show_note (policy, "%s, %s, certificate %sverified%s%s", mimesend_tls_get_version (tls),
                      mimesend_tls_get_cipher (tls), mimesend_tls_is_verified (tls) ? "" : "NOT ",
                      why != NULL ? ": " : "", why != NULL ? why : "");
}

void
mimesend_show_dialogue (const MimesendPolicy *policy, MimesendSmtpClient *core)
{
  gboolean is_reply;
  char *line;

  if (policy->trace == NULL)
    return;
  while ((line = mimesend_smtp_client_next_trace (core, &is_reply)) != NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (line, -1);

      policy->trace (is_reply ? MIMESEND_TRACE_RECEIVED : MIMESEND_TRACE_SENT, valid, policy->trace_data);
      g_free (line);
    }
}

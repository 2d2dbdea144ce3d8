/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The time-out of each stage, and the words for its time-out. */
#include "smtp/stage.h"

#include <string.h>

/* RFC 5321 4.5.3.2 where it names one. The reply to the end of the data has ten minutes: a client that is
 * less patient sends the message twice. */
static const struct
{
  guint seconds;
  const char *words;
} stages[MIMESEND_SMTP_N_STAGES] = {
  [MIMESEND_SMTP_STAGE_NONE] = { 0, "between two messages" },
  [MIMESEND_SMTP_STAGE_CONNECT] = { 30, "connecting" },
  [MIMESEND_SMTP_STAGE_GREETING] = { 300, "waiting for the greeting" },
  [MIMESEND_SMTP_STAGE_HELLO] = { 300, "waiting for the answer to the hello" },
  [MIMESEND_SMTP_STAGE_TLS] = { 60, "starting TLS" },
  [MIMESEND_SMTP_STAGE_AUTH] = { 120, "logging in" },
  [MIMESEND_SMTP_STAGE_MAIL] = { 300, "naming the sender" },
  [MIMESEND_SMTP_STAGE_RCPT] = { 300, "naming the recipients" },
  [MIMESEND_SMTP_STAGE_DATA] = { 120, "asking to send the data" },
  [MIMESEND_SMTP_STAGE_CONTENT] = { 180, "sending the data" },
  [MIMESEND_SMTP_STAGE_END_OF_DATA] = { 600, "waiting for the answer to the end of the data" },
  [MIMESEND_SMTP_STAGE_RESET] = { 300, "taking the last message back" },
  [MIMESEND_SMTP_STAGE_QUIT] = { 5, "saying good-bye" },
};

gint64
mimesend_smtp_stage_timeout_us (MimesendSmtpStage stage)
{
  g_return_val_if_fail ((guint)stage < MIMESEND_SMTP_N_STAGES, 0);
  return stages[stage].seconds * G_TIME_SPAN_SECOND;
}

const char *
mimesend_smtp_stage_words (MimesendSmtpStage stage)
{
  g_return_val_if_fail ((guint)stage < MIMESEND_SMTP_N_STAGES, "");
  return stages[stage].words;
}

char *
mimesend_smtp_stage_reword (const char *words, MimesendSmtpStage from, MimesendSmtpStage to)
{
  g_autofree char *tail = g_strdup_printf ("(%s)", mimesend_smtp_stage_words (from));

  if (words == NULL || !g_str_has_suffix (words, tail))
    return g_strdup (words);
  return g_strdup_printf ("%.*s(%s)", (int)(strlen (words) - strlen (tail)), words,
                          mimesend_smtp_stage_words (to));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One table: stage → time-out → words for people (RFC 5321 4.5.3.2). The order is that of MimesendStage. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_SMTP_STAGE_NONE,
  MIMESEND_SMTP_STAGE_CONNECT,
  MIMESEND_SMTP_STAGE_GREETING,
  MIMESEND_SMTP_STAGE_HELLO,
  MIMESEND_SMTP_STAGE_TLS,
  MIMESEND_SMTP_STAGE_AUTH,
  MIMESEND_SMTP_STAGE_MAIL,
  MIMESEND_SMTP_STAGE_RCPT,
  MIMESEND_SMTP_STAGE_DATA,        /* waiting for 354 */
  MIMESEND_SMTP_STAGE_CONTENT,     /* writing: time without progress */
  MIMESEND_SMTP_STAGE_END_OF_DATA, /* waiting for the reply after the dot or LAST */
  MIMESEND_SMTP_STAGE_RESET,
  MIMESEND_SMTP_STAGE_QUIT,
  MIMESEND_SMTP_N_STAGES
} MimesendSmtpStage;

gint64 mimesend_smtp_stage_timeout_us (MimesendSmtpStage stage);
const char *mimesend_smtp_stage_words (MimesendSmtpStage stage); /* "waiting for the greeting" */
/* "nothing happened for 300 s (naming the sender)", said of a message that stands at another stage than the session. */
char *mimesend_smtp_stage_reword (const char *words, MimesendSmtpStage from, MimesendSmtpStage to);

G_END_DECLS

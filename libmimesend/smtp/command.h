/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes all commands, from typed values: the only place that does. */
#pragma once

#include "smtp/output.h"

G_BEGIN_DECLS

#define MIMESEND_SMTP_COMMAND_MAX      4096  /* octets of a line other than AUTH's */
#define MIMESEND_SMTP_AUTH_LINE_MAX    12288 /* RFC 4954 4 */
#define MIMESEND_SMTP_AUTH_COMMAND_MAX 512   /* RFC 5321 4.5.3.1.4: an initial response must fit into it */

typedef enum
{
  MIMESEND_SMTP_EHLO,
  MIMESEND_SMTP_HELO,
  MIMESEND_SMTP_LHLO,
  MIMESEND_SMTP_COMMAND_STARTTLS,
  MIMESEND_SMTP_DATA,
  MIMESEND_SMTP_RSET,
  MIMESEND_SMTP_NOOP,
  MIMESEND_SMTP_QUIT
} MimesendSmtpVerb;

typedef enum
{
  MIMESEND_SMTP_BODY_NONE,
  MIMESEND_SMTP_BODY_8BITMIME,
  MIMESEND_SMTP_BODY_BINARYMIME
} MimesendSmtpBody;

typedef struct
{
  const char *reverse_path; /* "" for the null reverse-path */
  gint64 size;              /* −1: no SIZE= */
  MimesendSmtpBody body;
  gboolean smtputf8;
  const char *more; /* from parameters.h; NULL: none */
} MimesendSmtpMail;

/* Each queues one line and returns NULL, or queues nothing and returns the middle of a sentence that says
 * what is wrong with the value. */
const char *
mimesend_smtp_command_plain (MimesendSmtpOutput *out, MimesendSmtpVerb verb, MimesendSmtpQueueFlags flags);
const char *mimesend_smtp_command_hello (MimesendSmtpOutput *out,
                                         MimesendSmtpVerb verb,
                                         const char *name,
                                         MimesendSmtpQueueFlags flags);
const char *mimesend_smtp_command_mail (MimesendSmtpOutput *out,
                                        const MimesendSmtpMail *mail,
                                        MimesendSmtpQueueFlags flags);
const char *
mimesend_smtp_command_rcpt (MimesendSmtpOutput *out, const char *path, MimesendSmtpQueueFlags flags);
/* more: from parameters.h; NULL: none. */
const char *mimesend_smtp_command_rcpt_with (MimesendSmtpOutput *out,
                                             const char *path,
                                             const char *more,
                                             MimesendSmtpQueueFlags flags);
const char *mimesend_smtp_command_vrfy (MimesendSmtpOutput *out,
                                        const char *mailbox,
                                        gboolean whole, /* FALSE: the local part alone */
                                        MimesendSmtpQueueFlags flags);
const char *
mimesend_smtp_command_bdat (MimesendSmtpOutput *out, gsize n, gboolean last, MimesendSmtpQueueFlags flags);
/* response: base64, "=", or NULL for none. */
const char *mimesend_smtp_command_auth (MimesendSmtpOutput *out, const char *mechanism, const char *response);
const char *
mimesend_smtp_command_auth_response (MimesendSmtpOutput *out, const char *response); /* "*" cancels */

/* (nullable): what is wrong with a path; checked before anything of its transaction is written. */
const char *mimesend_smtp_path_fault (const char *path, gboolean may_be_null, gboolean *is_ascii);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What EHLO offered (RFC 5321 4.1.1.1). */
#pragma once

#include "smtp/reply.h"

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_SMTP_PIPELINING = 1 << 0,
  MIMESEND_SMTP_SIZE = 1 << 1,
  MIMESEND_SMTP_8BITMIME = 1 << 2,
  MIMESEND_SMTP_SMTPUTF8 = 1 << 3,
  MIMESEND_SMTP_CHUNKING = 1 << 4,
  MIMESEND_SMTP_BINARYMIME = 1 << 5,
  MIMESEND_SMTP_ENHANCEDSTATUSCODES = 1 << 6,
  MIMESEND_SMTP_DSN = 1 << 7,
  MIMESEND_SMTP_STARTTLS = 1 << 8,
  MIMESEND_SMTP_AUTH = 1 << 9,
  MIMESEND_SMTP_REQUIRETLS = 1 << 10,
  MIMESEND_SMTP_LIMITS = 1 << 11,
  MIMESEND_SMTP_DELIVERBY = 1 << 12,
  MIMESEND_SMTP_MT_PRIORITY = 1 << 13,
  MIMESEND_SMTP_FUTURERELEASE = 1 << 14
} MimesendSmtpExtension;

typedef struct
{
  gboolean esmtp;        /* EHLO (or LHLO) was accepted */
  guint offered;         /* bits of MimesendSmtpExtension */
  guint64 size_limit;    /* octets; 0: not announced */
  guint rcpt_max;        /* LIMITS RCPTMAX; 0: not announced */
  guint mail_max;        /* LIMITS MAILMAX */
  guint domain_max;      /* LIMITS RCPTDOMAINMAX */
  guint64 by_min;        /* DELIVERBY: least seconds for a message to be returned; 0: not announced */
  guint64 hold_max;      /* FUTURERELEASE: longest hold in seconds; 0: not announced */
  char hold_until[21];   /* FUTURERELEASE: latest date, "2027-01-01T00:00:00Z"; "": not announced */
  GPtrArray *mechanisms; /* of char *, upper case, NULL-terminated */
} MimesendSmtpCapabilities;

void mimesend_smtp_capabilities_init (MimesendSmtpCapabilities *self);
void mimesend_smtp_capabilities_clear (MimesendSmtpCapabilities *self); /* resets to the state before EHLO */
void mimesend_smtp_capabilities_read (MimesendSmtpCapabilities *self, const MimesendSmtpReply *ehlo);
gboolean
mimesend_smtp_capabilities_has (const MimesendSmtpCapabilities *self, MimesendSmtpExtension extension);

G_END_DECLS

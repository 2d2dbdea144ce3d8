/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parameters of MAIL and RCPT that the caller requested. */
#pragma once

#include "smtp/capabilities.h"

G_BEGIN_DECLS

typedef struct
{
  guint returns;        /* RET: 0 not said, 1 FULL, 2 HDRS (RFC 3461 4.3) */
  guint notify;         /* NOTIFY: 0 not said, 1 NEVER, 2 SUCCESS, 4 FAILURE, 8 DELAY, or-ed (4.1) */
  const char *id;       /* ENVID; NULL: none (4.4) */
  gboolean require_tls; /* RFC 8689 */
  guint by_seconds;     /* BY; 0: not said (RFC 2852) */
  gboolean by_or_return;
  gboolean by_trace;     /* requests a report where DELIVERBY ends */
  gboolean has_priority; /* MT-PRIORITY (RFC 6710) */
  int priority;
  guint hold_seconds;     /* HOLDFOR; 0: not said (RFC 4865) */
  const char *hold_until; /* HOLDUNTIL, "2027-01-01T00:00:00Z"; NULL: not said */
} MimesendSmtpParameters;

/* NULL, or which of them changes what the sending means and is not offered. Reports, a priority and a time after which
 * only a report is due are left out where they are not offered. */
const char *mimesend_smtp_parameters_fault (const MimesendSmtpParameters *self,
                                            const MimesendSmtpCapabilities *offered,
                                            gboolean tls_active);

/* (transfer full) (nullable): " RET=FULL ENVID=…", as far as it is offered; NULL or "" for none. utf8: MAIL had SMTPUTF8. */
char *mimesend_smtp_parameters_of_mail (const MimesendSmtpParameters *self,
                                        const MimesendSmtpCapabilities *offered);
char *mimesend_smtp_parameters_of_rcpt (const MimesendSmtpParameters *self,
                                        const MimesendSmtpCapabilities *offered,
                                        const char *original,
                                        gboolean utf8);

G_END_DECLS

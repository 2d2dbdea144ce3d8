/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The result of a probe while it is being written. Once given to the caller it does not change any more. */
#pragma once

#include "mimesend-probe-result.h"

G_BEGIN_DECLS

#define MIMESEND_PROBE_N_STAGES (MIMESEND_PROBE_STAGE_TRIALS + 1)

/* All are printable; each may be NULL. */
typedef struct
{
  char *subject, *issuer, *names, *fingerprint, *pin;
  GDateTime *not_before, *not_after;
} MimesendProbeCertificate;

typedef struct
{
  MimesendProbeVerdict verdict;
  char *words; /* NULL: not tried */
} MimesendProbeTried;

typedef struct
{
  char *address;
  MimesendOutcome outcome; /* NOT_TRIED: was not asked */
  guint code;              /* 0: nothing was said */
  char enhanced[16];       /* empty: none */
  char *reply;             /* printable; the server's, or why it was not asked */
} MimesendProbeRecipient;

/* Owned; text is printable and nullable, arrays are NULL-terminated and NULL where nothing is known. */
struct _MimesendProbeResult
{
  gatomicrefcount refs;
  gboolean ready;
  GError *failure;
  gint64 times_us[MIMESEND_PROBE_N_STAGES]; /* −1: not passed */
  char **candidates;
  char *server, *address, *greeting;
  guint16 port;
  char **clear_capabilities, **tls_capabilities, **mechanisms, **choices;
  guint64 size_limit; /* 0: none is told, as in the next */
  guint recipients_limit, messages_limit, domains_limit;
  char *tls_version, *tls_cipher, *tls_reason; /* tls_version NULL: no TLS */
  gboolean tls_verified;
  GArray *certificates; /* of MimesendProbeCertificate */
  MimesendProbeTried pipelining, chunking;
  GArray *recipients; /* of MimesendProbeRecipient */
};

MimesendProbeResult *mimesend_probe_result_new (void);

G_END_DECLS

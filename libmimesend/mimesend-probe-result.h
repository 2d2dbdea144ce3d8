/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server offers, as a probe found it. */
#pragma once

#include <glib-object.h>
#include "mimesend-receipt.h"

G_BEGIN_DECLS

/**
 * MimesendProbeStage:
 * @MIMESEND_PROBE_STAGE_CONNECT: a connection was made
 * @MIMESEND_PROBE_STAGE_GREETING: the server greeted
 * @MIMESEND_PROBE_STAGE_HELLO: EHLO was answered in the clear
 * @MIMESEND_PROBE_STAGE_TLS: TLS was negotiated
 * @MIMESEND_PROBE_STAGE_HELLO_OVER_TLS: EHLO was answered under TLS
 * @MIMESEND_PROBE_STAGE_READY: MAIL could follow
 * @MIMESEND_PROBE_STAGE_TRIALS: what is offered was tried, and recipients were asked for
 *
 * How far a probe came.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_PROBE_STAGE_CONNECT,
  MIMESEND_PROBE_STAGE_GREETING,
  MIMESEND_PROBE_STAGE_HELLO,
  MIMESEND_PROBE_STAGE_TLS,
  MIMESEND_PROBE_STAGE_HELLO_OVER_TLS,
  MIMESEND_PROBE_STAGE_READY,
  MIMESEND_PROBE_STAGE_TRIALS
} MimesendProbeStage;

/**
 * MimesendProbeVerdict:
 * @MIMESEND_PROBE_VERDICT_NOT_TRIED: it is not offered, or the probe did not come so far
 * @MIMESEND_PROBE_VERDICT_HOLDS: the server did as it said
 * @MIMESEND_PROBE_VERDICT_DOES_NOT_HOLD: it did not
 *
 * Whether what a server offers holds.
 *
 * Since: 0.1
 */
typedef enum
{
  MIMESEND_PROBE_VERDICT_NOT_TRIED,
  MIMESEND_PROBE_VERDICT_HOLDS,
  MIMESEND_PROBE_VERDICT_DOES_NOT_HOLD
} MimesendProbeVerdict;

#define MIMESEND_TYPE_PROBE_RESULT (mimesend_probe_result_get_type ())

/**
 * MimesendProbeResult:
 *
 * What a probe found of a server: the greeting, capabilities, TLS and certificates, limits, whether what it offers holds, and
 * what it says of recipients. Words of the server are printable UTF-8. It does not change; any thread may use it.
 *
 * Since: 0.1
 */
typedef struct _MimesendProbeResult MimesendProbeResult;

GType mimesend_probe_result_get_type (void);
MimesendProbeResult *mimesend_probe_result_ref (MimesendProbeResult *self);
void mimesend_probe_result_unref (MimesendProbeResult *self);

gboolean mimesend_probe_result_is_ready (MimesendProbeResult *self);
const GError *mimesend_probe_result_get_failure (MimesendProbeResult *self);
gboolean mimesend_probe_result_check (MimesendProbeResult *self, GError **error);
double mimesend_probe_result_get_elapsed (MimesendProbeResult *self, MimesendProbeStage stage);

const char *const *mimesend_probe_result_get_candidates (MimesendProbeResult *self);
const char *mimesend_probe_result_get_server (MimesendProbeResult *self);
const char *mimesend_probe_result_get_address (MimesendProbeResult *self);
guint16 mimesend_probe_result_get_port (MimesendProbeResult *self);
const char *mimesend_probe_result_get_greeting (MimesendProbeResult *self);

const char *const *mimesend_probe_result_get_clear_capabilities (MimesendProbeResult *self);
const char *const *mimesend_probe_result_get_tls_capabilities (MimesendProbeResult *self);
const char *const *mimesend_probe_result_get_mechanisms (MimesendProbeResult *self);
guint64 mimesend_probe_result_get_size_limit (MimesendProbeResult *self);
guint mimesend_probe_result_get_recipients_limit (MimesendProbeResult *self);
guint mimesend_probe_result_get_messages_limit (MimesendProbeResult *self);
guint mimesend_probe_result_get_domains_limit (MimesendProbeResult *self);

const char *mimesend_probe_result_get_tls_version (MimesendProbeResult *self);
const char *mimesend_probe_result_get_tls_cipher (MimesendProbeResult *self);
gboolean mimesend_probe_result_get_tls_verified (MimesendProbeResult *self);
const char *mimesend_probe_result_get_tls_reason (MimesendProbeResult *self);

guint mimesend_probe_result_get_n_certificates (MimesendProbeResult *self);
const char *mimesend_probe_result_get_certificate_subject (MimesendProbeResult *self, guint i);
const char *mimesend_probe_result_get_certificate_issuer (MimesendProbeResult *self, guint i);
const char *mimesend_probe_result_get_certificate_names (MimesendProbeResult *self, guint i);
GDateTime *mimesend_probe_result_get_certificate_not_before (MimesendProbeResult *self, guint i);
GDateTime *mimesend_probe_result_get_certificate_not_after (MimesendProbeResult *self, guint i);
const char *mimesend_probe_result_get_certificate_fingerprint (MimesendProbeResult *self, guint i);
const char *mimesend_probe_result_get_certificate_pin (MimesendProbeResult *self, guint i);

MimesendProbeVerdict mimesend_probe_result_get_pipelining (MimesendProbeResult *self);
const char *mimesend_probe_result_get_pipelining_words (MimesendProbeResult *self);
MimesendProbeVerdict mimesend_probe_result_get_chunking (MimesendProbeResult *self);
const char *mimesend_probe_result_get_chunking_words (MimesendProbeResult *self);
const char *const *mimesend_probe_result_get_choices (MimesendProbeResult *self);

guint mimesend_probe_result_get_n_recipients (MimesendProbeResult *self);
const char *mimesend_probe_result_get_recipient (MimesendProbeResult *self, guint i);
MimesendOutcome mimesend_probe_result_get_recipient_outcome (MimesendProbeResult *self, guint i);
guint mimesend_probe_result_get_recipient_code (MimesendProbeResult *self, guint i);
const char *mimesend_probe_result_get_recipient_enhanced_code (MimesendProbeResult *self, guint i);
const char *mimesend_probe_result_get_recipient_reply (MimesendProbeResult *self, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendProbeResult, mimesend_probe_result_unref)

G_END_DECLS

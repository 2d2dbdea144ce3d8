/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reports events to the policy's trace callback as they happen; without one nothing is made, and no clock is read. */
#pragma once

#include "client/drive/policy.h"
#include "net/tls/tls.h"
#include "smtp/client.h"

G_BEGIN_DECLS

void mimesend_trace_note (const MimesendPolicy *policy, guint connection, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void mimesend_trace_tls (const MimesendPolicy *policy, guint connection, MimesendTls *tls);

/* Reports the lines since the last call. */
void mimesend_trace_dialogue (const MimesendPolicy *policy, guint connection, MimesendSmtpClient *core);

/* Reports consecutive stages, beginning at begun_us. envelope: NULL for those of a connection. */
void mimesend_trace_stages (const MimesendPolicy *policy,
                            guint connection,
                            MimesendEnvelope *envelope,
                            gint64 begun_us,
                            const gint64 us[MIMESEND_SMTP_N_STAGES],
                            guint64 octets);
void mimesend_trace_message (const MimesendPolicy *policy,
                             MimesendEnvelope *envelope,
                             gint64 begun_us,
                             MimesendReceipt *receipt);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dialogue as it goes, for whoever asked to see it; else nothing is made. */
#pragma once

#include "client/policy.h"
#include "net/tls.h"
#include "smtp/client.h"

G_BEGIN_DECLS

void mimesend_show_note (const MimesendPolicy *policy, const char *format, ...) G_GNUC_PRINTF (2, 3);
void mimesend_show_tls (const MimesendPolicy *policy, MimesendTls *tls);

/* What was said since the last time. */
void mimesend_show_dialogue (const MimesendPolicy *policy, MimesendSmtpClient *core);

G_END_DECLS

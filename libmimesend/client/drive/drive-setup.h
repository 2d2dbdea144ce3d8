/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The setup of the protocol core for one connection. */
#pragma once

#include "client/drive/drive.h"
#include "net/tls/tls.h"

G_BEGIN_DECLS

/* Made from the policy, the server, its TLS policy for this peer, and what to avoid after an earlier connection, which
 * never overrides a policy that requires TLS. */
MimesendSmtpSetup mimesend_drive_setup (const MimesendPolicy *policy,
                                        MimesendServer *server,
                                        MimesendTlsPolicy tls,
                                        MimesendAvoid avoid,
                                        const char *ehlo_name);

/* The setup of TLS; its strings are borrowed from the server. */
MimesendTlsSetup
mimesend_drive_tls_setup (MimesendServer *server, gboolean must_verify, gboolean behind_starttls);

G_END_DECLS

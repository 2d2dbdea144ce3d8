/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes the setups of the core and of TLS for a connection. */
#include "client/drive/drive-setup.h"

#include "client/drive/wrong-port.h"

/* The time-outs: RFC 5321 4.5.3.2 by stage, or the caller's. The reply to the end of the data has its own: a short one
 * leads to duplicates. */
static void
setup_timeouts (MimesendSmtpSetup *setup, const MimesendPolicy *policy, MimesendServer *server)
{
  for (guint i = 0; i < MIMESEND_SMTP_N_STAGES; i++)
    setup->timeout_us[i] = policy->timeout_us;
  if (policy->timeout_us == 0)
    setup->timeout_us[MIMESEND_SMTP_STAGE_GREETING] =
        mimesend_wrong_port_patience_s (server) * G_TIME_SPAN_SECOND;
  setup->timeout_us[MIMESEND_SMTP_STAGE_END_OF_DATA] = policy->final_timeout_us;
}

static MimesendSmtpStarttls
starttls_for (MimesendTlsPolicy tls, gboolean stay_clear)
{
  if (tls == MIMESEND_TLS_OPPORTUNISTIC)
    return stay_clear ? MIMESEND_SMTP_STARTTLS_NEVER : MIMESEND_SMTP_STARTTLS_IF_OFFERED;
  return tls == MIMESEND_TLS_REQUIRED ? MIMESEND_SMTP_STARTTLS_REQUIRED : MIMESEND_SMTP_STARTTLS_NEVER;
}

MimesendSmtpSetup
mimesend_drive_setup (const MimesendPolicy *policy,
                      MimesendServer *server,
                      MimesendTlsPolicy tls,
                      MimesendAvoid avoid,
                      const char *ehlo_name)
{
  MimesendSmtpSetup setup = {
    .ehlo_name = ehlo_name,
    .lmtp = server->transport == MIMESEND_TRANSPORT_LMTP,
    .starttls = starttls_for (tls, (avoid & MIMESEND_AVOID_STARTTLS) != 0),
    .tls_active = tls == MIMESEND_TLS_IMPLICIT,
    .login = mimesend_server_logs_in (server),
    .no_pipelining = !policy->pipelining,
    .no_chunking = !policy->chunking,
    .window = policy->window,
    .trace = policy->trace != NULL,
  };

  setup_timeouts (&setup, policy, server);
  return setup;
}

MimesendTlsSetup
mimesend_drive_tls_setup (MimesendServer *server, gboolean must_verify, gboolean behind_starttls)
{
  return (MimesendTlsSetup){
    .host = server->tls_name,
    .ca_file = server->ca_file,
    .crl_file = server->crl_file,
    .client_certificate = server->client_certificate,
    .client_key = server->client_key,
    .pins = server->pins,
    .pin_beside_ca = server->pin_beside_ca,
    .port = server->port,
    .behind_starttls = behind_starttls,
    .only_1_3 = server->tls_min == MIMESEND_TLS_VERSION_V1_3,
    .must_verify = must_verify,
  };
}

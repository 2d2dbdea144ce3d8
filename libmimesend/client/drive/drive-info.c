/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of a connection, for receipts, metrics and accessors. */
#include "client/drive/drive-private.h"

#include "client/drive/trace.h"

void
mimesend_drive_count_octets (MimesendDrive *self)
{
  if (self->policy->metrics != NULL)
    mimesend_metrics_count_octets (self->policy->metrics, self->octets_out, self->octets_in);
  self->octets_in = self->octets_out = 0;
}

static void
session_times (MimesendDrive *self, gint64 us[MIMESEND_SMTP_N_STAGES])
{
  us[MIMESEND_SMTP_STAGE_CONNECT] += self->wire->connected->took_us;
  us[MIMESEND_SMTP_STAGE_TLS] += self->shake_us;
  mimesend_smtp_client_add_session_times (self->core, us);
}

void
mimesend_drive_show_session (MimesendDrive *self)
{
  gint64 us[MIMESEND_SMTP_N_STAGES] = { 0 }, took = 0;

  if (self->policy->trace == NULL)
    return;
  session_times (self, us);
  for (guint i = 0; i < MIMESEND_SMTP_N_STAGES; i++)
    took += us[i];
  mimesend_trace_stages (self->policy, self->number, NULL, mimesend_smtp_client_get_now (self->core) - took,
                         us, 0);
}

void
mimesend_drive_show_transaction (MimesendDrive *self, const MimesendSmtpEvent *event)
{
  gint64 us[MIMESEND_SMTP_N_STAGES] = { 0 };

  if (self->policy->trace == NULL || self->owner->envelope == NULL)
    return;
  mimesend_smtp_client_add_times (self->core, event->transaction, event->stage, us);
  mimesend_trace_stages (self->policy, self->number,
                         self->owner->envelope (self->owner_data, event->transaction),
                         mimesend_smtp_client_get_begun (self->core, event->transaction), us,
                         mimesend_smtp_client_get_content_octets (self->core, event->transaction));
}

void
mimesend_drive_add_times (MimesendDrive *self, gint64 us[MIMESEND_SMTP_N_STAGES])
{
  if (self->times_told)
    return;
  self->times_told = TRUE;
  session_times (self, us);
}

/* (transfer full) (nullable): why the connection is not fully protected. */
static char *
why_unprotected (MimesendDrive *self)
{
  MimesendServer *server = mimesend_drive_get_server (self);
  const char *host = server->host != NULL ? server->host : "the server";
  MimesendTls *tls = self->wire->tls;

  if (tls != NULL && mimesend_tls_get_reason (tls) != NULL)
    return g_strdup (mimesend_tls_get_reason (tls));
  if (tls != NULL && !self->wire->shaking && mimesend_tls_is_verified (tls))
    return NULL;
  if (self->failure != NULL)
    return g_strdup (self->failure->message);
  if (self->clear_reason != NULL)
    return g_strdup (self->clear_reason);
  if (mimesend_server_policy_for_peer (server, self->wire->connected->loopback) == MIMESEND_TLS_NONE)
    return g_strdup ("TLS was not asked for");
  return self->ready ? g_strdup_printf ("%s does not offer STARTTLS", host)
                     : g_strdup ("the connection ended ahead of TLS");
}

/* (transfer full): the peer, shared by the receipts of all messages of the connection. */
MimesendReceiptPeer *
mimesend_drive_describe (MimesendDrive *self)
{
  const MimesendServer *server = mimesend_drive_get_server (self);
  MimesendTls *tls = self->wire->tls;
  MimesendReceiptPeer *peer;

  if (self->peer != NULL)
    return g_atomic_rc_box_acquire (self->peer);
  peer = mimesend_receipt_peer_new ();
  peer->server = g_strdup (server->text);
  peer->host = g_strdup (server->host);
  peer->address = g_strdup (self->wire->connected->peer);
  peer->port = self->wire->connected->peer_port;
  peer->mechanism = g_strdup (mimesend_drive_get_mechanism (self));
  if (tls != NULL && !self->wire->shaking)
    {
      peer->tls_version = g_strdup (mimesend_tls_get_version (tls));
      peer->tls_cipher = g_strdup (mimesend_tls_get_cipher (tls));
      peer->tls_verified = mimesend_tls_is_verified (tls);
    }
  peer->tls_reason = why_unprotected (self);
  if (self->ready)
    self->peer = g_atomic_rc_box_acquire (peer);
  return peer;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drives one connection. A turn reads what is readable, passes the time to the core, handles events, pulls content, and
 * writes what may be sent. Reading comes first: so an early reply never counts, a server's last reply always does, and
 * writing never deadlocks. */
#include "client/drive/drive-private.h"
#include "client/drive/drive-setup.h"

#include "client/drive/ehlo-name.h"
#include "client/drive/login.h"
#include "client/drive/trace.h"
#include "client/drive/wrong-port.h"
#include "mimesend-error.h"

#define TURNS    16 /* turns in one dispatch of the source, so that other sources run too */
#define READS    4  /* reads in one turn, in case a server never stops */
#define N_PIECES 16
#define N_FED    64 /* pieces pulled in one turn, so that many small ones do not delay the rest */

static void
drive_wake (gpointer data)
{
  MimesendDrive *self = data;

  self->owner->wake (self->owner_data);
}

static void
drive_fail (MimesendDrive *self, GError *error)
{
  if (self->failure == NULL)
    self->failure = error;
  else
    g_error_free (error);
}

static gboolean
drive_start_tls (MimesendDrive *self)
{
  MimesendTlsSetup setup =
      mimesend_drive_tls_setup (mimesend_drive_get_server (self), self->verify, !self->implicit);
  gint64 limit = self->policy->timeout_us;
  GError *error = NULL;

  if (limit == 0)
    limit = mimesend_smtp_stage_timeout_us (MIMESEND_SMTP_STAGE_TLS);
  self->shake_began = g_get_monotonic_time ();
  self->shake_deadline = self->shake_began + limit;
  if (mimesend_wire_start_tls (self->wire, &setup, &error))
    return TRUE;
  self->own_fault = TRUE;
  drive_fail (self, error);
  return FALSE;
}

MimesendDrive *
mimesend_drive_new (const MimesendPolicy *policy,
                    MimesendConnected *connected,
                    MimesendAvoid avoid,
                    const MimesendDriveOwner *owner,
                    gpointer owner_data)
{
  MimesendDrive *self = g_new0 (MimesendDrive, 1);
  MimesendServer *server = connected->server;
  MimesendTlsPolicy tls = mimesend_server_policy_for_peer (server, connected->loopback);
  g_autofree char *ehlo_name = mimesend_ehlo_name (policy->ehlo_name, connected->local_literal);
  MimesendSmtpSetup setup = mimesend_drive_setup (policy, server, tls, avoid, ehlo_name);

  self->policy = policy;
  self->owner = owner;
  self->owner_data = owner_data;
  self->wire = mimesend_wire_new (connected);
  self->number = policy->n_connections;
  self->verify =
      (tls != MIMESEND_TLS_OPPORTUNISTIC && !policy->probe) || mimesend_server_must_verify (server);
  self->core = mimesend_smtp_client_new (&setup);
  mimesend_trace_note (self->policy, self->number, "connected to %s, port %u", connected->peer,
                       connected->peer_port);
  self->implicit = tls == MIMESEND_TLS_IMPLICIT;
  if (self->implicit && !drive_start_tls (self))
    {
      self->implicit = FALSE;
      mimesend_smtp_client_abort (self->core, self->failure->message);
    }
  return self;
}

void
mimesend_drive_free (MimesendDrive *self)
{
  if (self == NULL)
    return;
  mimesend_drive_count_octets (self);
  mimesend_login_free (self->login);
  mimesend_smtp_client_free (self->core);
  mimesend_wire_free (self->wire);
  mimesend_receipt_peer_unref (self->peer);
  g_clear_error (&self->failure);
  g_free (self->clear_reason);
  g_free (self);
}

/* --- input --- */

/* Under TLS 1.3 the client completes the handshake before the server has verified the client certificate (RFC 8446
 * 4.4.2.4): an alert before the first reply is a failed handshake. A later alert only ends the connection. */
static void
note_alert (MimesendDrive *self)
{
  const GError *alert = self->wire->alert;

  if (alert == NULL)
    return;
  mimesend_smtp_client_read_failed (self->core, alert->message);
  if (!self->heard_in_tls && self->failure == NULL)
    self->failure = g_error_copy (alert);
}

/* Reads until nothing is left, so that what waits behind a gate (the end of a message, and the next one's commands) is sent
 * with the content in one write. TRUE: octets were received, or the end. A read that did not fill the buffer emptied the
 * socket. */
static gboolean
read_input (MimesendDrive *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < READS && !self->end_told && !self->wire->shaking; i++)
    {
      gssize got = mimesend_wire_read (self->wire, self->buffer, sizeof self->buffer);

      self->drained = got == MIMESEND_WIRE_BLOCK || got == MIMESEND_WIRE_END ||
                      (self->wire->tls == NULL && (gsize)got < sizeof self->buffer);
      if (got != MIMESEND_WIRE_BLOCK)
        {
          if (!self->heard && self->wire->tls == NULL && got > 0)
            self->failure =
                mimesend_wrong_port_look (mimesend_drive_get_server (self), self->buffer, (gsize)got);
          self->heard = TRUE;
          self->heard_in_tls |= got > 0 && self->wire->tls != NULL;
          if (got == MIMESEND_WIRE_END)
            note_alert (self);
          mimesend_smtp_client_receive (self->core, self->buffer, (gsize)got);
          self->end_told = got == MIMESEND_WIRE_END;
          self->octets_in += (guint64)got;
          any = TRUE;
        }
      if (self->drained)
        {
          mimesend_smtp_client_idle (self->core);
          break;
        }
    }
  if (any && mimesend_smtp_client_awaits_reply (self->core))
    mimesend_wire_acknowledge (self->wire);
  return any;
}

/* --- TLS --- */

static gboolean
shake_hands (MimesendDrive *self)
{
  GError *error = NULL;
  MimesendTlsStatus status = mimesend_wire_handshake (self->wire, &error);

  if (status == MIMESEND_TLS_STATUS_MORE && g_get_monotonic_time () < self->shake_deadline)
    return FALSE;
  if (status == MIMESEND_TLS_STATUS_MORE)
    {
      g_set_error (&error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
                   "%s did not finish the TLS handshake in time", mimesend_drive_get_server (self)->text);
      status = MIMESEND_TLS_STATUS_FAILED;
    }
  self->wire->shaking = FALSE;
  self->shake_deadline = 0;
  self->drained = FALSE; /* the first records may have arrived with the end of the handshake */
  if (status == MIMESEND_TLS_STATUS_FAILED)
    {
      self->end_told = TRUE; /* octets from now on are no SMTP */
      drive_fail (self, error);
    }
  else
    {
      mimesend_trace_tls (self->policy, self->number, self->wire->tls);
      if (self->policy->metrics != NULL)
        mimesend_metrics_count_handshake (self->policy->metrics);
    }
  return TRUE;
}

/* Runs the handshake before the greeting, of which the core knows nothing: it was told that TLS is active. */
static gboolean
shake_implicitly (MimesendDrive *self)
{
  if (!shake_hands (self))
    return FALSE;
  self->implicit = FALSE;
  self->shake_us = g_get_monotonic_time () - self->shake_began;
  if (self->failure != NULL)
    mimesend_smtp_client_abort (self->core, self->failure->message);
  return TRUE;
}

static gboolean
shake_after_starttls (MimesendDrive *self)
{
  if (self->wire->tls == NULL && !drive_start_tls (self))
    self->end_told = TRUE;
  else if (!shake_hands (self))
    return FALSE;
  mimesend_smtp_client_tls_done (self->core, self->failure);
  return TRUE;
}

/* --- events --- */

static void
drive_challenge (MimesendDrive *self, const MimesendSmtpEvent *event)
{
  MimesendWire *wire = self->wire;

  if (self->login == NULL)
    self->login = mimesend_login_new (
        mimesend_drive_get_server (self), wire->tls != NULL && mimesend_tls_is_verified (wire->tls),
        wire->connected->loopback, self->login_attempt, wire->tls, drive_wake, self);
  mimesend_login_challenge (self->login, event);
}

static gboolean
hand_out_events (MimesendDrive *self)
{
  MimesendSmtpEvent event;
  gboolean any = FALSE;

  while (mimesend_smtp_client_next_event (self->core, &event))
    {
      any = TRUE;
      if (event.type == MIMESEND_SMTP_EVENT_CHALLENGE)
        {
          drive_challenge (self, &event);
          continue;
        }
      mimesend_trace_dialogue (self->policy, self->number, self->core);
      if (event.type == MIMESEND_SMTP_EVENT_READY)
        {
          self->ready = TRUE;
          mimesend_drive_show_session (self);
        }
      if (event.type == MIMESEND_SMTP_EVENT_SETTLED)
        {
          mimesend_drive_count_octets (self);
          mimesend_drive_show_transaction (self, &event);
        }
      if (event.type == MIMESEND_SMTP_EVENT_SETTLED)
        mimesend_trace_note (self->policy, self->number, "%" G_GUINT64_FORMAT " octets of content",
                             mimesend_smtp_client_get_content_octets (self->core, event.transaction));
      if (event.type == MIMESEND_SMTP_EVENT_CLOSED)
        {
          self->closed = TRUE;
          if (!self->ready)
            mimesend_drive_show_session (self);
          if (event.failure == MIMESEND_SMTP_FAILURE_NONE)
            mimesend_wire_close (self->wire);
          if (self->failure == NULL && self->login != NULL &&
              mimesend_login_get_failure (self->login) != NULL)
            self->failure = g_error_copy (mimesend_login_get_failure (self->login));
        }
      self->owner->event (self->owner_data, &event);
    }
  return any;
}

/* --- content and output --- */

static gboolean
feed_core (MimesendDrive *self)
{
  guint64 transaction;
  gsize due;
  guint n = 0;

  while (n < N_FED && (due = mimesend_smtp_client_content_due (self->core, &transaction)) > 0)
    {
      g_autoptr (GError) error = NULL;
      MimesendPiece piece = { 0 };
      MimesendFeed *feed = self->owner->feed (self->owner_data, transaction);

      switch (mimesend_feed_next (feed, due, &piece, &error))
        {
        case MIMESEND_PULL_PIECE:
          mimesend_smtp_client_supply (self->core, transaction, &piece);
          break;
        case MIMESEND_PULL_END:
          mimesend_smtp_client_end_content (self->core, transaction, NULL);
          break;
        case MIMESEND_PULL_FAILED:
          self->owner->content_failed (self->owner_data, transaction, error);
          mimesend_smtp_client_end_content (self->core, transaction, error);
          break;
        case MIMESEND_PULL_WAIT:
        default:
          return n > 0;
        }
      n++;
    }
  return n > 0;
}

static gboolean
write_output (MimesendDrive *self)
{
  MimesendPiece pieces[N_PIECES];
  guint n = mimesend_smtp_client_peek (self->core, pieces, N_PIECES);
  gsize sent;

  if (n == 0)
    self->wire->write_blocked =
        self->wire->tls != NULL && self->wire->write_blocked; /* what was blocked was dropped */
  if (n == 0 || self->wire->write_failed || self->wire->shaking)
    return FALSE;
  sent = mimesend_wire_write (self->wire, pieces, n);
  self->octets_out += sent;
  if (sent > 0)
    mimesend_smtp_client_sent (self->core, sent);
  if (self->wire->write_failed)
    mimesend_smtp_client_write_failed (self->core, self->wire->fault);
  return sent > 0 || self->wire->write_failed;
}

/* --- the step --- */

/* TRUE: something moved. */
static gboolean
drive_turn (MimesendDrive *self)
{
  gboolean moved = FALSE;
  MimesendSmtpWant want;
  gint64 now;

  if (self->implicit)
    {
      moved = shake_implicitly (self);
      if (!moved)
        return FALSE;
    }
  now = g_get_monotonic_time ();
  mimesend_smtp_client_set_now (self->core, now);
  if (!self->drained || (self->want & MIMESEND_SMTP_WANT_IDLE))
    moved |= read_input (self);
  want = mimesend_smtp_client_poll (self->core, now, NULL);
  moved |= hand_out_events (self);
  mimesend_trace_dialogue (self->policy, self->number, self->core);
  if (self->closed)
    return FALSE;
  if (self->login != NULL)
    moved |= mimesend_login_step (self->login, self->core);
  if (want & MIMESEND_SMTP_WANT_TLS)
    moved |= shake_after_starttls (self);
  if (self->ready && self->owner->room != NULL)
    moved |= self->owner->room (self->owner_data);
  moved |= feed_core (self);
  mimesend_trace_dialogue (self->policy, self->number, self->core);
  moved |= write_output (self);
  return moved;
}

/* Whether another turn may do more without new input. */
static gboolean
goes_on (MimesendDrive *self, gint64 *deadline)
{
  if (self->implicit)
    {
      *deadline = self->shake_deadline;
      return FALSE;
    }
  self->want = mimesend_smtp_client_poll (self->core, g_get_monotonic_time (), deadline);
  if (self->shake_deadline > 0)
    *deadline = MIN (*deadline, self->shake_deadline);
  return !self->drained || self->wire->write_failed || mimesend_smtp_client_has_event (self->core) ||
         (self->want & ~(MIMESEND_SMTP_WANT_INPUT | MIMESEND_SMTP_WANT_OUTPUT)) != 0 ||
         ((self->want & MIMESEND_SMTP_WANT_OUTPUT) && !self->wire->write_blocked);
}

static void
say_what_for (MimesendDrive *self, MimesendWait *wait)
{
  wait->fd = self->wire->fd;
  wait->condition = 0;
  if (!self->end_told && !self->wire->read_ended)
    wait->condition |= G_IO_IN;
  if (mimesend_wire_wants_out (self->wire))
    wait->condition |= G_IO_OUT;
}

void
mimesend_drive_step (MimesendDrive *self, MimesendWait *wait)
{
  gboolean moved = TRUE;

  wait->deadline_us = G_MAXINT64;
  if (wait->readable)
    self->drained = FALSE;
  wait->readable = FALSE;
  if (!self->wire->shaking && mimesend_smtp_client_stale (self->core))
    self->want |= MIMESEND_SMTP_WANT_IDLE;
  for (guint i = 0; moved && !self->closed && i < TURNS; i++)
    {
      if (mimesend_wire_wants_out (self->wire))
        mimesend_wire_flush (self->wire);
      moved = drive_turn (self);
      if (!self->closed && !goes_on (self, &wait->deadline_us))
        moved = FALSE;
    }
  say_what_for (self, wait);
  wait->again = moved && !self->closed;
}

guint
mimesend_drive_get_number (MimesendDrive *self)
{
  return self->number;
}

MimesendServer *
mimesend_drive_get_server (MimesendDrive *self)
{
  return self->wire->connected->server;
}

MimesendSmtpClient *
mimesend_drive_get_core (MimesendDrive *self)
{
  return self->core;
}

MimesendWire *
mimesend_drive_get_wire (MimesendDrive *self)
{
  return self->wire;
}

gboolean
mimesend_drive_is_ready (MimesendDrive *self)
{
  return self->ready && !self->closed;
}

gboolean
mimesend_drive_is_closed (MimesendDrive *self)
{
  return self->closed;
}

const char *
mimesend_drive_get_mechanism (MimesendDrive *self)
{
  return self->login != NULL ? mimesend_login_get_mechanism (self->login) : NULL;
}

const GError *
mimesend_drive_get_failure (MimesendDrive *self)
{
  return self->failure;
}

void
mimesend_drive_set_clear_reason (MimesendDrive *self, const char *reason)
{
  g_free (self->clear_reason);
  self->clear_reason = g_strdup (reason);
}

void
mimesend_drive_set_login_attempt (MimesendDrive *self, guint attempt)
{
  self->login_attempt = attempt;
}

gboolean
mimesend_drive_failed_by_us (MimesendDrive *self)
{
  return self->own_fault;
}

const char *
mimesend_drive_get_login_words (MimesendDrive *self)
{
  return self->login != NULL ? mimesend_login_get_server_words (self->login) : NULL;
}

const GPtrArray *
mimesend_drive_get_login_notes (MimesendDrive *self)
{
  return self->login != NULL ? mimesend_login_get_notes (self->login) : NULL;
}

gboolean
mimesend_drive_login_changed_secret (MimesendDrive *self)
{
  return self->login != NULL && mimesend_login_changed_secret (self->login);
}

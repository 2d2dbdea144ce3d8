/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection: protocol core ↔ TLS ↔ socket, one step at a time. The step never blocks; it returns what it waits for.
 * The rules of the protocol are in smtp/. */
#pragma once

#include "client/drive/feed.h"
#include "client/drive/policy.h"
#include "values/receipt-private.h"
#include "client/drive/step-source.h"
#include "client/drive/wire.h"
#include "smtp/client.h"

G_BEGIN_DECLS

typedef struct _MimesendDrive MimesendDrive;

/* The callbacks of a drive's owner. Called from within the step. */
typedef struct
{
  void (*event) (gpointer owner, const MimesendSmtpEvent *event);
  MimesendFeed *(*feed) (gpointer owner, guint64 transaction);
  void (*content_failed) (gpointer owner, guint64 transaction, const GError *error);
  void (*wake) (gpointer owner); /* from any thread: step again soon */
  gboolean (*room) (
      gpointer owner); /* messages may be submitted; TRUE: some were. NULL: the owner has none */
  MimesendEnvelope *(*envelope) (
      gpointer owner, guint64 transaction); /* the message's envelope. NULL: the owner has no messages */
} MimesendDriveOwner;

/* What to avoid because it failed on an earlier connection; STARTTLS for one connection to the same peer, see runner.c. */
typedef enum
{
  MIMESEND_AVOID_NOTHING = 0,
  MIMESEND_AVOID_STARTTLS = 1 << 0 /* the handshake failed, and TLS is not required */
} MimesendAvoid;

/* Takes ownership of the connection. */
MimesendDrive *mimesend_drive_new (const MimesendPolicy *policy,
                                   MimesendConnected *connected,
                                   MimesendAvoid avoid,
                                   const MimesendDriveOwner *owner,
                                   gpointer owner_data);
void mimesend_drive_free (
    MimesendDrive *self); /* closes the connection; unsettled transactions must have been aborted */

void mimesend_drive_step (MimesendDrive *self, MimesendWait *wait);

guint
mimesend_drive_get_number (MimesendDrive *self); /* number of the connection within its session, from 1 */
MimesendServer *mimesend_drive_get_server (
    MimesendDrive *self); /* the server of the connection, even if the policy's has changed */
MimesendSmtpClient *mimesend_drive_get_core (MimesendDrive *self);
MimesendWire *mimesend_drive_get_wire (MimesendDrive *self);
gboolean mimesend_drive_is_ready (MimesendDrive *self);
gboolean mimesend_drive_is_closed (MimesendDrive *self); /* the core has ended, and its events are read */
const char *mimesend_drive_get_mechanism (MimesendDrive *self);
const GError *
mimesend_drive_get_failure (MimesendDrive *self); /* of TLS, login or the transport: why it closed */

/* (transfer full): the peer of the connection. */
MimesendReceiptPeer *mimesend_drive_describe (MimesendDrive *self);

/* Before the first step: sets why STARTTLS is not used. */
void mimesend_drive_set_clear_reason (MimesendDrive *self, const char *reason);
/* Before the first step: sets how often the secret was refused before. */
void mimesend_drive_set_login_attempt (MimesendDrive *self, guint attempt);
gboolean
mimesend_drive_failed_by_us (MimesendDrive *self); /* whether a local file that TLS needs cannot be used */
/* Adds the times from connecting to readiness, or to the failure, to us (microseconds); only the first time it is called. */
void mimesend_drive_add_times (MimesendDrive *self, gint64 us[MIMESEND_SMTP_N_STAGES]);
const char *
mimesend_drive_get_login_words (MimesendDrive *self); /* the server's error about a token; NULL: none */
const GPtrArray *
mimesend_drive_get_login_notes (MimesendDrive *self); /* (element-type utf8) (nullable): see login.h */
gboolean mimesend_drive_login_changed_secret (MimesendDrive *self); /* likewise */

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection: protocol core ↔ TLS ↔ socket, one step at a time. The step never blocks; it says what it
 * waits for. No rule of the protocol stands here. */
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
      gpointer owner); /* messages may be submitted. TRUE: some were; NULL: there never are any */
  MimesendEnvelope *(*envelope) (gpointer owner, guint64 transaction); /* NULL: there never are any */
} MimesendDriveOwner;

/* What an earlier connection had no luck with; STARTTLS is for one connection to the peer that spoiled it, see runner.c. */
typedef enum
{
  MIMESEND_AVOID_NOTHING = 0,
  MIMESEND_AVOID_STARTTLS = 1 << 0 /* the handshake failed, and the clear will do */
} MimesendAvoid;

/* Takes the connection over. */
MimesendDrive *mimesend_drive_new (const MimesendPolicy *policy,
                                   MimesendConnected *connected,
                                   MimesendAvoid avoid,
                                   const MimesendDriveOwner *owner,
                                   gpointer owner_data);
void mimesend_drive_free (
    MimesendDrive *self); /* drops the connection; unsettled transactions were aborted before */

void mimesend_drive_step (MimesendDrive *self, MimesendWait *wait);

guint mimesend_drive_get_number (MimesendDrive *self); /* of the session's connections, from 1 */
MimesendServer *
mimesend_drive_get_server (MimesendDrive *self); /* that it leads to, whatever the policy's is by now */
MimesendSmtpClient *mimesend_drive_get_core (MimesendDrive *self);
MimesendWire *mimesend_drive_get_wire (MimesendDrive *self);
gboolean mimesend_drive_is_ready (MimesendDrive *self);
gboolean mimesend_drive_is_closed (MimesendDrive *self); /* the core is done and its events are read */
const char *mimesend_drive_get_mechanism (MimesendDrive *self);
const GError *
mimesend_drive_get_failure (MimesendDrive *self); /* of TLS, login or the transport: why it closed */

/* (transfer full): the server that it leads to, as it stands now. */
MimesendReceiptPeer *mimesend_drive_describe (MimesendDrive *self);

/* Ahead of the first step: why no TLS is asked for, in words. */
void mimesend_drive_set_clear_reason (MimesendDrive *self, const char *reason);
/* Ahead of the first step: how often the secret was refused before. */
void mimesend_drive_set_login_attempt (MimesendDrive *self, guint attempt);
gboolean mimesend_drive_failed_by_us (MimesendDrive *self); /* a file of ours that TLS needs cannot be used */
/* From where the connection was begun to where messages may be sent, or where it failed: told once, to the first caller.
 * Adds to us (microseconds). */
void mimesend_drive_add_times (MimesendDrive *self, gint64 us[MIMESEND_SMTP_N_STAGES]);
const char *mimesend_drive_get_login_words (MimesendDrive *self); /* the server's, of a token; NULL: none */
const GPtrArray *
mimesend_drive_get_login_notes (MimesendDrive *self); /* (element-type utf8) (nullable): see login.h */
gboolean mimesend_drive_login_changed_secret (MimesendDrive *self); /* likewise */

G_END_DECLS

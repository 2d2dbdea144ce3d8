/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of a connection, for drive.c and drive-info.c. */
#pragma once

#include "client/drive/drive.h"
#include "client/drive/login.h"

G_BEGIN_DECLS

#define READ_BUFFER (64 * 1024)

struct _MimesendDrive
{
  const MimesendPolicy *policy;
  const MimesendDriveOwner *owner;
  gpointer owner_data;

  MimesendWire *wire;
  MimesendSmtpClient *core;
  MimesendLogin *login;
  guint login_attempt;
  gboolean verify; /* a certificate that cannot be verified ends it */
  gboolean ready;
  gboolean drained; /* the input is known to be empty, until the loop reports input */
  MimesendSmtpWant want;
  gboolean closed;
  gboolean own_fault;            /* TLS failed because of a local file */
  gboolean heard;                /* octets were received … */
  gboolean heard_in_tls;         /* … and under TLS, after the handshake */
  gboolean end_told;             /* the core was told that the peer closed */
  gboolean implicit;             /* the handshake before the greeting is not over: the core waits */
  guint number;                  /* number of the connection within its session, from 1 */
  guint64 octets_in, octets_out; /* octets not yet added to the metrics */
  MimesendReceiptPeer *peer;     /* cached once it cannot change any more; NULL: not yet */
  gint64 shake_us;               /* microseconds of the handshake before the greeting */
  gboolean times_told;
  gint64 shake_began;
  gint64 shake_deadline; /* of a pending handshake; 0: none */
  GError *failure;
  char *clear_reason; /* nullable: why the connection stays in the clear, if the peer is at fault */
  guint8 buffer[READ_BUFFER];
};

/* drive-info.c */
void mimesend_drive_count_octets (MimesendDrive *self);
void mimesend_drive_show_session (MimesendDrive *self);
void mimesend_drive_show_transaction (MimesendDrive *self, const MimesendSmtpEvent *event);

G_END_DECLS

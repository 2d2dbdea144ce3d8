/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What drive.c and drive-account.c share. */
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
  gboolean drained; /* the input is known to be empty, until the loop says that it is not */
  MimesendSmtpWant want;
  gboolean closed;
  gboolean own_fault;    /* TLS cannot be begun for want of a file of ours */
  gboolean heard;        /* something came from the peer … */
  gboolean heard_in_tls; /* … and under TLS, once that stood */
  gboolean end_told;     /* the core knows that the peer closed */
  gboolean implicit;     /* the handshake comes ahead of the greeting and is not over: the core sleeps */
  guint number;          /* of the session's connections */
  guint64 octets_in, octets_out; /* not yet counted */
  MimesendReceiptPeer *peer;     /* once nothing of it will change; NULL: not yet */
  gint64 shake_us;               /* so long it took, ahead of the greeting */
  gboolean times_told;
  gint64 shake_began;
  gint64 shake_deadline; /* of a handshake under way; 0: none */
  GError *failure;
  char *clear_reason; /* why it stays in the clear; NULL: it does not, or for no fault of the peer's */
  guint8 buffer[READ_BUFFER];
};

/* drive-account.c */
void mimesend_drive_count_octets (MimesendDrive *self);
void mimesend_drive_show_session (MimesendDrive *self);
void mimesend_drive_show_transaction (MimesendDrive *self, const MimesendSmtpEvent *event);

G_END_DECLS

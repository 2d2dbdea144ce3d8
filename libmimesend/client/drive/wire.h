/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The wire: a socket, with or without TLS. Nothing here blocks. */
#pragma once

#include "net/reach/connect.h"
#include "net/tls/tls.h"
#include "octets/piece.h"

G_BEGIN_DECLS

typedef struct
{
  MimesendConnected *connected; /* owned */
  int fd;
  gboolean is_tcp;     /* TCP, not a Unix socket */
  MimesendTls *tls;    /* NULL: in the clear */
  gboolean shaking;    /* the handshake is not over: no plain octets yet */
  gboolean read_ended; /* the peer closed, or reading failed: never poll for input again */
  gboolean write_failed;
  gboolean write_blocked; /* the socket takes no more for now */
  char *fault;            /* the first failure of the transport, as text */
  GError *alert;          /* the peer's alert after the handshake; NULL: none */
} MimesendWire;

#define MIMESEND_WIRE_END   0
#define MIMESEND_WIRE_BLOCK (-1)

MimesendWire *mimesend_wire_new (MimesendConnected *connected);
void mimesend_wire_free (MimesendWire *self); /* closes the connection, without close_notify; never blocks */

gboolean mimesend_wire_start_tls (MimesendWire *self, const MimesendTlsSetup *setup, GError **error);
MimesendTlsStatus mimesend_wire_handshake (MimesendWire *self, GError **error);

/* Plain octets: > 0, MIMESEND_WIRE_END (closed or failed: see fault), MIMESEND_WIRE_BLOCK. */
gssize mimesend_wire_read (MimesendWire *self, guint8 *octets, gsize n);

/* How many of the pieces' octets were taken (under TLS: by the record layer); a failure sets write_failed. */
gsize mimesend_wire_write (MimesendWire *self, const MimesendPiece *pieces, guint n_pieces);

/* Sends encrypted octets that wait for the socket. TRUE: none are left. */
gboolean mimesend_wire_flush (MimesendWire *self);

/* After the last reply, if nothing waits to be sent: sends close_notify (RFC 8446 6.1), without waiting for the peer's. */
void mimesend_wire_close (MimesendWire *self);

/* More is awaited from the peer: what came so far is acknowledged at once. A peer that writes reply by reply, and whose
 * system waits for an acknowledgement ahead of each small one (Nagle, RFC 896), would be held up for as long as ours puts it off
 * (RFC 1122 4.2.3.2; 40 ms under Linux). Holds until something is sent. */
void mimesend_wire_acknowledge (MimesendWire *self);

/* Whether output waits for the socket. */
gboolean mimesend_wire_wants_out (MimesendWire *self);

G_END_DECLS

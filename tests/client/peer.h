/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server in a thread of the test's own. It sends octet by octet, and can stop at any of them: what the client has by then,
 * and what it cannot have, is known exactly. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  const char *ehlo; /* the reply to EHLO or LHLO, all of its lines */
  gboolean lmtp;
  guint messages;       /* a connection's: after so many it is left; 0: any number */
  const char *farewell; /* said then, without being asked: "421 …\r\n"; NULL: nothing */
  gint stop_at; /* after so many octets of the first connection the cancellable is cancelled; −1: never */
  gboolean mute_at_end; /* the reply to the end of the data never comes */
} PeerSetup;

typedef struct _Peer Peer;

Peer *peer_start (const PeerSetup *setup, GCancellable *cancellable);
void peer_stop (Peer *self); /* waits for its end */

char *peer_server (Peer *self); /* (transfer full) */

/* Waits until so many connections have ended. */
void peer_await_closed (Peer *self, guint n);

/* Once its connections are over, or the client cannot go on: how many octets it sent, whether it has the end of the data of a
 * message that it did not answer to the end, how many it took and answered. */
guint peer_get_sent (Peer *self);
gboolean peer_has_end (Peer *self);
guint peer_get_taken (Peer *self);

G_END_DECLS

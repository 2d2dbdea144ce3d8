/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server that serves so many connections at once and turns the others away, each in a thread of its own. The default main
 * context has to run for it to take new ones. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  AWAY_NEVER,
  AWAY_GREETING_421,
  AWAY_GREETING_554,
  AWAY_CLOSED, /* without a word */
  AWAY_MUTE,   /* until the client gives up */
  AWAY_EHLO_421,
  AWAY_EHLO_451,
  AWAY_AUTH_454,
  AWAY_AUTH_535,
  AWAY_MAIL_421,
  AWAY_MAIL_450, /* and the connection stays */
  AWAY_MAIL_CLOSED,
  AWAY_RCPT_421,
} Away;

typedef struct
{
  GSocketService *service;
  guint16 port;
  Away away;
  guint limit;   /* of connections that are served at once */
  guint slow_ms; /* ahead of the reply to the end of the data */
  guint late_ms; /* so long a connection that has ended still counts */
  GMutex mutex;  /* of what follows */
  GCond ended;
  guint n_running, n_now, n_most, n_away, n_messages, n_served;
} Server;

/* away, limit, slow_ms and late_ms are set. */
void server_start (Server *self);
void server_stop (Server *self); /* waits for the end of its connections */

G_END_DECLS

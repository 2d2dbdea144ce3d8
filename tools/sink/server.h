/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiver: what its connections share. */
#pragma once

#include "core.h"
#include "printer.h"
#include "store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  SinkSetup setup;              /* without connection and tls_active */
  GTlsCertificate *certificate; /* nullable */
  GTlsDatabase *client_ca;      /* nullable: clients are not asked for certificates */
  gboolean implicit_tls, json;
  guint count; /* 0: no end */
  SinkStore *store;
  SinkPrinter *printer; /* prints to standard output */

  GMutex lock;                           /* protects what follows */
  guint connections, messages, promised; /* promised: accepted, not yet stored */
  GPtrArray *active;                     /* the sockets, borrowed */
  gboolean ending;
  GCond changed; /* signalled when active or ending changes */
  GMainLoop *loop;
} SinkServer;

/* One connection from its greeting to its end; blocks. */
void sink_connection_run (SinkServer *server, GSocketConnection *connection);

/* secure.c: (nullable): TLS over the stream, before the handshake; NULL: it failed. */
GTlsConnection *sink_secure (SinkServer *server, GIOStream *stream);
/* After the handshake: gives the core what it needs for AUTH. */
void sink_secure_bind (GTlsConnection *tls, SinkCore *core);

/* report.c: one line on standard output for a message, a refusal, the end of a connection. */
typedef struct
{
  guint number;
  const char *peer;
  GTlsConnection *tls; /* nullable */
  const char *user;    /* nullable */
  gboolean lmtp;
} SinkReport;

JsonObject *sink_report_envelope (const SinkReport *report, const SinkEvent *event);
void sink_report_message (SinkServer *server, JsonObject *envelope);
void sink_report_lost (SinkServer *server, JsonObject *envelope, const char *reason);
/* command (nullable): NULL: it must not be shown. */
void sink_report_refused (SinkServer *server, guint number, const char *command, const char *reply);
/* failure (nullable): why the TLS handshake failed. */
void sink_report_closed (SinkServer *server, guint number, guint violations, const char *failure);
void sink_report_listening (SinkServer *server, GSocketAddress *address, const char *pem);

G_END_DECLS

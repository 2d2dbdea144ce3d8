/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiving side of SMTP and LMTP without I/O: octets in, octets and events out, time as an argument. Shares no code
 * with the sender: two sides with the same mistake would agree. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SinkCore SinkCore;

typedef struct {
  const char *name;        /* in the greeting and after EHLO; NULL: "sink.example" */
  gboolean lmtp;
  gboolean tls_possible;   /* offer STARTTLS */
  gboolean tls_active;
  const char *auth;        /* "USER:PASSWORD": required and offered; NULL: no AUTH */
  const char *const *hide; /* extensions not to offer */
  const char *const *refuse; /* patterns (globs) of recipients to refuse: "PATTERN" 550, "PATTERN=CODE TEXT" */
  guint64 size_limit;      /* 0: none */
  const char *const *script; /* scripted behaviour, see core.c; NULL: none */
} SinkSetup;

typedef enum {
  SINK_EVENT_MESSAGE_BEGIN, /* envelope is known, octets follow */
  SINK_EVENT_OCTETS,        /* content as received, dots undone; lent until the next call */
  SINK_EVENT_MESSAGE_END,   /* whole: answer with sink_core_stored () */
  SINK_EVENT_MESSAGE_LOST,  /* cut short: throw away what was stored */
  SINK_EVENT_STARTTLS,      /* 220 was queued: when output is drained, shake hands, then sink_core_tls_done () */
  SINK_EVENT_CLOSE          /* close when output is drained */
} SinkEventType;

typedef struct {
  SinkEventType type;
  const char *reverse_path;
  const char *const *recipients;
  const char *mail_parameters; /* "BODY=8BITMIME SIZE=17" */
  const guint8 *octets;
  gsize n;
  gboolean by_bdat;
} SinkEvent;

SinkCore *sink_core_new (const SinkSetup *setup); /* the greeting is queued at once */
void sink_core_free (SinkCore *self);
void sink_core_receive (SinkCore *self, const guint8 *octets, gsize n); /* n = 0: the peer closed */
gboolean sink_core_next_event (SinkCore *self, SinkEvent *event);
gsize sink_core_peek (SinkCore *self, gint64 now_us, const guint8 **octets, gint64 *wait_until_us); /* a script may delay */
void sink_core_sent (SinkCore *self, gsize n);
void sink_core_stored (SinkCore *self, const char *queue_id, const char *failure); /* failure: 451 instead of 250 */
void sink_core_tls_done (SinkCore *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receiving side of SMTP and LMTP without I/O: octets in, octets and events out, time as an argument.
 * Shares no code with the sender: two sides with the same mistake would agree.
 *
 * One turn of its driver:
 *
 *   read → receive ();  events → next_event () until FALSE;  peek (now) → write → sent ()
 *   MESSAGE_END → stored ();  STARTTLS, when output is drained → shake hands → tls_done ()
 *   CLOSE, when output is drained → close the connection
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SinkCore SinkCore;

typedef struct
{
  const char *name; /* in the greeting and after EHLO; NULL: "sink.example" */
  gboolean lmtp;
  gboolean tls_possible; /* offer STARTTLS */
  gboolean tls_active;
  const char *auth;              /* "USER:PASSWORD": required and offered; NULL: no AUTH */
  const char *const *mechanisms; /* of AUTH, instead of PLAIN, LOGIN and SCRAM-SHA-256; each is known */
  const char *const *hide;       /* extensions not to offer */
  const char *const
      *refuse;        /* patterns (globs) of recipients to refuse: "PATTERN" 550, "PATTERN=CODE TEXT" */
  guint64 size_limit; /* 0: none */
  const char *const *script; /* scripted behaviour, see script.c and docs/sink.md; NULL: none */
  guint max_recipients;   /* a transaction; the next gets 452; 0: 20,000, else announced as LIMITS RCPTMAX */
  guint scram_iterations; /* 0: 4096 */
  guint connection;       /* which connection this is, from 1, for steps that begin with @N; 0: 1 */
} SinkSetup;

/* What a strict judge notes. Each is a bit of `violations`. */
typedef enum
{
  SINK_VIOLATION_BARE_LF = 1 << 0,    /* in the content: the message is refused (RFC 5321 section 2.3.8) */
  SINK_VIOLATION_BARE_CR = 1 << 1,    /* likewise */
  SINK_VIOLATION_NUL = 1 << 2,        /* likewise; all three are allowed under BODY=BINARYMIME */
  SINK_VIOLATION_LONG_LINE = 1 << 3,  /* more than 998 octets and CRLF in the content */
  SINK_VIOLATION_EIGHT_BIT = 1 << 4,  /* 8-bit content without BODY=8BITMIME (RFC 6152) */
  SINK_VIOLATION_SINGLE_DOT = 1 << 5, /* DATA: a line began with a dot that was not doubled */
  SINK_VIOLATION_COMMAND_OCTETS =
      1 << 6, /* bare LF, bare CR, NUL, or 8 bits without SMTPUTF8 in a command line */
  SINK_VIOLATION_COMMAND_LENGTH = 1 << 7, /* a command line that is too long */
  SINK_VIOLATION_EARLY_COMMAND = 1 << 8,  /* ahead of a reply that had to be awaited, or without PIPELINING */
  SINK_VIOLATION_EARLY_CONTENT = 1 << 9,  /* content ahead of 354 */
  SINK_VIOLATION_EARLY_TLS = 1 << 10,     /* octets between STARTTLS and the handshake */
  SINK_VIOLATION_SYNTAX = 1 << 11,        /* answered 500, 501 or 555 */
  SINK_VIOLATION_SEQUENCE = 1 << 12       /* answered 503 */
} SinkViolations;

typedef enum
{
  SINK_EVENT_MESSAGE_BEGIN, /* envelope is known, octets follow */
  SINK_EVENT_OCTETS,        /* content as received, dots undone; lent until the next call */
  SINK_EVENT_MESSAGE_END,   /* whole: answer with sink_core_stored () */
  SINK_EVENT_MESSAGE_LOST,  /* cut short or refused: throw away what was stored */
  SINK_EVENT_REFUSED,       /* a command was answered 4yz or 5yz; what ends a message has _LOST instead */
  SINK_EVENT_STARTTLS, /* 220 was queued: when output is drained, shake hands, then sink_core_tls_done () */
  SINK_EVENT_CLOSE     /* close when output is drained */
} SinkEventType;

typedef struct
{
  SinkEventType type;
  const char *reverse_path;
  const char *const *recipients;
  const char *mail_parameters; /* "BODY=8BITMIME SIZE=17" */
  const guint8 *octets;
  gsize n;
  gboolean by_bdat;
  /* Of MESSAGE_BEGIN, _END and _LOST, too. Strings are lent until the next call. */
  const char *const *recipient_parameters; /* one a recipient, "" without: "NOTIFY=NEVER" */
  const char *hello;                       /* the name in EHLO, HELO or LHLO; "" without */
  const char *auth_mechanism;              /* NULL: not logged in */
  const char
      *refusal; /* MESSAGE_LOST: the reply given; NULL: none, the connection was cut. REFUSED: the reply */
  const char *command; /* REFUSED: without what AUTH brought; NULL: it cannot be shown */
  guint violations;    /* SinkViolations since the last MESSAGE_END, MESSAGE_LOST or CLOSE */
  gboolean reset;      /* CLOSE: by a TCP reset */
} SinkEvent;

/* The greeting is queued at once. A step of the script that cannot be read ends the program:
 * sink_script_check () first. */
SinkCore *sink_core_new (const SinkSetup *setup);
void sink_core_free (SinkCore *self);
void sink_core_receive (SinkCore *self, const guint8 *octets, gsize n); /* n = 0: the peer closed */
gboolean sink_core_next_event (SinkCore *self, SinkEvent *event);
/* What may leave now. wait_until_us (nullable): when to call again because a script delays; G_MAXINT64: no
 * need. */
gsize sink_core_peek (SinkCore *self, gint64 now_us, const guint8 **octets, gint64 *wait_until_us);
void sink_core_sent (SinkCore *self, gsize n);
void sink_core_stored (SinkCore *self,
                       const char *queue_id,
                       const char *failure); /* failure: 451 instead of 250 */
void sink_core_tls_done (SinkCore *self);
/* What AUTH may use of TLS, told ahead of tls_done (): the binding ("tls-exporter" or "tls-unique", in base64), and the
 * name in the client's certificate. Each may be NULL. */
void sink_core_bind (SinkCore *self, const char *type, const char *binding, const char *certificate);
gboolean sink_login_knows (const char *mechanism);
gsize sink_core_pending (const SinkCore *self); /* octets that wait to leave, delayed or not */

const char *sink_violation_name (guint bit); /* "bare-lf"; NULL: no such bit */
gboolean sink_script_check (const char *step, char **message);
gboolean sink_refuse_check (const char *entry, char **message);
gboolean sink_hide_check (const char *name, char **message);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scripted behaviour of the receiver: the grammar is in docs/sink.md. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SINK_TRIGGER_ANY, /* every reply */
  SINK_TRIGGER_GREETING,
  SINK_TRIGGER_EHLO,
  SINK_TRIGGER_HELO,
  SINK_TRIGGER_LHLO,
  SINK_TRIGGER_STARTTLS,
  SINK_TRIGGER_AUTH,
  SINK_TRIGGER_RESPONSE, /* a line from the client during AUTH */
  SINK_TRIGGER_MAIL,
  SINK_TRIGGER_RCPT,
  SINK_TRIGGER_DATA,
  SINK_TRIGGER_BDAT, /* a chunk that is not the last */
  SINK_TRIGGER_LAST, /* the last chunk */
  SINK_TRIGGER_DOT,  /* the final dot; over LMTP once a recipient, LAST likewise */
  SINK_TRIGGER_CONTENT,
  SINK_TRIGGER_RSET,
  SINK_TRIGGER_NOOP,
  SINK_TRIGGER_VRFY,
  SINK_TRIGGER_QUIT,
  SINK_TRIGGER_OTHER, /* a command not known */
  SINK_N_TRIGGERS
} SinkTrigger;

typedef enum
{
  SINK_ACTION_REPLY, /* this instead of the usual reply; 4yz and 5yz: and the command is not done */
  SINK_ACTION_RAW,   /* likewise, octets as they are */
  SINK_ACTION_DELAY,
  SINK_ACTION_DRIP,  /* one octet, then wait */
  SINK_ACTION_DROP,  /* close without a reply, nothing is done */
  SINK_ACTION_RESET, /* likewise by a TCP reset */
  SINK_ACTION_LOSE,  /* do it, then close without a reply */
  SINK_ACTION_HANG   /* never answer again */
} SinkAction;

typedef struct
{
  SinkTrigger trigger;
  guint connection; /* 0: all */
  guint from, to;   /* which occurrences in this connection, from 1 */
  SinkAction action;
  gboolean store; /* DOT, LAST: the message is stored before, whatever the reply */
  guint8 *octets; /* REPLY (with CRLF), RAW */
  gsize n;
  gint64 wait_us; /* DELAY, DRIP */
  guint64 after;  /* CONTENT: octets of the message that are read first */
} SinkStep;

typedef struct
{
  GPtrArray *steps; /* of SinkStep */
  guint connection;
  guint count[SINK_N_TRIGGERS];
} SinkScript;

/* What the script says about one reply. */
typedef struct
{
  const SinkStep *verdict; /* nullable; REPLY, RAW, DROP, RESET, LOSE or HANG */
  gint64 delay_us, drip_us;
} SinkActs;

void sink_script_init (SinkScript *self, const char *const *steps, guint connection);
void sink_script_clear (SinkScript *self);
SinkActs
sink_script_look (SinkScript *self, SinkTrigger trigger); /* looks up a reply and counts the occurrence */
/* (nullable): the step for this message's content. */
const SinkStep *sink_script_content (SinkScript *self);
/* '2' to '5', or 0 where the octets are no reply; 0 for the other actions and NULL. */
char sink_step_class (const SinkStep *step);

G_END_DECLS

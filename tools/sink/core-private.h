/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of the receiver's core, shared by core.c (input, output, events), command.c (commands), content.c (DATA and
 * BDAT), login.c, bearer.c and sasl.c (AUTH), path.c (the arguments of MAIL and RCPT). */
#pragma once

#include "core.h"
#include "script.h"

G_BEGIN_DECLS

typedef enum
{
  SINK_STATE_COMMAND,
  SINK_STATE_RESPONSE, /* AUTH waits for a line */
  SINK_STATE_DATA,
  SINK_STATE_CHUNK,
  SINK_STATE_STORING, /* MESSAGE_END was returned: sink_core_stored () must follow */
  SINK_STATE_TLS,     /* sink_core_tls_done () must follow */
  SINK_STATE_HUNG,
  SINK_STATE_CLOSED
} SinkState;

typedef struct _SinkLogin SinkLogin;

struct _SinkCore
{
  /* the setup */
  char *name, *user, *password;
  gboolean lmtp, tls_possible;
  char **hide, **refuse, **mechanisms;
  guint64 size_limit;
  guint recipients_max, scram_iterations;
  gboolean limits;
  SinkScript script;

  /* in, out, events */
  GByteArray *in;
  gsize at;      /* octets of it that are consumed */
  gsize scanned; /* octets after `at` that hold no LF */
  gboolean eof;
  GQueue out;     /* of SinkOutput */
  gsize pending;  /* octets of it */
  GArray *events; /* of SinkEvent, to be fetched before input is processed further */
  SinkState state;

  /* the session */
  gboolean tls_active, extended;
  char *binding_type, *binding, *certificate; /* see sink_core_bind () */
  char *hello;
  SinkLogin *login;
  char *mechanism;       /* the mechanism of the login */
  gboolean awaits_reply; /* the client must wait for the reply to the last command (RFC 2920 section 3.1) */
  gboolean tossing;      /* skipping the rest of a command line that is too long */
  guint violations;
  SinkActs acts; /* what the script says about the next reply */
  gboolean acts_used;
  gboolean refusable;      /* replies of this step are replies to the command: a refusal is reported */
  char *command, *refusal; /* that command as it may be reported (nullable), and its last refusal */

  /* the transaction */
  gboolean mail, mail_refused;
  gboolean needs_rset; /* after a failed BDAT (RFC 3030 section 2) */
  gboolean forget;     /* the transaction has ended; its strings are valid until the events are fetched */
  char *reverse_path, *mail_parameters;
  gboolean eight_bit, binary, utf8;
  gsize envelope; /* octets of the recipients */
  GPtrArray *recipients, *recipient_parameters;
  GPtrArray *kept,
      *kept_parameters; /* LMTP: recipients whose final reply is not refused by the script; lent strings */

  /* the content */
  gboolean begun, by_bdat, fresh, too_big;
  const SinkStep *content_step;
  guint64 total, chunk_left, chunk_size;
  gboolean chunk_last, chunk_refused;
  gboolean line_begin, after_cr;
  guint64 line;   /* octets of the current line so far */
  GArray *finals; /* of SinkActs, one for each final reply */
};

/* core.c */
void sink_core_say (SinkCore *self, const char *code, const char *enhanced, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void sink_core_write (SinkCore *self, const guint8 *octets, gsize n, gint64 delay_us, gint64 drip_us);
void sink_core_event (SinkCore *self, SinkEventType type);
void sink_core_lose (SinkCore *self, const char *refusal);
void sink_core_close (SinkCore *self, gboolean reset);
/* Applies DROP, RESET and HANG of a verdict; FALSE: it is none of them. */
gboolean sink_core_cut (SinkCore *self, const SinkStep *verdict);
/* After the reply: closes if the script says LOSE, or the reply was 421 (RFC 5321 section 3.8). */
void sink_core_hang_up (SinkCore *self);
gboolean sink_core_offers (const SinkCore *self, const char *extension);

/* The next reply is to this command (nullable: it must not be reported). */
void sink_core_answer (SinkCore *self, const char *command);

/* command.c */
void sink_command_run (SinkCore *self, char *line);

/* refuse.c: (transfer full) (nullable): the refusal that the setup has for this recipient: "550 5.1.1 text". */
char *sink_refusal (const SinkCore *self, const char *path);

/* content.c */
void sink_content_begin (SinkCore *self, gboolean by_bdat);
gboolean sink_content_data (SinkCore *self); /* does one step; FALSE: more input is needed */
gboolean sink_content_chunk (SinkCore *self);
void sink_content_bdat (SinkCore *self, const char *arguments);
void sink_content_replies (SinkCore *self, const char *code, const char *enhanced, const char *text);

/* login.c */
char *sink_login_mechanisms (const SinkCore *self); /* "PLAIN LOGIN"; NULL: none */
void sink_login_begin (SinkCore *self, const char *arguments);
void sink_login_response (SinkCore *self, const char *line);
void sink_login_free (SinkLogin *self);

/* bearer.c: does the one message of OAUTHBEARER, or of XOAUTH2, bring this user and this token? */
gboolean
sink_bearer_is_right (gboolean xoauth2, const guint8 *octets, gsize n, const char *user, const char *token);

/* path.c */
gboolean sink_path_parse (const char *text, const char *keyword, char **path, char **parameters);
typedef enum
{
  SINK_PARAMETERS_OK,
  SINK_PARAMETERS_BAD,
  SINK_PARAMETERS_UNKNOWN
} SinkParameters;
SinkParameters sink_parameters_check (const SinkCore *self, const char *parameters, gboolean of_mail);
char *
sink_parameter (const char *parameters, const char *name); /* its value, "" without one; NULL: not there */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinkLogin, sink_login_free)

G_END_DECLS

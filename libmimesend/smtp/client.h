/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The protocol core: SMTP (RFC 5321) and LMTP (RFC 2033) from the client's side, without I/O and without a clock.
 *
 * Octets of the server go in (receive), octets for the server come out (peek, sent), content is asked for (content_due,
 * supply, end_content), and what happened comes out as events. Time is an argument of poll (). Nothing here calls back,
 * blocks, or takes a GError **: errors are events. Every submitted transaction is settled exactly once, whatever the
 * server, the content or the caller does; destroy it only after abort () and after the events have been read.
 *
 * One turn of its driver:
 *
 *   read all that is readable → receive (); nothing more readable → idle ()
 *   poll (now) → wants, deadline; events → next_event () until FALSE
 *   CONTENT: content_due () → supply () / end_content ()       OUTPUT: peek () → write → sent ()
 *   TLS: do the handshake → tls_done ()                          AUTH: see CHALLENGE → auth_step ()
 *   CLOSE: close the connection
 */
#pragma once

#include "octets/piece.h"
#include "smtp/reply.h"
#include "smtp/capabilities.h"
#include "smtp/parameters.h"
#include "smtp/stage.h"

G_BEGIN_DECLS

typedef struct _MimesendSmtpClient MimesendSmtpClient;

typedef enum
{
  MIMESEND_SMTP_WANT_NOTHING = 0,
  MIMESEND_SMTP_WANT_INPUT = 1 << 0,   /* a reply is due. Always read: writing without reading deadlocks */
  MIMESEND_SMTP_WANT_OUTPUT = 1 << 1,  /* peek () has octets */
  MIMESEND_SMTP_WANT_CONTENT = 1 << 2, /* content_due () > 0 */
  MIMESEND_SMTP_WANT_TLS = 1 << 3,     /* shake hands now: output is drained, input is empty */
  MIMESEND_SMTP_WANT_AUTH = 1 << 4,    /* a CHALLENGE waits for auth_step () */
  MIMESEND_SMTP_WANT_IDLE = 1 << 5,    /* output is held until idle () says that nothing is readable */
  MIMESEND_SMTP_WANT_CLOSE = 1 << 6    /* the session is over: close the connection */
} MimesendSmtpWant;

typedef enum
{
  MIMESEND_SMTP_STARTTLS_NEVER,
  MIMESEND_SMTP_STARTTLS_IF_OFFERED,
  MIMESEND_SMTP_STARTTLS_REQUIRED
} MimesendSmtpStarttls;

typedef struct
{
  const char *ehlo_name; /* a host name or an address literal; checked in command.c */
  gboolean lmtp;
  MimesendSmtpStarttls starttls;
  gboolean tls_active;    /* TLS is active already (implicit) */
  gboolean login;         /* raise a CHALLENGE after hello and TLS */
  gboolean no_pipelining; /* not used even if offered */
  gboolean no_chunking;
  gboolean
      unproven;     /* no end of a message leaves with what stands behind another's, see MimesendSmtpManner */
  gboolean trace;   /* keeps the lines for next_trace () */
  guint window;     /* messages in flight; 0 is 1 */
  guint mail_max;   /* messages per connection, in addition to LIMITS; 0: no limit */
  guint rcpt_group; /* RCPTs in one group; 0 is 50 (their replies are read before the next group) */
  guint
      refusals_max; /* refused recipients a connection stands, 0 is 20: then the rest is NOT_TRIED, see `stopped` */
  gsize chunk;                               /* octets of one BDAT chunk at most; 0 is 262,144 */
  gint64 timeout_us[MIMESEND_SMTP_N_STAGES]; /* 0: the default of stage.c */
} MimesendSmtpSetup;

typedef struct
{
  const char *reverse_path;      /* a mailbox, "" for the null reverse-path */
  const char *const *recipients; /* mailboxes, NULL-terminated, at least one */
  gboolean all_or_nothing;       /* if one recipient is refused, the message is sent to none */
  gboolean await_recipients;     /* wait for every reply to RCPT before DATA or a chunk */
  gboolean silent;               /* no RCPT_REPLY events */
  gint64 size;                   /* octets, CRLF line ends, without doubled dots; −1: not known */
  gboolean smtputf8;             /* headers or addresses need SMTPUTF8 */
  gboolean binary;               /* the caller allows BODY=BINARYMIME and the content may be BINARY */
  gboolean seven_bit;            /* the content has no octet above 127: BODY=8BITMIME need not be asked for */
  gboolean eight_bit_as_is;      /* sends 8-bit octets even if 8BITMIME is not offered */
  gboolean may_block; /* the content may be slow: never sent behind another message in the window */
  gboolean
      trial; /* the form of it did not work with this server before: no outcome may depend on it, see `again` */
  MimesendSmtpParameters parameters;
  const char *const *originals; /* ORCPT, one for each recipient; NULL: none */
} MimesendSmtpTransaction;

/* REFUSED and DEFERRED are said by a reply (or, REFUSED with FAILURE_UNSUPPORTED, by what EHLO announced). Whatever ends
 * before the end mark without a reply of its own is NOT_TRIED, for certain not accepted, with the failure; `stopped` is set
 * where another transaction may serve the recipients: "too many", 421 or a close among the RCPTs. */
typedef enum
{
  MIMESEND_SMTP_NOT_TRIED,
  MIMESEND_SMTP_ACCEPTED,
  MIMESEND_SMTP_PARTIAL, /* of a transaction, never of a recipient */
  MIMESEND_SMTP_REFUSED,
  MIMESEND_SMTP_DEFERRED,
  MIMESEND_SMTP_IN_DOUBT
} MimesendSmtpOutcome;

/* The reason, where it was not a reply. */
typedef enum
{
  MIMESEND_SMTP_FAILURE_NONE,
  MIMESEND_SMTP_FAILURE_REPLY, /* a 4yz or 5yz: see the reply */
  MIMESEND_SMTP_FAILURE_TIMEOUT,
  MIMESEND_SMTP_FAILURE_CLOSED,   /* the peer closed, or the transport failed */
  MIMESEND_SMTP_FAILURE_PROTOCOL, /* invalid SMTP, or an unsolicited reply */
  MIMESEND_SMTP_FAILURE_TLS,
  MIMESEND_SMTP_FAILURE_AUTH,      /* auth_step () reported a failure, or the server's proof was missing */
  MIMESEND_SMTP_FAILURE_CONTENT,   /* end_content () reported a failure */
  MIMESEND_SMTP_FAILURE_EIGHT_BIT, /* 8-bit octets and no 8BITMIME */
  MIMESEND_SMTP_FAILURE_NUL,
  MIMESEND_SMTP_FAILURE_UNSUPPORTED, /* the message needs an extension that is not offered (SMTPUTF8, SIZE exceeded) */
  MIMESEND_SMTP_FAILURE_ALL_OR_NOTHING, /* another recipient of the same transaction was refused */
  MIMESEND_SMTP_FAILURE_ABORTED         /* abort () */
} MimesendSmtpFailure;

/* NOT_TRIED says nothing of the message itself where it met what was meant for another, for the connection, or for the place
 * where it stood: for certain nothing of it was carried out, and it is to be sent once more. Submitted again as the first
 * message of a connection, it does not get this outcome again. */
typedef enum
{
  MIMESEND_SMTP_AGAIN_NO,
  MIMESEND_SMTP_AGAIN_HERE,     /* over this connection */
  MIMESEND_SMTP_AGAIN_ELSEWHERE /* over a new one */
} MimesendSmtpAgain;

typedef enum
{
  MIMESEND_SMTP_EVENT_READY, /* hello, TLS and AUTH are over: transactions may be submitted; once a session */
  /* `mechanisms`: which of them? Again, with the refusal as `reply` or NULL, where the one tried before did not do; or
   * `challenge` (decoded; empty allowed) */
  MIMESEND_SMTP_EVENT_CHALLENGE,
  MIMESEND_SMTP_EVENT_RCPT_REPLY, /* a reply to RCPT came, to be shown; says nothing final */
  MIMESEND_SMTP_EVENT_RECIPIENT,  /* the outcome of one recipient; exactly one for each, ahead of SETTLED */
  MIMESEND_SMTP_EVENT_SETTLED,    /* the outcome of the transaction; exactly one */
  MIMESEND_SMTP_EVENT_VERIFIED,   /* the reply to verify () */
  MIMESEND_SMTP_EVENT_ANSWERED,   /* the answer to question (): `holds` */
  MIMESEND_SMTP_EVENT_CLOSED      /* the session is over, with the reason; exactly one, the last event */
} MimesendSmtpEventType;

/* An event. Pointers are valid until the next call of next_event (). */
typedef struct
{
  MimesendSmtpEventType type;
  guint64 transaction;
  guint recipient; /* index in the transaction's recipients */
  MimesendSmtpOutcome outcome;
  MimesendSmtpFailure failure;
  MimesendSmtpStage stage;
  const MimesendSmtpReply *reply; /* the server's words, or NULL */
  const char
      *words; /* an explanation, "the server did not answer within 300 s"; NULL: the reply explains it */
  const char *const *mechanisms; /* CHALLENGE: what AUTH= offers, upper case; never NULL, may be empty */
  GBytes *challenge;             /* CHALLENGE: not the first */
  gboolean garbled;              /* CHALLENGE: it was not base64; `challenge` is empty */
  gboolean stopped; /* NOT_TRIED because the server takes no more in this transaction ("too many", 421) */
  MimesendSmtpAgain again;
  gboolean holds;      /* ANSWERED: the replies show that the server supports it */
  gboolean chunking;   /* SETTLED: sent by BDAT */
  gboolean behind;     /* SETTLED: its MAIL was sent before the previous message's final reply */
  gboolean mail_taken; /* SETTLED: MAIL was answered with 2yz */
  guint mails_before;  /* SETTLED: messages begun before it on the connection */
} MimesendSmtpEvent;

/* How long each stage took, in microseconds; they follow one another, so that with pipelining a stage counts from the end
 * of the one before. */
typedef struct
{
  gint64 us[MIMESEND_SMTP_N_STAGES];
  MimesendSmtpStage stage; /* of the session, under way since … */
  gint64 since_us;         /* 0: not begun */
} MimesendSmtpTimes;

MimesendSmtpClient *mimesend_smtp_client_new (const MimesendSmtpSetup *setup);
void mimesend_smtp_client_free (MimesendSmtpClient *self);

/* Sets the time of what is received and sent next; for statistics alone. */
void mimesend_smtp_client_set_now (MimesendSmtpClient *self, gint64 now_us);
gint64 mimesend_smtp_client_get_now (MimesendSmtpClient *self);

/* The only place where time matters: monotonic microseconds, never going back. *deadline_us: when to call again at the
 * latest, G_MAXINT64: never. Call after every batch of the others. */
MimesendSmtpWant mimesend_smtp_client_poll (MimesendSmtpClient *self, gint64 now_us, gint64 *deadline_us);

void mimesend_smtp_client_receive (MimesendSmtpClient *self,
                                   const guint8 *octets,
                                   gsize n); /* n = 0: the peer closed */
/* For a connection on which nothing is under way, and nothing was heard for quiet_us or longer: NOOP goes ahead of the next
 * MAIL, which waits for its reply. No reply soon is as good as a connection that was closed. */
void mimesend_smtp_client_ask (MimesendSmtpClient *self, gint64 now_us, gint64 quiet_us);
void mimesend_smtp_client_idle (
    MimesendSmtpClient *self); /* the input has just been read to its end: early replies never count */
/* That was some time ago. TRUE: output is held until it is said again. */
gboolean mimesend_smtp_client_stale (MimesendSmtpClient *self);
guint mimesend_smtp_client_peek (MimesendSmtpClient *self,
                                 MimesendPiece *pieces,
                                 guint n_max); /* lent: until the next call */
void mimesend_smtp_client_sent (MimesendSmtpClient *self, gsize n);
void mimesend_smtp_client_write_failed (MimesendSmtpClient *self,
                                        const char *why); /* after it, receive () to the end of
                                             the input, then receive (NULL, 0): the server's last words still count */

/* Before receive (NULL, 0): sets the reason why reading failed, if it was not the end of the input. */
void mimesend_smtp_client_read_failed (MimesendSmtpClient *self, const char *why);

/* Copies; 0: full, or the session is ending. After refusals_max (less one) refusals, or LIMITS MAILMAX messages, the core
 * takes no more, says QUIT by itself and ends with CLOSED: the next message needs another connection. */
guint64 mimesend_smtp_client_submit (MimesendSmtpClient *self, const MimesendSmtpTransaction *transaction);
/* Whether submit () would accept a message whose content does, or does not, block. */
gboolean mimesend_smtp_client_has_room (MimesendSmtpClient *self, gboolean may_block);

/* How messages submitted from now on are sent; replaces these fields of the setup. */
typedef struct
{
  guint window;
  guint mail_max;
  gboolean no_pipelining;
  gboolean no_chunking;
  /* Whether the server bears commands behind the end of another message is not known: by BDAT, too, the content of such a
   * message waits for the replies to its RCPTs, so that nothing is in doubt where there are none. */
  gboolean unproven;
} MimesendSmtpManner;
void mimesend_smtp_client_set_manner (MimesendSmtpClient *self, const MimesendSmtpManner *manner);
gboolean mimesend_smtp_client_may_chunk (
    const MimesendSmtpClient *self); /* whether CHUNKING is offered, and not disabled */
gsize mimesend_smtp_client_content_due (MimesendSmtpClient *self, guint64 *transaction);
void mimesend_smtp_client_supply (MimesendSmtpClient *self,
                                  guint64 transaction,
                                  MimesendPiece *piece); /* takes ownership of the piece */
void mimesend_smtp_client_end_content (MimesendSmtpClient *self, guint64 transaction, const GError *failure);

gboolean mimesend_smtp_client_next_event (MimesendSmtpClient *self, MimesendSmtpEvent *event);
gboolean mimesend_smtp_client_has_event (MimesendSmtpClient *self);

void mimesend_smtp_client_tls_done (MimesendSmtpClient *self, const GError *failure);
/* mechanism set: the first step (response NULL: no initial response). mechanism NULL: the answer to a challenge.
 * failure: gives the mechanism up, with `*` where an exchange is under way, and another CHALLENGE asks for the next one; or
 * says that there is none. proven: nothing more is owed by the server but its 235; a 235 before that is a refusal.
 * After a reply that is about the user (535) no other mechanism is asked for, nor after three AUTH commands. */
void mimesend_smtp_client_auth_step (MimesendSmtpClient *self,
                                     const char *mechanism,
                                     GBytes *response,
                                     gboolean proven,
                                     const GError *failure);

/* Behind a login a server may offer more (Dovecot: DSN). TRUE: it has not been asked, or has not answered yet. To ask:
 * EHLO once more as soon as nothing is in flight; until the answer there is no room for a message. Once a session. */
gboolean mimesend_smtp_client_may_offer_more (MimesendSmtpClient *self);
void mimesend_smtp_client_ask_for_more (MimesendSmtpClient *self);

/* VRFY of a mailbox or, whole FALSE, of its local part, where nothing is under way: VERIFIED follows, or CLOSED; it has the time of
 * the stage of the recipients. FALSE: no such address can be asked for, or not now. */
gboolean mimesend_smtp_client_verify (MimesendSmtpClient *self, const char *mailbox, gboolean whole);

/* Whether the server bears a way of sending, as far as it can be told without a message, where nothing is under way: ANSWERED
 * follows, or CLOSED; until then there is no room for a message. FALSE: not now. */
typedef enum
{
  MIMESEND_SMTP_QUESTION_BEHIND, /* commands ahead of the replies to those before them; PIPELINING is offered */
  MIMESEND_SMTP_QUESTION_CHUNKING /* BDAT; CHUNKING is offered */
} MimesendSmtpQuestion;
gboolean mimesend_smtp_client_question (MimesendSmtpClient *self, MimesendSmtpQuestion about);

void
mimesend_smtp_client_quit (MimesendSmtpClient *self); /* QUIT as soon as nothing is in flight, then CLOSE */
void
mimesend_smtp_client_abort (MimesendSmtpClient *self, const char *why); /* settles everything; then CLOSE */

const MimesendSmtpCapabilities *mimesend_smtp_client_get_capabilities (MimesendSmtpClient *self);
gboolean mimesend_smtp_client_awaits_reply (
    MimesendSmtpClient *self); /* whether a reply to something that was sent is due */

/* (transfer full): what was said, line by line, where setup.trace asked for it; secrets hidden. NULL: no more for now. */
char *mimesend_smtp_client_next_trace (MimesendSmtpClient *self, gboolean *is_reply);
/* (transfer full): the last lines of the dialogue, which show how a failure came about; secrets hidden. */
char **mimesend_smtp_client_get_recent (MimesendSmtpClient *self);

/* Adds the session's times so far (greeting, hello, TLS, AUTH) to us. */
void mimesend_smtp_client_add_session_times (MimesendSmtpClient *self, gint64 us[MIMESEND_SMTP_N_STAGES]);
/* Adds a transaction's times, from MAIL on, to us. last: the stage in which it ended. */
void mimesend_smtp_client_add_times (MimesendSmtpClient *self,
                                     guint64 transaction,
                                     MimesendSmtpStage last,
                                     gint64 us[MIMESEND_SMTP_N_STAGES]);
gint64
mimesend_smtp_client_get_begun (MimesendSmtpClient *self,
                                guint64 transaction); /* microseconds; 0: not begun, or unknown transaction */
/* The extensions (bits of MimesendSmtpExtension) that it used. */
guint mimesend_smtp_client_get_used (MimesendSmtpClient *self, guint64 transaction);
guint64 mimesend_smtp_client_get_content_octets (MimesendSmtpClient *self, guint64 transaction);
gsize mimesend_smtp_client_get_longest_line (MimesendSmtpClient *self, guint64 transaction);

G_END_DECLS

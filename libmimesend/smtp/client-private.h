/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of the protocol core, for the files of smtp/. client.c begins with a description of the design. */
#pragma once

#include "octets/crlf.h"
#include "smtp/client.h"
#include "smtp/command.h"
#include "smtp/output.h"

G_BEGIN_DECLS

#define MIMESEND_SMTP_WINDOW_MAX 128
#define MIMESEND_SMTP_FLIGHT_MAX                                                                             \
  (256 * 1024) /* octets without a reply, above which no further message is begun */
#define MIMESEND_SMTP_BACKLOG_LOW                                                                            \
  (64 * 1024) /* more content is asked for while less than this waits to be sent */
#define MIMESEND_SMTP_BLOCK MIMESEND_PIECE_BEST /* octets of content turned into lines at a time */

typedef enum
{
  PHASE_GREETING,
  PHASE_HELLO,
  PHASE_STARTTLS, /* STARTTLS was sent */
  PHASE_TLS,      /* 220 was received: the handshake */
  PHASE_LOGIN,
  PHASE_READY,
  PHASE_QUIT,
  PHASE_CLOSED
} MimesendSmtpPhase;

typedef enum
{
  DUE_GREETING,
  DUE_EHLO,
  DUE_HELO,
  DUE_STARTTLS,
  DUE_AUTH,
  DUE_AUTH_CANCEL,
  DUE_MAIL,
  DUE_RCPT,
  DUE_DATA,
  DUE_CHUNK,  /* a BDAT that is not the last */
  DUE_END,    /* the dot, or BDAT LAST; with LMTP as many replies as recipients were accepted */
  DUE_NOBODY, /* the dot after a 354 for no valid recipient (RFC 2920 3.1) */
  DUE_RESET,
  DUE_NOOP, /* NOOP, to check that the server still answers */
  DUE_VRFY,
  DUE_QUESTION, /* `recipient` says which of its commands */
  DUE_QUIT
} MimesendSmtpDueKind;

typedef struct _MimesendSmtpTxn MimesendSmtpTxn;

/* One reply that the server owes. It is due once `at` octets have been sent: the last of its command. */
typedef struct
{
  MimesendSmtpDueKind kind;
  guint recipient;
  MimesendSmtpTxn *txn;
  guint64 at;
} MimesendSmtpDue;

/* The outcome of one recipient, or of all recipients without one of their own. */
typedef struct
{
  MimesendSmtpOutcome outcome;
  MimesendSmtpFailure failure;
  MimesendSmtpStage stage;
  gboolean stopped;
  MimesendSmtpAgain again;
  MimesendSmtpReply *reply; /* counted (g_rc_box), or NULL */
  char *words;              /* counted (g_rc_box), or NULL */
} MimesendSmtpFate;

typedef struct
{
  gboolean accepted; /* RCPT was answered with 2yz */
  gboolean done;     /* `fate` is set for this recipient */
  MimesendSmtpFate fate;
} MimesendSmtpRecipient;

typedef enum
{
  STEP_BEGIN,   /* nothing was written */
  STEP_RCPT,    /* MAIL was */
  STEP_DATA,    /* all RCPTs were written */
  STEP_GO,      /* DATA was written: 354 is awaited */
  STEP_CONTENT, /* content may be written */
  STEP_ENDED    /* the end mark was queued */
} MimesendSmtpStep;

/* The points of a transaction whose time is recorded. */
typedef enum
{
  MARK_BEGUN,   /* MAIL was written */
  MARK_MAIL,    /* MAIL was answered */
  MARK_RCPT,    /* the last RCPT was answered */
  MARK_GO,      /* DATA was */
  MARK_CONTENT, /* the end mark was written */
  MARK_SETTLED,
  N_MARKS
} MimesendSmtpMark;

struct _MimesendSmtpTxn
{
  guint64 id;
  char *reverse_path; /* stored in the same allocation, after the structure … */
  char **recipients;
  guint n;
  MimesendSmtpRecipient *rcpt; /* … up to here */
  gboolean seven_bit;
  gboolean all_or_nothing, await_recipients, silent, smtputf8, binary, eight_bit_as_is, trial;
  gint64 size;
  MimesendSmtpParameters parameters;
  char *parameter_id; /* what the parameters point at */
  char **originals;   /* NULL: none */

  MimesendSmtpStep step;
  gboolean chunking;
  gboolean behind;      /* MAIL was written before the previous message's final reply */
  gboolean after_reset; /* … after a RSET that must take a transaction back */
  gboolean mail_answered, mail_taken;
  guint mails_before;
  guint next_rcpt, rcpt_outstanding, chunks_outstanding, n_due;
  guint n_accepted;
  gboolean has_fate; /* `fate` is set, for all recipients without one of their own */
  MimesendSmtpFate fate;
  MimesendSmtpReply *last_reply; /* the reply to the end of the data */
  guint64 begin_at;              /* position of its MAIL in the output */
  guint64 doubt_at;  /* in doubt once the octet at this position is sent; G_MAXUINT64: no end is queued */
  guint next_answer; /* LMTP: whose reply comes next */

  MimesendCrlf crlf;
  MimesendPiece held; /* content not yet turned into lines */
  gsize held_done;
  gint64 at[N_MARKS];     /* 0: never */
  guint used;             /* MimesendSmtpExtension */
  guint64 content_octets; /* octets on the wire, as they were queued */
  gboolean content_over;  /* end_content () was called */
  gboolean raw_end;       /* the last octets were BINARY: no line to finish */
};

typedef struct
{
  MimesendSmtpEvent event;
  MimesendSmtpReply *reply; /* counted */
  char *words;              /* counted */
  MimesendSmtpTxn *txn;     /* SETTLED: owned until the next event */
} MimesendSmtpRecord;

/* The state of question (). */
typedef struct
{
  gboolean open;
  MimesendSmtpQuestion about;
  guint n_groups; /* groups of commands that were sent */
  gboolean holds;
} MimesendSmtpAsked;

struct _MimesendSmtpClient
{
  char *ehlo_name;
  MimesendSmtpSetup setup; /* its strings are not used */
  MimesendSmtpPhase phase;
  MimesendSmtpCapabilities capabilities;
  MimesendSmtpReplyReader *reader;
  MimesendSmtpOutput out;
  MimesendSmtpTrace *trace;
  gboolean tls_active;
  gboolean write_failed;
  char *write_words, *read_words;
  gboolean quit_wanted;

  /* time: flags raised where no clock is at hand, read by poll () */
  gboolean answered; /* a reply came, or the first one due became due */
  gboolean moved;    /* octets left, or something began */
  gint64 answered_us, moved_us;
  gint64 now_us; /* the latest time the driver gave, in microseconds */
  MimesendSmtpTimes times;

  /* hello */
  MimesendSmtpReply *hello_refusal; /* the refusal of EHLO, while HELO is tried; NULL: none */
  gboolean hello_repeats;           /* the pending EHLO is the one after the login */
  gboolean hello_wanted;            /* the EHLO after the login is requested */
  gboolean hello_repeated;          /* the EHLO after the login was sent */

  /* login */
  gboolean challenge_open; /* a CHALLENGE waits for auth_step () */
  gboolean exchange;       /* AUTH was sent, and its exchange is not over */
  gboolean logged_in;
  gboolean proven;
  guint n_attempts; /* AUTH commands on this connection */
  guint n_challenges;
  char *mechanism;       /* of the current exchange */
  GBytes *initial;       /* its initial response, until the first challenge is dealt with; NULL: none */
  gboolean initial_sent; /* … on the AUTH line; else it goes after the first 334 */
  MimesendSmtpReply *login_refusal; /* the refusal of the last mechanism; NULL: the client cancelled it */
  char *give_up_words;
  GPtrArray *secrets; /* responses that were sent, in base64, until the exchange ends; NULL: none */

  MimesendSmtpDue *due_ring; /* window.c; its size is a power of two */
  guint due_head, due_n, due_allocated;

  MimesendSmtpTxn *txns[MIMESEND_SMTP_WINDOW_MAX]; /* in order; the first is the oldest */
  guint n_txns;
  guint writer; /* index of the one being written */
  guint64 last_id;
  gboolean reset_needed; /* RSET must precede the next MAIL */
  gboolean reset_refused;
  gboolean noop_needed; /* NOOP and its reply must precede the next MAIL */
  MimesendSmtpAsked question;
  gboolean
      reply_taken;  /* the reply that ends the session does not belong to the first message of the window */
  guint n_refusals; /* refused recipients on this connection */
  guint n_mails;    /* transactions begun */
  guint n_carried;  /* … whose MAIL was answered with 2yz */
  guint wary;       /* number of transactions that still wait for the replies to RCPT */

  gboolean leaving;            /* the server replied 421: nothing more is written */
  MimesendSmtpReply *farewell; /* counted: the 421 */
  MimesendSmtpStage farewell_stage;

  MimesendSmtpRecord *records; /* events: those to be read, from `next_record` on … */
  guint next_record, n_records, records_allocated;
  MimesendSmtpRecord current; /* … and the one read last */
};

/* stats.c */
void mimesend_smtp_times_pass (MimesendSmtpClient *self);
void mimesend_smtp_note_used (MimesendSmtpClient *self, MimesendSmtpTxn *txn, MimesendSmtpBody body);
MimesendSmtpTxn *mimesend_smtp_find_transaction (MimesendSmtpClient *self, guint64 id); /* event.c */

/* client.c */
void mimesend_smtp_client_drop (MimesendSmtpClient *self,
                                MimesendSmtpFailure failure,
                                MimesendSmtpStage stage,
                                const MimesendSmtpReply *reply,
                                const char *words);
gboolean mimesend_smtp_client_may_pipeline (const MimesendSmtpClient *self);
gboolean mimesend_smtp_client_gates_open (MimesendSmtpClient *self);

/* want.c */
MimesendSmtpStage mimesend_smtp_client_stage (MimesendSmtpClient *self);

/* question.c */
void mimesend_smtp_on_verified (MimesendSmtpClient *self, const MimesendSmtpReply *reply);
void mimesend_smtp_question_on_reply (MimesendSmtpClient *self,
                                      const MimesendSmtpDue *due,
                                      const MimesendSmtpReply *reply);

/* hello.c */
void mimesend_smtp_hello_on_reply (MimesendSmtpClient *self,
                                   const MimesendSmtpDue *due,
                                   const MimesendSmtpReply *reply);
void mimesend_smtp_hello_ready (MimesendSmtpClient *self);
gboolean mimesend_smtp_hello_refusal_decides (MimesendSmtpClient *self,
                                              MimesendSmtpFailure failure,
                                              const MimesendSmtpReply *reply);
/* Fails: octets were received before the handshake. */
void mimesend_smtp_hello_injected (MimesendSmtpClient *self, const guint8 *octets, gsize n);
gboolean mimesend_smtp_hello_repeat (MimesendSmtpClient *self); /* TRUE: the requested EHLO was sent */

/* login.c */
void mimesend_smtp_login_begin (MimesendSmtpClient *self);
void mimesend_smtp_login_on_reply (MimesendSmtpClient *self,
                                   const MimesendSmtpDue *due,
                                   const MimesendSmtpReply *reply);
void mimesend_smtp_login_clear (MimesendSmtpClient *self);
/* Before QUIT: cancels an exchange that waits for a response. TRUE: it did. */
gboolean mimesend_smtp_login_cancel (MimesendSmtpClient *self);

/* login-redact.c: removes secrets from replies that repeat them. */
void mimesend_smtp_login_remember (MimesendSmtpClient *self, const char *text);
void mimesend_smtp_login_forget (MimesendSmtpClient *self);
void mimesend_smtp_login_redact (MimesendSmtpClient *self, char *reply);

/* window.c */
void mimesend_smtp_window_expect (MimesendSmtpClient *self,
                                  MimesendSmtpDueKind kind,
                                  MimesendSmtpTxn *txn,
                                  guint recipient);
MimesendSmtpDue *mimesend_smtp_window_first (MimesendSmtpClient *self); /* NULL: none */
gboolean mimesend_smtp_window_is_asking (MimesendSmtpClient *self);
gboolean mimesend_smtp_window_is_due (MimesendSmtpClient *self); /* whether its command was sent */
void mimesend_smtp_window_pop (MimesendSmtpClient *self);
guint mimesend_smtp_window_count (const MimesendSmtpClient *self);
void mimesend_smtp_window_clear (MimesendSmtpClient *self);
MimesendSmtpStage mimesend_smtp_due_stage (MimesendSmtpDueKind kind);
gboolean mimesend_smtp_window_has_room (const MimesendSmtpClient *self, gboolean may_block);
gboolean mimesend_smtp_window_may_follow (MimesendSmtpClient *self, guint index);

/* transaction.c: what is written next */
void mimesend_smtp_transactions_advance (MimesendSmtpClient *self);
MimesendSmtpTxn *mimesend_smtp_transactions_writer (MimesendSmtpClient *self);
gboolean mimesend_smtp_transactions_refused_enough (const MimesendSmtpClient *self);
void mimesend_smtp_transactions_become_wary (MimesendSmtpClient *self);
guint mimesend_smtp_transactions_mail_max (const MimesendSmtpClient *self); /* 0: no limit */
gboolean mimesend_smtp_transactions_worn_out (const MimesendSmtpClient *self);

/* answer.c: what the replies mean */
void mimesend_smtp_transaction_on_reply (MimesendSmtpClient *self,
                                         const MimesendSmtpDue *due,
                                         const MimesendSmtpReply *reply);
gboolean mimesend_smtp_transaction_takes_refusal (MimesendSmtpClient *self);

/* give-back.c: replies that are not about the message, and 421 */
gboolean mimesend_smtp_is_out_of_place (const MimesendSmtpReply *reply);
void
mimesend_smtp_mail_refused (MimesendSmtpClient *self, MimesendSmtpTxn *txn, const MimesendSmtpReply *reply);
void mimesend_smtp_give_back (MimesendSmtpClient *self,
                              MimesendSmtpTxn *txn,
                              MimesendSmtpStage stage,
                              const MimesendSmtpReply *reply,
                              MimesendSmtpAgain again);
void mimesend_smtp_give_back_unbegun (MimesendSmtpClient *self, MimesendSmtpAgain again);
gboolean mimesend_smtp_is_ignored_behind (MimesendSmtpClient *self);
gboolean mimesend_smtp_is_trial_silent (MimesendSmtpClient *self);
void mimesend_smtp_on_farewell (MimesendSmtpClient *self,
                                MimesendSmtpDueKind kind,
                                const MimesendSmtpReply *reply);
void mimesend_smtp_go_on_leaving (MimesendSmtpClient *self); /* another reply came */
void mimesend_smtp_end_farewell (MimesendSmtpClient *self);

/* outcome.c: outcomes */
MimesendSmtpOutcome mimesend_smtp_outcome_of_code (guint code); /* REFUSED or DEFERRED */
/* … or IN_DOUBT, of what answers the end of a message. */
MimesendSmtpOutcome
mimesend_smtp_outcome_at_the_end (const MimesendSmtpClient *self, const MimesendSmtpReply *reply);
void mimesend_smtp_transaction_doom (MimesendSmtpTxn *txn,
                                     MimesendSmtpOutcome outcome,
                                     MimesendSmtpFailure failure,
                                     MimesendSmtpStage stage,
                                     MimesendSmtpReply *reply,
                                     const char *words);
void mimesend_smtp_recipient_end (MimesendSmtpTxn *txn,
                                  guint i,
                                  MimesendSmtpOutcome outcome,
                                  MimesendSmtpFailure failure,
                                  MimesendSmtpStage stage,
                                  MimesendSmtpReply *reply,
                                  const char *words,
                                  gboolean stopped);
gboolean mimesend_smtp_transaction_end_begun (MimesendSmtpClient *self, const MimesendSmtpTxn *txn);
/* Whether the end of a message was sent that no reply has settled. */
gboolean mimesend_smtp_transactions_end_is_open (MimesendSmtpClient *self);
void mimesend_smtp_transaction_end_with (MimesendSmtpClient *self,
                                         MimesendSmtpTxn *txn,
                                         gboolean is_answered,
                                         MimesendSmtpFailure failure,
                                         MimesendSmtpStage stage,
                                         MimesendSmtpReply *reply,
                                         const char *words);
void mimesend_smtp_transaction_settle_first (MimesendSmtpClient *self);
void mimesend_smtp_transactions_drop (MimesendSmtpClient *self,
                                      MimesendSmtpFailure failure,
                                      MimesendSmtpStage stage,
                                      MimesendSmtpReply *reply,
                                      const char *words);
void mimesend_smtp_transaction_free (MimesendSmtpTxn *txn);

/* data.c */
void mimesend_smtp_data_pump (MimesendSmtpClient *self, MimesendSmtpTxn *txn);
void mimesend_smtp_data_forget (MimesendSmtpClient *self, MimesendSmtpTxn *txn);

/* event.c */
MimesendSmtpReply *
mimesend_smtp_reply_box (const MimesendSmtpReply *reply);                /* a counted copy; NULL stays NULL */
MimesendSmtpReply *mimesend_smtp_reply_acquire (MimesendSmtpReply *box); /* NULL stays NULL */
void mimesend_smtp_reply_unbox (MimesendSmtpReply *box);
char *mimesend_smtp_words_box (const char *words);
/* (transfer none): valid until the next event is raised. */
MimesendSmtpRecord *mimesend_smtp_event_raise (MimesendSmtpClient *self, MimesendSmtpEventType type);
void mimesend_smtp_record_set_fate (MimesendSmtpRecord *record, const MimesendSmtpFate *fate);
void mimesend_smtp_events_clear (MimesendSmtpClient *self);

G_END_DECLS

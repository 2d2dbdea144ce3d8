/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receipt while it is being written. Once given to the caller it does not change any more. */
#pragma once

#include "mimesend-receipt.h"
#include "smtp/client.h"

G_BEGIN_DECLS

/* The words of a server, owned. */
typedef struct
{
  guint code;     /* 0: nothing was said */
  char *enhanced; /* NULL: none */
  char *text;     /* as it came, but valid UTF-8; NULL: none */
} MimesendWords;

typedef struct
{
  char *address;
  MimesendOutcome outcome;
  gboolean held_back;    /* NOT_TRIED for the sake of others (all or none) */
  gboolean was_in_doubt; /* after an attempt before this one */
  MimesendWords words;   /* code 0: text says in our words why not */
  int transaction;       /* −1: none */
} MimesendReceiptRecipient;

typedef struct
{
  MimesendWords words;
  char *queue_id;
} MimesendReceiptTransaction;

struct _MimesendReceipt
{
  gatomicrefcount refs;
  MimesendStage stage;  /* of the last thing that decided */
  GError *failure;      /* not a reply: the content, a lost connection, …; NULL: none */
  gboolean all_or_none; /* nobody is to get it unless all do */
  guint attempts;       /* 0: one */
  char *server, *host, *address;
  guint16 port;
  char *tls_version, *tls_cipher, *tls_reason;
  gboolean tls_verified;
  char *mechanism;
  char *message_id;
  guint64 octets;
  guint used;                              /* MimesendSmtpExtension */
  gint64 stage_us[MIMESEND_SMTP_N_STAGES]; /* by MimesendStage */
  char **dialogue;                         /* where the outcome is not ACCEPTED; NULL: none */
  const char **extensions;                 /* made when somebody asks */
  GArray *recipients;                      /* MimesendReceiptRecipient */
  GArray *transactions;                    /* MimesendReceiptTransaction */
  GPtrArray *warnings;                     /* NULL-terminated */
  MimesendWords last;                      /* the words that decided */
};

MimesendReceipt *mimesend_receipt_new (const char *const *recipients);
void mimesend_receipt_warn (MimesendReceipt *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* How much of what a server says is kept: it may say 64 KiB to each of 10,000 recipients. */
#define MIMESEND_WORDS_FULL  8192 /* … of what decided */
#define MIMESEND_WORDS_SHORT 1024 /* … for each recipient and each transaction */

void mimesend_receipt_set_words (MimesendWords *words,
                                 const MimesendSmtpReply *reply,
                                 const char *ours,
                                 gsize most);
void mimesend_receipt_copy_words (MimesendWords *to, const MimesendWords *from);

/* The last lines of the dialogue take the place of what was kept. */
void mimesend_receipt_set_dialogue (MimesendReceipt *self, char **lines);

/* The queue id in a server's reply to the end of the data, as Postfix, Exim, Sendmail, OpenSMTPD and Dovecot
 * write it. */
char *mimesend_receipt_find_queue_id (const char *text);

G_END_DECLS

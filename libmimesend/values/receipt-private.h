/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receipt while it is being written. Once given to the caller it does not change any more. */
#pragma once

#include "mimesend-receipt.h"
#include "smtp/client.h"

G_BEGIN_DECLS

/* The words of a server, owned. */
typedef struct
{
  guint code;        /* 0: nothing was said */
  char enhanced[16]; /* empty: none */
  char *
      text; /* as it came, but valid UTF-8; a GRefString, shared by recipients with the same reply; NULL: none */
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

/* What is said of the connection; counted (g_atomic_rc_box), for all messages that went by it. Each may be NULL. */
typedef struct
{
  char *server, *host, *address;
  guint16 port;
  char *tls_version, *tls_cipher, *tls_reason;
  gboolean tls_verified;
  char *mechanism;
} MimesendReceiptPeer;

struct _MimesendReceipt
{
  gatomicrefcount refs;
  MimesendStage stage;       /* of the last thing that decided */
  GError *failure;           /* not a reply: the content, a lost connection, …; NULL: none */
  gboolean all_or_none;      /* no recipient is to get it unless all do */
  guint attempts;            /* 0: one */
  MimesendReceiptPeer *peer; /* NULL: nothing is known */
  char *message_id;
  guint64 octets;
  guint used;                              /* MimesendSmtpExtension */
  gint64 stage_us[MIMESEND_SMTP_N_STAGES]; /* by MimesendStage */
  char **dialogue;                         /* where the outcome is not ACCEPTED; NULL: none */
  const char **extensions;                 /* nullable; made by its getter */
  MimesendReceiptRecipient *recipients;    /* behind the structure, in its block, with their addresses */
  guint n_recipients;
  MimesendReceiptTransaction *transactions; /* the one below, or a block of their own */
  guint n_transactions;
  MimesendReceiptTransaction first;
  GPtrArray *warnings; /* NULL-terminated; NULL: none */
  MimesendWords last;  /* the words that decided */
  char *said;          /* a GRefString: the text that was kept last */
};

MimesendReceipt *mimesend_receipt_new (const char *const *recipients);

MimesendReceiptPeer *mimesend_receipt_peer_new (void);
void mimesend_receipt_peer_unref (MimesendReceiptPeer *self);
void mimesend_receipt_take_peer (MimesendReceipt *self, MimesendReceiptPeer *peer);

/* One more, empty; good until the next one. */
MimesendReceiptTransaction *mimesend_receipt_add_transaction (MimesendReceipt *self);
/* The last one goes. */
void mimesend_receipt_drop_transaction (MimesendReceipt *self);

void mimesend_receipt_warn (MimesendReceipt *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* How much of what a server says is kept: it may say 64 KiB to each of 10,000 recipients. */
#define MIMESEND_WORDS_FULL  8192 /* … of what decided */
#define MIMESEND_WORDS_SHORT 1024 /* … for each recipient and each transaction */

void mimesend_receipt_set_words (MimesendReceipt *self,
                                 MimesendWords *words, /* of it */
                                 const MimesendSmtpReply *reply,
                                 const char *ours,
                                 gsize most);
void mimesend_receipt_copy_words (MimesendReceipt *self, MimesendWords *to, const MimesendWords *from);
const char *mimesend_words_get_enhanced (const MimesendWords *self); /* NULL: none */

/* The last lines of the dialogue take the place of what was kept. */
void mimesend_receipt_set_dialogue (MimesendReceipt *self, char **lines);

/* The queue id in a server's reply to the end of the data, as Postfix, Exim, Sendmail, OpenSMTPD and Dovecot
 * write it. */
char *mimesend_receipt_find_queue_id (const char *text);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receipt while it is being written. Once given to the caller it does not change any more. */
#pragma once

#include "mimesend-receipt.h"
#include "smtp/client.h"

G_BEGIN_DECLS

/* A server's reply, owned. */
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
  gboolean held_back;    /* NOT_TRIED because another recipient was refused (all or none) */
  gboolean was_in_doubt; /* an earlier attempt left it in doubt */
  MimesendWords words;   /* the reply that decided; code 0: text is the library's own explanation */
  int transaction;       /* index of its transaction; −1: none */
} MimesendReceiptRecipient;

typedef struct
{
  MimesendWords words;
  char *queue_id;
} MimesendReceiptTransaction;

/* The peer of a connection, shared by the receipts of all messages sent over it (g_atomic_rc_box). Each string may be NULL.
 * */
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
  MimesendStage stage; /* where the outcome was decided */
  GError
      *failure; /* what decided when it was no reply: the content, a lost connection, …; NULL: a reply did */
  gboolean all_or_none;      /* the message is sent to all recipients or to none */
  guint attempts;            /* 0 counts as 1 */
  MimesendReceiptPeer *peer; /* NULL: nothing is known */
  char *message_id;
  guint64 octets;
  guint used;                              /* bits by MimesendSmtpExtension */
  gint64 stage_us[MIMESEND_SMTP_N_STAGES]; /* microseconds, by MimesendStage */
  char **dialogue;                         /* kept where the outcome is not ACCEPTED; NULL: none */
  const char **extensions;                 /* nullable; made by its getter on first use */
  MimesendReceiptRecipient *recipients;    /* in the same allocation, followed by their addresses */
  guint n_recipients;
  MimesendReceiptTransaction *transactions; /* points to the one below, or to an allocation */
  guint n_transactions;
  MimesendReceiptTransaction first;
  GPtrArray *warnings; /* NULL-terminated; NULL: none */
  MimesendWords last;  /* the reply that decided */
  char *said;          /* a GRefString: the last text kept, to share it */
};

MimesendReceipt *mimesend_receipt_new (const char *const *recipients);

MimesendReceiptPeer *mimesend_receipt_peer_new (void);
void mimesend_receipt_peer_unref (MimesendReceiptPeer *self);
void mimesend_receipt_take_peer (MimesendReceipt *self, MimesendReceiptPeer *peer);

/* Appends an empty transaction; the pointer is valid until the next call. */
MimesendReceiptTransaction *mimesend_receipt_add_transaction (MimesendReceipt *self);
/* Removes the last transaction. */
void mimesend_receipt_drop_transaction (MimesendReceipt *self);

void mimesend_receipt_warn (MimesendReceipt *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Octets kept of a reply: a server may send 64 KiB for each of 10,000 recipients. */
#define MIMESEND_WORDS_FULL  8192 /* of the reply that decided */
#define MIMESEND_WORDS_SHORT 1024 /* for each recipient and each transaction */

void mimesend_receipt_set_words (MimesendReceipt *self,
                                 MimesendWords *words, /* of it */
                                 const MimesendSmtpReply *reply,
                                 const char *ours,
                                 gsize most);
void mimesend_receipt_copy_words (MimesendReceipt *self, MimesendWords *to, const MimesendWords *from);
const char *mimesend_words_get_enhanced (const MimesendWords *self); /* NULL: none */

/* Replaces the dialogue that is kept. */
void mimesend_receipt_set_dialogue (MimesendReceipt *self, char **lines);

/* The queue id in a server's reply to the end of the data, as Postfix, Exim, Sendmail, OpenSMTPD and Dovecot
 * write it. */
char *mimesend_receipt_find_queue_id (const char *text);

G_END_DECLS

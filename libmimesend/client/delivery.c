/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which recipients go into which transaction, and what their outcomes mean. The rules of the dialogue are the
 * core's. */
#include "client/delivery.h"

#include <string.h>

#include "client/envelope-private.h"
#include "client/failure.h"
#include "mimesend-error.h"
#include "octets/mailbox.h"

#define RECONNECTS_MAX 3
#define RCPT_CEILING   1000 /* what LIMITS RCPTMAX may raise a transaction to */

struct _MimesendDelivery
{
  MimesendEnvelope *envelope;
  MimesendContent *content;
  MimesendSendFlags flags;
  gboolean never_block; /* a main loop is ours to keep going: files are read on a worker, too */

  MimesendReceipt *receipt;
  GQueue *left;           /* indices of recipients without an outcome */
  GArray *current;        /* those of the transaction under way */
  guint64 transaction;    /* 0: none */
  guint n_stopped;        /* of the current ones: to be tried in another transaction */
  gboolean stop_by_reply; /* the server said why it takes no more */
  gboolean reused;        /* the connection had been idle: the server may have left meanwhile */
  MimesendFeed *feed;
  gboolean content_used;
  guint reconnects;
  GError *content_error;
  GError *reason;
  GError *error;
};

MimesendDelivery *
mimesend_delivery_new (MimesendEnvelope *envelope,
                       MimesendContent *content,
                       MimesendSendFlags flags,
                       gboolean never_block)
{
  MimesendDelivery *self = g_new0 (MimesendDelivery, 1);

  self->envelope = mimesend_envelope_ref (envelope);
  self->content = g_object_ref (content);
  self->flags = flags;
  self->never_block = never_block;
  self->receipt = mimesend_receipt_new (mimesend_envelope_get_recipients (envelope));
  self->current = g_array_new (FALSE, FALSE, sizeof (guint));
  self->left = g_queue_new ();
  for (guint i = 0; i < mimesend_envelope_get_n_recipients (envelope); i++)
    g_queue_push_tail (self->left, GUINT_TO_POINTER (i));
  return self;
}

void
mimesend_delivery_free (MimesendDelivery *self)
{
  if (self == NULL)
    return;
  mimesend_feed_free (self->feed);
  mimesend_envelope_unref (self->envelope);
  g_object_unref (self->content);
  mimesend_receipt_unref (self->receipt);
  g_queue_free (self->left);
  g_array_unref (self->current);
  g_clear_error (&self->content_error);
  g_clear_error (&self->reason);
  g_clear_error (&self->error);
  g_free (self);
}

static MimesendReceiptRecipient *
recipient (MimesendDelivery *self, guint i)
{
  return &g_array_index (self->receipt->recipients, MimesendReceiptRecipient, i);
}

/* --- what is said of the connection
 * -------------------------------------------------------------------------------------- */

static void
set_string (char **place, const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

void
mimesend_delivery_describe (MimesendDelivery *self, const MimesendPolicy *policy, MimesendDrive *drive)
{
  MimesendReceipt *receipt = self->receipt;
  MimesendWire *wire;
  MimesendTls *tls;

  set_string (&receipt->server, policy->server->text);
  set_string (&receipt->host, policy->server->host);
  if (drive == NULL)
    return;
  wire = mimesend_drive_get_wire (drive);
  tls = wire->tls;
  set_string (&receipt->address, wire->connected->peer);
  receipt->port = wire->connected->peer_port;
  set_string (&receipt->mechanism, mimesend_drive_get_mechanism (drive));
  if (tls != NULL && !wire->shaking)
    {
      set_string (&receipt->tls_version, mimesend_tls_get_version (tls));
      set_string (&receipt->tls_cipher, mimesend_tls_get_cipher (tls));
      set_string (&receipt->tls_reason, mimesend_tls_get_reason (tls));
      receipt->tls_verified = mimesend_tls_is_verified (tls);
    }
}

/* --- a transaction begins
 * -------------------------------------------------------------------------------------------------- */

/* Everything that has no outcome gets this one. */
static void
settle_rest (MimesendDelivery *self, MimesendOutcome outcome, const char *words)
{
  gpointer i;

  while (!g_queue_is_empty (self->left))
    {
      i = g_queue_pop_head (self->left);
      recipient (self, GPOINTER_TO_UINT (i))->outcome = outcome;
      if (recipient (self, GPOINTER_TO_UINT (i))->words.text == NULL)
        mimesend_receipt_set_words (&recipient (self, GPOINTER_TO_UINT (i))->words, NULL, words);
    }
}

static void
give_up (MimesendDelivery *self, GError *error, MimesendStage stage)
{
  g_clear_error (&self->receipt->failure);
  self->receipt->failure = error;
  self->receipt->stage = stage;
  settle_rest (self, MIMESEND_OUTCOME_NOT_TRIED, error->message);
}

static guint
batch_size (const MimesendPolicy *policy, const MimesendSmtpCapabilities *offered)
{
  if (offered->rcpt_max > 0)
    return MIN (offered->rcpt_max, RCPT_CEILING);
  return policy->max_recipients;
}

static MimesendWireFlags
wire_flags (const MimesendSmtpCapabilities *offered, MimesendSendFlags flags, const MimesendPolicy *policy)
{
  MimesendWireFlags wire = MIMESEND_WIRE_NONE;

  if (mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_8BITMIME) ||
      (flags & MIMESEND_SEND_EIGHT_BIT_AS_IS))
    wire |= MIMESEND_WIRE_8BITMIME;
  if (mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_SMTPUTF8))
    wire |= MIMESEND_WIRE_SMTPUTF8;
  if ((flags & MIMESEND_SEND_ALLOW_BINARYMIME) && policy->chunking &&
      mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_BINARYMIME) &&
      mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_CHUNKING))
    wire |= MIMESEND_WIRE_BINARYMIME;
  return wire;
}

static gboolean
may_block (MimesendDelivery *self)
{
  if (!MIMESEND_IS_PULL (self->content))
    return FALSE; /* called in this thread, whatever it does */
  return self->never_block || mimesend_pull_may_block (MIMESEND_PULL (self->content));
}

/* Reads from the first octet, a second time where another transaction needs it. */
gboolean
mimesend_delivery_open (MimesendDelivery *self,
                        MimesendWireFlags wire,
                        void (*wake) (gpointer),
                        gpointer wake_data,
                        GError **error)
{
  g_clear_pointer (&self->feed, mimesend_feed_free);
  if (self->content_used &&
      !(MIMESEND_IS_PULL (self->content) && mimesend_pull_rewind (MIMESEND_PULL (self->content))))
    {
      g_set_error (
          error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED,
          "the content can be read only once, and the server took only some of the recipients with it");
      return FALSE;
    }
  if (!mimesend_content_prepare (self->content, wire, error))
    return FALSE;
  self->feed = mimesend_feed_new (self->content, may_block (self), wake, wake_data);
  return TRUE;
}

/* The domain as A-labels where the server does not speak SMTPUTF8; a local part that is not ASCII is never
 * transcribed. */
static char *
mailbox_for (const char *mailbox, const MimesendSmtpCapabilities *offered)
{
  MimesendMailbox parts;
  g_autofree char *domain = NULL;

  if (mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_SMTPUTF8) || g_str_is_ascii (mailbox) ||
      mimesend_mailbox_scan (mailbox, strlen (mailbox), &parts) != MIMESEND_MAILBOX_OK ||
      !parts.local_is_ascii)
    return g_strdup (mailbox);
  domain = g_hostname_to_ascii (mailbox + parts.domain_offset);
  if (domain == NULL)
    return g_strdup (mailbox);
  return g_strdup_printf ("%.*s@%s", (int)parts.local_length, mailbox, domain);
}

static gboolean
needs_smtputf8 (MimesendDelivery *self, char **recipients, const char *reverse_path)
{
  gboolean needed = !g_str_is_ascii (reverse_path);

  for (guint i = 0; recipients[i] != NULL && !needed; i++)
    needed = !g_str_is_ascii (recipients[i]);
  return needed;
}

static guint64
submit (MimesendDelivery *self, const MimesendPolicy *policy, MimesendDrive *drive, guint n)
{
  MimesendSmtpClient *core = mimesend_drive_get_core (drive);
  const MimesendSmtpCapabilities *offered = mimesend_smtp_client_get_capabilities (core);
  g_autofree char *reverse_path = mailbox_for (mimesend_envelope_get_reverse_path (self->envelope), offered);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) recipients = NULL;
  GList *link = self->left->head;

  for (guint i = 0; i < n; i++, link = link->next)
    {
      g_autofree char *mailbox =
          mailbox_for (recipient (self, GPOINTER_TO_UINT (link->data))->address, offered);

      g_strv_builder_add (builder, mailbox);
    }
  recipients = g_strv_builder_end (builder);
  {
    MimesendSmtpTransaction transaction = {
      .reverse_path = reverse_path,
      .recipients = (const char *const *)recipients,
      .all_or_nothing = !(self->flags & MIMESEND_SEND_SERVE_ACCEPTED),
      .size = mimesend_content_get_length (self->content),
      .smtputf8 = needs_smtputf8 (self, recipients, reverse_path),
      .binary = (wire_flags (offered, self->flags, policy) & MIMESEND_WIRE_BINARYMIME) != 0,
      .eight_bit_as_is = (self->flags & MIMESEND_SEND_EIGHT_BIT_AS_IS) != 0,
      .may_block = may_block (self),
    };

    return mimesend_smtp_client_submit (core, &transaction);
  }
}

MimesendDeliveryState
mimesend_delivery_begin (MimesendDelivery *self,
                         const MimesendPolicy *policy,
                         MimesendDrive *drive,
                         gboolean reused,
                         void (*wake) (gpointer),
                         gpointer wake_data)
{
  const MimesendSmtpCapabilities *offered =
      mimesend_smtp_client_get_capabilities (mimesend_drive_get_core (drive));
  guint n = MIN (self->left->length, batch_size (policy, offered));
  GError *error = NULL;

  mimesend_delivery_describe (self, policy, drive);
  self->reused = reused;
  if (n < self->left->length && !(self->flags & MIMESEND_SEND_SERVE_ACCEPTED))
    {
      give_up (self,
               g_error_new (
                   MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "%u recipients need more than one transaction (of %u), and all or nothing holds in one "
                   "alone: send with serve-accepted",
                   self->left->length, n),
               MIMESEND_STAGE_MAIL);
      return MIMESEND_DELIVERY_OVER;
    }
  if (!mimesend_delivery_open (self, wire_flags (offered, self->flags, policy), wake, wake_data, &error))
    {
      if (g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED))
        {
          settle_rest (self, MIMESEND_OUTCOME_DEFERRED, error->message);
          mimesend_receipt_warn (self->receipt, "%s", error->message);
          g_error_free (error);
        }
      else
        give_up (self, error, MIMESEND_STAGE_CONTENT);
      return MIMESEND_DELIVERY_OVER;
    }

  self->transaction = submit (self, policy, drive, n);
  if (self->transaction == 0)
    return MIMESEND_DELIVERY_FULL;
  self->n_stopped = 0;
  self->stop_by_reply = FALSE;
  g_array_set_size (self->current, 0);
  for (guint i = 0; i < n; i++)
    {
      guint index = GPOINTER_TO_UINT (g_queue_pop_head (self->left));

      g_array_append_val (self->current, index);
    }
  return MIMESEND_DELIVERY_SUBMITTED;
}

guint64
mimesend_delivery_get_transaction (MimesendDelivery *self)
{
  return self->transaction;
}

MimesendFeed *
mimesend_delivery_get_feed (MimesendDelivery *self)
{
  self->content_used = TRUE;
  return self->feed;
}

/* --- events
 * ----------------------------------------------------------------------------------------------------------------
 */

static void
note_recipient (MimesendDelivery *self, const MimesendSmtpEvent *event)
{
  guint index = g_array_index (self->current, guint, event->recipient);
  MimesendReceiptRecipient *r = recipient (self, index);

  r->transaction = (int)self->receipt->transactions->len;
  r->outcome = (MimesendOutcome)event->outcome;
  mimesend_receipt_set_words (&r->words, event->reply, event->words);
  if (event->outcome != MIMESEND_SMTP_NOT_TRIED)
    return;
  if (event->stopped && (self->flags & MIMESEND_SEND_SERVE_ACCEPTED))
    {
      g_queue_push_tail (self->left, GUINT_TO_POINTER (index));
      self->n_stopped++;
      self->stop_by_reply |= event->reply != NULL && event->reply->code != 421;
    }
  else if (event->stopped || mimesend_failure_is_passing (event->failure, self->reason))
    r->outcome = MIMESEND_OUTCOME_DEFERRED; /* lost before the end of the data: trying again later is safe */
}

static void
note_transaction (MimesendDelivery *self, const MimesendSmtpEvent *event, MimesendDrive *drive)
{
  MimesendReceipt *receipt = self->receipt;
  MimesendReceiptTransaction transaction = { 0 };
  gsize longest = mimesend_smtp_client_get_longest_line (mimesend_drive_get_core (drive), event->transaction);
  const char *const *warnings = NULL;

  mimesend_receipt_set_words (&transaction.words, event->reply, event->words);
  if (event->reply != NULL && event->reply->code / 100 == 2)
    transaction.queue_id = mimesend_receipt_find_queue_id (event->reply->text);
  g_array_append_val (receipt->transactions, transaction);
  mimesend_receipt_set_words (&receipt->last, event->reply, event->words);
  receipt->stage = (MimesendStage)event->stage;
  receipt->octets +=
      mimesend_smtp_client_get_content_octets (mimesend_drive_get_core (drive), event->transaction);
  if (longest > 998)
    mimesend_receipt_warn (
        receipt, "a line of %" G_GSIZE_FORMAT " octets was sent as it is; RFC 5322 allows 998", longest);
  if (MIMESEND_IS_PULL (self->content))
    warnings = mimesend_pull_get_warnings (MIMESEND_PULL (self->content));
  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++)
    mimesend_receipt_warn (receipt, "%s", warnings[i]);
}

static void
note_failure (MimesendDelivery *self, const MimesendSmtpEvent *event)
{
  GError *failure = NULL;

  if (event->outcome == MIMESEND_SMTP_ACCEPTED)
    return;
  if (self->content_error != NULL && event->failure == MIMESEND_SMTP_FAILURE_CONTENT)
    failure = g_error_copy (self->content_error);
  else if (self->reason != NULL && event->failure == MIMESEND_SMTP_FAILURE_ABORTED)
    failure = g_error_copy (self->reason);
  else
    failure = mimesend_failure_to_error (event);
  if (failure != NULL)
    {
      g_clear_error (&self->receipt->failure);
      self->receipt->failure = failure;
    }
}

/* Nothing of it was done: all of it once more, on a new connection. */
static MimesendDeliveryNext
try_again (MimesendDelivery *self)
{
  if (++self->reconnects > RECONNECTS_MAX)
    return MIMESEND_DELIVERY_DONE;
  for (guint i = 0; i < self->current->len; i++)
    g_queue_push_tail (self->left, GUINT_TO_POINTER (g_array_index (self->current, guint, i)));
  g_clear_error (&self->receipt->failure);
  g_array_set_size (self->receipt->transactions, self->receipt->transactions->len - 1);
  return MIMESEND_DELIVERY_RECONNECT;
}

/* The transaction is over: what of the recipients that it did not serve? */
static MimesendDeliveryNext
after_transaction (MimesendDelivery *self, const MimesendSmtpEvent *event, MimesendDrive *drive)
{
  gboolean new_connection = !self->stop_by_reply;
  gboolean got_on = self->n_stopped < self->current->len;

  /* The server had left an idle connection, and MAIL was the first to notice: nothing has been done. */
  if (self->reused && event->stage == MIMESEND_SMTP_STAGE_MAIL && event->outcome == MIMESEND_SMTP_NOT_TRIED &&
      event->failure == MIMESEND_SMTP_FAILURE_CLOSED)
    return try_again (self);
  /* Another message of the same window was cancelled, and took the connection with it. */
  if (event->failure == MIMESEND_SMTP_FAILURE_ABORTED && self->reason == NULL &&
      event->outcome == MIMESEND_SMTP_NOT_TRIED)
    return try_again (self);
  if (self->n_stopped == 0)
    return MIMESEND_DELIVERY_DONE;
  if (!got_on || (new_connection && ++self->reconnects > RECONNECTS_MAX))
    {
      settle_rest (self, MIMESEND_OUTCOME_DEFERRED, "the server takes no more recipients for now");
      return MIMESEND_DELIVERY_DONE;
    }
  return new_connection ? MIMESEND_DELIVERY_RECONNECT : MIMESEND_DELIVERY_NEXT;
}

MimesendDeliveryNext
mimesend_delivery_event (MimesendDelivery *self, const MimesendSmtpEvent *event, MimesendDrive *drive)
{
  if (event->type == MIMESEND_SMTP_EVENT_RECIPIENT)
    note_recipient (self, event);
  if (event->type != MIMESEND_SMTP_EVENT_SETTLED)
    return MIMESEND_DELIVERY_GOES_ON;

  note_transaction (self, event, drive);
  note_failure (self, event);
  g_clear_pointer (&self->feed, mimesend_feed_free);
  self->transaction = 0;
  return after_transaction (self, event, drive);
}

void
mimesend_delivery_content_failed (MimesendDelivery *self, const GError *error)
{
  g_clear_error (&self->content_error);
  self->content_error = g_error_copy (error);
}

void
mimesend_delivery_set_reason (MimesendDelivery *self, GError *reason)
{
  if (self->reason == NULL)
    self->reason = reason;
  else
    g_error_free (reason);
}

void
mimesend_delivery_fail (MimesendDelivery *self,
                        GError *error,
                        MimesendStage stage,
                        const MimesendSmtpReply *reply)
{
  MimesendOutcome outcome = MIMESEND_OUTCOME_NOT_TRIED;

  if (g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED) ||
      g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT))
    outcome = MIMESEND_OUTCOME_DEFERRED;
  else if (g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_REFUSED))
    outcome = MIMESEND_OUTCOME_REFUSED;
  mimesend_receipt_set_words (&self->receipt->last, reply, error->message);
  self->receipt->stage = stage;
  settle_rest (self, outcome, error->message);
  /* With recipients served already this is the rest's fate, not the message's. */
  if (self->receipt->transactions->len > 0)
    {
      mimesend_receipt_warn (self->receipt, "%s", error->message);
      g_error_free (error);
      return;
    }
  g_clear_error (&self->receipt->failure);
  self->receipt->failure = g_error_copy (error);
  g_clear_error (&self->error);
  self->error = error;
}

void
mimesend_delivery_count_octets (MimesendDelivery *self, gsize n)
{
  self->receipt->octets += n;
}

void
mimesend_delivery_settle (
    MimesendDelivery *self, MimesendOutcome outcome, MimesendStage stage, const char *words, GError *failure)
{
  g_clear_pointer (&self->feed, mimesend_feed_free);
  settle_rest (self, outcome, words);
  mimesend_receipt_set_words (&self->receipt->last, NULL, words);
  self->receipt->stage = stage;
  g_clear_error (&self->receipt->failure);
  self->receipt->failure = failure;
}

const char *
mimesend_delivery_get_reverse_path (MimesendDelivery *self)
{
  return mimesend_envelope_get_reverse_path (self->envelope);
}

const char *const *
mimesend_delivery_get_recipients (MimesendDelivery *self)
{
  return mimesend_envelope_get_recipients (self->envelope);
}

MimesendReceipt *
mimesend_delivery_get_receipt (MimesendDelivery *self)
{
  return self->receipt;
}

const GError *
mimesend_delivery_get_error (MimesendDelivery *self)
{
  return self->error;
}

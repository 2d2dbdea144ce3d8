/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Begins a transaction: its recipients, the form of their addresses, and the preparation of the content. */
#include "client/delivery/delivery-private.h"

#include <string.h>

#include "values/envelope-private.h"
#include "content/content-ahead.h"
#include "mimesend-error.h"
#include "octets/mailbox.h"

#define RCPT_CEILING 1000                     /* recipients to which LIMITS RCPTMAX may raise a transaction */
#define LOOK_US      (5 * G_TIME_SPAN_SECOND) /* MAIL does not wait longer for the header */

static void
delivery_give_up (MimesendDelivery *self, GError *error, MimesendStage stage)
{
  g_clear_error (&self->receipt->failure);
  self->receipt->failure = error;
  self->receipt->stage = stage;
  mimesend_delivery_settle_rest (self, MIMESEND_OUTCOME_NOT_TRIED, error->message);
}

static guint
batch_size (const MimesendPolicy *policy, const MimesendSmtpCapabilities *offered)
{
  if (offered->rcpt_max > 0)
    return MIN (offered->rcpt_max, RCPT_CEILING);
  return policy->max_recipients;
}

/* LIMITS RCPTDOMAINMAX (RFC 9422): how many of the next n recipients have no more domains than that among them. */
static guint
within_domains (MimesendDelivery *self, const MimesendSmtpCapabilities *offered, guint n)
{
  g_autoptr (GHashTable) domains = NULL;

  if (offered->domain_max == 0)
    return n;
  domains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < n; i++)
    {
      const char *address = mimesend_delivery_recipient (self, self->left.at[i])->address;
      const char *at = strrchr (address, '@');

      g_hash_table_add (domains, g_utf8_casefold (at != NULL ? at : "", -1));
      if (g_hash_table_size (domains) > offered->domain_max)
        return i;
    }
  return n;
}

static MimesendWireFlags
wire_flags (const MimesendSmtpClient *core, const MimesendSmtpCapabilities *offered, MimesendSendFlags flags)
{
  MimesendWireFlags wire = MIMESEND_WIRE_NONE;

  if (mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_8BITMIME) ||
      (flags & MIMESEND_SEND_EIGHT_BIT_AS_IS))
    wire |= MIMESEND_WIRE_8BITMIME;
  if (mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_SMTPUTF8))
    wire |= MIMESEND_WIRE_SMTPUTF8;
  if ((flags & MIMESEND_SEND_ALLOW_BINARYMIME) && mimesend_smtp_client_may_chunk (core) &&
      mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_BINARYMIME))
    wire |= MIMESEND_WIRE_BINARYMIME;
  return wire;
}

static gboolean
may_block (MimesendDelivery *self)
{
  return self->never_block ? !mimesend_pull_in_memory (self->pull) : mimesend_pull_may_block (self->pull);
}

/* Ready to be read from the first octet, a second time where another transaction needs it. No octet is asked for yet. The
 * content is told of the way once, and again where the way is another. */
gboolean
mimesend_delivery_open (MimesendDelivery *self,
                        MimesendWireFlags wire,
                        void (*wake) (gpointer),
                        gpointer wake_data,
                        GError **error)
{
  if (self->content_used && !mimesend_pull_rewind (self->pull))
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED,
                   "the content can be read only once, and %s",
                   self->receipt->n_transactions > 0 ? "the server took only some of the recipients with it"
                                                     : "the connection that it was read for took no more");
      return FALSE;
    }
  self->content_used = FALSE;
  if (mimesend_content_is_told_otherwise (self->content, wire) && !mimesend_pull_forget_ahead (self->pull))
    {
      g_set_error (
          error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED,
          "the content can be read only once, and was begun for a connection that took it another way");
      return FALSE;
    }
  if ((!self->prepared || self->wire != wire) && !mimesend_content_prepare (self->content, wire, error))
    return FALSE;
  self->prepared = TRUE;
  self->wire = wire;
  self->blocks = may_block (self);
  self->feed = mimesend_feed_new (self->pull, self->blocks, wake, wake_data);
  return TRUE;
}

/* An address that can be ASCII is: with the domain as U-labels it would need SMTPUTF8 of every server on its way, and the
 * message be returned by the first without. Where the local part is not ASCII they all need it, and the address stays as it
 * was written (RFC 6531 3.3 takes both kinds of labels). What had to be made anew is put to the made ones. */
static const char *
mailbox_for (const char *mailbox, GPtrArray **made)
{
  char *ascii = mimesend_mailbox_to_ascii (mailbox);

  if (ascii == NULL)
    return mailbox;
  if (*made == NULL)
    *made = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (*made, ascii);
  return ascii;
}

static gboolean
needs_smtputf8 (const char *const *recipients, const char *reverse_path)
{
  gboolean needed = !g_str_is_ascii (reverse_path);

  for (guint i = 0; recipients[i] != NULL && !needed; i++)
    needed = !g_str_is_ascii (recipients[i]);
  return needed;
}

/* The header alone does not stop the recipients that can be served: many a server takes it, and the receipt says what was done. */
static gboolean
envelope_names_utf8 (MimesendDelivery *self, const MimesendSmtpCapabilities *offered)
{
  if (!mimesend_pull_names_utf8 (self->pull))
    return FALSE;
  if (mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_SMTPUTF8))
    return TRUE;
  mimesend_receipt_warn (self->receipt,
                         "the header names a mailbox that is not ASCII, and the server does not offer "
                         "SMTPUTF8: the header was sent as it is");
  return FALSE;
}

MimesendSmtpParameters
mimesend_delivery_get_parameters (MimesendDelivery *self, const MimesendSmtpCapabilities *offered)
{
  const MimesendEnvelopeOptions *options = &self->envelope->options;
  MimesendSmtpParameters parameters = {
    .returns = options->what,
    .notify = options->notify,
    .id = options->id,
    .require_tls = options->require_tls,
    .by_seconds = options->by_seconds,
    .by_or_return = (options->by_flags & MIMESEND_DELIVER_BY_RETURN) != 0,
    .by_trace = (options->by_flags & MIMESEND_DELIVER_BY_TRACE) != 0,
    .has_priority = options->has_priority,
    .priority = options->priority,
    .hold_seconds = options->hold_seconds,
    .hold_until = options->hold_until != NULL ? options->hold_text : NULL,
  };

  if ((options->notify != 0 || options->what != 0 || options->id != NULL || options->originals != NULL) &&
      !mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_DSN))
    mimesend_receipt_warn (self->receipt, "the server does not offer DSN: no reports were asked for");
  if (options->by_seconds > 0 && (options->by_flags & MIMESEND_DELIVER_BY_RETURN) == 0 &&
      !mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_DELIVERBY))
    mimesend_receipt_warn (self->receipt, "the server does not offer DELIVERBY: it was told no time");
  if (options->has_priority && !mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_MT_PRIORITY))
    mimesend_receipt_warn (self->receipt, "the server does not offer MT-PRIORITY: it was told no priority");
  return parameters;
}

static guint64
delivery_submit (
    MimesendDelivery *self, const MimesendPolicy *policy, MimesendDrive *drive, guint n, gboolean trial)
{
  MimesendSmtpClient *core = mimesend_drive_get_core (drive);
  const MimesendSmtpCapabilities *offered = mimesend_smtp_client_get_capabilities (core);
  g_autoptr (GPtrArray) made = NULL;
  const char *reverse_path = mailbox_for (mimesend_envelope_get_reverse_path (self->envelope), &made);
  g_autofree const char **recipients = g_new (const char *, n + 1);
  g_autofree const char **originals = NULL;
  gboolean wants_replies = policy->reports != NULL && policy->reports->wants_replies (policy->session);

  if (self->envelope->options.originals != NULL)
    originals = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      guint index = self->left.at[i];

      recipients[i] = mailbox_for (mimesend_delivery_recipient (self, index)->address, &made);
      if (originals != NULL)
        originals[i] = mailbox_for (self->envelope->options.originals[index], &made);
    }
  recipients[n] = NULL;
  {
    MimesendSmtpTransaction transaction = {
      .reverse_path = reverse_path,
      .recipients = (const char *const *)recipients,
      .all_or_nothing = !(self->flags & MIMESEND_SEND_SERVE_ACCEPTED),
      .await_recipients = wants_replies,
      .silent = !wants_replies,
      .size = self->total,
      .smtputf8 = needs_smtputf8 ((const char *const *)recipients, reverse_path) ||
                  envelope_names_utf8 (self, offered),
      .binary = (self->wire & MIMESEND_WIRE_BINARYMIME) != 0,
      .seven_bit = self->seven_bit,
      .eight_bit_as_is = (self->flags & MIMESEND_SEND_EIGHT_BIT_AS_IS) != 0,
      .may_block = self->blocks,
      .trial = trial,
      .parameters = mimesend_delivery_get_parameters (self, offered),
      .originals = (const char *const *)originals,
    };

    self->smtputf8 = transaction.smtputf8;
    return mimesend_smtp_client_submit (core, &transaction);
  }
}

static gboolean
is_verified (MimesendDrive *drive)
{
  MimesendTls *tls = mimesend_drive_get_wire (drive)->tls;

  return tls != NULL && mimesend_tls_is_verified (tls);
}

/* (nullable): why an address cannot be written without SMTPUTF8. */
static const char *
why_unspeakable (const char *address)
{
  MimesendMailbox parts;

  if (!mimesend_mailbox_needs_smtputf8 (address) ||
      mimesend_mailbox_scan (address, strlen (address), &parts) != MIMESEND_MAILBOX_OK)
    return NULL;
  return parts.local_is_ascii ? "the domain has no form in ASCII, and the server does not take SMTPUTF8"
                              : "the local part is not ASCII, and the server does not take SMTPUTF8";
}

/* What is not ASCII and has no form that is goes out under SMTPUTF8 or not at all (RFC 6531); the other recipients are
 * served. */
static void
refuse_unspeakable (MimesendDelivery *self, const MimesendSmtpCapabilities *offered)
{
  guint n_refused = 0, n = 0;

  if (!(self->flags & MIMESEND_SEND_SERVE_ACCEPTED) ||
      mimesend_smtp_capabilities_has (offered, MIMESEND_SMTP_SMTPUTF8))
    return;
  for (guint i = 0; i < self->left.n; i++)
    {
      MimesendReceiptRecipient *r = mimesend_delivery_recipient (self, self->left.at[i]);
      const char *why = why_unspeakable (r->address);

      if (why == NULL)
        {
          self->left.at[n++] = self->left.at[i];
          continue;
        }
      r->outcome = MIMESEND_OUTCOME_REFUSED;
      mimesend_receipt_set_words (self->receipt, &r->words, NULL, why, MIMESEND_WORDS_SHORT);
      self->receipt->stage = MIMESEND_STAGE_RCPT;
      n_refused++;
    }
  self->left.n = n;
  /* No recipient is left, and the server refused none: set the error. */
  if (n_refused > 0 && n_refused == self->receipt->n_recipients && self->receipt->failure == NULL)
    {
      const MimesendReceiptRecipient *first = mimesend_delivery_recipient (self, 0);

      self->receipt->failure = g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED, "%s: %s",
                                            first->address, first->words.text);
    }
}

/* FALSE: the delivery ends here, with its outcome. */
static gboolean
may_go_by (MimesendDelivery *self, MimesendDrive *drive)
{
  if (self->n_next < self->left.n && !(self->flags & MIMESEND_SEND_SERVE_ACCEPTED))
    delivery_give_up (
        self,
        g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
                     "%u recipients need more than one transaction (of %u), and all or nothing holds in one "
                     "alone: send to those that are accepted (MIMESEND_SEND_SERVE_ACCEPTED)",
                     self->left.n, self->n_next),
        MIMESEND_STAGE_MAIL);
  else if (self->envelope->options.require_tls && !is_verified (drive))
    delivery_give_up (
        self,
        g_error_new (
            MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
            "the message may travel over verified TLS alone (REQUIRETLS), and this connection is not"),
        MIMESEND_STAGE_MAIL);
  else
    return TRUE;
  return FALSE;
}

static void
cannot_be_opened (MimesendDelivery *self, GError *error)
{
  if (!g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_DEFERRED))
    {
      delivery_give_up (self, error, MIMESEND_STAGE_CONTENT);
      return;
    }
  mimesend_delivery_settle_rest (self, MIMESEND_OUTCOME_DEFERRED, error->message);
  mimesend_receipt_warn (self->receipt, "%s", error->message);
  g_error_free (error);
}

/* Does what need not be repeated while the window has no room. FALSE: the delivery is over. */
static gboolean
delivery_make_ready (MimesendDelivery *self,
                     const MimesendPolicy *policy,
                     MimesendDrive *drive,
                     void (*wake) (gpointer),
                     gpointer wake_data)
{
  const MimesendSmtpClient *core = mimesend_drive_get_core (drive);
  const MimesendSmtpCapabilities *offered =
      mimesend_smtp_client_get_capabilities (mimesend_drive_get_core (drive));
  GError *error = NULL;

  refuse_unspeakable (self, offered);
  self->n_next = within_domains (self, offered, MIN (self->left.n, batch_size (policy, offered)));
  mimesend_delivery_describe (self, policy, drive);
  if (self->n_next == 0 || !may_go_by (self, drive))
    return FALSE;
  if (!mimesend_delivery_open (self, wire_flags (core, offered, self->flags), wake, wake_data, &error))
    {
      cannot_be_opened (self, error);
      return FALSE;
    }
  /* the length must be asked for before the first octet */
  if (mimesend_pull_get_ahead (self->pull) == NULL ||
      (mimesend_pull_can_rewind (self->pull) && mimesend_pull_forget_ahead (self->pull)))
    {
      self->total = mimesend_content_get_length (self->content);
      self->seven_bit = mimesend_pull_is_seven_bit (self->pull);
    }
  self->opened_on = mimesend_drive_get_number (drive);
  self->look_until_us = 0;
  return TRUE;
}

/* Whether the content is prepared for the way of sending: meanwhile the server may have turned out to support BDAT or not. */
static gboolean
content_suits (MimesendDelivery *self, MimesendSmtpClient *core)
{
  return self->wire == wire_flags (core, mimesend_smtp_client_get_capabilities (core), self->flags);
}

MimesendPullStatus
mimesend_delivery_look (MimesendDelivery *self, GError **error)
{
  MimesendPullStatus status;

  if (self->wrapped && !mimesend_pull_can_rewind (self->pull))
    return MIMESEND_PULL_END;
  if (self->look_until_us == 0)
    self->look_until_us = g_get_monotonic_time () + LOOK_US;
  status = mimesend_feed_look (self->feed, error);
  return status == MIMESEND_PULL_WAIT && g_get_monotonic_time () >= self->look_until_us ? MIMESEND_PULL_END
                                                                                        : status;
}

gint64
mimesend_delivery_get_look_until (MimesendDelivery *self)
{
  return self->look_until_us > 0 ? self->look_until_us : G_MAXINT64;
}

MimesendDeliveryState
mimesend_delivery_begin (MimesendDelivery *self,
                         const MimesendPolicy *policy,
                         MimesendDrive *drive,
                         gboolean reused,
                         gboolean trial,
                         void (*wake) (gpointer),
                         gpointer wake_data)
{
  MimesendSmtpClient *core = mimesend_drive_get_core (drive);
  GError *error = NULL;
  guint n;

  if (!mimesend_smtp_client_has_room (core, FALSE))
    return MIMESEND_DELIVERY_FULL;
  if (self->opened_on != mimesend_drive_get_number (drive) || !content_suits (self, core))
    {
      if (!mimesend_delivery_leave (self) || mimesend_delivery_asks_for_more (self, core))
        return MIMESEND_DELIVERY_FULL;
      if (!delivery_make_ready (self, policy, drive, wake, wake_data))
        return MIMESEND_DELIVERY_OVER;
    }
  if (!mimesend_smtp_client_has_room (core, self->blocks))
    return MIMESEND_DELIVERY_FULL;
  switch (mimesend_delivery_look (self, &error))
    {
    case MIMESEND_PULL_FAILED:
      cannot_be_opened (self, error);
      return MIMESEND_DELIVERY_OVER;
    case MIMESEND_PULL_WAIT:
      return MIMESEND_DELIVERY_FULL;
    default:
      break;
    }
  self->look_until_us = 0;
  self->seven_bit = self->seven_bit || mimesend_pull_is_known_seven_bit (self->pull);
  n = self->n_next;
  self->reused = reused;
  self->opened_on = 0;
  self->transaction = delivery_submit (self, policy, drive, n, trial);
  self->n_stopped = 0;
  self->stop_by_reply = FALSE;
  self->current.n = n;
  memcpy (self->current.at, self->left.at, n * sizeof (guint));
  self->left.n -= n;
  memmove (self->left.at, self->left.at + n, self->left.n * sizeof (guint));
  return MIMESEND_DELIVERY_SUBMITTED;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handles the drive's events for the deliveries that wait and those in flight. */
#include "client/session/runner-private.h"

#include "client/drive/error-map.h"
#include "values/from-core.h"
#include "mimesend-error.h"

void
mimesend_runner_fail_waiting (MimesendRunner *self,
                              const GError *error,
                              MimesendStage stage,
                              const MimesendSmtpReply *reply)
{
  GList *link;

  while ((link = g_queue_pop_head_link (&self->waiting)) != NULL)
    {
      MimesendQueuedDelivery *order = link->data;

      if (self->drive != NULL)
        {
          mimesend_delivery_describe (order->delivery, self->policy, self->drive);
          mimesend_delivery_keep_dialogue (order->delivery, self->drive);
        }
      mimesend_delivery_fail (order->delivery, g_error_copy (error), stage, reply);
      g_queue_push_tail_link (&self->over, link);
    }
}

static GList *
find_active (MimesendRunner *self, guint64 transaction)
{
  for (GList *link = self->active.head; link != NULL; link = link->next)
    if (mimesend_delivery_get_transaction (((MimesendQueuedDelivery *)link->data)->delivery) == transaction)
      return link;
  return NULL;
}

/* Whether a fallback server may be tried: not after a fault of certificate, login or protocol, which must be reported. */
gboolean
mimesend_runner_go_on (MimesendRunner *self, const GError *error)
{
  MimesendServer *from = self->policy->server, *next = from->next;

  if (next == NULL || error->domain != MIMESEND_ERROR ||
      (error->code != MIMESEND_ERROR_CONNECT && error->code != MIMESEND_ERROR_RESOLVE &&
       error->code != MIMESEND_ERROR_DEFERRED && error->code != MIMESEND_ERROR_REFUSED))
    return FALSE;
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    if (mimesend_delivery_was_begun (((MimesendQueuedDelivery *)link->data)->delivery))
      return FALSE;
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    mimesend_receipt_warn (mimesend_delivery_get_receipt (((MimesendQueuedDelivery *)link->data)->delivery),
                           "%s was tried instead of %s: %s", next->text, from->text, error->message);
  self->policy->server = next;
  return TRUE;
}

static gboolean
token_may_have_expired (MimesendRunner *self, const MimesendSmtpEvent *event)
{
  const MimesendServer *server = mimesend_drive_get_server (self->drive);

  return event->failure == MIMESEND_SMTP_FAILURE_REPLY && event->stage == MIMESEND_SMTP_STAGE_AUTH &&
         event->reply->code / 100 == 5 && server->asker != NULL && server->is_token &&
         self->login_attempt == 0;
}

/* RFC 7628 3.2.2: why a token was refused stands in a challenge, not in the reply. A password is another one where the
 * mechanism prepares it and the server did not when it was stored. */
static void
add_login_words (MimesendRunner *self, const MimesendSmtpEvent *event, GError *error)
{
  const char *words = mimesend_drive_get_login_words (self->drive);
  g_autofree char *message = g_steal_pointer (&error->message);

  if (words != NULL && *words != '\0')
    error->message = g_strdup_printf ("%s (of the token the server says: %s)", message, words);
  else if (event->reply != NULL && event->reply->code == 535 &&
           mimesend_drive_login_changed_secret (self->drive))
    error->message =
        g_strdup_printf ("%s (%s sends the password as SASLprep, RFC 4013, changes it: the server may hold "
                         "it as it was typed; PLAIN sends that)",
                         message, mimesend_drive_get_mechanism (self->drive));
  else
    error->message = g_steal_pointer (&message);
}

/* Of a server that srv: found: says what the certificate was compared with, and what can be done. */
static void
add_found_words (const MimesendServer *server, GError *error)
{
  g_autofree char *message = NULL;

  if (!server->found_by_srv || !g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS))
    return;
  message = g_steal_pointer (&error->message);
  error->message =
      g_strdup_printf ("%s. It was found by srv:%s, and its certificate must name that domain: the "
                       "DNS is no proof. If you know it to be right, write %s",
                       message, server->tls_name, server->text);
}

/* Fails the deliveries that wait for this connection: the next one would not help. */
static void
closed_unused (MimesendRunner *self, const MimesendSmtpEvent *event)
{
  const GError *known = mimesend_drive_get_failure (self->drive);
  MimesendServer *server = mimesend_drive_get_server (self->drive);
  g_autoptr (GError) error = mimesend_error_map_of_closed (event, known, server);
  MimesendWire *wire = mimesend_drive_get_wire (self->drive);
  const MimesendConnected *peer = wire->connected;
  /* octets before the handshake are an attack, and no reason to continue in the clear */
  gboolean tls_failed =
      event->failure == MIMESEND_SMTP_FAILURE_TLS ||
      (event->stage == MIMESEND_SMTP_STAGE_TLS && event->failure != MIMESEND_SMTP_FAILURE_PROTOCOL &&
       !g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT)) ||
      (event->failure == MIMESEND_SMTP_FAILURE_CLOSED && wire->tls != NULL &&
       g_error_matches (known, MIMESEND_ERROR, MIMESEND_ERROR_TLS));

  if (tls_failed && !mimesend_drive_failed_by_us (self->drive) && !mimesend_server_must_verify (server) &&
      mimesend_server_policy_for_peer (server, peer->loopback) == MIMESEND_TLS_OPPORTUNISTIC &&
      mimesend_runner_note_spoiled (self, peer, error->message))
    return;
  if (token_may_have_expired (self, event))
    {
      self->login_attempt++;
      return;
    }
  add_login_words (self, event, error);
  add_found_words (server, error);
  if (mimesend_runner_go_on (self, error))
    return;
  /* a handshake before the greeting is no stage of the core */
  mimesend_runner_fail_waiting (self, error,
                                g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_TLS)
                                    ? MIMESEND_STAGE_TLS
                                    : mimesend_stage_from_core (event->stage),
                                event->reply);
}

/* Warns of shortcomings of the connection, only for messages that are sent over it. */
static void
tell_of_the_connection (MimesendRunner *self,
                        MimesendQueuedDelivery *order,
                        const MimesendSmtpEvent *event,
                        MimesendDeliveryNext next)
{
  const GPtrArray *notes = mimesend_drive_get_login_notes (self->drive);
  MimesendReceipt *receipt = mimesend_delivery_get_receipt (order->delivery);

  if (event->type != MIMESEND_SMTP_EVENT_SETTLED ||
      (next == MIMESEND_DELIVERY_RECONNECT && event->outcome == MIMESEND_SMTP_NOT_TRIED))
    return;
  if (self->clear_reason != NULL)
    mimesend_receipt_warn (receipt, "sent in the clear: %s", self->clear_reason);
  for (guint i = 0; notes != NULL && i < notes->len; i++)
    mimesend_receipt_warn (receipt, "%s", (const char *)g_ptr_array_index (notes, i));
}

/* Sorted by number: what was given back goes first again. */
static void
wait_in_order (MimesendRunner *self, MimesendQueuedDelivery *order)
{
  GList *next = self->waiting.head;

  while (next != NULL && ((MimesendQueuedDelivery *)next->data)->number < order->number)
    next = next->next;
  if (next == NULL)
    g_queue_push_tail_link (&self->waiting, &order->link);
  else
    g_queue_insert_before_link (&self->waiting, next, &order->link);
}

static void
order_settled (MimesendRunner *self, GList *link, const MimesendSmtpEvent *event)
{
  MimesendQueuedDelivery *order = link->data;
  MimesendDeliveryNext next;

  mimesend_runner_learn (self, order, event);
  next = mimesend_delivery_event (order->delivery, event, self->drive);
  tell_of_the_connection (self, order, event, next);
  switch (next)
    {
    case MIMESEND_DELIVERY_GOES_ON:
      return;
    case MIMESEND_DELIVERY_RECONNECT:
      self->retiring = TRUE;
      mimesend_smtp_client_quit (mimesend_drive_get_core (self->drive));
      G_GNUC_FALLTHROUGH;
    case MIMESEND_DELIVERY_NEXT:
      g_queue_unlink (&self->active, link);
      wait_in_order (self, order);
      return;
    case MIMESEND_DELIVERY_DONE:
    default:
      g_queue_unlink (&self->active, link);
      g_queue_push_tail_link (&self->over, &order->link);
    }
}

/* Gives the message up before the core writes anything more. */
static void
tell_recipient (MimesendRunner *self, MimesendQueuedDelivery *order, const MimesendSmtpEvent *event)
{
  const MimesendPolicy *policy = self->policy;
  const char *recipient = mimesend_delivery_get_recipient (order->delivery, event->recipient);

  if (policy->reports == NULL || !policy->reports->wants_replies (policy->session) || order->given_up ||
      !policy->reports->recipient_reply (policy->session, recipient, event->reply))
    return;
  order->given_up = TRUE;
  mimesend_delivery_set_reason (
      order->delivery, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                    "given up at the server's reply to the recipient %s", recipient));
  mimesend_smtp_client_abort (mimesend_drive_get_core (self->drive), "given up");
}

static void
drive_event (gpointer owner, const MimesendSmtpEvent *event)
{
  MimesendRunner *self = owner;
  GList *link;

  if (event->type == MIMESEND_SMTP_EVENT_ANSWERED || event->type == MIMESEND_SMTP_EVENT_CLOSED)
    mimesend_runner_learn_answer (self, event);
  if (event->type == MIMESEND_SMTP_EVENT_CLOSED && !self->drive_used && !self->retiring)
    closed_unused (self, event);
  else if ((link = find_active (self, event->transaction)) == NULL)
    return;
  else if (event->type == MIMESEND_SMTP_EVENT_RCPT_REPLY)
    tell_recipient (self, link->data, event);
  else
    order_settled (self, link, event);
}

static MimesendFeed *
drive_feed (gpointer owner, guint64 transaction)
{
  GList *link = find_active (owner, transaction);

  return mimesend_delivery_get_feed (((MimesendQueuedDelivery *)link->data)->delivery);
}

static void
drive_content_failed (gpointer owner, guint64 transaction, const GError *error)
{
  GList *link = find_active (owner, transaction);

  mimesend_delivery_content_failed (((MimesendQueuedDelivery *)link->data)->delivery, error);
}

static MimesendEnvelope *
drive_envelope (gpointer owner, guint64 transaction)
{
  GList *link = find_active (owner, transaction);

  return link != NULL ? mimesend_delivery_get_envelope (((MimesendQueuedDelivery *)link->data)->delivery)
                      : NULL;
}

const MimesendDriveOwner mimesend_runner_drive_owner = { drive_event,           drive_feed,
                                                         drive_content_failed,  mimesend_runner_wake,
                                                         mimesend_runner_admit, drive_envelope };

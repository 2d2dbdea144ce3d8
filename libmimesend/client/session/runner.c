/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/session/runner-private.h"

#define ROUNDS         8 /* rounds of drive and admission in one step */
#define QUIT_US        (5 * G_TIME_SPAN_SECOND)
#define CONNECT_MS     60000
#define PER_ADDRESS_MS 30000
#define SPOILED_MAX    16 /* peers of one name that are tried with TLS first */

static void runner_step (gpointer data, MimesendWait *wait);

MimesendRunner *
mimesend_runner_new (MimesendPolicy *policy)
{
  MimesendRunner *self = g_new0 (MimesendRunner, 1);

  self->policy = policy;
  self->spoiled = g_ptr_array_new_with_free_func (g_free);
  self->asked_about = MIMESEND_WAY_NONE;
  return self;
}

static void
runner_stop (MimesendRunner *self)
{
  if (self->source == NULL)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
forget_attempt (MimesendRunner *self)
{
  if (self->attempt == NULL)
    return;
  self->attempt->runner = NULL;
  g_cancellable_cancel (self->attempt->cancellable);
  self->attempt = NULL;
}

void
mimesend_runner_free (MimesendRunner *self)
{
  if (self == NULL)
    return;
  forget_attempt (self);
  runner_stop (self);
  mimesend_runner_end_lesson (self);
  mimesend_drive_free (self->drive);
  g_clear_pointer (&self->known, mimesend_server_unref);
  g_ptr_array_unref (self->spoiled);
  g_free (self->clear_reason);
  g_free (self);
}

void
mimesend_runner_wake (gpointer data)
{
  MimesendRunner *self = data;

  if (self->source != NULL)
    mimesend_step_source_wake (self->source);
}

static void
runner_start (MimesendRunner *self, int io_priority)
{
  if (self->source == NULL)
    self->source = mimesend_step_source_new (runner_step, self, io_priority);
  mimesend_runner_wake (self);
}

void
mimesend_runner_set_alone (MimesendRunner *self, gboolean alone)
{
  self->alone = alone;
}

gboolean
mimesend_runner_is_busy (MimesendRunner *self)
{
  return self->source != NULL || self->attempt != NULL;
}

void
mimesend_runner_add (MimesendRunner *self,
                     MimesendDelivery *delivery,
                     int io_priority,
                     GCancellable *cancellable,
                     MimesendDeliveryDone done,
                     gpointer data)
{
  MimesendQueuedDelivery *order =
      mimesend_queued_delivery_new (delivery, self->policy->deadline_us, done, data);

  order->number = ++self->n_orders;
  self->limited |= cancellable != NULL || order->deadline_us != G_MAXINT64;
  g_queue_push_tail_link (&self->waiting, &order->link);
  if (!self->asking) /* the step continues by itself */
    runner_start (self, io_priority);
  mimesend_queued_delivery_watch (order, cancellable, self->source);
}

/* Asks for another message. TRUE: one more waits. */
static gboolean
ask_for_more (MimesendRunner *self)
{
  gboolean any;

  if (self->more == NULL || self->more_ended)
    return FALSE;
  self->asking = TRUE;
  any = self->more (self->more_data);
  self->asking = FALSE;
  return any && !g_queue_is_empty (&self->waiting);
}

GSource *
mimesend_runner_pull (MimesendRunner *self,
                      int io_priority,
                      MimesendRunnerMore more,
                      void (*exhausted) (gpointer data),
                      gpointer data)
{
  self->more = more;
  self->exhausted = exhausted;
  self->more_data = data;
  self->more_ended = FALSE;
  runner_start (self, io_priority);
  return self->source;
}

void
mimesend_runner_end_pull (MimesendRunner *self)
{
  self->more_ended = TRUE;
  mimesend_runner_wake (self);
}

/* --- deliveries --- */

/* Abandons a connection attempt. The next message starts a new one, as it is unknown when the old one ends. Only a private
 * context must wait for its end. */
static void
drop_unready (MimesendRunner *self)
{
  if (self->attempt != NULL && self->alone)
    g_cancellable_cancel (self->attempt->cancellable);
  else
    forget_attempt (self);
  if (self->drive != NULL && !mimesend_drive_is_ready (self->drive))
    g_clear_pointer (&self->drive, mimesend_drive_free);
}

/* Handles cancels and deadlines: waiting deliveries end, one in flight drops the connection. */
static void
give_up_orders (MimesendRunner *self)
{
  gboolean abort = FALSE, gave_up = FALSE;
  GList *next;

  if (!self->limited)
    return;
  for (GList *link = self->waiting.head; link != NULL; link = next)
    {
      MimesendQueuedDelivery *order = link->data;
      GError *reason = mimesend_queued_delivery_reason (order);

      next = link->next;
      if (reason == NULL)
        continue;
      mimesend_delivery_fail (order->delivery, reason, MIMESEND_STAGE_CONNECT, NULL);
      g_queue_unlink (&self->waiting, link);
      g_queue_push_tail_link (&self->over, &order->link);
      gave_up = TRUE;
    }
  for (GList *link = self->active.head; link != NULL; link = link->next)
    {
      MimesendQueuedDelivery *order = link->data;
      GError *reason = mimesend_queued_delivery_reason (order);

      if (reason == NULL)
        continue;
      mimesend_delivery_set_reason (order->delivery, reason);
      abort = TRUE;
    }
  if (abort)
    mimesend_smtp_client_abort (mimesend_drive_get_core (self->drive), "given up");
  if (gave_up && g_queue_is_empty (&self->waiting) && g_queue_is_empty (&self->active))
    drop_unready (self);
}

/* --- connecting --- */

/* Keeps the server found for srv: or mx:, with the others as its fallbacks. */
static void
use_server (MimesendPolicy *policy, MimesendServer *server)
{
  if (server == policy->server)
    return;
  g_clear_pointer (&policy->found, mimesend_server_unref);
  policy->found = policy->server = mimesend_server_ref (server);
}

/* Forgets failed handshakes when the server changes: they must not lead to another server in the clear. */
static void
meet_server (MimesendRunner *self, MimesendServer *server)
{
  if (server == self->known)
    return;
  g_clear_pointer (&self->known, mimesend_server_unref);
  self->known = mimesend_server_ref (server);
  self->login_attempt = 0;
  g_ptr_array_set_size (self->spoiled, 0);
}

static char *
name_of_peer (const MimesendConnected *peer)
{
  return g_strdup_printf ("%s %u", peer->peer, peer->peer_port);
}

gboolean
mimesend_runner_note_spoiled (MimesendRunner *self, const MimesendConnected *peer, const char *why)
{
  if (self->spoiled->len >= SPOILED_MAX)
    {
      g_ptr_array_set_size (self->spoiled, 0);
      return FALSE;
    }
  g_ptr_array_add (self->spoiled, name_of_peer (peer));
  g_free (self->clear_reason);
  self->clear_reason = g_strdup (why);
  return TRUE;
}

/* The name may resolve to another machine next time, with another policy: what is known of STARTTLS holds for the address that it
 * was learnt from, and for one connection. The connection after that asks for TLS again. */
static MimesendAvoid
avoid_for (MimesendRunner *self, const MimesendConnected *peer)
{
  g_autofree char *name = name_of_peer (peer);

  if (self->clear_reason != NULL &&
      mimesend_server_policy_for_peer (peer->server, peer->loopback) == MIMESEND_TLS_OPPORTUNISTIC &&
      g_ptr_array_find_with_equal_func (self->spoiled, name, g_str_equal, NULL))
    {
      g_ptr_array_set_size (self->spoiled, 0);
      return MIMESEND_AVOID_STARTTLS;
    }
  g_clear_pointer (&self->clear_reason, g_free);
  return MIMESEND_AVOID_NOTHING;
}

static void
runner_connected_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Attempt *attempt = data;
  MimesendRunner *self = attempt->runner;
  g_autoptr (GError) error = NULL;
  MimesendConnected *connection = mimesend_connect_finish (result, &error);
  gint64 took_us = g_get_monotonic_time () - attempt->begun_us;

  g_object_unref (attempt->cancellable);
  g_free (attempt);
  if (self == NULL)
    {
      mimesend_connected_free (connection);
      return;
    }
  self->attempt = NULL;
  if (self->policy->metrics != NULL)
    mimesend_metrics_count_connection (self->policy->metrics, connection != NULL);
  if (connection == NULL && mimesend_runner_go_on (self, error))
    ;
  else if (connection == NULL)
    {
      mimesend_runner_fail_waiting (self, error, MIMESEND_STAGE_CONNECT, NULL);
      self->policy->server = self->policy->first; /* the next message starts with the first server */
    }
  else
    {
      use_server (self->policy, connection->server);
      meet_server (self, connection->server);
      mimesend_runner_begin_lesson (self, connection->server->text);
      connection->took_us = took_us;
      self->policy->n_connections++;
      self->drive = mimesend_drive_new (self->policy, connection, avoid_for (self, connection),
                                        &mimesend_runner_drive_owner, self);
      mimesend_drive_set_clear_reason (self->drive, self->clear_reason);
      mimesend_drive_set_login_attempt (self->drive, self->login_attempt);
    }
  self->drive_used = self->drive_idle = FALSE;
  self->retiring = FALSE;
  mimesend_runner_wake (self);
}

static void
runner_connect (MimesendRunner *self)
{
  gint64 ms = (self->policy->timeout_us + 999) / 1000;

  self->attempt = g_new0 (Attempt, 1);
  self->attempt->runner = self;
  self->attempt->begun_us = g_get_monotonic_time ();
  self->attempt->cancellable = g_cancellable_new ();
  mimesend_connect_async (self->policy->server, ms > 0 ? ms : CONNECT_MS, ms > 0 ? ms : PER_ADDRESS_MS,
                          self->attempt->cancellable, runner_connected_cb, self->attempt);
}

/* --- the step --- */

gboolean
mimesend_runner_admit (gpointer runner)
{
  MimesendRunner *self = runner;
  MimesendDeliveryState state;
  MimesendQueuedDelivery *order;
  gboolean any = FALSE, reused, asked;

  while (!self->retiring && mimesend_drive_is_ready (self->drive))
    {
      MimesendWay trial = mimesend_runner_choose_manner (self);

      if (g_queue_is_empty (&self->waiting) &&
          (!mimesend_smtp_client_has_room (mimesend_drive_get_core (self->drive), FALSE) ||
           !ask_for_more (self)))
        break;
      if (mimesend_runner_holds_back (self, &asked))
        {
          self->drive_used |= asked;
          return any || asked;
        }
      order = g_queue_peek_head (&self->waiting);
      /* nothing is in flight: the server may have closed it */
      reused = self->drive_idle || (self->drive_used && g_queue_is_empty (&self->active));
      if (self->drive_used && reused && self->policy->quiet_us >= 0)
        mimesend_smtp_client_ask (mimesend_drive_get_core (self->drive), g_get_monotonic_time (),
                                  self->policy->quiet_us);
      state = mimesend_delivery_begin (order->delivery, self->policy, self->drive, reused,
                                       trial != MIMESEND_WAY_NONE, mimesend_runner_wake, self);
      if (state == MIMESEND_DELIVERY_FULL)
        break;
      if (state == MIMESEND_DELIVERY_SUBMITTED)
        mimesend_runner_begin_order (self, order, trial);
      g_queue_unlink (&self->waiting, &order->link);
      g_queue_push_tail_link (state == MIMESEND_DELIVERY_SUBMITTED ? &self->active : &self->over,
                              &order->link);
      self->drive_used = TRUE;
      self->login_attempt = 0;
      self->drive_idle = FALSE;
      any = TRUE;
    }
  return any;
}

static void
end_of_pull (MimesendRunner *self)
{
  self->more = NULL;
  self->exhausted (self->more_data);
}

/* Takes the deliveries whose content is free; the others wake the runner later. */
static GQueue
take_over (MimesendRunner *self)
{
  GQueue free = G_QUEUE_INIT;
  GList *next;

  for (GList *link = self->over.head; link != NULL; link = next)
    {
      MimesendQueuedDelivery *order = link->data;

      next = link->next;
      mimesend_queued_delivery_disconnect (order);
      if (!mimesend_delivery_leave (order->delivery))
        continue;
      g_queue_unlink (&self->over, link);
      g_queue_push_tail_link (&free, link);
    }
  return free;
}

/* TRUE: no more messages come, and all are settled. */
static gboolean
hand_back (MimesendRunner *self)
{
  GQueue over = take_over (self);
  gboolean exhausted;
  GList *link;

  /* Destroyed first: a callback may start the next message, in another context. */
  if (g_queue_is_empty (&self->waiting) && g_queue_is_empty (&self->active) && g_queue_is_empty (&self->over))
    {
      self->limited = FALSE;
      if (self->quit_deadline == 0 && self->attempt == NULL &&
          (self->more == NULL || (self->more_ended && g_queue_is_empty (&over))))
        runner_stop (self);
    }
  exhausted = self->more != NULL && self->source == NULL;
  if (self->more != NULL && !g_queue_is_empty (&over))
    mimesend_runner_wake (self); /* the callback may have another message now */
  self->drive_idle |= self->drive != NULL && mimesend_drive_is_ready (self->drive) &&
                      g_queue_is_empty (&self->active) && g_queue_is_empty (&self->waiting);
  while ((link = g_queue_pop_head_link (&over)) != NULL)
    {
      MimesendQueuedDelivery *order = link->data;

      order->done (order->delivery, order->data);
      mimesend_queued_delivery_free (order);
    }
  return exhausted;
}

/* TRUE: quitting is over. */
static gboolean
step_quit (MimesendRunner *self)
{
  if (self->quit_deadline == 0 || (self->drive != NULL && g_get_monotonic_time () < self->quit_deadline))
    return FALSE;
  self->quit_deadline = 0;
  mimesend_runner_end_lesson (self);
  g_clear_pointer (&self->drive, mimesend_drive_free);
  return TRUE;
}

static gint64
next_deadline (MimesendRunner *self)
{
  gint64 deadline = self->quit_deadline != 0 ? self->quit_deadline : G_MAXINT64;
  MimesendQueuedDelivery *head = g_queue_peek_head (&self->waiting);

  if (head != NULL && self->drive != NULL && mimesend_drive_is_ready (self->drive) && !self->retiring)
    deadline = MIN (deadline, mimesend_delivery_get_look_until (head->delivery));
  if (!self->limited)
    return deadline;
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    deadline = MIN (deadline, ((MimesendQueuedDelivery *)link->data)->deadline_us);
  for (GList *link = self->active.head; link != NULL; link = link->next)
    if (!((MimesendQueuedDelivery *)link->data)->given_up)
      deadline = MIN (deadline, ((MimesendQueuedDelivery *)link->data)->deadline_us);
  return deadline;
}

/* The delivery whose content is being sent, else the first waiting one. */
static MimesendQueuedDelivery *
order_in_view (MimesendRunner *self, guint64 *octets, gint64 *total, MimesendStage *stage)
{
  for (GList *link = self->active.tail; link != NULL; link = link->prev)
    {
      MimesendQueuedDelivery *order = link->data;

      mimesend_delivery_get_progress (order->delivery, self->drive, octets, total);
      *stage = *octets > 0 ? MIMESEND_STAGE_CONTENT : MIMESEND_STAGE_MAIL;
      if (*octets > 0 && *octets == (guint64)*total)
        *stage = MIMESEND_STAGE_END_OF_DATA;
      if (*octets > 0 || link->prev == NULL)
        return order;
    }
  *octets = 0;
  *total = -1;
  *stage = self->drive != NULL ? MIMESEND_STAGE_HELLO : MIMESEND_STAGE_CONNECT;
  return g_queue_peek_head (&self->waiting);
}

/* Returns the time of the next deadline. */
static gint64
tell_progress (MimesendRunner *self)
{
  const MimesendPolicy *policy = self->policy;
  MimesendQueuedDelivery *order;
  guint64 octets;
  gint64 total;
  MimesendStage stage;

  if (policy->reports == NULL || !policy->reports->wants_progress (policy->session) ||
      (order = order_in_view (self, &octets, &total, &stage)) == NULL)
    return G_MAXINT64;
  return mimesend_progress_tell (&self->progress, policy->reports, policy->session,
                                 mimesend_delivery_get_envelope (order->delivery), octets, total, stage);
}

static void
runner_step (gpointer data, MimesendWait *wait)
{
  MimesendRunner *self = data;
  gboolean again = TRUE, quit_over, exhausted;
  void (*quit_done) (gpointer data);
  gpointer quit_data;

  give_up_orders (self);
  for (guint i = 0; again && i < ROUNDS; i++)
    {
      again = FALSE;
      wait->fd = -1;
      wait->deadline_us = G_MAXINT64;
      if (self->drive == NULL && self->attempt == NULL &&
          (!g_queue_is_empty (&self->waiting) || (g_queue_is_empty (&self->over) && ask_for_more (self))))
        runner_connect (self);
      if (self->drive == NULL)
        break;
      mimesend_drive_step (self->drive, wait);
      again = wait->again;
      if (mimesend_drive_is_closed (self->drive))
        {
          g_clear_pointer (&self->drive, mimesend_drive_free);
          self->retiring = FALSE;
          again = TRUE;
        }
    }
  quit_over = step_quit (self);
  if (self->drive == NULL)
    wait->fd = -1;
  wait->again = again;
  wait->deadline_us = MIN (wait->deadline_us, next_deadline (self));
  wait->deadline_us = MIN (wait->deadline_us, tell_progress (self));
  quit_done = self->quit_done;
  quit_data = self->quit_data;
  exhausted = hand_back (self);
  if (quit_over && quit_done != NULL)
    quit_done (quit_data);
  else if (exhausted)
    end_of_pull (self);
}

gboolean
mimesend_runner_quit (MimesendRunner *self, void (*done) (gpointer data), gpointer data)
{
  if (self->drive == NULL)
    return FALSE;
  mimesend_smtp_client_quit (mimesend_drive_get_core (self->drive));
  self->quit_deadline = g_get_monotonic_time () + QUIT_US;
  self->quit_done = done;
  self->quit_data = data;
  runner_start (self, G_PRIORITY_DEFAULT);
  return TRUE;
}

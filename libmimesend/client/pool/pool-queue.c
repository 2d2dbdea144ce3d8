/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages of a pool: queued as there is room, passed to free connections as the rate allows, settled. */
#include "client/delivery/delivery.h"
#include "values/metrics-private.h"
#include "client/pool/pool-private.h"
#include "content/hold.h"

#include "mimesend-error.h"

/* Timers are late by a millisecond or more; delays up to this are caught up with. */
#define CATCH_UP_US 20000
/* The slowest rate: one message a year. */
#define APART_MOST_US (365 * G_TIME_SPAN_DAY)

/* How many queued messages are searched for one whose content is free. */
#define LOOK_AHEAD 64

static void
stop_watch (MimesendPoolItem *self)
{
  if (self->watch == NULL)
    return;
  g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
}

static void
item_free (MimesendPoolItem *self)
{
  stop_watch (self);
  g_object_unref (self->pool);
  mimesend_envelope_unref (self->envelope);
  g_object_unref (self->content);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->accept);
  g_free (self);
}

/* --- drains --- */

static void
pool_forget_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

/* Completes the task, which is no longer in the queue. */
static void
drain_end (GTask *task, GError *error)
{
  g_task_set_task_data (task, NULL, NULL); /* removes its watch */
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static gboolean
drain_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  GTask *task = data;
  MimesendPool *self = g_task_get_source_object (task);

  g_queue_remove (&self->draining, task);
  drain_end (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the wait was cancelled"));
  return G_SOURCE_REMOVE;
}

void
mimesend_pool_queue_drain (MimesendPool *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable != NULL)
    {
      GSource *watch = g_cancellable_source_new (cancellable);

      g_source_set_priority (watch, g_task_get_priority (task));
      g_source_set_callback (watch, G_SOURCE_FUNC (drain_cancelled_cb), task, NULL);
      g_source_attach (watch, g_main_context_get_thread_default ());
      g_task_set_task_data (task, watch, pool_forget_source);
    }
  g_queue_push_tail (&self->draining, task);
  mimesend_pool_complete_drains (self);
}

void
mimesend_pool_complete_drains (MimesendPool *self)
{
  GTask *task;

  if (self->n_under_way > 0 || self->n_closing > 0 || !g_queue_is_empty (&self->queue) ||
      !g_queue_is_empty (&self->pending))
    return;
  while ((task = g_queue_pop_head (&self->draining)) != NULL)
    drain_end (task, NULL);
}

/* Counts a message that no session had. */
static void
count_untried (MimesendPool *self, MimesendPoolItem *item)
{
  MimesendDelivery *delivery;

  if (self->metrics == NULL)
    return;
  delivery = mimesend_delivery_new (item->envelope, item->content, item->flags, TRUE, NULL);
  mimesend_metrics_count_message (self->metrics, mimesend_delivery_get_receipt (delivery));
  mimesend_delivery_free (delivery);
}

static void
settle_untried (MimesendPool *self, MimesendPoolItem *item)
{
  g_autoptr (GError) error = g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_NOT_TRIED, "the pool was shut down");

  stop_watch (item);
  if (item->accept != NULL)
    g_task_return_error (item->accept, g_steal_pointer (&error));
  else
    {
      count_untried (self, item);
      mimesend_pool_settled (self, item->tag, NULL, error);
    }
  item_free (item);
}

/* Cancelled while it waits. It counts as taken, whether there was room for it or not. */
static gboolean
item_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  MimesendPoolItem *item = data;
  g_autoptr (MimesendPool) self = g_object_ref (item->pool);
  g_autoptr (GError) error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  g_queue_remove (item->accept != NULL ? &self->pending : &self->queue, item);
  if (item->accept != NULL)
    g_task_return_boolean (item->accept, TRUE);
  count_untried (self, item);
  mimesend_pool_settled (self, item->tag, NULL, error);
  item_free (item);
  mimesend_pool_go_on (self);
  return G_SOURCE_REMOVE;
}

static void
start_watch (MimesendPoolItem *item)
{
  if (item->cancellable == NULL)
    return;
  item->watch = g_cancellable_source_new (item->cancellable);
  g_source_set_callback (item->watch, G_SOURCE_FUNC (item_cancelled_cb), item, NULL);
  g_source_attach (item->watch, g_main_context_get_thread_default ());
}

void
mimesend_pool_queue_empty (MimesendPool *self)
{
  MimesendPoolItem *item;

  while ((item = g_queue_pop_head (&self->queue)) != NULL)
    settle_untried (self, item);
  while ((item = g_queue_pop_head (&self->pending)) != NULL)
    settle_untried (self, item);
}

/* The connection was refused: the message goes back to the queue. */
static void
come_back (MimesendPoolItem *item)
{
  MimesendPool *self = item->pool;

  item->n_back++;
  mimesend_pool_limit (self, item->slot);
  mimesend_pool_slot_retire (item->slot);
  item->slot = NULL;
  if (g_atomic_int_get (&self->down)) /* … meanwhile */
    {
      settle_untried (self, item);
      return;
    }
  start_watch (item);
  g_queue_push_head (&self->queue, item);
}

static void
item_settle (MimesendPoolItem *item, MimesendReceipt *receipt, const GError *error)
{
  MimesendPool *self = item->pool;
  MimesendPoolSlot *slot = item->slot;
  gboolean of_use = mimesend_pool_note (slot, receipt, error);

  mimesend_pool_settled (self, item->tag, receipt, error);
  item_free (item);
  /* last, as a handler may shut the pool down */
  if (of_use)
    mimesend_pool_slot_give_back (slot);
  else
    mimesend_pool_slot_retire (slot);
}

static void
item_sent_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  MimesendPoolItem *item = data;
  g_autoptr (MimesendPool) self = g_object_ref (item->pool);
  g_autoptr (GError) error = NULL;
  g_autoptr (MimesendReceipt) receipt =
      mimesend_session_send_finish (MIMESEND_SESSION (session), result, &error);

  item->slot->item = NULL;
  if (mimesend_pool_slot_gives_back (item->slot))
    come_back (item);
  else
    item_settle (item, receipt, error);
  self->n_under_way--;
  mimesend_pool_go_on (self);
}

static void
take_pending (MimesendPool *self)
{
  while (!g_queue_is_empty (&self->pending) && self->queue.length < self->queue_max)
    {
      MimesendPoolItem *item = g_queue_pop_head (&self->pending);
      g_autoptr (GTask) accept = g_steal_pointer (&item->accept);

      g_queue_push_tail (&self->queue, item);
      g_task_return_boolean (accept, TRUE);
    }
}

/* --- the rate --- */

static gboolean
pace_over_cb (gpointer pool)
{
  MimesendPool *self = pool;

  g_clear_pointer (&self->pace, g_source_unref);
  mimesend_pool_go_on (self);
  return G_SOURCE_REMOVE;
}

/* FALSE: the next message must wait; the timer is set. */
static gboolean
may_begin (MimesendPool *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->rate <= 0)
    return TRUE;
  if (now >= self->next_us)
    return TRUE;
  if (self->pace == NULL)
    {
      self->pace = g_timeout_source_new (0);
      g_source_set_callback (self->pace, pace_over_cb, g_object_ref (self), g_object_unref);
      g_source_set_ready_time (self->pace, self->next_us);
      g_source_attach (self->pace, g_main_context_get_thread_default ());
    }
  return FALSE;
}

static void
pool_begun (MimesendPool *self)
{
  gint64 now = g_get_monotonic_time ();
  double apart_us;

  if (self->rate <= 0)
    return;
  apart_us = MIN ((double)G_TIME_SPAN_SECOND / self->rate, (double)APART_MOST_US);
  self->next_us = MAX (self->next_us, now - CATCH_UP_US) + (gint64)apart_us;
}

/* --- */

/* (nullable): the first message that may begin. Messages with the same content are sent one after another; if the content
 * is in use outside the pool, it is not waited for. */
static GList *
next_item (MimesendPool *self)
{
  GList *link = self->queue.head;

  for (guint i = 0; link != NULL && i < LOOK_AHEAD; i++, link = link->next)
    if (self->n_under_way == 0 || !mimesend_content_is_held (((MimesendPoolItem *)link->data)->content))
      return link;
  return NULL;
}

void
mimesend_pool_go_on (MimesendPool *self)
{
  MimesendPoolSlot *slot;

  take_pending (self);
  while (next_item (self) != NULL && may_begin (self) && (slot = mimesend_pool_slot_take (self)) != NULL)
    {
      GList *link = next_item (self);
      MimesendPoolItem *item;

      if (link == NULL) /* a handler of session-created shut the pool down */
        {
          mimesend_pool_slot_give_back (slot);
          break;
        }
      item = link->data;
      g_queue_delete_link (&self->queue, link);
      item->slot = slot;
      slot->item = item;
      stop_watch (item);
      self->n_under_way++;
      pool_begun (self);
      mimesend_session_send_async (slot->session, item->envelope, item->content, item->flags,
                                   item->io_priority, item->cancellable, item_sent_cb, item);
      take_pending (self);
    }
  if (g_queue_is_empty (&self->queue))
    mimesend_pool_stop_more (self);
  mimesend_pool_complete_drains (self);
}

void
mimesend_pool_queue_add (MimesendPool *self, MimesendPoolItem *item)
{
  item->pool = g_object_ref (self);
  start_watch (item);
  g_queue_push_tail (&self->pending, item);
  mimesend_pool_go_on (self);
}

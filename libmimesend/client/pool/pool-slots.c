/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connections of a pool: made, taken, returned and closed. */
#include "client/pool/pool-private.h"
#include "client/session/session-private.h"

static void
stop_idle (MimesendPoolSlot *self)
{
  if (self->idle == NULL)
    return;
  g_source_destroy (self->idle);
  g_clear_pointer (&self->idle, g_source_unref);
}

void
mimesend_pool_slot_free (gpointer slot)
{
  MimesendPoolSlot *self = slot;

  stop_idle (self);
  mimesend_pool_slot_forget (self);
  g_object_unref (self->session);
  g_free (self);
}

static void
slot_closed_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  g_autoptr (MimesendPool) self = data;

  mimesend_session_close_finish (MIMESEND_SESSION (session), result,
                                 NULL); /* the reply to QUIT does not matter */
  self->n_closing--;
  mimesend_pool_go_on (self);
}

static void
slot_left_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  MimesendPool *self = data;

  self->n_leaving--;
  self->left_us = g_get_monotonic_time ();
  slot_closed_cb (session, result, data);
}

void
mimesend_pool_slot_retire (MimesendPoolSlot *self)
{
  MimesendPool *pool = self->pool;

  pool->n_closing++;
  pool->n_leaving += self->works;
  mimesend_session_close_async (self->session, G_PRIORITY_DEFAULT, NULL,
                                self->works ? slot_left_cb : slot_closed_cb, g_object_ref (pool));
  g_ptr_array_remove_fast (pool->slots, self);
}

static gboolean
slot_idle_cb (gpointer slot)
{
  mimesend_pool_slot_retire (slot);
  return G_SOURCE_REMOVE;
}

static void
start_idle (MimesendPoolSlot *self)
{
  gint64 ms = (self->pool->idle_us + 999) / 1000;

  if (ms == 0)
    return;
  self->idle = g_timeout_source_new ((guint)MIN (ms, (gint64)G_MAXUINT));
  g_source_set_callback (self->idle, slot_idle_cb, self, NULL);
  g_source_attach (self->idle, g_main_context_get_thread_default ());
}

static MimesendPoolSlot *
add_slot (MimesendPool *self)
{
  MimesendPoolSlot *slot;

  if (!mimesend_pool_may_connect (self))
    return NULL;
  slot = g_new0 (MimesendPoolSlot, 1);
  slot->pool = self;
  slot->busy = TRUE; /* before the signal, as a handler may shut the pool down */
  slot->session = mimesend_session_new (self->server);
  mimesend_session_share_lessons (slot->session, self->lessons);
  if (self->retry != NULL)
    g_object_set (slot->session, "retry", self->retry, NULL);
  if (self->metrics != NULL)
    g_object_set (slot->session, "metrics", self->metrics, NULL);
  g_ptr_array_add (self->slots, slot);
  mimesend_pool_slot_watch (slot);
  mimesend_pool_session_created (self, slot->session);
  return slot;
}

MimesendPoolSlot *
mimesend_pool_slot_take (MimesendPool *self)
{
  for (guint i = 0; i < self->slots->len; i++)
    {
      MimesendPoolSlot *slot = self->slots->pdata[i];

      if (slot->busy)
        continue;
      stop_idle (slot);
      slot->busy = TRUE;
      return slot;
    }
  return add_slot (self);
}

void
mimesend_pool_slot_give_back (MimesendPoolSlot *self)
{
  MimesendPool *pool = self->pool;

  self->n_sent++;
  self->busy = FALSE;
  if (g_atomic_int_get (&pool->down) || (pool->messages > 0 && self->n_sent >= pool->messages))
    mimesend_pool_slot_retire (self);
  else
    start_idle (self);
}

void
mimesend_pool_slots_close (MimesendPool *self)
{
  for (guint i = self->slots->len; i-- > 0;)
    if (!((MimesendPoolSlot *)self->slots->pdata[i])->busy)
      mimesend_pool_slot_retire (self->slots->pdata[i]);
}

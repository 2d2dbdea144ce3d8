/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public class: several connections to one server, and a bounded queue. */
#include "client/pool/pool-private.h"

#include "mimesend-error.h"

/**
 * MimesendPool:
 *
 * Sends many messages over several connections at once. mimesend_pool_submit_async() completes when the message is in the
 * queue: a caller that waits for it before submitting the next one needs memory for the queue alone. #MimesendPool::settled
 * reports the outcome of each message, in the order in which that is known.
 *
 * The same content may be submitted for several envelopes (#MimesendContent says which contents may be sent again): a message
 * waits until the one that has its content is settled, and others pass it meanwhile.
 *
 * A server may take fewer connections at once than #MimesendPool:connections, and turn the others away at connecting, at the
 * greeting, the login or the first MAIL. While another connection works that is no message's fault: it goes back to the queue,
 * without having used up an attempt, and the number of connections that work is the limit. One more is tried after a second, and
 * after twice as long each time in vain, at most five minutes. Where no connection works messages are settled as
 * that, after the attempts of #MimesendPool:retry.
 *
 * The server's limits (LIMITS, RFC 9422) hold for each connection: it is replaced when it has taken as many messages as the
 * server said.
 *
 * A pool belongs to the thread, and to the thread-default main context, in which it is first used. It lives until everything
 * that was submitted is settled, also without a reference of the caller's.
 *
 * A program without a main loop uses mimesend_pool_submit() and mimesend_pool_drain() instead: messages move on, and signals
 * come, while one of them waits. Such a pool is drained before it is let go of.
 *
 * Since: 0.1
 */

enum
{
  SETTLED,
  SESSION_CREATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MimesendPool, mimesend_pool, G_TYPE_OBJECT)

void
mimesend_pool_settled (MimesendPool *self, guint64 tag, MimesendReceipt *receipt, const GError *error)
{
  g_signal_emit (self, signals[SETTLED], 0, tag, receipt, error);
}

void
mimesend_pool_session_created (MimesendPool *self, MimesendSession *session)
{
  g_signal_emit (self, signals[SESSION_CREATED], 0, session);
}

/* The first use decides: asynchronous in the caller's main context, or blocking in a private one, which runs only during
 * the calls. */
gboolean
mimesend_pool_claim (MimesendPool *self, gboolean blocking, GError **error)
{
  if (g_atomic_pointer_compare_and_exchange (&self->thread, NULL, g_thread_self ()))
    {
      self->blocking = blocking;
      self->context = blocking ? g_main_context_new () : g_main_context_ref_thread_default ();
    }
  if (g_atomic_pointer_get (&self->thread) != g_thread_self ())
    g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                         "this pool is used by another thread: use one pool a thread");
  else if (blocking && !self->blocking)
    g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                         "this pool is used in a main loop: use the asynchronous functions, or another pool");
  else if (!blocking && self->blocking && !self->waiting) /* a handler may submit during the wait */
    g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                         "this pool is used by blocking calls, in no main loop: use another pool");
  else
    return TRUE;
  return FALSE;
}

/**
 * mimesend_pool_submit_async:
 * @self: a pool
 * @envelope: the sender and the recipients
 * @content: the message's octets
 * @flags: how the message is sent
 * @tag: the caller's name for the message, which #MimesendPool::settled tells
 * @io_priority: of the message's source in the main loop, and of @callback
 * @cancellable: (nullable): to give the message up at any time before it is settled
 * @callback: (scope async) (closure user_data): called when the message has been taken
 * @user_data: for @callback
 *
 * Submits a message. It is taken when the queue has room for it; wait for that before submitting the next one. One that is
 * cancelled while it waits is settled at once.
 *
 * Since: 0.1
 */
void
mimesend_pool_submit_async (MimesendPool *self,
                            MimesendEnvelope *envelope,
                            MimesendContent *content,
                            MimesendSendFlags flags,
                            guint64 tag,
                            int io_priority,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  MimesendPoolItem *item;

  g_return_if_fail (MIMESEND_IS_POOL (self) && envelope != NULL && MIMESEND_IS_CONTENT (content));
  g_return_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (task, FALSE); /* a cancelled message is taken too, and settled as cancelled */
  g_task_set_priority (task, io_priority);
  if (!mimesend_pool_claim (self, FALSE, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->server == NULL)
    {
      g_task_return_new_error (task, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                               "the pool has no server: set 'server'");
      return;
    }
  if (g_atomic_int_get (&self->down))
    {
      g_task_return_new_error (task, MIMESEND_ERROR, MIMESEND_ERROR_NOT_TRIED, "the pool was shut down");
      return;
    }
  item = g_new0 (MimesendPoolItem, 1);
  item->envelope = mimesend_envelope_ref (envelope);
  item->content = g_object_ref (content);
  item->flags = flags;
  item->tag = tag;
  item->io_priority = io_priority;
  g_set_object (&item->cancellable, cancellable);
  item->accept = g_steal_pointer (&task);
  mimesend_pool_queue_add (self, item);
}

/**
 * mimesend_pool_submit_finish:
 * @self: a pool
 * @result: the result passed to the callback
 * @error: return location for a #GError
 *
 * Finishes mimesend_pool_submit_async(): there is room in the queue for the next message.
 *
 * Returns: %TRUE: the message was taken, and will be settled. %FALSE with %MIMESEND_ERROR_NOT_TRIED: the pool was shut down
 *
 * Since: 0.1
 */
gboolean
mimesend_pool_submit_finish (MimesendPool *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_POOL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * mimesend_pool_drain_async:
 * @self: a pool
 * @io_priority: of @callback
 * @cancellable: (nullable): not to wait any longer; messages and connections go on
 * @callback: (scope async) (closure user_data): called when everything is settled
 * @user_data: for @callback
 *
 * Waits until everything that was submitted is settled, and whatever connection is being closed is closed.
 *
 * Since: 0.1
 */
void
mimesend_pool_drain_async (MimesendPool *self,
                           int io_priority,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (MIMESEND_IS_POOL (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (task, FALSE); /* the result stands */
  g_task_set_priority (task, io_priority);
  if (!mimesend_pool_claim (self, FALSE, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  mimesend_pool_queue_drain (self, g_steal_pointer (&task));
}

/**
 * mimesend_pool_drain_finish:
 * @self: a pool
 * @result: the result passed to the callback
 * @error: return location for a #GError
 *
 * Finishes mimesend_pool_drain_async(): every message is settled.
 *
 * Returns: %TRUE; %FALSE with %MIMESEND_ERROR_ARGUMENT (the pool is another thread's) or %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
gboolean
mimesend_pool_drain_finish (MimesendPool *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_POOL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
shut_down_cb (gpointer pool)
{
  MimesendPool *self = pool;

  g_main_context_push_thread_default (self->context);
  mimesend_pool_queue_empty (self);
  mimesend_pool_slots_close (self);
  mimesend_pool_complete_drains (self);
  g_main_context_pop_thread_default (self->context);
  return G_SOURCE_REMOVE;
}

/**
 * mimesend_pool_shutdown:
 * @self: a pool
 *
 * Takes no more messages. Queued ones are settled at once with %MIMESEND_ERROR_NOT_TRIED, those being sent continue, and
 * connections are closed as they become free: mimesend_pool_drain_async() waits for that. From another thread than the
 * pool's it is done when that thread's main context comes to it.
 *
 * Since: 0.1
 */
void
mimesend_pool_shutdown (MimesendPool *self)
{
  g_autoptr (GSource) source = NULL;
  GThread *thread;

  g_return_if_fail (MIMESEND_IS_POOL (self));
  g_atomic_int_set (&self->down, TRUE);
  thread = g_atomic_pointer_get (&self->thread);
  if (thread == NULL) /* not used yet */
    return;
  if (thread == g_thread_self ())
    {
      g_object_ref (self);
      shut_down_cb (self);
      g_object_unref (self);
      return;
    }
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, shut_down_cb, g_object_ref (self), g_object_unref);
  g_source_attach (source, self->context);
}

/**
 * mimesend_pool_new:
 * @server: the server
 *
 * Makes a pool. It connects when messages are submitted.
 *
 * Returns: (transfer full): a pool
 *
 * Since: 0.1
 */
MimesendPool *
mimesend_pool_new (MimesendServer *server)
{
  g_return_val_if_fail (server != NULL, NULL);
  return g_object_new (MIMESEND_TYPE_POOL, "server", server, NULL);
}

/**
 * mimesend_pool_get_server: (get-property server)
 * @self: a pool
 *
 * Gets the server that the pool was made for.
 *
 * Returns: (transfer none): its server
 *
 * Since: 0.1
 */
MimesendServer *
mimesend_pool_get_server (MimesendPool *self)
{
  g_return_val_if_fail (MIMESEND_IS_POOL (self), NULL);
  return self->server;
}

/* --- GObject --- */

static void
mimesend_pool_finalize (GObject *object)
{
  mimesend_pool_stop_more (MIMESEND_POOL (object));
  g_ptr_array_unref (MIMESEND_POOL (object)->slots);
  g_clear_pointer (&MIMESEND_POOL (object)->context, g_main_context_unref);
  mimesend_retry_unref (MIMESEND_POOL (object)->retry);
  mimesend_metrics_unref (MIMESEND_POOL (object)->metrics);
  mimesend_lessons_unref (MIMESEND_POOL (object)->lessons);
  g_clear_pointer (&MIMESEND_POOL (object)->server, mimesend_server_unref);
  G_OBJECT_CLASS (mimesend_pool_parent_class)->finalize (object);
}

static void
mimesend_pool_init (MimesendPool *self)
{
  self->connections = 4;
  self->idle_us = 30 * G_TIME_SPAN_SECOND;
  self->queue_max = 64;
  self->slots = g_ptr_array_new_with_free_func (mimesend_pool_slot_free);
  self->lessons = mimesend_lessons_new ();
}

static void
mimesend_pool_class_init (MimesendPoolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = mimesend_pool_set_property;
  object_class->get_property = mimesend_pool_get_property;
  object_class->finalize = mimesend_pool_finalize;
  mimesend_pool_install_properties (object_class);

  /**
   * MimesendPool::settled:
   * @self: a pool
   * @tag: the caller's name for the message
   * @receipt: (nullable): what the server said; %NULL: it could not be asked
   * @error: (nullable): why the server could not be asked
   *
   * Emitted once for each message that was taken, with its outcome.
   *
   * Since: 0.1
 */
  signals[SETTLED] = g_signal_new ("settled", MIMESEND_TYPE_POOL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 3, G_TYPE_UINT64, MIMESEND_TYPE_RECEIPT, G_TYPE_ERROR);
  /**
   * MimesendPool::session-created:
   * @self: a pool
   * @session: the session of a new connection
   *
   * Emitted for each new connection, to set properties, a trace or handlers. Do not send through @session.
   *
   * Since: 0.1
 */
  signals[SESSION_CREATED] = g_signal_new ("session-created", MIMESEND_TYPE_POOL, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, MIMESEND_TYPE_SESSION);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The blocking functions of a pool, which run its private main context. */
#include "client/pool/pool-private.h"

/* FALSE: the pool is another thread's, or waited for already. */
static gboolean
begin_wait (MimesendPool *self, GError **error)
{
  if (!mimesend_pool_claim (self, TRUE, error))
    return FALSE;
  if (self->waiting)
    {
      g_set_error_literal (
          error, G_IO_ERROR, G_IO_ERROR_PENDING,
          "this pool is waited for already: a handler may only use the asynchronous functions");
      return FALSE;
    }
  g_object_ref (self); /* a handler may drop the last reference */
  self->waiting = TRUE;
  g_main_context_push_thread_default (self->context);
  return TRUE;
}

static void
note_result_cb (GObject *pool, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static void
pool_wait_for (MimesendPool *self, GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (self->context, TRUE);
  g_main_context_pop_thread_default (self->context);
  self->waiting = FALSE;
}

/**
 * mimesend_pool_submit:
 * @self: a pool
 * @envelope: the sender and the recipients
 * @content: the message's octets
 * @flags: how the message is sent
 * @tag: the caller's name for the message, which #MimesendPool::settled tells
 * @cancellable: (nullable): to give the message up at any time before it is settled
 * @error: return location for a #GError
 *
 * Submits a message and waits until the queue has room for it: a loop over any number of messages holds few in memory. Those
 * that were submitted move on, and are settled, while this waits or mimesend_pool_drain() does; in between nothing happens.
 * Signals are emitted in this thread, out of this call.
 *
 * Returns: %TRUE: the message was taken, and will be settled. %FALSE with %MIMESEND_ERROR_NOT_TRIED: the pool was shut down;
 *   %MIMESEND_ERROR_ARGUMENT: it is another thread's, or used in a main loop; %G_IO_ERROR_PENDING: called by a handler
 *
 * Since: 0.1
 */
gboolean
mimesend_pool_submit (MimesendPool *self,
                      MimesendEnvelope *envelope,
                      MimesendContent *content,
                      MimesendSendFlags flags,
                      guint64 tag,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gboolean taken;

  g_return_val_if_fail (MIMESEND_IS_POOL (self) && envelope != NULL && MIMESEND_IS_CONTENT (content), FALSE);
  g_return_val_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  if (!begin_wait (self, error))
    return FALSE;
  mimesend_pool_submit_async (self, envelope, content, flags, tag, G_PRIORITY_DEFAULT, cancellable,
                              note_result_cb, &result);
  pool_wait_for (self, &result);
  taken = mimesend_pool_submit_finish (self, result, error);
  g_object_unref (self);
  return taken;
}

/**
 * mimesend_pool_drain:
 * @self: a pool
 * @cancellable: (nullable): not to wait any longer; what was submitted moves on with the next call that waits
 * @error: return location for a #GError
 *
 * Waits until everything that was submitted is settled, and whatever connection is being closed is closed.
 *
 * Returns: %TRUE; %FALSE with %G_IO_ERROR_CANCELLED, or with %MIMESEND_ERROR_ARGUMENT or %G_IO_ERROR_PENDING as for
 *   mimesend_pool_submit()
 *
 * Since: 0.1
 */
gboolean
mimesend_pool_drain (MimesendPool *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gboolean drained;

  g_return_val_if_fail (MIMESEND_IS_POOL (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  if (!begin_wait (self, error))
    return FALSE;
  mimesend_pool_drain_async (self, G_PRIORITY_DEFAULT, cancellable, note_result_cb, &result);
  pool_wait_for (self, &result);
  drained = mimesend_pool_drain_finish (self, result, error);
  g_object_unref (self);
  return drained;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A letter through a pool: its envelope and its content are made when it is submitted. */
#include "client/pool/pool-private.h"

#include "client/delivery/letter-content.h"
#include "client/drive/policy.h"

/**
 * mimesend_pool_submit_letter:
 * @self: a pool
 * @letter: the letter; what is changed in it afterwards has no effect on what is sent
 * @flags: how the message is sent
 * @tag: the caller's name for the message, which #MimesendPool::settled tells
 * @cancellable: (nullable): to give the message up at any time before it is settled
 * @error: return location for a #GError
 *
 * Submits a letter to the addresses of its To, Cc and Bcc, as mimesend_session_send_letter() sends it, and waits as
 * mimesend_pool_submit() does. What is set in the letter is not changed. It may be submitted again at once; what it holds that can be read only
 * once, such as a pipe, can be sent once, and a stream of a class of the caller's by one message at a time.
 *
 * Returns: as mimesend_pool_submit(); in addition %FALSE with the errors of mimesend_letter_build(), and
 *   %MIMESEND_ERROR_ARGUMENT for a letter without a recipient: then nothing will be settled
 *
 * Since: 0.1
 */
gboolean
mimesend_pool_submit_letter (MimesendPool *self,
                             MimesendLetter *letter,
                             MimesendSendFlags flags,
                             guint64 tag,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (MimesendEnvelope) envelope = NULL;
  g_autoptr (MimesendContent) content = NULL;

  g_return_val_if_fail (MIMESEND_IS_POOL (self) && MIMESEND_IS_LETTER (letter), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0, FALSE);
  if (!mimesend_letter_open_copy (letter, NULL, &envelope, &content, error))
    return FALSE;
  return mimesend_pool_submit (self, envelope, content, flags, tag, cancellable, error);
}

/**
 * mimesend_pool_submit_letter_async:
 * @self: a pool
 * @letter: the letter; what is changed in it afterwards has no effect on what is sent
 * @flags: how the message is sent
 * @tag: the caller's name for the message, which #MimesendPool::settled tells
 * @io_priority: the priority of the main loop's sources
 * @cancellable: (nullable): to give the message up at any time before it is settled
 * @callback: (scope async) (closure user_data): called when the message has been taken
 * @user_data: for @callback
 *
 * mimesend_pool_submit_letter() in the thread-default main context, which it never blocks.
 *
 * Since: 0.1
 */
void
mimesend_pool_submit_letter_async (MimesendPool *self,
                                   MimesendLetter *letter,
                                   MimesendSendFlags flags,
                                   guint64 tag,
                                   int io_priority,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (MimesendEnvelope) envelope = NULL;
  g_autoptr (MimesendContent) content = NULL;
  GError *error = NULL;

  g_return_if_fail (MIMESEND_IS_POOL (self) && MIMESEND_IS_LETTER (letter));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  g_return_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0);
  if (mimesend_letter_open_copy (letter, NULL, &envelope, &content, &error))
    mimesend_pool_submit_async (self, envelope, content, flags, tag, io_priority, cancellable, callback,
                                user_data);
  else
    g_task_report_error (self, callback, user_data, NULL, error);
}

/**
 * mimesend_pool_submit_letter_finish:
 * @self: a pool
 * @result: the result passed to the callback
 * @error: return location for a #GError
 *
 * Finishes mimesend_pool_submit_letter_async(): there is room in the queue for the next message.
 *
 * Returns: as mimesend_pool_submit_letter()
 *
 * Since: 0.1
 */
gboolean
mimesend_pool_submit_letter_finish (MimesendPool *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_POOL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return mimesend_pool_submit_finish (self, result, error);
}

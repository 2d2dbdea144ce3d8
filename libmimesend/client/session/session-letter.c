/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends a letter or a tree through a session: makes its envelope and content, then sends these. */
#include "client/session/session-private.h"

#include "client/delivery/letter-content.h"

/**
 * mimesend_session_send_letter:
 * @self: a session
 * @letter: the letter
 * @flags: how the message is sent
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for a #GError
 *
 * Sends a letter and waits. It goes to the addresses of its To, Cc and Bcc, of which Bcc is in no header, and failures are
 * reported to its reverse-path (mimesend_letter_get_recipients(), mimesend_letter_get_reverse_path()). An envelope that asks for
 * more, such as a notification of success, is given to mimesend_session_send_part() with what mimesend_letter_build() makes.
 *
 * What is set in the letter is not changed, and it may be sent again. Until something in it is set, it keeps the Message-ID that is
 * made for it, which mimesend_receipt_get_message_id() tells. What it holds that can be read only once, such as a pipe, can be sent once.
 *
 * Returns: (transfer full): as mimesend_session_send(); in addition %NULL with the errors of mimesend_letter_build(), and
 *   %MIMESEND_ERROR_ARGUMENT for a letter without a recipient
 *
 * Since: 0.1
 */
MimesendReceipt *
mimesend_session_send_letter (MimesendSession *self,
                              MimesendLetter *letter,
                              MimesendSendFlags flags,
                              GCancellable *cancellable,
                              GError **error)
{
  g_autoptr (MimesendEnvelope) envelope = NULL;
  g_autoptr (MimesendContent) content = NULL;

  g_return_val_if_fail (MIMESEND_IS_SESSION (self) && MIMESEND_IS_LETTER (letter), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);
  g_return_val_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0, NULL);
  if (!mimesend_letter_open_copy (letter, self->policy.ehlo_name, &envelope, &content, error))
    return NULL;
  return mimesend_session_send (self, envelope, content, flags, cancellable, error);
}

/**
 * mimesend_session_send_letter_async:
 * @self: a session
 * @letter: the letter; what is changed in it afterwards has no effect on what is sent
 * @flags: how the message is sent
 * @io_priority: the priority of the main loop's source
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: for @callback
 *
 * mimesend_session_send_letter() in the thread-default main context, which it never blocks.
 *
 * Since: 0.1
 */
void
mimesend_session_send_letter_async (MimesendSession *self,
                                    MimesendLetter *letter,
                                    MimesendSendFlags flags,
                                    int io_priority,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autoptr (MimesendEnvelope) envelope = NULL;
  g_autoptr (MimesendContent) content = NULL;
  GError *error = NULL;

  g_return_if_fail (MIMESEND_IS_SESSION (self) && MIMESEND_IS_LETTER (letter));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  g_return_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0);
  if (mimesend_letter_open_copy (letter, self->policy.ehlo_name, &envelope, &content, &error))
    mimesend_session_send_async (self, envelope, content, flags, io_priority, cancellable, callback,
                                 user_data);
  else
    g_task_report_error (self, callback, user_data, NULL, error);
}

/**
 * mimesend_session_send_letter_finish:
 * @self: a session
 * @result: the result passed to the callback
 * @error: return location for a #GError
 *
 * Finishes mimesend_session_send_letter_async().
 *
 * Returns: (transfer full): as mimesend_session_send_letter()
 *
 * Since: 0.1
 */
MimesendReceipt *
mimesend_session_send_letter_finish (MimesendSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return mimesend_session_send_finish (self, result, error);
}

/**
 * mimesend_session_send_part:
 * @self: a session
 * @envelope: the sender and the recipients; what the tree's header names does not matter
 * @part: the top of a tree, usually a #GMimeMessage; it is not changed, and must not be while it is sent
 * @flags: how the message is sent
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for a #GError
 *
 * Sends a tree and waits, as mimesend_session_send() sends the content that mimesend_content_new_for_part() makes of it: Bcc
 * and Resent-Bcc of the outermost message are hidden, and what the server does not take is encoded on the way. A tree that is
 * in memory or in files may be sent as often as wanted, to several servers at once too.
 *
 * Returns: (transfer full): as mimesend_session_send(); the receipt has the Message-ID of the tree
 *
 * Since: 0.1
 */
MimesendReceipt *
mimesend_session_send_part (MimesendSession *self,
                            MimesendEnvelope *envelope,
                            GMimeObject *part,
                            MimesendSendFlags flags,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (MimesendContent) content = NULL;

  g_return_val_if_fail (MIMESEND_IS_SESSION (self) && envelope != NULL && GMIME_IS_OBJECT (part), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);
  g_return_val_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0, NULL);
  content = mimesend_content_new_for_part (part, NULL);
  return mimesend_session_send (self, envelope, content, flags, cancellable, error);
}

/**
 * mimesend_session_send_part_async:
 * @self: a session
 * @envelope: the sender and the recipients
 * @part: the top of a tree, which must not be changed until it is over
 * @flags: how the message is sent
 * @io_priority: the priority of the main loop's source
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: for @callback
 *
 * mimesend_session_send_part() in the thread-default main context, which it never blocks.
 *
 * Since: 0.1
 */
void
mimesend_session_send_part_async (MimesendSession *self,
                                  MimesendEnvelope *envelope,
                                  GMimeObject *part,
                                  MimesendSendFlags flags,
                                  int io_priority,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (MimesendContent) content = NULL;

  g_return_if_fail (MIMESEND_IS_SESSION (self) && envelope != NULL && GMIME_IS_OBJECT (part));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  g_return_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0);
  content = mimesend_content_new_for_part (part, NULL);
  mimesend_session_send_async (self, envelope, content, flags, io_priority, cancellable, callback, user_data);
}

/**
 * mimesend_session_send_part_finish:
 * @self: a session
 * @result: the result passed to the callback
 * @error: return location for a #GError
 *
 * Finishes mimesend_session_send_part_async().
 *
 * Returns: (transfer full): as mimesend_session_send_part()
 *
 * Since: 0.1
 */
MimesendReceipt *
mimesend_session_send_part_finish (MimesendSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return mimesend_session_send_finish (self, result, error);
}

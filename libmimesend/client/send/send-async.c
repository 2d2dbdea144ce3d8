/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous functions that send one message, in the caller's main context. */
#include "client/drive/policy.h"
#include "client/send/one-shot.h"

/* The task while the connection is being closed; its data is the message. */
typedef struct
{
  GTask *task;
  GError *failure;
} Farewell;

static void
one_shot_give (GTask *task, GError *failure)
{
  if (failure == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, failure);
  g_object_unref (task);
}

static void
send_closed_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  Farewell *self = data;

  mimesend_session_close_finish (MIMESEND_SESSION (session), result,
                                 NULL); /* the reply to QUIT does not matter */
  one_shot_give (self->task, self->failure);
  g_free (self);
}

static void
send_sent_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GError *failure = NULL;
  MimesendReceipt *got = mimesend_session_send_finish (MIMESEND_SESSION (session), result, &failure);
  gboolean asked = got != NULL;
  Farewell *farewell;

  mimesend_one_shot_end (g_task_get_task_data (task), got, &failure);
  if (!asked)
    {
      one_shot_give (task, failure);
      return;
    }
  farewell = g_new0 (Farewell, 1);
  farewell->task = task;
  farewell->failure = failure;
  mimesend_session_close_async (MIMESEND_SESSION (session), g_task_get_priority (task),
                                g_task_get_cancellable (task), send_closed_cb, farewell);
}

/* Takes the task, and the sending or the error. */
static void
send_begin (GTask *task, MimesendOneShot *sending, int io_priority, GError *error)
{
  g_task_set_check_cancellable (task, FALSE); /* the receipt has the outcome */
  g_task_set_priority (task, io_priority);
  if (sending == NULL)
    {
      one_shot_give (task, error);
      return;
    }
  g_task_set_task_data (task, sending, (GDestroyNotify)mimesend_one_shot_free);
  mimesend_session_send_async (sending->session, sending->envelope, sending->content, sending->flags,
                               io_priority, g_task_get_cancellable (task), send_sent_cb, task);
}

static gboolean
send_finish (GAsyncResult *result, MimesendReceipt **receipt, GError **error)
{
  MimesendOneShot *sending = g_task_get_task_data (G_TASK (result));

  if (receipt != NULL)
    *receipt = sending != NULL && sending->receipt != NULL ? mimesend_receipt_ref (sending->receipt) : NULL;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * mimesend_send_smtp_content_async:
 * @server: the server
 * @from: the reverse-path, a bare address; "" is the null one (RFC 5321 4.5.5)
 * @to: (array zero-terminated=1): bare addresses
 * @content: the message, as octets
 * @flags: how the message is sent
 * @io_priority: the priority of the main loop's source
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: for @callback
 *
 * mimesend_send_smtp_content() in the thread-default main context, which it never blocks.
 *
 * Since: 0.1
 */
void
mimesend_send_smtp_content_async (MimesendServer *server,
                                  const char *from,
                                  const char *const *to,
                                  MimesendContent *content,
                                  MimesendSendFlags flags,
                                  int io_priority,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  MimesendOneShot *sending;
  GError *error = NULL;

  g_return_if_fail (server != NULL && MIMESEND_IS_CONTENT (content));
  g_return_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  sending = mimesend_one_shot_new (server, from, to, content, flags, &error);
  send_begin (g_task_new (NULL, cancellable, callback, user_data), sending, io_priority, error);
}

/**
 * mimesend_send_smtp_content_finish:
 * @result: the result passed to the callback
 * @receipt: (out) (optional) (nullable) (transfer full): the server's words, on %TRUE and on %FALSE, whenever a server was
 *   reached
 * @error: return location for a #GError
 *
 * Finishes mimesend_send_smtp_content_async().
 *
 * Returns: as mimesend_send_smtp_content()
 *
 * Since: 0.1
 */
gboolean
mimesend_send_smtp_content_finish (GAsyncResult *result, MimesendReceipt **receipt, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return send_finish (result, receipt, error);
}

/**
 * mimesend_send_letter_content_async:
 * @server: the server
 * @from: (nullable): the author, who may have a display name, instead of the letter's; %NULL: the letter's
 * @to: (nullable) (array zero-terminated=1): recipients of this message, who may have display names, with the letter's
 * @letter: (nullable) (transfer none): subject, reply-to, cc, bcc, headers and attachments; nothing in it is changed
 * @content: (nullable): the text of the letter, in UTF-8; %NULL: what the letter has
 * @flags: how the message is sent
 * @io_priority: the priority of the main loop's source
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: for @callback
 *
 * mimesend_send_letter_content() in the thread-default main context, which it never blocks.
 *
 * Since: 0.1
 */
void
mimesend_send_letter_content_async (MimesendServer *server,
                                    const char *from,
                                    const char *const *to,
                                    MimesendLetter *letter,
                                    MimesendContent *content,
                                    MimesendSendFlags flags,
                                    int io_priority,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  MimesendOneShot *sending;
  GError *error = NULL;

  g_return_if_fail (server != NULL);
  g_return_if_fail (letter == NULL || MIMESEND_IS_LETTER (letter));
  g_return_if_fail (content == NULL || MIMESEND_IS_CONTENT (content));
  g_return_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  sending = mimesend_one_shot_new_for_letter (server, from, to, letter, content, flags, &error);
  send_begin (g_task_new (NULL, cancellable, callback, user_data), sending, io_priority, error);
}

/**
 * mimesend_send_letter_content_finish:
 * @result: the result passed to the callback
 * @receipt: (out) (optional) (nullable) (transfer full): the server's words, on %TRUE and on %FALSE, whenever a server was
 *   reached
 * @error: return location for a #GError
 *
 * Finishes mimesend_send_letter_content_async().
 *
 * Returns: as mimesend_send_letter_content()
 *
 * Since: 0.1
 */
gboolean
mimesend_send_letter_content_finish (GAsyncResult *result, MimesendReceipt **receipt, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return send_finish (result, receipt, error);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous probe: in a thread, with the main context of its own that it has anyway. */
#include "mimesend-probe.h"

#include "client/probe/task-thread.h"

typedef struct
{
  MimesendServer *server;
  char *reverse_path;
  char **recipients;
  double timeout;
} Question;

static void
probe_question_free (gpointer data)
{
  Question *self = data;

  mimesend_server_unref (self->server);
  g_free (self->reverse_path);
  g_strfreev (self->recipients);
  g_free (self);
}

static gpointer
probe_thread_cb (gpointer data)
{
  g_autoptr (GTask) task = data;
  const Question *self = g_task_get_task_data (task);
  GError *error = NULL;
  MimesendProbeResult *result =
      mimesend_probe_recipients (self->server, self->reverse_path, (const char *const *)self->recipients,
                                 self->timeout, g_task_get_cancellable (task), &error);

  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify)mimesend_probe_result_unref);
  else
    g_task_return_error (task, error);
  return NULL;
}

/**
 * mimesend_probe_recipients_async:
 * @server: a server; one without a login is not logged in to
 * @reverse_path: (nullable): a bare mailbox for MAIL; %NULL: the null reverse-path
 * @recipients: (nullable) (array zero-terminated=1): bare mailboxes for RCPT; %NULL: none
 * @timeout: seconds for all of it; 0: 60
 * @io_priority: the priority of the callback
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: for @callback
 *
 * mimesend_probe_recipients() without waiting: the thread-default main context is called back, and not blocked. A cancel ends
 * it at once.
 *
 * Since: 0.1
 */
void
mimesend_probe_recipients_async (MimesendServer *server,
                                 const char *reverse_path,
                                 const char *const *recipients,
                                 double timeout,
                                 int io_priority,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;
  Question *self;

  g_return_if_fail (server != NULL && timeout >= 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  self = g_new0 (Question, 1);
  self->server = mimesend_server_ref (server);
  self->reverse_path = g_strdup (reverse_path);
  self->recipients = g_strdupv ((char **)recipients);
  self->timeout = timeout;
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, self, probe_question_free);
  mimesend_task_thread_run (task, probe_thread_cb);
}

/**
 * mimesend_probe_recipients_finish:
 * @result: the result passed to the callback
 * @error: return location for a #GError
 *
 * Finishes mimesend_probe_recipients_async().
 *
 * Returns: (transfer full): as mimesend_probe_recipients()
 *
 * Since: 0.1
 */
MimesendProbeResult *
mimesend_probe_recipients_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mimesend_probe_async:
 * @server: a server; one without a login is not logged in to
 * @timeout: seconds for all of it; 0: 60
 * @io_priority: the priority of the callback
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: for @callback
 *
 * mimesend_probe() without waiting: the thread-default main context is called back, and not blocked.
 *
 * Since: 0.1
 */
void
mimesend_probe_async (MimesendServer *server,
                      double timeout,
                      int io_priority,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (server != NULL && timeout >= 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  mimesend_probe_recipients_async (server, NULL, NULL, timeout, io_priority, cancellable, callback,
                                   user_data);
}

/**
 * mimesend_probe_finish:
 * @result: the result passed to the callback
 * @error: return location for a #GError
 *
 * Finishes mimesend_probe_async().
 *
 * Returns: (transfer full): as mimesend_probe()
 *
 * Since: 0.1
 */
MimesendProbeResult *
mimesend_probe_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return mimesend_probe_recipients_finish (result, error);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous check of an address: in a thread, since a resolver may block. */
#include "mimesend-address.h"

#include "client/probe/task-thread.h"

typedef struct
{
  char *address;
  MimesendAddressCheckFlags flags;
  char *why; /* the answer */
} Question;

static void
check_question_free (gpointer data)
{
  Question *self = data;

  g_free (self->address);
  g_free (self->why);
  g_free (self);
}

static gpointer
question_ask (gpointer data)
{
  g_autoptr (GTask) task = data;
  Question *self = g_task_get_task_data (task);
  GError *error = NULL;
  MimesendAddressVerdict verdict =
      mimesend_address_check (self->address, self->flags, g_task_get_cancellable (task), &self->why, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, verdict);
  return NULL;
}

/**
 * mimesend_address_check_async:
 * @address: a bare address
 * @flags: what to ask besides the grammar of RFC 5321
 * @io_priority: the priority of the callback
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: for @callback
 *
 * mimesend_address_check() without waiting: the thread-default main context is called back, and not blocked.
 *
 * Since: 0.1
 */
void
mimesend_address_check_async (const char *address,
                              MimesendAddressCheckFlags flags,
                              int io_priority,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;
  Question *self;

  g_return_if_fail (address != NULL);
  g_return_if_fail ((flags & ~(MIMESEND_ADDRESS_CHECK_DNS | MIMESEND_ADDRESS_CHECK_VRFY)) == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  self = g_new0 (Question, 1);
  self->address = g_strdup (address);
  self->flags = flags;
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_check_cancellable (task, FALSE); /* what is known is known */
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, self, check_question_free);
  mimesend_task_thread_run (task, question_ask);
}

/**
 * mimesend_address_check_finish:
 * @result: the result passed to the callback
 * @why: (out) (optional) (nullable) (transfer full): why it is bad, or why it could not be told
 * @error: return location for a #GError
 *
 * Finishes mimesend_address_check_async().
 *
 * Returns: as mimesend_address_check(); @error is also set where no thread could be had
 *
 * Since: 0.1
 */
MimesendAddressVerdict
mimesend_address_check_finish (GAsyncResult *result, char **why, GError **error)
{
  gssize verdict;

  g_return_val_if_fail (g_task_is_valid (result, NULL), MIMESEND_ADDRESS_UNKNOWN);
  if (why != NULL)
    *why = g_strdup (((Question *)g_task_get_task_data (G_TASK (result)))->why);
  verdict = g_task_propagate_int (G_TASK (result), error);
  return verdict >= 0 ? (MimesendAddressVerdict)verdict : MIMESEND_ADDRESS_UNKNOWN;
}

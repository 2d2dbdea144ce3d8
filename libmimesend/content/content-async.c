/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asynchronous reading of a content. */
#include "content/content-private.h"

gboolean
mimesend_content_is_asynchronous (MimesendContent *self)
{
  MimesendContentClass *klass = MIMESEND_CONTENT_GET_CLASS (self);

  return klass->request_bytes != NULL || klass->read_bytes_async != mimesend_content_default_read_bytes_async;
}

/* --- where a class does not override it --- */

static void
content_give (GTask *task, GBytes *bytes, GError *error)
{
  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify)g_bytes_unref);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, NULL, NULL); /* checked by the reader when it calls read */
}

static void
read_here (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  GBytes *bytes =
      MIMESEND_CONTENT_GET_CLASS (source)->read_bytes (source, GPOINTER_TO_SIZE (data), cancellable, &error);

  content_give (task, bytes, error);
}

static void
read_in_thread_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  read_here (task, source, data, cancellable);
  mimesend_content_call_in (source, NULL);
}

static void
async_complete (MimesendContent *self, GBytes *bytes, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&mimesend_content_get_state (self)->request);

  if (task != NULL)
    {
      g_task_set_task_data (task, NULL, NULL); /* the cancel source is disconnected */
      content_give (task, bytes, error);
      return;
    }
  /* Not asked for, or the read was cancelled. */
  g_clear_pointer (&bytes, g_bytes_unref);
  g_clear_error (&error);
}

static gboolean
request_cancelled_cb (GCancellable *cancellable, gpointer content)
{
  async_complete (content, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled"));
  return G_SOURCE_REMOVE;
}

static void
async_forget_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

/* The read was cancelled: a class that answers too late, or never, must not keep its object alive. */
static void
watch_cancel (GTask *task)
{
  GSource *source;

  if (g_task_get_cancellable (task) == NULL)
    return;
  source = g_cancellable_source_new (g_task_get_cancellable (task));
  g_source_set_callback (source, G_SOURCE_FUNC (request_cancelled_cb), g_task_get_source_object (task), NULL);
  g_source_attach (source, g_task_get_context (task));
  g_task_set_task_data (task, source, async_forget_source);
}

void
mimesend_content_default_read_bytes_async (MimesendContent *self,
                                           gsize count,
                                           int io_priority,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_priority (task, io_priority);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, GSIZE_TO_POINTER (count), NULL);
  if (MIMESEND_CONTENT_GET_CLASS (self)->request_bytes != NULL)
    {
      g_set_object (&mimesend_content_get_state (self)->request, task);
      watch_cancel (task);
      MIMESEND_CONTENT_GET_CLASS (self)->request_bytes (self, count, cancellable);
    }
  else if (MIMESEND_IS_PULL (self) && !mimesend_pull_in_memory (MIMESEND_PULL (self)))
    {
      mimesend_content_call_in (self, g_task_get_context (task));
      g_task_run_in_thread (task, read_in_thread_cb);
    }
  else
    read_here (task, self, GSIZE_TO_POINTER (count), cancellable);
}

GBytes *
mimesend_content_default_read_bytes_finish (MimesendContent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_CONTENT (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mimesend_content_answer_bytes:
 * @self: a content whose class overrides `request_bytes`
 * @bytes: at least one octet; none at the end
 *
 * Completes the pending request. Without one it does nothing.
 *
 * Since: 0.1
 */
void
mimesend_content_answer_bytes (MimesendContent *self, GBytes *bytes)
{
  g_return_if_fail (MIMESEND_IS_CONTENT (self) && bytes != NULL);
  async_complete (self, g_bytes_ref (bytes), NULL);
}

/**
 * mimesend_content_answer_error:
 * @self: a content whose class overrides `request_bytes`
 * @error: why there is nothing more
 *
 * Fails the pending request, and with it the message. Without one it does nothing.
 *
 * Since: 0.1
 */
void
mimesend_content_answer_error (MimesendContent *self, const GError *error)
{
  g_return_if_fail (MIMESEND_IS_CONTENT (self) && error != NULL);
  async_complete (self, NULL, g_error_copy (error));
}

/* --- asking --- */

/* The pending read of the content's class, or NULL. */
static GTask *
steal_asked (gpointer content)
{
  return MIMESEND_IS_CONTENT (content) ? g_steal_pointer (&mimesend_content_get_state (content)->asked)
                                       : NULL;
}

/* Found by the source: bindings may lose the user data of a virtual function's callback (PyGObject 3.50 and later do). By
 * user_data where the class handed its callback on to another content, which is the source then. */
static void
read_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GObject) own_source = g_async_result_get_source_object (result);
  g_autoptr (GTask) task = steal_asked (source != NULL ? source : own_source);
  MimesendContent *self;
  GError *own = NULL, *error = NULL;
  GBytes *bytes;

  if (task == NULL && user_data != NULL)
    task = steal_asked (user_data);
  g_return_if_fail (task != NULL); /* the result of another object, or a second callback */
  self = g_task_get_source_object (task);
  bytes = MIMESEND_CONTENT_GET_CLASS (self)->read_bytes_finish (self, result, &own);
  mimesend_content_get_state (self)->reading = FALSE;
  bytes = mimesend_content_judge (self, bytes, own, &error);
  content_give (task, bytes, error);
}

static GTask *
new_task (MimesendContent *self,
          int io_priority,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_priority (task, io_priority);
  g_task_set_check_cancellable (task, FALSE); /* octets that were read must not be lost by a cancel */
  return task;
}

/* Takes task, which completes when the class calls back. */
static void
ask_class (MimesendContent *self, GTask *task, gsize count)
{
  MimesendContentState *state = mimesend_content_get_state (self);

  state->begun = TRUE;
  state->reading = TRUE;
  state->asked = task;
  MIMESEND_CONTENT_GET_CLASS (self)->read_bytes_async (self, count, g_task_get_priority (task),
                                                       g_task_get_cancellable (task), read_done_cb, self);
}

void
mimesend_content_read_held_async (MimesendContent *self,
                                  gsize count,
                                  int io_priority,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = new_task (self, io_priority, cancellable, callback, user_data);
  GError *error = NULL;
  GBytes *bytes;

  if (mimesend_content_known (self, count, TRUE, &bytes, &error))
    {
      content_give (task, bytes, error);
      return;
    }
  ask_class (self, g_steal_pointer (&task), count);
}

/**
 * mimesend_content_read_bytes_async:
 * @self: a content
 * @count: how many octets at most, at least 1
 * @io_priority: the priority of the main loop's source
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when octets are there
 * @user_data: for @callback
 *
 * mimesend_content_read_bytes() in the thread-default main context, which it does not block: what may block is read in a
 * thread. One read at a time.
 *
 * Since: 0.1
 */
void
mimesend_content_read_bytes_async (MimesendContent *self,
                                   gsize count,
                                   int io_priority,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GError *error = NULL;

  g_return_if_fail (MIMESEND_IS_CONTENT (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  if (mimesend_content_is_taken (self, &error))
    {
      g_autoptr (GTask) task = new_task (self, io_priority, cancellable, callback, user_data);

      g_task_return_error (task, error);
    }
  else
    mimesend_content_read_held_async (self, count, io_priority, cancellable, callback, user_data);
}

/**
 * mimesend_content_read_bytes_finish:
 * @self: a content
 * @result: the result passed to the callback
 * @error: return location
 *
 * Finishes mimesend_content_read_bytes_async().
 *
 * Returns: (transfer full) (nullable): as mimesend_content_read_bytes(); %G_IO_ERROR_PENDING in addition
 *
 * Since: 0.1
 */
GBytes *
mimesend_content_read_bytes_finish (MimesendContent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_CONTENT (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
take_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

GBytes *
mimesend_content_read_and_wait (MimesendContent *self, gsize count, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (mimesend_content_get_state (self)->reading)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "the content is being read already");
      return NULL;
    }
  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  ask_class (self, new_task (self, G_PRIORITY_DEFAULT, cancellable, take_result_cb, &result), count);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  return g_task_propagate_pointer (G_TASK (result), error);
}

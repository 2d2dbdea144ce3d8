/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/probe/task-thread.h"

#include "mimesend-error.h"

void
mimesend_task_thread_run (GTask *task, GThreadFunc func)
{
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_try_new ("mimesend-probe", func, task, &error);

  if (thread != NULL)
    {
      g_thread_unref (thread);
      return;
    }
  g_task_return_new_error (task, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
                           "no thread can be had: %s; trying again later is safe", error->message);
  g_object_unref (task);
}

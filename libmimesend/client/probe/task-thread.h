/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a GTask in a thread of its own. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Takes the task and passes it to func, which takes it. Not g_task_run_in_thread (): GLib's thread pool is small and shared
 * with the application, and aborts if no thread can be made. */
void mimesend_task_thread_run (GTask *task, GThreadFunc func);

G_END_DECLS

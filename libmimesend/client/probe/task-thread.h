/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A thread for an asynchronous question. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Takes the task, which func is given and takes. Not g_task_run_in_thread (): GLib's own threads are few, are shared with all
 * that an application does in them, and end it where there is no room for one. */
void mimesend_task_thread_run (GTask *task, GThreadFunc func);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Something that may take a second (a key derivation), in a thread of its own; the drive that started it is woken.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MimesendJob MimesendJob;

/* work (data) runs in a thread, then wake (wake_data) is called there. data is the job's until it is done. NULL with
 * #MIMESEND_ERROR_CONNECT: no thread can be had, which may be otherwise later; data is the caller's still. */
MimesendJob *mimesend_job_start (void (*work) (gpointer data),
                                 gpointer data,
                                 GDestroyNotify destroy,
                                 void (*wake) (gpointer wake_data),
                                 gpointer wake_data,
                                 GError **error);
gboolean mimesend_job_is_done (MimesendJob *self);

/* Once it is done. */
gpointer mimesend_job_get_data (MimesendJob *self);

/* Done or not: a job given up ends by itself, wakes nothing and destroys its data. */
void mimesend_job_free (MimesendJob *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A job that may take a second (a key derivation), in a thread of its own; the drive that started it is woken.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MimesendJob MimesendJob;

/* work (data) runs in a thread, then wake (wake_data) is called there. The job owns data until it is done. NULL with
 * #MIMESEND_ERROR_CONNECT (transient): no thread is available; data stays the caller's. */
MimesendJob *mimesend_job_start (void (*work) (gpointer data),
                                 gpointer data,
                                 GDestroyNotify destroy,
                                 void (*wake) (gpointer wake_data),
                                 gpointer wake_data,
                                 GError **error);
gboolean mimesend_job_is_done (MimesendJob *self);

/* (transfer none): the data, once the job is done. */
gpointer mimesend_job_get_data (MimesendJob *self);

/* A job that is not done ends by itself, wakes nothing and destroys its data. */
void mimesend_job_free (MimesendJob *self);

G_END_DECLS

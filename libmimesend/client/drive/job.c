/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/job.h"

#include "mimesend-error.h"

struct _MimesendJob
{
  gatomicrefcount refs;
  GMutex mutex;
  gboolean done;
  gboolean given_up;
  void (*work) (gpointer data);
  gpointer data;
  GDestroyNotify destroy;
  void (*wake) (gpointer wake_data);
  gpointer wake_data;
};

static void
job_unref (MimesendJob *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  self->destroy (self->data);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static gpointer
job_run_cb (gpointer data)
{
  MimesendJob *self = data;

  self->work (self->data);
  g_mutex_lock (&self->mutex);
  self->done = TRUE;
  if (!self->given_up)
    self->wake (self->wake_data);
  g_mutex_unlock (&self->mutex);
  job_unref (self);
  return NULL;
}

MimesendJob *
mimesend_job_start (void (*work) (gpointer data),
                    gpointer data,
                    GDestroyNotify destroy,
                    void (*wake) (gpointer wake_data),
                    gpointer wake_data,
                    GError **error)
{
  MimesendJob *self = g_new0 (MimesendJob, 1);
  g_autoptr (GError) cause = NULL;
  GThread *thread;

  g_atomic_ref_count_init (&self->refs);
  g_atomic_ref_count_inc (&self->refs);
  g_mutex_init (&self->mutex);
  self->work = work;
  self->data = data;
  self->destroy = destroy;
  self->wake = wake;
  self->wake_data = wake_data;
  thread = g_thread_try_new ("mimesend-job", job_run_cb, self, &cause);
  if (thread != NULL)
    {
      g_thread_unref (thread);
      return self;
    }
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT,
               "no thread can be had: %s; trying again later is safe", cause->message);
  g_mutex_clear (&self->mutex);
  g_free (self);
  return NULL;
}

gboolean
mimesend_job_is_done (MimesendJob *self)
{
  gboolean done;

  g_mutex_lock (&self->mutex);
  done = self->done;
  g_mutex_unlock (&self->mutex);
  return done;
}

gpointer
mimesend_job_get_data (MimesendJob *self)
{
  return self->data;
}

void
mimesend_job_free (MimesendJob *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->given_up = TRUE;
  g_mutex_unlock (&self->mutex);
  job_unref (self);
}

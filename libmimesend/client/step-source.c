/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/step-source.h"

typedef struct
{
  GSource parent;
  MimesendStepFunc step;
  gpointer owner;
  gpointer tag;
  int fd;
  GIOCondition condition;
  int woken; /* atomic */
} StepSource;

static void
watch (StepSource *self, int fd, GIOCondition condition)
{
  if (condition == 0)
    fd = -1;
  if (self->tag != NULL && self->fd != fd)
    {
      g_source_remove_unix_fd (&self->parent, self->tag);
      self->tag = NULL;
    }
  if (fd < 0)
    return;
  if (self->tag == NULL)
    self->tag = g_source_add_unix_fd (&self->parent, fd, condition);
  else if (self->condition != condition)
    g_source_modify_unix_fd (&self->parent, self->tag, condition);
  self->fd = fd;
  self->condition = condition;
}

static gboolean
step_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  StepSource *self = (StepSource *)source;
  MimesendWait wait = { .fd = -1, .deadline_us = G_MAXINT64 };

  /* Cleared first: a wake that comes while the step runs must not be lost. */
  g_source_set_ready_time (source, -1);
  g_atomic_int_set (&self->woken, 0);
  self->step (self->owner, &wait);
  if (g_source_is_destroyed (source))
    return G_SOURCE_REMOVE;

  watch (self, wait.fd, wait.condition);
  if (wait.deadline_us != G_MAXINT64)
    g_source_set_ready_time (source, MAX (wait.deadline_us, 0));
  if (wait.again || g_atomic_int_get (&self->woken))
    g_source_set_ready_time (source, 0);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs step_source_funcs = { NULL, NULL, step_source_dispatch, NULL, NULL, NULL };

GSource *
mimesend_step_source_new (MimesendStepFunc step, gpointer owner, int io_priority)
{
  GSource *source = g_source_new (&step_source_funcs, sizeof (StepSource));
  StepSource *self = (StepSource *)source;

  self->step = step;
  self->owner = owner;
  self->fd = -1;
  g_source_set_static_name (source, "mimesend");
  g_source_set_priority (source, io_priority);
  g_source_set_ready_time (source, 0);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

void
mimesend_step_source_wake (GSource *source)
{
  g_atomic_int_set (&((StepSource *)source)->woken, 1);
  g_source_set_ready_time (source, 0);
}

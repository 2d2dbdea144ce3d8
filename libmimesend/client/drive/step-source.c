/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/step-source.h"

#define STEPS 4 /* steps in one dispatch, while callbacks add work */

typedef struct
{
  GSource parent;
  MimesendStepFunc step;
  gpointer owner;
  gpointer tag;
  int fd;
  GIOCondition condition;
  int woken;       /* atomic */
  GThread *thread; /* atomic: the thread that runs a step; NULL: none */
} StepSource;

static void
step_source_watch (StepSource *self, int fd, GIOCondition condition)
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

/* Changing the ready time wakes the loop, at a cost of three system calls. A deadline moves with each message, nearly
 * always to later: so the earlier time is kept, and when it comes only the time is checked again. */
static void
step_source_arm (GSource *source, gint64 deadline)
{
  gint64 armed = g_source_get_ready_time (source);
  gboolean earlier = deadline >= 0 && (armed < 0 || deadline < armed);
  gboolean over = armed >= 0 && armed <= g_source_get_time (source);

  if (earlier || over)
    g_source_set_ready_time (source, deadline);
}

static gboolean
step_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  StepSource *self = (StepSource *)source;
  gboolean readable = self->tag == NULL || (g_source_query_unix_fd (source, self->tag) & ~G_IO_OUT) != 0;
  MimesendWait wait;
  guint n = 0;

  /* A callback of the step iterates this loop: wait until it returns. */
  if (g_atomic_pointer_get (&self->thread) != NULL)
    {
      step_source_watch (self, -1, 0);
      g_source_set_ready_time (source, -1);
      return G_SOURCE_CONTINUE;
    }
  g_atomic_pointer_set (&self->thread, g_thread_self ());
  do
    {
      wait = (MimesendWait){ .fd = -1, .deadline_us = G_MAXINT64, .readable = readable && n == 0 };
      /* Cleared first: a wake that comes while the step runs must not be lost. */
      g_atomic_int_set (&self->woken, 0);
      self->step (self->owner, &wait);
      if (g_source_is_destroyed (source))
        return G_SOURCE_REMOVE;
    }
  while (g_atomic_int_get (&self->woken) && ++n < STEPS);
  g_atomic_pointer_set (&self->thread, NULL);

  step_source_watch (self, wait.fd, wait.condition);
  step_source_arm (source, wait.deadline_us != G_MAXINT64 ? MAX (wait.deadline_us, 0) : -1);
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
  /* Otherwise GLib removes and adds the descriptor around every dispatch, and wakes the loop each time. */
  g_source_set_can_recurse (source, TRUE);
  g_source_set_ready_time (source, 0);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

void
mimesend_step_source_wake (GSource *source)
{
  StepSource *self = (StepSource *)source;

  g_atomic_int_set (&self->woken, 1);
  if (g_atomic_pointer_get (&self->thread) != g_thread_self ()) /* within a step: checked at its end */
    g_source_set_ready_time (source, 0);
}

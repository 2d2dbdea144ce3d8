/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "printer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define WAITING_MAX (16 * 1024 * 1024)

struct _SinkPrinter
{
  int fd;
  GThread *thread;
  GMutex lock;
  GCond changed; /* signalled when waiting, ending or ended changes */
  GString *waiting;
  gboolean ending, ended;
};

/* FALSE: the output is closed. */
static gboolean
printer_write_all (int fd, const char *octets, gsize n)
{
  while (n > 0)
    {
      gssize written = write (fd, octets, n);
      if (written < 0 && errno != EINTR)
        return FALSE;
      octets += MAX (written, 0);
      n -= (gsize)MAX (written, 0);
    }
  return TRUE;
}

static gpointer
print_thread_cb (gpointer data)
{
  SinkPrinter *self = data;
  gboolean open = TRUE;
  g_mutex_lock (&self->lock);
  while (!self->ending || self->waiting->len > 0)
    {
      if (self->waiting->len == 0)
        {
          g_cond_wait (&self->changed, &self->lock);
          continue;
        }
      GString *now = self->waiting;
      self->waiting = g_string_new (NULL);
      g_cond_broadcast (&self->changed);
      g_mutex_unlock (&self->lock);
      open = open && printer_write_all (self->fd, now->str, now->len);
      g_string_free (now, TRUE);
      g_mutex_lock (&self->lock);
    }
  self->ended = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return NULL;
}

SinkPrinter *
sink_printer_new (int fd)
{
  SinkPrinter *self = g_new0 (SinkPrinter, 1);
  self->fd = fd;
  self->waiting = g_string_new (NULL);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("printer", print_thread_cb, self);
  return self;
}

void
sink_printer_line (SinkPrinter *self, const char *line)
{
  g_mutex_lock (&self->lock);
  while (self->waiting->len > WAITING_MAX && !self->ending)
    g_cond_wait (&self->changed, &self->lock);
  g_string_append (self->waiting, line);
  g_string_append_c (self->waiting, '\n');
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

gboolean
sink_printer_end (SinkPrinter *self, gint64 until_us)
{
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_broadcast (&self->changed);
  while (!self->ended && g_cond_wait_until (&self->changed, &self->lock, until_us))
    ;
  gboolean ended = self->ended;
  g_mutex_unlock (&self->lock);
  if (!ended)
    return FALSE;
  g_thread_join (self->thread);
  g_string_free (self->waiting, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
  return TRUE;
}

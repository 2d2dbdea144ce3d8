/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A race, in a build that is to find them: two threads count without a lock, each holding one of its own. If this passes
 * unseen, nothing that tsan-glib.c orders is worth anything. */
#include <gio/gio.h>

static guint count;

static gpointer
count_up (gpointer data)
{
  GMutex *own = data;

  for (guint i = 0; i < 1000; i++)
    {
      g_mutex_lock (own);
      count++;
      g_mutex_unlock (own);
    }
  return NULL;
}

int
main (void)
{
  GMutex mutexes[2];
  GThread *threads[2];

  for (guint i = 0; i < 2; i++)
    {
      g_mutex_init (&mutexes[i]);
      threads[i] = g_thread_new ("counter", count_up, &mutexes[i]);
    }
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ThreadSanitizer sees what instrumented code does. GLib is not instrumented, and its locks are futexes that no interceptor
 * knows: what they order would look like a race. Here each of GLib's functions that orders threads is put ahead of GLib's
 * own, and says so: release where it is published, acquire where it is seen, on the same object and on no other. A
 * race of ours stays a race: nothing is ordered here that GLib does not order by a lock or an atomic of that very object. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)

#include <dlfcn.h>
#include <gio/gio.h>
#include <sanitizer/tsan_interface.h>

/* The same function in GLib. */
#define REAL(name)                                                                                           \
  static __typeof__ (name) *found;                                                                           \
  __typeof__ (name) *real = __atomic_load_n (&found, __ATOMIC_RELAXED);                                      \
                                                                                                             \
  if (real == NULL)                                                                                          \
    {                                                                                                        \
      real = (__typeof__ (name) *)dlsym (RTLD_NEXT, #name);                                                  \
      __atomic_store_n (&found, real, __ATOMIC_RELAXED);                                                     \
    }

/* An atomic that is read and written, or a lock that is taken and left. */
static void
order (gpointer object)
{
  __tsan_release (object);
  __tsan_acquire (object);
}

/* --- locks --- */

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock);
  real (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked;

  REAL (g_mutex_trylock);
  locked = real (mutex);
  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  REAL (g_mutex_unlock);
  __tsan_release (mutex);
  real (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait);
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean woken;

  REAL (g_cond_wait_until);
  __tsan_release (mutex);
  woken = real (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return woken;
}

/* Once: the fast way in is an atomic of the caller's, which ThreadSanitizer sees; what is published with it is told here. */
gboolean (g_once_init_enter) (volatile void *location)
{
  gboolean first;

  REAL (g_once_init_enter);
  first = real (location);
  __tsan_acquire ((gpointer)location);
  return first;
}

void (g_once_init_leave) (volatile void *location, gsize result)
{
  REAL (g_once_init_leave);
  __tsan_release ((gpointer)location);
  real (location, result);
}

/* --- references: the last one to go sees what the others did --- */

void
g_object_unref (gpointer object)
{
  REAL (g_object_unref);
  order (object);
  real (object);
}

void
g_bytes_unref (GBytes *bytes)
{
  REAL (g_bytes_unref);
  if (bytes != NULL)
    order (bytes);
  real (bytes);
}

/* --- main contexts: attaching, waking or destroying a source happens under the context's lock, and the context takes it
 * around each poll --- */

static __thread GMainContext *iterated;

static gint
poll_and_see (GPollFD *fds, guint n, gint timeout)
{
  gint ready;

  __tsan_release (iterated);
  ready = g_poll (fds, n, timeout);
  __tsan_acquire (iterated);
  return ready;
}

GMainContext *
g_main_context_new (void)
{
  GMainContext *context;

  REAL (g_main_context_new);
  context = real ();
  g_main_context_set_poll_func (context, poll_and_see);
  return context;
}

gboolean
g_main_context_iteration (GMainContext *context, gboolean may_block)
{
  GMainContext *outer = iterated;
  gboolean dispatched;

  REAL (g_main_context_iteration);
  iterated = context != NULL ? context : g_main_context_default ();
  order (iterated);
  dispatched = real (context, may_block);
  order (iterated);
  iterated = outer;
  return dispatched;
}

void
g_main_context_unref (GMainContext *context)
{
  REAL (g_main_context_unref);
  order (context);
  real (context);
}

static void
order_source (GSource *source)
{
  GMainContext *context = g_source_get_context (source);

  order (source);
  if (context != NULL)
    order (context);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  REAL (g_source_attach);
  order (source);
  order (context != NULL ? context : g_main_context_default ());
  return real (source, context);
}

void
g_source_set_ready_time (GSource *source, gint64 ready_time)
{
  REAL (g_source_set_ready_time);
  if (!g_source_is_destroyed (source))
    order_source (source);
  real (source, ready_time);
}

void
g_source_unref (GSource *source)
{
  REAL (g_source_unref);
  order (source);
  real (source);
}

/* --- cancelling: a flag and a list of handlers, under one lock --- */

void
g_cancellable_cancel (GCancellable *cancellable)
{
  REAL (g_cancellable_cancel);
  if (cancellable != NULL)
    order (cancellable);
  real (cancellable);
}

gboolean
g_cancellable_is_cancelled (GCancellable *cancellable)
{
  gboolean cancelled;

  REAL (g_cancellable_is_cancelled);
  cancelled = real (cancellable);
  if (cancelled)
    __tsan_acquire (cancellable);
  return cancelled;
}

gulong
g_cancellable_connect (GCancellable *cancellable, GCallback callback, gpointer data, GDestroyNotify destroy)
{
  REAL (g_cancellable_connect);
  order (cancellable);
  return real (cancellable, callback, data, destroy);
}

void
g_cancellable_disconnect (GCancellable *cancellable, gulong id)
{
  REAL (g_cancellable_disconnect);
  real (cancellable, id);
  if (cancellable != NULL)
    order (cancellable);
}

#endif
#endif

typedef int mimesend_not_empty;

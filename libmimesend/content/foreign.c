/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pulls from a class that the application derived, perhaps in another language. mimesend_content_read_held () applies the
 * rules of read_bytes (); here the octets become pieces. The class is called in the sender's main context alone, since an
 * interpreter may allow no other thread: a worker asks there and waits. */
#include "content/foreign.h"

#include "content/content-private.h"

struct _MimesendForeign
{
  MimesendContent parent_instance;
  MimesendContent *content;
};

static void foreign_pull_init (MimesendPullInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MimesendForeign,
                               mimesend_foreign,
                               MIMESEND_TYPE_CONTENT,
                               G_IMPLEMENT_INTERFACE (MIMESEND_TYPE_PULL, foreign_pull_init))

static void
foreign_release_bytes (gpointer bytes)
{
  g_bytes_unref (bytes);
}

/* --- asked by a worker --- */

/* A worker's pending request, shared with the context in which the class is called. */
typedef struct
{
  gatomicrefcount refs;
  MimesendContent *content;
  gsize count; /* 0: it is to be begun again */
  GCancellable *cancellable;
  GMainContext *context;
  GMutex mutex;
  GCond told;
  gboolean answered;
  GBytes *bytes;
  GError *error;
} Question;

static void
question_unref (gpointer data)
{
  Question *self = data;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_object_unref (self->content);
  g_clear_object (&self->cancellable);
  g_main_context_unref (self->context);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->told);
  g_free (self);
}

static void
question_complete (Question *self, GBytes *bytes, GError *error)
{
  g_mutex_lock (&self->mutex);
  self->bytes = bytes;
  self->error = error;
  self->answered = TRUE;
  g_cond_broadcast (&self->told);
  g_mutex_unlock (&self->mutex);
}

static void
question_answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *self = data;
  GError *error = NULL;
  GBytes *bytes = mimesend_content_read_bytes_finish (self->content, result, &error);

  question_complete (self, bytes, error);
  question_unref (self);
}

static gboolean
question_ask_cb (gpointer data)
{
  Question *self = data;
  GError *error = NULL;
  GBytes *bytes;

  if (g_cancellable_is_cancelled (self->cancellable)) /* the worker gave up */
    return G_SOURCE_REMOVE;
  g_main_context_push_thread_default (self->context);
  if (self->count == 0)
    {
      bytes = mimesend_content_rewind_held (self->content, &error) ? g_bytes_new (NULL, 0) : NULL;
      question_complete (self, bytes, error);
    }
  else if (mimesend_content_is_asynchronous (self->content))
    {
      g_atomic_ref_count_inc (&self->refs);
      mimesend_content_read_held_async (self->content, self->count, G_PRIORITY_DEFAULT, self->cancellable,
                                        question_answered_cb, self);
    }
  else
    {
      bytes = mimesend_content_read_held (self->content, self->count, self->cancellable, &error);
      question_complete (self, bytes, error);
    }
  g_main_context_pop_thread_default (self->context);
  return G_SOURCE_REMOVE;
}

static void
question_wake_cb (GCancellable *cancellable, gpointer data)
{
  Question *self = data;

  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->told);
  g_mutex_unlock (&self->mutex);
}

static GBytes *
ask_in_context (
    MimesendContent *content, GMainContext *context, gsize count, GCancellable *cancellable, GError **error)
{
  Question *self = g_new0 (Question, 1);
  g_autoptr (GSource) source = g_idle_source_new ();
  GBytes *bytes;
  gulong id = 0;

  g_atomic_ref_count_init (&self->refs);
  g_atomic_ref_count_inc (&self->refs); /* the source's reference */
  self->content = g_object_ref (content);
  self->context = g_main_context_ref (context);
  self->count = count;
  g_set_object (&self->cancellable, cancellable);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->told);
  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (question_wake_cb), self, NULL);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, question_ask_cb, self, question_unref);
  g_source_attach (source, context);

  g_mutex_lock (&self->mutex);
  while (!self->answered && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->told, &self->mutex);
  bytes = g_steal_pointer (&self->bytes);
  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  else if (bytes == NULL)
    g_cancellable_set_error_if_cancelled (cancellable, error);
  g_mutex_unlock (&self->mutex);
  g_cancellable_disconnect (cancellable, id);
  question_unref (self);
  return bytes;
}

/* --- the pull --- */

static MimesendPullStatus
foreign_pull (MimesendPull *pull, gsize max, MimesendPiece *piece, GCancellable *cancellable, GError **error)
{
  MimesendForeign *self = MIMESEND_FOREIGN (pull);
  GMainContext *context = mimesend_content_get_state (self->content)->context;
  GBytes *bytes;

  if (context != NULL)
    bytes = ask_in_context (self->content, context, max, cancellable, error);
  else if (mimesend_content_is_asynchronous (self->content))
    bytes = mimesend_content_read_and_wait (self->content, max, cancellable, error);
  else
    bytes = mimesend_content_read_held (self->content, max, cancellable, error);
  if (bytes == NULL)
    return MIMESEND_PULL_FAILED;
  if (g_bytes_get_size (bytes) == 0)
    {
      g_bytes_unref (bytes);
      return MIMESEND_PULL_END;
    }
  piece->data = g_bytes_get_data (bytes, &piece->length);
  piece->release = foreign_release_bytes;
  piece->owner = bytes;
  return MIMESEND_PULL_PIECE;
}

/* A class that overrides read_bytes () alone is taken to return its octets without blocking. */
static gboolean
foreign_may_block (MimesendPull *pull)
{
  return mimesend_content_is_asynchronous (MIMESEND_FOREIGN (pull)->content);
}

static gboolean
foreign_in_memory (MimesendPull *pull)
{
  return !foreign_may_block (pull);
}

/* A worker is not the thread to call the class in: it asks for that, too, and may be told to leave meanwhile. */
static gboolean
foreign_rewind (MimesendPull *pull)
{
  MimesendContent *content = MIMESEND_FOREIGN (pull)->content;
  GMainContext *context = mimesend_content_get_state (content)->context;
  g_autoptr (GBytes) done = NULL;

  if (context == NULL)
    return mimesend_content_rewind_held (content, NULL);
  if (g_main_context_is_owner (context)) /* it would wait for itself */
    return FALSE;
  done = ask_in_context (content, context, 0, g_cancellable_get_current (), NULL);
  return done != NULL;
}

static gboolean
foreign_can_rewind (MimesendPull *pull)
{
  MimesendContentClass *plain = g_type_class_peek (MIMESEND_TYPE_CONTENT);

  return MIMESEND_CONTENT_GET_CLASS (MIMESEND_FOREIGN (pull)->content)->rewind != plain->rewind;
}

static void
foreign_foreach_inner (MimesendPull *pull, MimesendInnerFunc func, gpointer data)
{
  func (MIMESEND_FOREIGN (pull)->content, data);
}

static gboolean
foreign_prepare (MimesendContent *content, MimesendWireFlags wire, GError **error)
{
  return mimesend_content_prepare (MIMESEND_FOREIGN (content)->content, wire, error);
}

static gint64
foreign_length (MimesendContent *content)
{
  return mimesend_content_get_length (MIMESEND_FOREIGN (content)->content);
}

static void
mimesend_foreign_finalize (GObject *object)
{
  g_clear_object (&MIMESEND_FOREIGN (object)->content);
  G_OBJECT_CLASS (mimesend_foreign_parent_class)->finalize (object);
}

static void
foreign_pull_init (MimesendPullInterface *iface)
{
  iface->pull = foreign_pull;
  iface->rewind = foreign_rewind;
  iface->can_rewind = foreign_can_rewind;
  iface->foreach_inner = foreign_foreach_inner;
  iface->may_block = foreign_may_block;
  iface->in_memory = foreign_in_memory;
}

static void
mimesend_foreign_class_init (MimesendForeignClass *klass)
{
  MimesendContentClass *content_class = MIMESEND_CONTENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mimesend_foreign_finalize;
  content_class->prepare = foreign_prepare;
  content_class->length = foreign_length;
}

static void
mimesend_foreign_init (MimesendForeign *self)
{
}

MimesendPull *
mimesend_pull_new_for_content (MimesendContent *content)
{
  MimesendForeign *self;

  if (MIMESEND_IS_PULL (content))
    return MIMESEND_PULL (g_object_ref (content));
  self = g_object_new (MIMESEND_TYPE_FOREIGN, NULL);
  self->content = g_object_ref (content);
  return MIMESEND_PULL (self);
}

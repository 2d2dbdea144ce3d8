/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/feed.h"

#include "content/content-ahead.h"
#include "mimesend-error.h"

#define AHEAD     4 /* pieces that a worker keeps ready: one change of threads for all of them, … */
#define PIECE_MAX MIMESEND_PIECE_BEST /* … of at most about this many octets */

/* The worker's state, shared with the feed, which it may outlive. */
typedef struct
{
  gatomicrefcount refs;
  MimesendPull *content;
  GCancellable *cancellable;
  GMainContext *context; /* the caller's, in which classes of the application are called */
  GMutex mutex;
  GCond room;
  GQueue ready;    /* of MimesendPiece * */
  gboolean looked; /* the header was read ahead, or failed, and … */
  gboolean wanted; /* … set when pieces are wanted: nothing is pulled before */
  GError *fault;   /* the error of reading ahead */
  gboolean asked;  /* the feed asked in vain, and is woken when there is a piece */
  gboolean ended;
  gboolean closed; /* closed by the feed, which is woken when the worker has stopped, … */
  gboolean alone;  /* … or freed, and not woken */
  gboolean left;   /* the worker no longer uses the content */
  GError *failure;
  void (*wake) (gpointer data);
  gpointer data;
} Worker;

struct _MimesendFeed
{
  MimesendPull *content;
  gboolean on_worker;
  void (*wake) (gpointer data);
  gpointer data;
  Worker *worker; /* NULL: pulled in this thread, or not begun */
  gboolean over;
  MimesendHeaderWatch header;
  gsize watched; /* octets seen by the header watch */
};

static void
worker_unref (Worker *self)
{
  MimesendPiece *piece;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  while ((piece = g_queue_pop_head (&self->ready)) != NULL)
    {
      mimesend_piece_clear (piece);
      g_free (piece);
    }
  g_clear_error (&self->failure);
  g_clear_error (&self->fault);
  g_clear_object (&self->content);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->room);
  g_free (self);
}

/* Copies a lent piece, which is valid only until the next pull, to pass it to another thread. */
static MimesendPiece *
piece_to_keep (MimesendPiece *piece)
{
  MimesendPiece *kept = g_new (MimesendPiece, 1);

  *kept = *piece;
  if (piece->release == NULL)
    {
      kept->owner = g_memdup2 (piece->data, piece->length);
      kept->data = kept->owner;
      kept->release = g_free;
    }
  return kept;
}

/* Lets go of the content. The feed still holds it, so that it is finalized in the caller's thread. */
static void
worker_leave (Worker *self)
{
  mimesend_content_call_in (MIMESEND_CONTENT (self->content), NULL);
  g_clear_object (&self->content);
  self->left = TRUE;
  if (self->closed && !self->alone)
    self->wake (self->data);
}

/* Reads ahead, then waits until pieces are wanted. FALSE: they never are. */
static gboolean
worker_look (Worker *self)
{
  gboolean looking = TRUE, wanted = FALSE;

  while (looking)
    {
      GError *error = NULL;
      MimesendPullStatus status = mimesend_pull_look (self->content, self->cancellable, &error);

      g_mutex_lock (&self->mutex);
      self->looked = status != MIMESEND_PULL_PIECE;
      self->fault = error;
      if (self->looked && self->asked && !self->closed)
        self->wake (self->data);
      while (self->looked && !self->wanted && !self->closed)
        g_cond_wait (&self->room, &self->mutex);
      looking = !self->wanted && !self->closed;
      wanted = !self->closed;
      if (!looking && !wanted)
        worker_leave (self);
      g_mutex_unlock (&self->mutex);
    }
  return wanted;
}

static gpointer
worker_run_cb (gpointer data)
{
  Worker *self = data;
  gboolean going;

  g_cancellable_push_current (
      self->cancellable); /* for reads without a cancellable of their own: walk/stream-read.c */
  going = worker_look (self);
  while (going)
    {
      MimesendPiece piece = { 0 };
      GError *error = NULL;
      MimesendPullStatus status;

      status = mimesend_pull_next (self->content, PIECE_MAX, &piece, self->cancellable, &error);

      g_mutex_lock (&self->mutex);
      if (status == MIMESEND_PULL_PIECE)
        g_queue_push_tail (&self->ready, piece_to_keep (&piece));
      else if (status == MIMESEND_PULL_FAILED)
        self->failure = error;
      self->ended = status != MIMESEND_PULL_PIECE;
      if (self->asked && !self->closed)
        self->wake (self->data);
      self->asked = FALSE;
      while (!self->closed && !self->ended && g_queue_get_length (&self->ready) >= AHEAD)
        g_cond_wait (&self->room, &self->mutex);
      going = !self->closed && !self->ended;
      if (!going)
        worker_leave (self);
      g_mutex_unlock (&self->mutex);
    }
  g_cancellable_pop_current (self->cancellable);
  worker_unref (self);
  return NULL;
}

/* The context of the current source, which need not be the thread's default. */
static GMainContext *
current_context (void)
{
  GSource *source = g_main_current_source ();

  return source != NULL ? g_main_context_ref (g_source_get_context (source))
                        : g_main_context_ref_thread_default ();
}

static Worker *
worker_start (MimesendPull *content, void (*wake) (gpointer data), gpointer data, GError **error)
{
  Worker *self = g_new0 (Worker, 1);
  g_autoptr (GError) cause = NULL;
  GThread *thread;

  g_atomic_ref_count_init (&self->refs);
  g_atomic_ref_count_inc (&self->refs);
  self->content = g_object_ref (content);
  self->cancellable = g_cancellable_new ();
  self->context = current_context ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->room);
  self->wake = wake;
  self->data = data;
  mimesend_content_call_in (MIMESEND_CONTENT (content), self->context);
  thread = g_thread_try_new ("mimesend-feed", worker_run_cb, self, &cause);
  if (thread != NULL)
    {
      g_thread_unref (thread);
      return self;
    }
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "no thread can be had to read the content: %s; try again when the system has room for one",
               cause->message);
  mimesend_content_call_in (MIMESEND_CONTENT (content), NULL);
  self->alone = TRUE;
  worker_unref (self);
  worker_unref (self);
  return NULL;
}

MimesendFeed *
mimesend_feed_new (MimesendPull *content, gboolean on_worker, void (*wake) (gpointer data), gpointer data)
{
  MimesendFeed *self = g_new0 (MimesendFeed, 1);

  self->content = g_object_ref (content);
  self->on_worker = on_worker;
  self->wake = wake;
  self->data = data;
  return self;
}

static MimesendPullStatus
worker_next (Worker *self, MimesendPiece *piece, GError **error)
{
  g_autofree MimesendPiece *kept = NULL;
  MimesendPullStatus status = MIMESEND_PULL_WAIT;

  g_mutex_lock (&self->mutex);
  kept = g_queue_pop_head (&self->ready);
  if (kept != NULL)
    {
      *piece = *kept;
      status = MIMESEND_PULL_PIECE;
      if (g_queue_is_empty (&self->ready)) /* not for each piece, to avoid a thread switch each time */
        g_cond_broadcast (&self->room);
    }
  else if (self->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      status = MIMESEND_PULL_FAILED;
    }
  else if (self->ended)
    status = MIMESEND_PULL_END;
  else
    self->asked = TRUE;
  g_mutex_unlock (&self->mutex);
  return status;
}

/* Scans octets of the caller's; a tree's header was checked when it was rendered. */
static gboolean
header_is_fine (MimesendFeed *self, MimesendPiece *piece, GError **error)
{
  gsize known = MIN (self->watched, piece->length);

  self->watched -= known;
  if (mimesend_header_watch (&self->header, piece->data + known, piece->length - known))
    return TRUE;
  mimesend_header_set_fault (&self->header, error);
  mimesend_piece_clear (piece);
  return FALSE;
}

static gboolean
has_worker (MimesendFeed *self, GError **error)
{
  if (self->worker == NULL) /* the worker starts with the first pull, so that nothing is read in vain */
    self->worker = worker_start (self->content, self->wake, self->data, error);
  return self->worker != NULL;
}

static MimesendPullStatus
worker_looked (Worker *self, GError **error)
{
  MimesendPullStatus status = MIMESEND_PULL_END;

  g_mutex_lock (&self->mutex);
  if (!self->looked)
    {
      self->asked = TRUE;
      status = MIMESEND_PULL_WAIT;
    }
  else if (self->fault != NULL)
    {
      g_propagate_error (error, g_error_copy (self->fault));
      status = MIMESEND_PULL_FAILED;
    }
  g_mutex_unlock (&self->mutex);
  return status;
}

MimesendPullStatus
mimesend_feed_look (MimesendFeed *self, GError **error)
{
  MimesendPullStatus status;
  const MimesendAhead *ahead;

  if (!self->on_worker)
    while ((status = mimesend_pull_look (self->content, NULL, error)) == MIMESEND_PULL_PIECE)
      ;
  else if (has_worker (self, error))
    status = worker_looked (self->worker, error);
  else
    status = MIMESEND_PULL_FAILED;
  if (status != MIMESEND_PULL_END)
    return status;
  ahead = mimesend_pull_get_ahead (self->content);
  if (ahead != NULL && mimesend_ahead_has_pieces (ahead))
    {
      self->header = ahead->header;
      self->watched = ahead->octets;
    }
  return status;
}

static void
worker_want (Worker *self)
{
  if (self->wanted)
    return;
  g_mutex_lock (&self->mutex);
  self->wanted = TRUE;
  g_cond_broadcast (&self->room);
  g_mutex_unlock (&self->mutex);
}

MimesendPullStatus
mimesend_feed_next (MimesendFeed *self, gsize max, MimesendPiece *piece, GError **error)
{
  MimesendPullStatus status;

  if (self->over)
    return MIMESEND_PULL_END;
  if (!self->on_worker)
    status = mimesend_pull_next (self->content, max, piece, NULL, error);
  else if (has_worker (self, error))
    {
      worker_want (self->worker);
      status = worker_next (self->worker, piece, error);
    }
  else
    status = MIMESEND_PULL_FAILED;
  if (status == MIMESEND_PULL_PIECE && !header_is_fine (self, piece, error))
    status = MIMESEND_PULL_FAILED;
  if (status == MIMESEND_PULL_END)
    mimesend_header_watch_end (&self->header);
  self->over = status == MIMESEND_PULL_END || status == MIMESEND_PULL_FAILED;
  return status;
}

const MimesendHeaderWatch *
mimesend_feed_get_header (MimesendFeed *self)
{
  return &self->header;
}

/* Closes the worker. alone: the feed is freed too. */
static void
worker_close (Worker *self, gboolean alone)
{
  g_cancellable_cancel (self->cancellable);
  g_mutex_lock (&self->mutex);
  self->closed = TRUE;
  self->alone = alone;
  g_cond_broadcast (&self->room);
  g_mutex_unlock (&self->mutex);
}

void
mimesend_feed_close (MimesendFeed *self)
{
  self->over = TRUE;
  if (self->worker != NULL)
    worker_close (self->worker, FALSE);
}

gboolean
mimesend_feed_has_left (MimesendFeed *self)
{
  gboolean left;

  if (self->worker == NULL)
    return TRUE;
  g_mutex_lock (&self->worker->mutex);
  left = self->worker->left;
  g_mutex_unlock (&self->worker->mutex);
  return left;
}

void
mimesend_feed_free (MimesendFeed *self)
{
  if (self == NULL)
    return;
  if (self->worker != NULL)
    {
      worker_close (self->worker, TRUE);
      worker_unref (self->worker);
    }
  g_object_unref (self->content);
  g_free (self);
}

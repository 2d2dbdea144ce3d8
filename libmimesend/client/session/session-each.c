/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mimesend_session_send_each (): the callback returns the next message when the window has room. The runner sends them;
 * here are the callbacks and the completion. */
#include "client/session/session-private.h"
#include "client/drive/step-source.h"
#include "content/concat.h"

#include "mimesend-error.h"

#define OUT_MOST 1000 /* messages that are not settled, those waiting for another attempt included */

typedef struct
{
  MimesendSession *session; /* owned */
  MimesendNextFunc next;
  gpointer next_data;
  MimesendSettledFunc settled;
  gpointer settled_data;
  MimesendSendFlags flags;
  int io_priority;
  gboolean never_block;
  GCancellable *cancellable; /* owned; NULL: none */
  gulong cancelled_id;
  gboolean ended; /* no more is asked for */
  guint64 n_given;
  guint n_out;
  struct Item *kept; /* a message whose content is in use by another message; NULL: none */
  GError *error;     /* why it ended early */
  gboolean over;
  GTask *task; /* the task of the asynchronous function */
  GDestroyNotify next_destroy, settled_destroy;
} Each;

typedef struct Item
{
  Each *each;
  guint64 tag;
  MimesendDelivery *delivery; /* owned until the runner has it */
} Item;

static void
each_free (Each *self)
{
  if (self->cancelled_id != 0)
    g_cancellable_disconnect (self->cancellable, self->cancelled_id);
  if (self->next_destroy != NULL)
    self->next_destroy (self->next_data);
  if (self->settled_destroy != NULL)
    self->settled_destroy (self->settled_data);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_object_unref (self->session);
  g_free (self);
}

/* The first reason stands. Takes the error; NULL: next said that there is no more. */
static void
each_end (Each *self, GError *error)
{
  self->ended = TRUE;
  if (self->error == NULL)
    self->error = error;
  else
    g_clear_error (&error);
}

static void
each_look (Each *self)
{
  if (self->ended && self->n_out == 0)
    mimesend_runner_end_pull (self->session->runner);
}

static void
message_done (MimesendDelivery *delivery, gpointer data)
{
  Item *item = data;
  Each *self = item->each;
  const GError *failure = mimesend_delivery_get_error (delivery);
  MimesendReceipt *receipt = mimesend_delivery_get_receipt (delivery);

  mimesend_delivery_release (delivery);
  self->n_out--;
  g_atomic_int_set (&self->session->later, FALSE);
  /* no server could be asked: no further messages are requested */
  if (failure != NULL)
    each_end (self, g_error_copy (failure));
  mimesend_session_note_last (self->session, delivery);
  self->settled (self->session, item->tag, receipt, self->settled_data);
  g_free (item);
  each_look (self);
}

/* The error for a message that cannot be sent, which ends the call. */
static GError *
fault_of (Each *self, MimesendEnvelope *envelope, MimesendContent *content)
{
  const char *what = envelope == NULL ? "no envelope was given with it" : "no content was given with it";

  if (envelope != NULL && content != NULL && mimesend_concat_count (content) > 0)
    return NULL;
  if (envelope != NULL && content != NULL)
    what = "its content has no argument; for a message of no octets add an empty string";
  return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "message %" G_GUINT64_FORMAT ": %s",
                      self->n_given + 1, what);
}

/* Settles a message without a server; the receipt says why. Takes all three. */
static void
item_refuse (Item *item, MimesendDelivery *delivery, GError *error)
{
  mimesend_delivery_refuse (delivery, error);
  message_done (delivery, item);
  mimesend_delivery_free (delivery);
}

/* Whether the content is in use by another message, perhaps of this batch: it is tried again when one is settled. */
static gboolean
item_is_kept (Item *item, MimesendDelivery *delivery, const GError *error)
{
  Each *self = item->each;

  if (self->n_out == 1 || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING))
    return FALSE;
  item->delivery = delivery;
  self->kept = item;
  return TRUE;
}

typedef enum
{
  GIVEN, /* to the runner */
  KEPT,
  REFUSED
} Tried;

/* Tries to send a message. Takes both. */
static Tried
try_item (Item *item, MimesendDelivery *delivery)
{
  Each *self = item->each;
  GError *error = self->error != NULL ? g_error_copy (self->error) : NULL;

  self->kept = NULL;
  if (error == NULL && mimesend_delivery_hold (delivery, &error))
    {
      mimesend_session_try (self->session, delivery, self->io_priority, self->cancellable, message_done,
                            item);
      return GIVEN;
    }
  if (self->error == NULL && item_is_kept (item, delivery, error))
    {
      g_error_free (error);
      return KEPT;
    }
  item_refuse (item, delivery, error);
  return REFUSED;
}

/* (transfer full) (nullable): the next message; NULL: there is none, now or at all. */
static Item *
each_ask (Each *self)
{
  g_autoptr (MimesendEnvelope) envelope = NULL;
  g_autoptr (MimesendContent) content = NULL;
  GError *error = NULL;
  MimesendNext answer;
  Item *item;
  guint64 tag = 0;

  if (self->ended || self->n_out >= OUT_MOST || g_atomic_int_get (&self->session->later))
    return NULL;
  g_atomic_int_set (&self->session->later,
                    TRUE); /* set before the call, so that nothing that happens during it is lost */
  answer = self->next (self->session, &envelope, &content, &tag, self->next_data);
  if (answer == MIMESEND_NEXT_LATER)
    return NULL;
  g_atomic_int_set (&self->session->later, FALSE);
  if (answer == MIMESEND_NEXT_MESSAGE)
    error = fault_of (self, envelope, content);
  if (answer != MIMESEND_NEXT_MESSAGE || error != NULL)
    {
      each_end (self, error);
      each_look (self);
      return NULL;
    }
  item = g_new0 (Item, 1);
  item->each = self;
  item->tag = tag;
  item->delivery =
      mimesend_delivery_new (envelope, content, self->flags, self->never_block, self->session->policy.dkims);
  self->n_given++;
  self->n_out++;
  return item;
}

/* TRUE: another message was passed to the runner. */
static gboolean
each_more (gpointer data)
{
  Each *self = data;
  Tried tried = REFUSED;

  while (tried == REFUSED)
    {
      GError *error = NULL;
      Item *item;

      if (!self->ended && g_cancellable_set_error_if_cancelled (self->cancellable, &error))
        {
          each_end (self, error);
          each_look (self);
        }
      item = self->kept != NULL ? self->kept : each_ask (self);
      if (item == NULL)
        return FALSE;
      tried = try_item (item, g_steal_pointer (&item->delivery));
    }
  return tried == GIVEN;
}

/* For mimesend_session_ask_again (), which any thread may call. */
static void
set_pulled (MimesendSession *session, GSource *source)
{
  g_mutex_lock (&session->mutex);
  g_clear_pointer (&session->pulled, g_source_unref);
  session->pulled = source != NULL ? g_source_ref (source) : NULL;
  g_mutex_unlock (&session->mutex);
}

static void
each_over (gpointer data)
{
  Each *self = data;
  GTask *task = self->task;

  set_pulled (self->session, NULL);
  mimesend_session_leave (self->session);
  self->over = TRUE;
  if (task == NULL)
    return;
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_boolean (task, TRUE);
  each_free (self);
  g_object_unref (task);
}

static void
each_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  mimesend_session_ask_again (((Each *)data)->session);
}

static Each *
each_new (MimesendSession *session,
          MimesendNextFunc next,
          gpointer next_data,
          MimesendSettledFunc settled,
          gpointer settled_data,
          MimesendSendFlags flags,
          GCancellable *cancellable)
{
  Each *self = g_new0 (Each, 1);

  self->session = g_object_ref (session);
  self->next = next;
  self->next_data = next_data;
  self->settled = settled;
  self->settled_data = settled_data;
  self->flags = flags;
  self->io_priority = G_PRIORITY_DEFAULT;
  g_set_object (&self->cancellable, cancellable);
  return self;
}

/* The session is marked as sending. */
static void
each_begin (Each *self)
{
  MimesendSession *session = self->session;

  g_atomic_int_set (&session->later, FALSE);
  set_pulled (session, mimesend_runner_pull (session->runner, self->io_priority, each_more, each_over, self));
  if (self->cancellable != NULL)
    self->cancelled_id =
        g_cancellable_connect (self->cancellable, G_CALLBACK (each_cancelled_cb), self, NULL);
}

/**
 * mimesend_session_send_each:
 * @self: a session
 * @next: (scope call) (closure next_data): asked for the next message whenever there is room for one
 * @next_data: for @next
 * @settled: (scope call) (closure settled_data): told of each message once, when it is settled
 * @settled_data: for @settled
 * @flags: how the message is sent, for each
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for a #GError
 *
 * Sends many messages over one connection and waits for the last. A message is asked for when it can begin: with
 * #MimesendSession:window as many are on their way at once, and no more than that are in memory. There is no main loop's
 * turn, and no task, for each of them.
 *
 * Every message that @next gave is told to @settled exactly once, in the order of completion, with its receipt:
 * accepted, refused, deferred, not tried or in doubt (mimesend_receipt_check () makes an error of it). A connection that
 * is lost is made anew for what comes next. Where no server can be asked at all, what was given is told as that, no more
 * is asked for, and the error is returned.
 *
 * A content may be given again and again (#MimesendContent says which): its next message waits, and those behind it, until the
 * one ahead that has it is settled. One that cannot be begun again is told as not tried, %MIMESEND_ERROR_CONTENT, or
 * %G_IO_ERROR_PENDING if a delivery elsewhere has it.
 *
 * Both functions are called in the thread that called this one, out of the step of the connection: they may not use this
 * session but for mimesend_session_ask_again ().
 *
 * Returns: %TRUE: @next said that there is no more, and all that it gave is settled, however; %FALSE with
 * %MIMESEND_ERROR_ARGUMENT (what @next gave cannot be sent), the errors of mimesend_session_send () where the server could
 * not be asked, %MIMESEND_ERROR_UNSUPPORTED (a program takes one message at a time), %G_IO_ERROR_CANCELLED or
 * %G_IO_ERROR_PENDING: what was given is settled all the same
 *
 * Since: 0.1
 */
gboolean
mimesend_session_send_each (MimesendSession *self,
                            MimesendNextFunc next,
                            gpointer next_data,
                            MimesendSettledFunc settled,
                            gpointer settled_data,
                            MimesendSendFlags flags,
                            GCancellable *cancellable,
                            GError **error)
{
  GMainContext *context;
  GError *failure;
  Each *each;

  g_return_val_if_fail (MIMESEND_IS_SESSION (self) && next != NULL && settled != NULL, FALSE);
  g_return_val_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  if (!mimesend_session_enter_batch (self, error))
    return FALSE;
  each = each_new (self, next, next_data, settled, settled_data, flags, cancellable);
  context = mimesend_session_begin_wait (self);
  each_begin (each);
  mimesend_session_end_wait (self, context, &each->over);
  failure = g_steal_pointer (&each->error);
  each_free (each);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

/**
 * mimesend_session_send_each_async:
 * @self: a session
 * @next: (scope notified) (closure next_data) (destroy next_destroy): asked for the next message whenever there is room
 * @next_data: for @next
 * @next_destroy: (nullable): called with @next_data when it is needed no more
 * @settled: (scope notified) (closure settled_data) (destroy settled_destroy): told of each message once
 * @settled_data: for @settled
 * @settled_destroy: (nullable): called with @settled_data when it is needed no more
 * @flags: how the message is sent, for each
 * @io_priority: the priority of the main loop's source
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the last message is settled
 * @user_data: for @callback
 *
 * mimesend_session_send_each () in the thread-default main context, which it never blocks. The session is taken until the
 * end.
 *
 * Since: 0.1
 */
void
mimesend_session_send_each_async (MimesendSession *self,
                                  MimesendNextFunc next,
                                  gpointer next_data,
                                  GDestroyNotify next_destroy,
                                  MimesendSettledFunc settled,
                                  gpointer settled_data,
                                  GDestroyNotify settled_destroy,
                                  MimesendSendFlags flags,
                                  int io_priority,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;
  GError *error = NULL;
  Each *each;

  g_return_if_fail (MIMESEND_IS_SESSION (self) && next != NULL && settled != NULL);
  g_return_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (task, FALSE); /* what is settled stays settled */
  each = each_new (self, next, next_data, settled, settled_data, flags, cancellable);
  each->next_destroy = next_destroy;
  each->settled_destroy = settled_destroy;
  each->never_block = TRUE;
  each->io_priority = io_priority;
  each->task = task;
  if (mimesend_session_enter_batch (self, &error))
    {
      each_begin (each);
      return;
    }
  g_task_return_error (task, error);
  each_free (each);
  g_object_unref (task);
}

/**
 * mimesend_session_send_each_finish:
 * @self: a session
 * @result: the result passed to the callback
 * @error: return location for a #GError
 *
 * Finishes mimesend_session_send_each_async().
 *
 * Returns: as mimesend_session_send_each ()
 *
 * Since: 0.1
 */
gboolean
mimesend_session_send_each_finish (MimesendSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * mimesend_session_ask_again:
 * @self: a session
 *
 * Has the #MimesendNextFunc that said %MIMESEND_NEXT_LATER asked again, soon, in its own thread. From any thread; where
 * nothing is being sent it does nothing.
 *
 * Since: 0.1
 */
void
mimesend_session_ask_again (MimesendSession *self)
{
  g_return_if_fail (MIMESEND_IS_SESSION (self));
  g_mutex_lock (&self->mutex);
  g_atomic_int_set (&self->later, FALSE);
  if (self->pulled != NULL)
    mimesend_step_source_wake (self->pulled);
  g_mutex_unlock (&self->mutex);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends one message through a session: blocking and asynchronous callers run the same source. */
#include "client/session/session-private.h"

#include <unistd.h>

#include "client/session/retry.h"
#include "client/session/transport.h"
#include "client/drive/ehlo-name.h"
#include "client/drive/trace.h"
#include "content/concat.h"
#include "walk/gmime-init.h"
#include "mimesend-error.h"

/* Marks the session as sending: a blocking call uses it alone, asynchronous ones may send several messages, all in one
 * thread. */
static gboolean
session_enter (MimesendSession *self, gboolean alone, GError **error)
{
  gboolean entered, inherited;

  g_mutex_lock (&self->mutex);
  if (self->process == 0)
    self->process = getpid ();
  inherited = self->process != getpid ();
  entered =
      !inherited && (self->n_under_way == 0 || (!alone && !self->alone && self->thread == g_thread_self ()));
  if (entered)
    {
      self->n_under_way++;
      self->alone = alone;
      self->thread = g_thread_self ();
    }
  g_mutex_unlock (&self->mutex);
  if (inherited)
    g_set_error (
        error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
        "this session is another process's, which shares its connection since a fork: make a new one");
  else if (!entered)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                 "this session is sending already: use one session a thread, or wait for it");
  return entered;
}

void
mimesend_session_leave (MimesendSession *self)
{
  g_mutex_lock (&self->mutex);
  self->n_under_way--;
  g_mutex_unlock (&self->mutex);
}

static gboolean
settings_are_fine (MimesendSession *self, GError **error)
{
  if (self->policy.first == NULL)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT, "the session has no server: set 'server'");
      return FALSE;
    }
  if (self->policy.ehlo_name == NULL || mimesend_ehlo_name_is_valid (self->policy.ehlo_name))
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
               "ehlo-name: write a host name of letters, digits, hyphens and dots, or an address literal "
               "like [192.0.2.1]");
  return FALSE;
}

gboolean
mimesend_session_enter_batch (MimesendSession *self, GError **error)
{
  if (!settings_are_fine (self, error))
    return FALSE;
  if (self->policy.server->transport == MIMESEND_TRANSPORT_PROGRAM)
    {
      g_set_error_literal (error, MIMESEND_ERROR, MIMESEND_ERROR_UNSUPPORTED,
                           "a program takes one message at a time: send each by itself");
      return FALSE;
    }
  mimesend_gmime_init ();
  return session_enter (self, TRUE, error);
}

/* Checks the arguments before a server is asked, and marks the session as sending. */
static MimesendDelivery *
session_begin (MimesendSession *self,
               MimesendEnvelope *envelope,
               MimesendContent *content,
               MimesendSendFlags flags,
               gboolean never_block,
               GError **error)
{
  MimesendDelivery *delivery;

  mimesend_gmime_init ();
  if (!settings_are_fine (self, error))
    return NULL;
  if (mimesend_concat_count (content) == 0)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_ARGUMENT,
                   "no message argument was given; for a message of no octets give an empty string");
      return NULL;
    }
  if (!session_enter (self, !never_block, error))
    return NULL;
  delivery = mimesend_delivery_new (envelope, content, flags, never_block, self->policy.dkims);
  if (mimesend_delivery_hold (delivery, error))
    {
      g_clear_pointer (&self->last, mimesend_receipt_unref);
      return delivery;
    }
  mimesend_delivery_free (delivery);
  mimesend_session_leave (self);
  return NULL;
}

/* Keeps the receipt of the last message, for mimesend_session_get_last_receipt (). */
void
mimesend_session_note_last (MimesendSession *self, MimesendDelivery *delivery)
{
  const MimesendReports *reports = self->policy.reports;
  guint64 octets;
  gint64 total;

  self->taken_back = mimesend_transport_takes_back (&self->policy, delivery);
  if (self->taken_back)
    return;
  mimesend_delivery_get_progress (delivery, NULL, &octets, &total);
  if (reports->wants_progress (self))
    reports->progress (self, mimesend_delivery_get_envelope (delivery), octets, total,
                       mimesend_receipt_get_stage (mimesend_delivery_get_receipt (delivery)));
  if (self->policy.metrics != NULL)
    mimesend_metrics_count_message (self->policy.metrics, mimesend_delivery_get_receipt (delivery));
  mimesend_trace_message (&self->policy, mimesend_delivery_get_envelope (delivery),
                          mimesend_delivery_get_begun (delivery), mimesend_delivery_get_receipt (delivery));
  g_clear_pointer (&self->last, mimesend_receipt_unref);
  self->last = mimesend_receipt_ref (mimesend_delivery_get_receipt (delivery));
}

/* The result for the caller: a receipt if the server was asked, else the error; the receipt is kept in either case. */
static MimesendReceipt *
session_end (MimesendSession *self, MimesendDelivery *delivery, GError **error)
{
  const GError *failure = mimesend_delivery_get_error (delivery);

  mimesend_delivery_release (delivery);
  mimesend_session_note_last (self, delivery);
  mimesend_session_leave (self);
  if (failure != NULL)
    {
      g_propagate_error (error, g_error_copy (failure));
      return NULL;
    }
  return mimesend_receipt_ref (mimesend_delivery_get_receipt (delivery));
}

/* Delivers with retries. */
void
mimesend_session_try (MimesendSession *self,
                      MimesendDelivery *delivery,
                      int io_priority,
                      GCancellable *cancellable,
                      MimesendDeliveryDone done,
                      gpointer data)
{
  MimesendRetry *retry = self->policy.retry != NULL ? self->policy.retry : self->policy.first->retry;

  if (self->policy.trace != NULL)
    mimesend_delivery_set_begun (delivery, g_get_monotonic_time ());
  if (retry == NULL)
    mimesend_transport_deliver (&self->policy, self->runner, delivery, io_priority, cancellable, done, data);
  else
    mimesend_retry_deliver (&self->policy, self->runner, &self->n_under_way, retry, delivery, io_priority,
                            cancellable, done, data);
}

typedef struct
{
  MimesendSession *session;
  MimesendReceipt *receipt;
  GError *error;
  gboolean done;
} Blocking;

static void
blocking_done (MimesendDelivery *delivery, gpointer data)
{
  Blocking *self = data;

  self->receipt = session_end (self->session, delivery, &self->error);
  self->done = TRUE;
}

GMainContext *
mimesend_session_begin_wait (MimesendSession *self)
{
  GMainContext *context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  mimesend_runner_set_alone (self->runner, TRUE);
  return context;
}

void
mimesend_session_end_wait (MimesendSession *self, GMainContext *context, const gboolean *over)
{
  /* Also waits for a cancelled connection attempt, so that nothing is left in the context. */
  while (!*over || mimesend_runner_is_busy (self->runner))
    g_main_context_iteration (context, TRUE);
  mimesend_runner_set_alone (self->runner, FALSE);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
}

/**
 * mimesend_session_send:
 * @self: a session
 * @envelope: the sender and the recipients
 * @content: the message's octets, from the first; #MimesendContent says how often a content may be sent
 * @flags: how the message is sent
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for a #GError
 *
 * Sends one message and waits. A refusal is an outcome, as a 404 is to libsoup: see the receipt, or turn it
 * into an error with mimesend_receipt_check ().
 *
 * The header of @content is read before the server is told of the message: a CR without LF in it, or a content that fails
 * there, is an outcome (not tried) with %MIMESEND_ERROR_CONTENT, and the session's connection serves the next message. 64 KiB
 * are read ahead at most, and five seconds long; beyond them the same ends the message in the middle. Warnings of the receipt
 * say when the message has no header, begins with a line of mbox or a byte order mark, holds a Bcc field, or has octets above
 * 127 in its header where SMTPUTF8 was not asked for.
 *
 * It is over when @content is not read any more: its streams may be closed then. A cancel, a deadline or the server's end
 * stops a read of a file, a pipe, a socket and every #GInputStream that heeds its cancellable; the read of a #GMimeStream of
 * another class, or of one behind a filter or a buffer, cannot be stopped and is waited for.
 *
 * Returns: (transfer full): the receipt, whenever the server was asked; %NULL with @error when it
 * could not be: %MIMESEND_ERROR_ARGUMENT, RESOLVE, CONNECT, TLS, LOGIN, PROTOCOL, REFUSED or DEFERRED (the
 * greeting was), %MIMESEND_ERROR_CONTENT (@content was read already and cannot be begun again), %G_IO_ERROR_CANCELLED,
 * %G_IO_ERROR_PENDING (the session is in use, or another delivery has @content)
 *
 * Since: 0.1
 */
MimesendReceipt *
mimesend_session_send (MimesendSession *self,
                       MimesendEnvelope *envelope,
                       MimesendContent *content,
                       MimesendSendFlags flags,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (MimesendSession) held = NULL;
  GMainContext *context;
  Blocking blocking = { .session = self };
  MimesendDelivery *delivery;

  g_return_val_if_fail (MIMESEND_IS_SESSION (self) && envelope != NULL && MIMESEND_IS_CONTENT (content),
                        NULL);
  g_return_val_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0, NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);
  held = g_object_ref (self); /* a handler may drop the last reference */
  delivery = session_begin (self, envelope, content, flags, FALSE, error);
  if (delivery == NULL)
    return NULL;

  context = mimesend_session_begin_wait (self);
  mimesend_session_try (self, delivery, G_PRIORITY_DEFAULT, cancellable, blocking_done, &blocking);
  mimesend_session_end_wait (self, context, &blocking.done);

  if (blocking.error != NULL)
    g_propagate_error (error, blocking.error);
  return blocking.receipt;
}

static void
async_done (MimesendDelivery *delivery, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  MimesendReceipt *receipt = session_end (g_task_get_source_object (task), delivery, &error);

  if (receipt != NULL)
    g_task_return_pointer (task, receipt, (GDestroyNotify)mimesend_receipt_unref);
  else
    g_task_return_error (task, error);
}

/**
 * mimesend_session_send_async:
 * @self: a session
 * @envelope: the sender and the recipients
 * @content: the message's octets
 * @flags: how the message is sent
 * @io_priority: the priority of the main loop's source
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: for @callback
 *
 * mimesend_session_send () in the thread-default main context, which it never blocks, also while a read of @content that
 * cannot be stopped is waited for.
 *
 * Since: 0.1
 */
void
mimesend_session_send_async (MimesendSession *self,
                             MimesendEnvelope *envelope,
                             MimesendContent *content,
                             MimesendSendFlags flags,
                             int io_priority,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  MimesendDelivery *delivery;

  g_return_if_fail (MIMESEND_IS_SESSION (self) && envelope != NULL && MIMESEND_IS_CONTENT (content));
  g_return_if_fail ((flags & ~MIMESEND_SEND_KNOWN) == 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (task, FALSE); /* the receipt has the outcome */
  delivery = session_begin (self, envelope, content, flags, TRUE, &error);
  if (delivery == NULL)
    g_task_return_error (task, error);
  else
    mimesend_session_try (self, delivery, io_priority, cancellable, async_done, g_steal_pointer (&task));
}

/**
 * mimesend_session_send_finish:
 * @self: a session
 * @result: the result passed to the callback
 * @error: return location for a #GError
 *
 * Finishes mimesend_session_send_async().
 *
 * Returns: (transfer full): as mimesend_session_send ()
 *
 * Since: 0.1
 */
MimesendReceipt *
mimesend_session_send_finish (MimesendSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * mimesend_session_close:
 * @self: a session
 * @cancellable: (nullable): not to wait
 * @error: return location for a #GError
 *
 * Sends QUIT and waits for the reply, five seconds at most; a failure does not matter. The next message connects again.
 *
 * Returns: %TRUE; %FALSE with %G_IO_ERROR_PENDING while a message is being sent
 *
 * Since: 0.1
 */
gboolean
mimesend_session_close (MimesendSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GSource) cancelled = NULL;

  g_return_val_if_fail (MIMESEND_IS_SESSION (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  if (!session_enter (self, TRUE, error))
    return FALSE;
  context = g_main_context_new ();
  if (cancellable != NULL)
    {
      cancelled = g_cancellable_source_new (cancellable);
      g_source_set_dummy_callback (cancelled);
      g_source_attach (cancelled, context);
    }
  g_main_context_push_thread_default (context);
  mimesend_runner_quit (self->runner, NULL, NULL);
  while (mimesend_runner_is_busy (self->runner) && !g_cancellable_is_cancelled (cancellable))
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  if (cancelled != NULL)
    g_source_destroy (cancelled);
  mimesend_runner_free (self->runner);
  self->runner = mimesend_runner_new (&self->policy);
  mimesend_session_leave (self);
  return TRUE;
}

static void
session_forget_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

/* The reply to QUIT, or the time-out. */
static void
close_done (gpointer data)
{
  g_autoptr (GTask) task = data;
  MimesendSession *self = g_task_get_source_object (task);

  g_task_set_task_data (task, NULL, NULL);
  mimesend_runner_free (self->runner);
  self->runner = mimesend_runner_new (&self->policy);
  mimesend_session_leave (self);
  g_task_return_boolean (task, TRUE);
}

static gboolean
close_cancelled_cb (GCancellable *cancellable, gpointer task)
{
  close_done (task);
  return G_SOURCE_REMOVE;
}

/**
 * mimesend_session_close_async:
 * @self: a session
 * @io_priority: the priority of the callback
 * @cancellable: (nullable): not to wait
 * @callback: (scope async) (closure user_data): called when the connection is closed
 * @user_data: for @callback
 *
 * mimesend_session_close () in the thread-default main context, which it never blocks.
 *
 * Since: 0.1
 */
void
mimesend_session_close_async (MimesendSession *self,
                              int io_priority,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;
  GError *error = NULL;
  GSource *cancelled;

  g_return_if_fail (MIMESEND_IS_SESSION (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_priority (task, io_priority);
  if (!session_enter (self, TRUE, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  if (!mimesend_runner_quit (self->runner, close_done, task))
    close_done (task);
  else if (cancellable != NULL)
    {
      cancelled = g_cancellable_source_new (cancellable);
      g_source_set_priority (cancelled, io_priority);
      g_source_set_callback (cancelled, G_SOURCE_FUNC (close_cancelled_cb), task, NULL);
      g_source_attach (cancelled, g_main_context_get_thread_default ());
      g_task_set_task_data (task, cancelled, session_forget_source);
    }
}

/**
 * mimesend_session_close_finish:
 * @self: a session
 * @result: the result passed to the callback
 * @error: return location for a #GError
 *
 * Finishes mimesend_session_close_async().
 *
 * Returns: as mimesend_session_close ()
 *
 * Since: 0.1
 */
gboolean
mimesend_session_close_finish (MimesendSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * mimesend_session_get_last_receipt:
 * @self: a session
 *
 * Gets the receipt of the last message, also if none was returned because the server could not be asked: it tells server,
 * peer and TLS.
 *
 * Returns: (transfer none) (nullable): it, until the next message
 *
 * Since: 0.1
 */
MimesendReceipt *
mimesend_session_get_last_receipt (MimesendSession *self)
{
  g_return_val_if_fail (MIMESEND_IS_SESSION (self), NULL);
  return self->last;
}

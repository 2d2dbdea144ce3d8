/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/delivery/queued-delivery.h"

#include "mimesend-error.h"
#include "octets/seconds.h"

MimesendQueuedDelivery *
mimesend_queued_delivery_new (MimesendDelivery *delivery,
                              gint64 limit_us,
                              MimesendDeliveryDone done,
                              gpointer data)
{
  MimesendQueuedDelivery *self = g_new0 (MimesendQueuedDelivery, 1);

  self->link.data = self;
  self->delivery = delivery;
  self->limit_us = limit_us;
  self->deadline_us = G_MAXINT64;
  self->trial = MIMESEND_WAY_NONE;
  if (limit_us > 0)
    {
      gint64 begun = mimesend_delivery_get_begun (delivery);

      self->deadline_us = (begun != 0 ? begun : g_get_monotonic_time ()) + limit_us;
    }
  self->done = done;
  self->data = data;
  return self;
}

void
mimesend_queued_delivery_free (MimesendQueuedDelivery *self)
{
  mimesend_queued_delivery_disconnect (self);
  mimesend_delivery_free (self->delivery);
  g_free (self);
}

static void
delivery_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  mimesend_step_source_wake (data);
}

void
mimesend_queued_delivery_watch (MimesendQueuedDelivery *self, GCancellable *cancellable, GSource *source)
{
  if (cancellable == NULL)
    return;
  self->cancellable = g_object_ref (cancellable);
  self->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (delivery_cancelled_cb),
                                              g_source_ref (source), (GDestroyNotify)g_source_unref);
}

void
mimesend_queued_delivery_disconnect (MimesendQueuedDelivery *self)
{
  if (self->cancellable != NULL && self->cancelled_id != 0)
    g_cancellable_disconnect (self->cancellable, self->cancelled_id);
  g_clear_object (&self->cancellable);
}

GError *
mimesend_queued_delivery_reason (MimesendQueuedDelivery *self)
{
  GError *reason = NULL;

  if (self->given_up || (self->cancellable == NULL && self->deadline_us == G_MAXINT64))
    return NULL;
  if (g_cancellable_is_cancelled (self->cancellable))
    reason = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                  "it was cancelled"); /* GIO's words follow the locale */
  else if (g_get_monotonic_time () >= self->deadline_us)
    reason = g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_TIMED_OUT,
                          "the deadline of %g s for the whole message has passed",
                          mimesend_seconds_from_us (self->limit_us));
  self->given_up = reason != NULL;
  return reason;
}

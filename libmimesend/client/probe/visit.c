/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/probe/visit.h"

#include "client/drive/wrong-port.h"
#include "mimesend-error.h"

#define PER_ADDRESS_MS 10000

static void
visit_event (gpointer owner, const MimesendSmtpEvent *event)
{
  MimesendVisit *self = owner;

  self->event (self, event);
}

static MimesendFeed *
no_feed (gpointer owner, guint64 transaction)
{
  return NULL; /* there is no transaction */
}

static void
no_content (gpointer owner, guint64 transaction, const GError *error)
{
}

static void
on_wake (gpointer owner)
{
  MimesendVisit *self = owner;

  if (self->source != NULL)
    mimesend_step_source_wake (self->source);
}

static void
visit_step (gpointer owner, MimesendWait *wait)
{
  MimesendVisit *self = owner;

  if (self->step != NULL)
    self->step (self, wait);
  else
    mimesend_drive_step (self->drive, wait);
  if (self->over)
    wait->fd = -1;
}

static const MimesendDriveOwner drive_owner = { visit_event, no_feed, no_content, on_wake };

static GError *
out_of_time (MimesendVisit *self)
{
  g_autofree char *hint =
      self->drive != NULL && !self->greeted ? mimesend_wrong_port_hint (self->policy.server) : NULL;

  return g_error_new (MIMESEND_ERROR, MIMESEND_ERROR_TIMED_OUT, "%s %s%s", self->policy.server->text,
                      hint != NULL ? "said nothing" : "did not come to an end in time",
                      hint != NULL ? hint : "");
}

static void
visit_connected_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  MimesendVisit *self = data;
  g_autoptr (GError) error = NULL;
  MimesendConnected *connected = mimesend_connect_finish (result, &error);

  if (error == NULL && self->late)
    error = out_of_time (self);
  else if (g_error_matches (error, MIMESEND_ERROR, MIMESEND_ERROR_CONNECT) &&
           g_get_monotonic_time () >= self->deadline_us)
    error->code = MIMESEND_ERROR_TIMED_OUT; /* the time for the whole, in the better words of connecting */
  if (error != NULL || self->error != NULL)
    {
      mimesend_connected_free (connected);
      if (self->error == NULL)
        self->error = g_steal_pointer (&error);
      self->over = TRUE;
      return;
    }
  if (self->connected != NULL)
    self->connected (self, connected);
  self->policy.server = self->policy.found = mimesend_server_ref (connected->server);
  self->drive = mimesend_drive_new (&self->policy, connected, self->avoid, &drive_owner, self);
  self->source = mimesend_step_source_new (visit_step, self, G_PRIORITY_DEFAULT);
  mimesend_step_source_wake (self->source);
}

/* --- cancel and deadline --- */

typedef struct
{
  MimesendVisit *visit;
  GCancellable *connecting; /* cancelled with it */
} End;

static void
visit_end (End *self, GError *error)
{
  if (self->visit->error == NULL)
    self->visit->error = error;
  else
    g_error_free (error);
  g_cancellable_cancel (self->connecting);
  self->visit->over |= self->visit->drive != NULL; /* else the attempt ends first: it is in this context */
}

/* While connecting, the connection attempt reports the time-out, with a better message. */
static gboolean
visit_deadline_cb (gpointer data)
{
  End *self = data;

  if (self->visit->drive == NULL)
    self->visit->late = TRUE;
  else
    visit_end (self, out_of_time (self->visit));
  return G_SOURCE_REMOVE;
}

static gboolean
visit_cancelled_cb (gpointer data)
{
  visit_end (data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the caller cancelled"));
  return G_SOURCE_REMOVE;
}

/* Called in any thread. */
static void
cancelled_cb (GCancellable *cancellable, gpointer source)
{
  g_source_set_ready_time (source, 0);
}

static void
drop_source (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

void
mimesend_visit_run (MimesendVisit *self, gint64 timeout_us, GCancellable *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GCancellable) connecting = g_cancellable_new ();
  End ends = { self, connecting };
  GSource *deadline = g_timeout_source_new (0);
  GSource *cancelled = g_timeout_source_new (0);
  gulong id = 0;

  g_main_context_push_thread_default (context);
  g_source_set_callback (deadline, visit_deadline_cb, &ends, NULL);
  self->deadline_us = g_get_monotonic_time () + timeout_us;
  g_source_set_ready_time (deadline, self->deadline_us);
  g_source_attach (deadline, context);
  g_source_set_callback (cancelled, visit_cancelled_cb, &ends, NULL);
  g_source_set_ready_time (cancelled, -1);
  g_source_attach (cancelled, context);
  /* A GCancellable's own source is leaked by GLib 2.74 where it ends while another thread is still cancelling. */
  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), g_source_ref (cancelled),
                                (GDestroyNotify)g_source_unref);
  mimesend_connect_async (self->policy.server, (timeout_us + 999) / 1000, PER_ADDRESS_MS, connecting,
                          visit_connected_cb, self);
  while (!self->over)
    g_main_context_iteration (context, TRUE);
  if (id != 0)
    g_cancellable_disconnect (cancellable, id);
  drop_source (deadline);
  drop_source (cancelled);
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_main_context_pop_thread_default (context);
}

void
mimesend_visit_clear (MimesendVisit *self)
{
  g_clear_pointer (&self->drive, mimesend_drive_free); /* and its jobs, which wake the source */
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_pointer (&self->policy.found, mimesend_server_unref);
  g_clear_error (&self->error);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks VRFY over a connection like that of a message, with TLS where it is offered. */
#include "client/probe/vrfy.h"

#include "client/drive/error-map.h"
#include "octets/printable.h"
#include "client/probe/visit.h"
#include "mimesend-error.h"

#define STAGE_US (20 * G_TIME_SPAN_SECOND) /* the time-out of each stage … */
#define ALL_US   (60 * G_TIME_SPAN_SECOND) /* … and of the whole */

typedef struct
{
  MimesendVisit visit; /* the first */
  const char *address;
  gboolean whole; /* the whole address is asked for, after the local part was refused */
  gboolean told;
  MimesendVrfyAnswer answer;
  char *why;
} Vrfy;

static void
vrfy_ask (Vrfy *self)
{
  if (!mimesend_smtp_client_verify (mimesend_drive_get_core (self->visit.drive), self->address, self->whole))
    self->visit.over = TRUE;
}

/* A server that does not support it replies 252 or 502: only 550 is a verdict, and only for the whole address. */
static void
vrfy_verified (Vrfy *self, const MimesendSmtpReply *reply)
{
  g_autofree char *text = mimesend_printable (reply->text, 500);

  g_free (self->why);
  self->why = g_strdup_printf ("the mail server said: %u %s", reply->code, text);
  if (reply->code == 550 && !self->whole)
    {
      self->whole = TRUE;
      vrfy_ask (self);
      return;
    }
  self->answer = reply->code == 550 ? MIMESEND_VRFY_BOGUS : MIMESEND_VRFY_PERHAPS;
  self->told = TRUE;
  mimesend_smtp_client_quit (mimesend_drive_get_core (self->visit.drive));
}

static void
vrfy_event (MimesendVisit *visit, const MimesendSmtpEvent *event)
{
  Vrfy *self = (Vrfy *)visit;

  if (event->type == MIMESEND_SMTP_EVENT_READY)
    vrfy_ask (self);
  else if (event->type == MIMESEND_SMTP_EVENT_VERIFIED)
    vrfy_verified (self, event->reply);
  else if (event->type == MIMESEND_SMTP_EVENT_CLOSED)
    {
      if (!self->told && visit->error == NULL)
        visit->error = mimesend_error_map_of_closed (event, mimesend_drive_get_failure (visit->drive),
                                                     mimesend_drive_get_server (visit->drive));
      visit->over = TRUE;
    }
}

/* TRUE: TLS failed. */
static gboolean
visit_once (Vrfy *self, MimesendServer *server, MimesendAvoid avoid, GCancellable *cancellable)
{
  MimesendVisit *visit = &self->visit;
  gboolean tls_failed;

  visit->policy = (MimesendPolicy){
    .server = server, .timeout_us = STAGE_US, .window = 1, .quiet_us = -1, .probe = TRUE
  };
  visit->avoid = avoid;
  visit->event = vrfy_event;
  mimesend_visit_run (visit, ALL_US, cancellable);
  if (visit->error != NULL && !self->told)
    {
      g_free (self->why);
      self->why = g_strdup (visit->error->message);
    }
  tls_failed = !self->told && g_error_matches (visit->error, MIMESEND_ERROR, MIMESEND_ERROR_TLS);
  mimesend_visit_clear (visit);
  *visit = (MimesendVisit){ 0 };
  self->whole = FALSE;
  return tls_failed;
}

MimesendVrfyAnswer
mimesend_vrfy (GSocketConnectable *where, const char *address, GCancellable *cancellable, char **why)
{
  Vrfy self = { .address = address, .answer = MIMESEND_VRFY_NO_ANSWER };
  g_autoptr (MimesendServer) server = mimesend_server_new_for_connectable (where);

  if (visit_once (&self, server, MIMESEND_AVOID_NOTHING, cancellable))
    visit_once (&self, server, MIMESEND_AVOID_STARTTLS, cancellable);
  *why = self.why != NULL ? self.why : g_strdup ("the mail server did not answer");
  return self.answer;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A visit: a connection without a message, for blocking questions to a server (probe, VRFY). Connecting, greeting, TLS and
 * login are those of a message, with a time-out for the whole, and a cancel that takes effect at once. */
#pragma once

#include "client/drive/drive.h"

G_BEGIN_DECLS

typedef struct _MimesendVisit MimesendVisit;

/* One visit, embedded in the caller's structure, which sets the fields up to step; the rest begins as zero. The functions
 * are called during the run. */
struct _MimesendVisit
{
  MimesendPolicy policy; /* with server, which is replaced by the one that was reached */
  MimesendAvoid avoid;
  void (*connected) (MimesendVisit *self, const MimesendConnected *connected); /* nullable */
  void (*event) (MimesendVisit *self, const MimesendSmtpEvent *event);
  void (*step) (MimesendVisit *self, MimesendWait *wait); /* NULL: the drive's step */

  gboolean greeted;     /* set by the caller: the server has sent something */
  gboolean over;        /* set by the caller: the visit can end */
  GError *error;        /* why it ended before: no connection, time-out, %G_IO_ERROR_CANCELLED */
  MimesendDrive *drive; /* NULL: there was no connection */
  GSource *source;
  gint64 deadline_us; /* of the whole */
  gboolean late;      /* the time-out passed while connecting */
};

/* Runs the visit in a private main context. The drive exists until _clear (). */
void mimesend_visit_run (MimesendVisit *self, gint64 timeout_us, GCancellable *cancellable);
void mimesend_visit_clear (MimesendVisit *self);

G_END_DECLS

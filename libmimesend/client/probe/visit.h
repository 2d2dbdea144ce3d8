/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection without a message, for blocking questions to a server (probe, VRFY): connecting, greeting, TLS and login are those
 * of a message, with a time for the whole of it, and a cancel that is heeded at once. */
#pragma once

#include "client/drive/drive.h"

G_BEGIN_DECLS

typedef struct _MimesendVisit MimesendVisit;

/* Filled in up to step; the rest begins as zero. The caller embeds it in its own structure. Called from within the run. */
struct _MimesendVisit
{
  MimesendPolicy policy; /* with server, which becomes the one that was reached */
  MimesendAvoid avoid;
  void (*connected) (MimesendVisit *self, const MimesendConnected *connected); /* NULL: is not told */
  void (*event) (MimesendVisit *self, const MimesendSmtpEvent *event);
  void (*step) (MimesendVisit *self, MimesendWait *wait); /* NULL: the drive's */

  gboolean greeted;     /* to be set: the server has said something */
  gboolean over;        /* to be set: nothing more is wanted */
  GError *error;        /* why it ended ahead of that: no connection, out of time, %G_IO_ERROR_CANCELLED */
  MimesendDrive *drive; /* NULL: there was no connection */
  GSource *source;
  gint64 deadline_us; /* of the whole */
  gboolean late;      /* the time was over ahead of the connection */
};

/* In a main context of its own. The drive stands until _clear (). */
void mimesend_visit_run (MimesendVisit *self, gint64 timeout_us, GCancellable *cancellable);
void mimesend_visit_clear (MimesendVisit *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The session's fields, and functions for the pool and the sending functions. */
#pragma once

#include "client/session/runner.h"
#include "mimesend-session.h"

G_BEGIN_DECLS

struct _MimesendSession
{
  GObject parent;
  MimesendPolicy policy;
  MimesendRunner *runner;
  MimesendTraceFunc trace; /* nullable: lines alone … */
  gpointer trace_data;
  GDestroyNotify trace_destroy;
  MimesendTraceEventFunc trace_event; /* … nullable: and all events, as values */
  gpointer trace_event_data;
  GDestroyNotify trace_event_destroy;
  MimesendReceipt *last;
  gboolean taken_back; /* the last message went back to its pool: see takes_back in policy.h */
  pid_t process;       /* the process that uses it; 0: not used yet */
  GMutex mutex;        /* protects what follows */
  guint n_under_way;
  gboolean alone;  /* a blocking call is active */
  GThread *thread; /* the thread of the active asynchronous calls */
  GSource *pulled; /* owned, nullable: the source of mimesend_session_send_each () */
  int later; /* atomic: TRUE after the callback answered LATER, until ask_again () or a settled message */
};

/* Shares what is learnt of servers with other sessions of the same thread. Before the first message. */
void mimesend_session_share_lessons (MimesendSession *self, MimesendLessons *lessons);

/* session-settings.c */
void mimesend_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec);
void mimesend_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec);
void mimesend_session_install_properties (GObjectClass *klass);

/* Marks the session as used by mimesend_session_send_each (). */
gboolean mimesend_session_enter_batch (MimesendSession *self, GError **error);
void mimesend_session_leave (MimesendSession *self);
void mimesend_session_note_last (MimesendSession *self, MimesendDelivery *delivery);
/* The private main context of a blocking call, which is the thread's default meanwhile. */
GMainContext *mimesend_session_begin_wait (MimesendSession *self);
void mimesend_session_end_wait (MimesendSession *self, GMainContext *context, const gboolean *over);

/* Delivers with retries. Takes ownership of the delivery, which is freed after done. */
void mimesend_session_try (MimesendSession *self,
                           MimesendDelivery *delivery,
                           int io_priority,
                           GCancellable *cancellable,
                           MimesendDeliveryDone done,
                           gpointer data);

G_END_DECLS

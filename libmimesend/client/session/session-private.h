/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The session's fields, and what the pool and the sending functions use of it. */
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
  gboolean taken_back; /* the last message: see policy.h */
  pid_t process;       /* whose it is; 0: not used yet */
  GMutex mutex;        /* of what follows */
  guint n_under_way;
  gboolean alone;  /* a blocking caller has it */
  GThread *thread; /* the thread of the asynchronous messages */
  GSource *pulled; /* owned, nullable: the source under which messages are pulled */
  int later; /* atomic: TRUE after the callback answered LATER, until ask_again () or a settled message */
};

/* What is learnt of servers is learnt for all sessions that share it. Before the first message; all in one thread. */
void mimesend_session_share_lessons (MimesendSession *self, MimesendLessons *lessons);

/* session-settings.c */
void mimesend_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec);
void mimesend_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec);
void mimesend_session_install_properties (GObjectClass *klass);

/* Takes the session for many messages. */
gboolean mimesend_session_enter_batch (MimesendSession *self, GError **error);
void mimesend_session_leave (MimesendSession *self);
void mimesend_session_note_last (MimesendSession *self, MimesendDelivery *delivery);
/* A blocking caller's own main context, which is the thread's default meanwhile: what it began in between is waited for. */
GMainContext *mimesend_session_begin_wait (MimesendSession *self);
void mimesend_session_end_wait (MimesendSession *self, GMainContext *context, const gboolean *over);

/* As often as the policy says. Takes the delivery over; it is freed after done. */
void mimesend_session_try (MimesendSession *self,
                           MimesendDelivery *delivery,
                           int io_priority,
                           GCancellable *cancellable,
                           MimesendDeliveryDone done,
                           gpointer data);

G_END_DECLS

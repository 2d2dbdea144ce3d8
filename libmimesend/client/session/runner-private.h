/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of a runner, for runner*.c. */
#pragma once

#include "client/drive/drive.h"
#include "client/session/runner.h"
#include "client/session/signals.h"
#include "smtp/reply.h"

G_BEGIN_DECLS

/* A connection attempt, which may outlive its runner. */
typedef struct
{
  MimesendRunner *runner; /* NULL: the attempt is not waited for any more */
  GCancellable *cancellable;
  gint64 begun_us;
} Attempt;

struct _MimesendRunner
{
  MimesendPolicy *policy;
  MimesendDrive *drive;
  gboolean drive_used; /* a transaction was begun on it */
  gboolean drive_idle; /* it has served before, and is idle */
  gboolean retiring;   /* the next message needs a new connection */
  Attempt *attempt;
  MimesendServer *known;  /* owned, nullable: the server that the next three are about */
  MimesendLesson *lesson; /* borrowed: the lesson of the connection's server */
  gboolean beyond_limit;  /* this connection is to find out whether the limit of messages still holds */
  MimesendWay
      asked_about; /* the server is asked whether it bears that, and no message begins; NONE: it is not */
  gboolean fault_seen, limit_seen; /* on this connection */
  gint64 settled_us;               /* time of the last settled message; 0: none */
  GPtrArray *spoiled;  /* of char *: peers whose handshake failed, since the last connection in the clear */
  char *clear_reason;  /* nullable: why this connection is, or the next may be, in the clear */
  guint login_attempt; /* 1: the token was refused, and is requested once more */
  GQueue waiting;      /* MimesendQueuedDelivery *, by their own links: to begin a transaction */
  GQueue active;       /* of the same, with a transaction */
  GQueue over;         /* of the same, to be completed */
  guint64 n_orders;    /* deliveries added so far */
  gboolean limited;    /* some of them have a deadline or may be cancelled */
  MimesendRunnerMore more; /* nullable: asks for more messages */
  void (*exhausted) (gpointer data);
  gpointer more_data;
  gboolean more_ended;
  gboolean asking; /* more () is being called */
  GSource *source;
  gboolean alone; /* it has a private main context */
  MimesendProgress progress;
  gint64 quit_deadline; /* 0: not quitting */
  void (*quit_done) (gpointer data);
  gpointer quit_data;
};

extern const MimesendDriveOwner mimesend_runner_drive_owner;

/* Notes that the handshake with a peer failed, and TLS is not required. FALSE: too many have failed. */
gboolean mimesend_runner_note_spoiled (MimesendRunner *self, const MimesendConnected *peer, const char *why);

/* runner-learn.c */
void mimesend_runner_begin_lesson (MimesendRunner *self, const char *server);
void mimesend_runner_end_lesson (MimesendRunner *self); /* before another lesson, and at the end */
MimesendWay mimesend_runner_choose_manner (MimesendRunner *self);
/* Whether the next message must wait for something else. *asked: a question was sent just now. */
gboolean mimesend_runner_holds_back (MimesendRunner *self, gboolean *asked);
void mimesend_runner_learn_answer (MimesendRunner *self, const MimesendSmtpEvent *event);
void mimesend_runner_begin_order (MimesendRunner *self, MimesendQueuedDelivery *order, MimesendWay trial);
void
mimesend_runner_learn (MimesendRunner *self, MimesendQueuedDelivery *order, const MimesendSmtpEvent *event);

void mimesend_runner_wake (gpointer runner);
/* Lets messages in. TRUE: a transaction began or ended, so that the drive has more to do. */
gboolean mimesend_runner_admit (gpointer runner);
/* Goes on to the fallback server. TRUE: there is one, the error allows it, and nothing of the waiting messages was sent. */
gboolean mimesend_runner_go_on (MimesendRunner *self, const GError *error);
void mimesend_runner_fail_waiting (MimesendRunner *self,
                                   const GError *error,
                                   MimesendStage stage,
                                   const MimesendSmtpReply *reply);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What runner.c and runner-events.c share. */
#pragma once

#include "client/drive/drive.h"
#include "client/session/runner.h"
#include "client/session/signals.h"
#include "smtp/reply.h"

G_BEGIN_DECLS

/* A connection attempt outlives the runner that wanted it. */
typedef struct
{
  MimesendRunner *runner; /* nullable: NULL once the attempt is not waited for any more */
  GCancellable *cancellable;
  gint64 begun_us;
} Attempt;

struct _MimesendRunner
{
  MimesendPolicy *policy;
  MimesendDrive *drive;
  gboolean drive_used; /* a transaction was begun on it */
  gboolean drive_idle; /* it has served before and stood idle since */
  gboolean retiring;   /* a new connection is wanted for what comes next */
  Attempt *attempt;
  MimesendServer *known;  /* owned, nullable: the server that the next three are known of */
  MimesendLesson *lesson; /* the policy's, of the server that the connection leads to */
  gboolean beyond_limit;  /* this connection is to find out whether the limit of messages still holds */
  MimesendWay
      asked_about; /* the server is asked whether it bears that, and no message begins; NONE: it is not */
  gboolean fault_seen, limit_seen; /* on this connection */
  gint64 settled_us;               /* when a message was last settled on it; 0: none was */
  GPtrArray
      *spoiled; /* of char *: peers that spoiled the handshake, since one was last spoken to in the clear */
  char *clear_reason;      /* why this connection is in the clear, or the next one may be; NULL: it is not */
  guint login_attempt;     /* the token was refused: it is asked for once more */
  GQueue waiting;          /* MimesendQueuedDelivery *, by their own links: to begin a transaction */
  GQueue active;           /* … with one */
  GQueue over;             /* … to be handed back */
  guint64 n_orders;        /* ever added */
  gboolean limited;        /* some of them have a deadline or may be cancelled */
  MimesendRunnerMore more; /* nullable: asks for more messages */
  void (*exhausted) (gpointer data);
  gpointer more_data;
  gboolean more_ended;
  gboolean asking; /* within more () */
  GSource *source;
  gboolean alone; /* in a context of its own */
  MimesendProgress progress;
  gint64 quit_deadline; /* 0: not quitting */
  void (*quit_done) (gpointer data);
  gpointer quit_data;
};

extern const MimesendDriveOwner mimesend_runner_drive_owner;

/* The handshake with that peer failed, and a connection in the clear will do. FALSE: enough of them have. */
gboolean mimesend_runner_note_spoiled (MimesendRunner *self, const MimesendConnected *peer, const char *why);

/* runner-learn.c */
void mimesend_runner_begin_lesson (MimesendRunner *self, const char *server);
void mimesend_runner_end_lesson (MimesendRunner *self); /* ahead of another one, and of the end */
MimesendWay mimesend_runner_choose_manner (MimesendRunner *self);
/* Is something else to come ahead of the next message? *asked: it has been said just now. */
gboolean mimesend_runner_holds_back (MimesendRunner *self, gboolean *asked);
void mimesend_runner_learn_answer (MimesendRunner *self, const MimesendSmtpEvent *event);
void mimesend_runner_begin_order (MimesendRunner *self, MimesendQueuedDelivery *order, MimesendWay trial);
void
mimesend_runner_learn (MimesendRunner *self, MimesendQueuedDelivery *order, const MimesendSmtpEvent *event);

void mimesend_runner_wake (gpointer runner);
/* Lets messages in. TRUE: a transaction began or ended, so that the drive has more to do. */
gboolean mimesend_runner_admit (gpointer runner);
/* TRUE: the error is one that another server may not have, there is one, and nothing was sent of what waits. */
gboolean mimesend_runner_go_on (MimesendRunner *self, const GError *error);
void mimesend_runner_fail_waiting (MimesendRunner *self,
                                   const GError *error,
                                   MimesendStage stage,
                                   const MimesendSmtpReply *reply);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was learnt of servers: which offered extensions do not really work, and how many messages one connection carries.
 * Owned by a session, or shared by the sessions of a pool; by the name of the server, since mx: and srv: lead to several.
 * No I/O; the time is an argument. Not thread-safe, except for _ref () and _unref (). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A faster way of sending, which a server may not support. */
typedef enum
{
  MIMESEND_WAY_BEHIND,     /* a message's commands before the previous message's final reply */
  MIMESEND_WAY_CHUNKING,   /* BDAT */
  MIMESEND_WAY_PIPELINING, /* commands in groups */
  MIMESEND_N_WAYS,
  MIMESEND_WAY_NONE = MIMESEND_N_WAYS
} MimesendWay;

/* How a way failed. */
typedef enum
{
  MIMESEND_FAULT_SAID,   /* by a reply: certain */
  MIMESEND_FAULT_SILENT, /* the server stopped answering */
  MIMESEND_FAULT_CLOSED  /* the connection was lost, perhaps by the network */
} MimesendFault;

typedef struct _MimesendLessons MimesendLessons;
typedef struct _MimesendLesson MimesendLesson; /* the lesson of one server; valid as long as the lessons */

MimesendLessons *mimesend_lessons_new (void);
MimesendLessons *mimesend_lessons_ref (MimesendLessons *self);
void mimesend_lessons_unref (MimesendLessons *self);
MimesendLesson *mimesend_lessons_of (MimesendLessons *self, const char *server);

/* --- ways */

gboolean mimesend_lesson_avoids (const MimesendLesson *self, MimesendWay way);
gboolean mimesend_lesson_ever_worked (const MimesendLesson *self, MimesendWay way);

/* The way is avoided, and has been for so long that one message is to try it. A loss that left a message in doubt may do so
 * again: then it is the server that is asked first, without a message. After _begin_trial () nothing else tries the way or
 * asks for it, until it worked, failed, was answered for, or the trial came to nothing. */
gboolean mimesend_lesson_is_due (const MimesendLesson *self, MimesendWay way, gint64 now_us);
gboolean mimesend_lesson_wants_question (const MimesendLesson *self, MimesendWay way, gint64 now_us);
void mimesend_lesson_begin_trial (MimesendLesson *self, MimesendWay way);
void mimesend_lesson_end_trial (MimesendLesson *self, MimesendWay way);

/* The question was answered as by a server that bears the way: now a message may try. Another answer, or none, is a failure. */
void mimesend_lesson_answered (MimesendLesson *self, MimesendWay way);

void mimesend_lesson_worked (MimesendLesson *self, MimesendWay way);
/* What has worked is not unlearnt by one fault that the server did not put into words. costly: it left a message in doubt; a
 * trial that did so is the last. TRUE: the way is avoided from now on, and was not before. */
gboolean mimesend_lesson_failed (
    MimesendLesson *self, MimesendWay way, MimesendFault fault, gboolean costly, gint64 now_us);

/* Counts a message that begins. */
void mimesend_lesson_count_message (MimesendLesson *self);

/* --- how many messages a connection carries */

guint mimesend_lesson_begin_connection (MimesendLesson *self); /* 0: no limit */
/* MAIL was refused after so many messages of one connection; the next connection shows whether that is a limit. */
void mimesend_lesson_met_limit (MimesendLesson *self, guint n);
/* The connection was closed after so many messages: twice at the same number counts as a limit. */
void mimesend_lesson_saw_close (MimesendLesson *self, guint n);
void mimesend_lesson_saw_first_mail (MimesendLesson *self, gboolean taken);
guint mimesend_lesson_get_limit (const MimesendLesson *self);

G_END_DECLS

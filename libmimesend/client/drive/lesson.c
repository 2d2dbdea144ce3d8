/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/lesson.h"

/* A way that failed is tried again after so many messages, or so much time, and later each time that it fails again. */
#define PAUSE_MESSAGES     50
#define PAUSE_MESSAGES_MAX 100000
#define PAUSE_US           (10 * G_TIME_SPAN_MINUTE)
#define PAUSE_GROWS        4
#define PAUSE_US_MAX       (24 * G_TIME_SPAN_HOUR)

/* Connections between two that ignore the limit, to find out whether it still holds. */
#define LIMIT_CONNECTIONS     8
#define LIMIT_CONNECTIONS_MAX 1024

typedef struct
{
  gboolean worked; /* it has worked */
  guint n_faults;  /* faults since it last worked */
  gboolean avoided, on_trial;
  gboolean costly; /* the last fault left a message in doubt */
  gboolean
      answered; /* … and the server was asked since, and bears the way as far as can be told without a message */
  gboolean for_good; /* a trial left a message in doubt: there is no other */
  guint pause, left; /* messages: between two trials, and until the next */
  gint64 pause_us, due_us;
} Way;

struct _MimesendLesson
{
  Way ways[MIMESEND_N_WAYS];
  guint limit;       /* messages a connection carries; 0: not known */
  gboolean is_guess; /* … if the next connection takes what this one refused */
  guint closed_at;   /* messages that the connection had carried that was closed last */
  guint pause, left; /* connections: between two without it, and until the next */
};

struct _MimesendLessons
{
  gatomicrefcount refs;
  GHashTable *servers; /* char * → MimesendLesson * */
};

MimesendLessons *
mimesend_lessons_new (void)
{
  MimesendLessons *self = g_new0 (MimesendLessons, 1);

  g_atomic_ref_count_init (&self->refs);
  self->servers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

MimesendLessons *
mimesend_lessons_ref (MimesendLessons *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mimesend_lessons_unref (MimesendLessons *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_hash_table_unref (self->servers);
  g_free (self);
}

MimesendLesson *
mimesend_lessons_of (MimesendLessons *self, const char *server)
{
  MimesendLesson *lesson = g_hash_table_lookup (self->servers, server);

  if (lesson == NULL)
    {
      lesson = g_new0 (MimesendLesson, 1);
      g_hash_table_insert (self->servers, g_strdup (server), lesson);
    }
  return lesson;
}

gboolean
mimesend_lesson_avoids (const MimesendLesson *self, MimesendWay way)
{
  return self->ways[way].avoided;
}

gboolean
mimesend_lesson_ever_worked (const MimesendLesson *self, MimesendWay way)
{
  return self->ways[way].worked;
}

static gboolean
is_past_pause (const Way *self, gint64 now_us)
{
  return self->avoided && !self->for_good && !self->on_trial && (self->left == 0 || now_us >= self->due_us);
}

gboolean
mimesend_lesson_is_due (const MimesendLesson *self, MimesendWay way, gint64 now_us)
{
  const Way *it = &self->ways[way];

  return is_past_pause (it, now_us) && (!it->costly || it->answered);
}

gboolean
mimesend_lesson_wants_question (const MimesendLesson *self, MimesendWay way, gint64 now_us)
{
  const Way *it = &self->ways[way];

  return is_past_pause (it, now_us) && it->costly && !it->answered;
}

void
mimesend_lesson_begin_trial (MimesendLesson *self, MimesendWay way)
{
  self->ways[way].on_trial = TRUE;
}

void
mimesend_lesson_end_trial (MimesendLesson *self, MimesendWay way)
{
  self->ways[way].on_trial = FALSE;
}

void
mimesend_lesson_answered (MimesendLesson *self, MimesendWay way)
{
  self->ways[way].on_trial = FALSE;
  self->ways[way].answered = TRUE;
}

void
mimesend_lesson_worked (MimesendLesson *self, MimesendWay way)
{
  Way *it = &self->ways[way];

  it->worked = TRUE;
  it->n_faults = 0;
  if (it->on_trial)
    it->avoided = it->on_trial = it->costly = it->answered = FALSE;
}

/* It is avoided for longer than the last time. */
static void
way_avoid (Way *self, gint64 now_us)
{
  self->pause = self->pause > 0 ? MIN (self->pause * PAUSE_GROWS, PAUSE_MESSAGES_MAX) : PAUSE_MESSAGES;
  self->pause_us = self->pause_us > 0 ? MIN (self->pause_us * PAUSE_GROWS, PAUSE_US_MAX) : PAUSE_US;
  self->left = self->pause;
  self->due_us = now_us + self->pause_us;
}

gboolean
mimesend_lesson_failed (
    MimesendLesson *self, MimesendWay way, MimesendFault fault, gboolean costly, gint64 now_us)
{
  Way *it = &self->ways[way];
  gboolean was_avoided = it->avoided, was_on_trial = it->on_trial;
  guint enough = it->worked && !was_on_trial ? 2 : 1;

  if (was_avoided && !was_on_trial) /* it was on its way when that was learnt */
    return FALSE;
  it->n_faults++;
  if (fault != MIMESEND_FAULT_SAID && it->n_faults < enough)
    return FALSE;
  it->for_good = was_on_trial && costly;
  it->costly |= costly;
  it->answered = FALSE;
  it->avoided = TRUE;
  it->on_trial = FALSE;
  way_avoid (it, now_us);
  return !was_avoided;
}

void
mimesend_lesson_count_message (MimesendLesson *self)
{
  for (guint i = 0; i < MIMESEND_N_WAYS; i++)
    if (self->ways[i].left > 0)
      self->ways[i].left--;
}

guint
mimesend_lesson_begin_connection (MimesendLesson *self)
{
  if (self->limit == 0 || self->is_guess)
    return self->limit;
  if (self->left > 0)
    {
      self->left--;
      return self->limit;
    }
  self->pause = MIN (self->pause * 2, LIMIT_CONNECTIONS_MAX);
  self->left = self->pause;
  return 0;
}

void
mimesend_lesson_met_limit (MimesendLesson *self, guint n)
{
  if (n == 0)
    return;
  if (self->limit == 0)
    {
      self->pause = self->left = LIMIT_CONNECTIONS;
      self->is_guess = TRUE;
    }
  self->limit = n;
}

void
mimesend_lesson_saw_close (MimesendLesson *self, guint n)
{
  if (n > 0 && n == self->closed_at)
    {
      mimesend_lesson_met_limit (self, n);
      self->is_guess = FALSE;
    }
  self->closed_at = n;
}

void
mimesend_lesson_saw_first_mail (MimesendLesson *self, gboolean taken)
{
  if (self->is_guess && !taken)
    self->limit = 0;
  self->is_guess = FALSE;
}

guint
mimesend_lesson_get_limit (const MimesendLesson *self)
{
  return self->limit;
}

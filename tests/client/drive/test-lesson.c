/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/drive/lesson.h"

#define MINUTE (60 * (gint64)G_USEC_PER_SEC)

static void
count (MimesendLesson *lesson, guint n)
{
  while (n-- > 0)
    mimesend_lesson_count_message (lesson);
}

/* One for each server, the same for all who share them. */
static void
test_shared (void)
{
  MimesendLessons *lessons = mimesend_lessons_new (), *others = mimesend_lessons_ref (lessons);
  MimesendLesson *a = mimesend_lessons_of (lessons, "smtp://a.example");

  g_assert_true (mimesend_lesson_failed (a, MIMESEND_WAY_BEHIND, MIMESEND_FAULT_SAID, FALSE, 0));
  mimesend_lessons_unref (lessons);
  g_assert_true (mimesend_lessons_of (others, "smtp://a.example") == a);
  g_assert_true (mimesend_lesson_avoids (a, MIMESEND_WAY_BEHIND));
  g_assert_false (mimesend_lesson_avoids (a, MIMESEND_WAY_CHUNKING));
  g_assert_false (
      mimesend_lesson_avoids (mimesend_lessons_of (others, "smtp://b.example"), MIMESEND_WAY_BEHIND));
  mimesend_lessons_unref (others);
}

/* What the server said is believed, whatever worked before; a network must strike twice with no success between. */
static void
test_worked_before (void)
{
  static const MimesendFault faults[] = { MIMESEND_FAULT_SILENT, MIMESEND_FAULT_CLOSED };
  MimesendLessons *lessons = mimesend_lessons_new ();
  MimesendLesson *lesson = mimesend_lessons_of (lessons, "x");

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      MimesendWay way = i == 0 ? MIMESEND_WAY_CHUNKING : MIMESEND_WAY_BEHIND;

      for (guint n = 0; n < 5; n++)
        {
          mimesend_lesson_worked (lesson, way);
          g_assert_false (mimesend_lesson_failed (lesson, way, faults[i], TRUE, 0));
          g_assert_false (mimesend_lesson_avoids (lesson, way));
        }
      g_assert_true (mimesend_lesson_failed (lesson, way, faults[i], TRUE, 0));
      g_assert_true (mimesend_lesson_avoids (lesson, way));
      g_assert_false (mimesend_lesson_failed (lesson, way, faults[i], TRUE, 0)); /* it is known */
    }
  mimesend_lesson_worked (lesson, MIMESEND_WAY_PIPELINING);
  g_assert_true (mimesend_lesson_failed (lesson, MIMESEND_WAY_PIPELINING, MIMESEND_FAULT_SAID, FALSE, 0));
  mimesend_lessons_unref (lessons);
}

/* After so many messages, or so much time, one tries again, and more of both must pass each time that it fails. */
static void
test_again (void)
{
  MimesendLessons *lessons = mimesend_lessons_new ();
  MimesendLesson *lesson = mimesend_lessons_of (lessons, "x");
  const MimesendWay way = MIMESEND_WAY_CHUNKING;
  guint pause = 50;

  g_assert_false (mimesend_lesson_is_due (lesson, way, G_MAXINT64));
  for (guint i = 0; i < 4; i++, pause *= 4)
    {
      mimesend_lesson_failed (lesson, way, MIMESEND_FAULT_SILENT, FALSE, 0);
      count (lesson, pause - 1);
      g_assert_false (mimesend_lesson_is_due (lesson, way, 1));
      count (lesson, 1);
      g_assert_true (mimesend_lesson_is_due (lesson, way, 1));
      mimesend_lesson_begin_trial (lesson, way);
      g_assert_false (mimesend_lesson_is_due (lesson, way, 1)); /* one is enough */
      g_assert_true (mimesend_lesson_avoids (lesson, way));
    }
  mimesend_lesson_worked (lesson, way);
  g_assert_false (mimesend_lesson_avoids (lesson, way));

  g_assert_true (mimesend_lesson_failed (lesson, way, MIMESEND_FAULT_SAID, FALSE, 5 * MINUTE));
  g_assert_false (mimesend_lesson_is_due (lesson, way, 6 * MINUTE));
  g_assert_true (mimesend_lesson_is_due (lesson, way, 5 * MINUTE + 24 * 60 * MINUTE));
  mimesend_lessons_unref (lessons);
}

/* A trial that told nothing is begun anew. */
static void
test_trial_without_end (void)
{
  MimesendLessons *lessons = mimesend_lessons_new ();
  MimesendLesson *lesson = mimesend_lessons_of (lessons, "x");

  mimesend_lesson_failed (lesson, MIMESEND_WAY_BEHIND, MIMESEND_FAULT_SAID, FALSE, 0);
  count (lesson, 50);
  mimesend_lesson_begin_trial (lesson, MIMESEND_WAY_BEHIND);
  mimesend_lesson_end_trial (lesson, MIMESEND_WAY_BEHIND);
  g_assert_true (mimesend_lesson_is_due (lesson, MIMESEND_WAY_BEHIND, 1));
  mimesend_lessons_unref (lessons);
}

/* A loss that left a message in doubt may do so again: no message tries the way ahead of an answer that the server gave without
 * one. */
static void
test_costly (void)
{
  static const MimesendFault faults[] = { MIMESEND_FAULT_SILENT, MIMESEND_FAULT_CLOSED };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      MimesendLessons *lessons = mimesend_lessons_new ();
      MimesendLesson *lesson = mimesend_lessons_of (lessons, "x");
      const MimesendWay way = MIMESEND_WAY_CHUNKING;
      guint pause = 50;

      g_assert_true (mimesend_lesson_failed (lesson, way, faults[i], TRUE, 0));
      for (guint n = 0; n < 3; n++, pause *= 4) /* it is not answered well */
        {
          count (lesson, pause - 1);
          g_assert_false (mimesend_lesson_wants_question (lesson, way, 1));
          count (lesson, 1);
          g_assert_true (mimesend_lesson_wants_question (lesson, way, 1));
          g_assert_false (mimesend_lesson_is_due (lesson, way, G_MAXINT64));
          mimesend_lesson_begin_trial (lesson, way);
          g_assert_false (mimesend_lesson_wants_question (lesson, way, 1));
          g_assert_false (mimesend_lesson_failed (lesson, way, faults[n % 2], FALSE, 0));
        }
      count (lesson, pause);
      mimesend_lesson_begin_trial (lesson, way);
      mimesend_lesson_answered (lesson, way);
      g_assert_true (mimesend_lesson_avoids (lesson, way));
      g_assert_true (mimesend_lesson_is_due (lesson, way, 1));
      g_assert_false (mimesend_lesson_wants_question (lesson, way, 1));
      mimesend_lesson_begin_trial (lesson, way);
      mimesend_lesson_worked (lesson, way);
      g_assert_false (mimesend_lesson_avoids (lesson, way));
      mimesend_lessons_unref (lessons);
    }
}

/* What left no message in doubt needs no question. */
static void
test_harmless (void)
{
  MimesendLessons *lessons = mimesend_lessons_new ();
  MimesendLesson *lesson = mimesend_lessons_of (lessons, "x");

  g_assert_true (mimesend_lesson_failed (lesson, MIMESEND_WAY_BEHIND, MIMESEND_FAULT_CLOSED, FALSE, 0));
  count (lesson, 50);
  g_assert_false (mimesend_lesson_wants_question (lesson, MIMESEND_WAY_BEHIND, 1));
  g_assert_true (mimesend_lesson_is_due (lesson, MIMESEND_WAY_BEHIND, 1));
  mimesend_lessons_unref (lessons);
}

/* A trial that leaves a message in doubt is the last. */
static void
test_costly_trial (void)
{
  MimesendLessons *lessons = mimesend_lessons_new ();
  MimesendLesson *lesson = mimesend_lessons_of (lessons, "x");
  const MimesendWay way = MIMESEND_WAY_BEHIND;

  g_assert_true (mimesend_lesson_failed (lesson, way, MIMESEND_FAULT_SAID, FALSE, 0));
  count (lesson, 50);
  g_assert_true (mimesend_lesson_is_due (lesson, way, 1));
  mimesend_lesson_begin_trial (lesson, way);
  g_assert_false (mimesend_lesson_failed (lesson, way, MIMESEND_FAULT_CLOSED, TRUE, 1));
  count (lesson, 1000000);
  g_assert_true (mimesend_lesson_avoids (lesson, way));
  g_assert_false (mimesend_lesson_is_due (lesson, way, G_MAXINT64));
  g_assert_false (mimesend_lesson_wants_question (lesson, way, G_MAXINT64));
  mimesend_lessons_unref (lessons);
}

/* --- the number of messages that a connection carries */

static void
test_limit_kept (void)
{
  MimesendLessons *lessons = mimesend_lessons_new ();
  MimesendLesson *lesson = mimesend_lessons_of (lessons, "x");
  guint without = 0;

  g_assert_cmpuint (mimesend_lesson_begin_connection (lesson), ==, 0);
  mimesend_lesson_met_limit (lesson, 0); /* it carried none: no limit can be told */
  g_assert_cmpuint (mimesend_lesson_get_limit (lesson), ==, 0);
  mimesend_lesson_met_limit (lesson, 100);
  g_assert_cmpuint (mimesend_lesson_begin_connection (lesson), ==, 100);
  mimesend_lesson_saw_first_mail (lesson, TRUE);
  for (guint i = 0; i < 1000; i++)
    without += mimesend_lesson_begin_connection (lesson) == 0;
  g_assert_cmpuint (without, >, 2);
  g_assert_cmpuint (without, <, 10);
  mimesend_lesson_met_limit (lesson, 60);
  mimesend_lesson_saw_first_mail (lesson, FALSE);
  g_assert_cmpuint (mimesend_lesson_get_limit (lesson), ==, 60);
  mimesend_lessons_unref (lessons);
}

/* What the first message of the next connection met was no limit. */
static void
test_limit_dropped (void)
{
  MimesendLessons *lessons = mimesend_lessons_new ();
  MimesendLesson *lesson = mimesend_lessons_of (lessons, "x");

  mimesend_lesson_met_limit (lesson, 3);
  mimesend_lesson_begin_connection (lesson);
  mimesend_lesson_saw_first_mail (lesson, FALSE);
  g_assert_cmpuint (mimesend_lesson_get_limit (lesson), ==, 0);
  g_assert_cmpuint (mimesend_lesson_begin_connection (lesson), ==, 0);
  mimesend_lessons_unref (lessons);
}

static void
test_limit_by_close (void)
{
  MimesendLessons *lessons = mimesend_lessons_new ();
  MimesendLesson *lesson = mimesend_lessons_of (lessons, "x");
  static const guint closed_at[] = { 10, 25, 10, 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (closed_at); i++)
    mimesend_lesson_saw_close (lesson, closed_at[i]);
  g_assert_cmpuint (mimesend_lesson_get_limit (lesson), ==, 0);
  mimesend_lesson_saw_close (lesson, 10);
  mimesend_lesson_saw_close (lesson, 10);
  g_assert_cmpuint (mimesend_lesson_get_limit (lesson), ==, 10);
  mimesend_lesson_saw_first_mail (lesson, FALSE);
  g_assert_cmpuint (mimesend_lesson_get_limit (lesson), ==, 10);
  mimesend_lessons_unref (lessons);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/lesson/is-shared-by-name", test_shared);
  g_test_add_func ("/client/lesson/one-fault-does-not-undo-success", test_worked_before);
  g_test_add_func ("/client/lesson/again", test_again);
  g_test_add_func ("/client/lesson/trial-without-end", test_trial_without_end);
  g_test_add_func ("/client/lesson/costly", test_costly);
  g_test_add_func ("/client/lesson/costly-trial", test_costly_trial);
  g_test_add_func ("/client/lesson/harmless", test_harmless);
  g_test_add_func ("/client/lesson/limit-of-messages-is-kept", test_limit_kept);
  g_test_add_func ("/client/lesson/limit-of-messages-is-dropped", test_limit_dropped);
  g_test_add_func ("/client/lesson/limit-is-learnt-from-closes", test_limit_by_close);
  return g_test_run ();
}

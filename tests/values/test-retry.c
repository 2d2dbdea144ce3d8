/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy as a value: which recipients, when, how often. */
#include "values/receipt-private.h"
#include "mimesend-retry.h"
#include "values/retry.h"

static MimesendReceipt *
receipt_of (guint n, const MimesendOutcome *outcomes, const guint *codes)
{
  static const char *const names[] = { "a@example.org", "b@example.org", "c@example.org",
                                       "d@example.org", "e@example.org", "f@example.org" };
  const char *to[G_N_ELEMENTS (names) + 1] = { NULL };
  MimesendReceipt *receipt;

  for (guint i = 0; i < n; i++)
    to[i] = names[i];
  receipt = mimesend_receipt_new (to);
  for (guint i = 0; i < n; i++)
    {
      MimesendReceiptRecipient *r = &receipt->recipients[i];

      r->outcome = outcomes[i];
      r->words.code = codes[i];
    }
  return receipt;
}

static void
assert_recipients (MimesendRetry *retry, MimesendReceipt *receipt, const char *expected)
{
  g_auto (GStrv) again = mimesend_retry_get_recipients (retry, receipt);
  g_autofree char *joined = g_strjoinv (" ", again);

  g_assert_cmpstr (joined, ==, expected);
}

/* One of each kind. None that has it, none that was refused, and none in doubt unless that was allowed. */
static void
test_recipients (void)
{
  static const MimesendOutcome outcomes[] = { MIMESEND_OUTCOME_ACCEPTED, MIMESEND_OUTCOME_REFUSED,
                                              MIMESEND_OUTCOME_DEFERRED, MIMESEND_OUTCOME_DEFERRED,
                                              MIMESEND_OUTCOME_IN_DOUBT, MIMESEND_OUTCOME_NOT_TRIED };
  static const guint codes[] = { 250, 550, 450, 0, 0, 0 };
  g_autoptr (MimesendReceipt) receipt = receipt_of (6, outcomes, codes);
  g_autoptr (MimesendRetry) retry = mimesend_retry_new (3);
  g_autoptr (MimesendRetry) nothing = mimesend_retry_with_outcomes (retry, MIMESEND_RETRY_NOTHING);
  g_autoptr (MimesendRetry) deferred = mimesend_retry_with_outcomes (retry, MIMESEND_RETRY_DEFERRED);
  g_autoptr (MimesendRetry) unreached = mimesend_retry_with_outcomes (retry, MIMESEND_RETRY_UNREACHED);
  g_autoptr (MimesendRetry) doubt =
      mimesend_retry_with_outcomes (retry, MIMESEND_RETRY_IN_DOUBT_MAY_SEND_TWICE);

  assert_recipients (retry, receipt, "c@example.org d@example.org");
  assert_recipients (nothing, receipt, "");
  assert_recipients (deferred, receipt, "c@example.org");
  assert_recipients (unreached, receipt, "d@example.org");
  assert_recipients (doubt, receipt, "e@example.org");
  g_assert_cmpfloat (mimesend_retry_next (nothing, receipt, 1, 0), ==, -1);
}

static void
test_attempts (void)
{
  static const MimesendOutcome outcomes[] = { MIMESEND_OUTCOME_DEFERRED };
  static const guint codes[] = { 450 };
  g_autoptr (MimesendReceipt) receipt = receipt_of (1, outcomes, codes);
  g_autoptr (MimesendRetry) once = mimesend_retry_new (0);
  g_autoptr (MimesendRetry) retry = mimesend_retry_new (3);
  g_autoptr (MimesendRetry) limited = mimesend_retry_with_deadline (retry, 60);

  g_assert_cmpuint (mimesend_retry_get_attempts (once), ==, 1);
  g_assert_cmpfloat (mimesend_retry_next (once, receipt, 1, 0), ==, -1);
  g_assert_cmpfloat (mimesend_retry_next (retry, receipt, 1, 0), >=, 2.5);
  g_assert_cmpfloat (mimesend_retry_next (retry, receipt, 2, G_MAXDOUBLE), >=, 5.0);
  g_assert_cmpfloat (mimesend_retry_next (retry, receipt, 3, 0), ==, -1);
  g_assert_cmpfloat (mimesend_retry_next (limited, receipt, 1, 54), >, 0);
  g_assert_cmpfloat (mimesend_retry_next (limited, receipt, 1, 58), ==, -1);
}

static void
test_delays (void)
{
  g_autoptr (MimesendRetry) plain = mimesend_retry_new (G_MAXUINT);
  g_autoptr (MimesendRetry) retry = mimesend_retry_with_delay (plain, 1, 60);
  g_autoptr (MimesendRetry) long_ones = mimesend_retry_with_delay (plain, G_MAXDOUBLE, G_MAXDOUBLE);

  g_assert_cmpint (mimesend_retry_delay_us (retry, 1, 0), ==, 1000 * 1000);
  g_assert_cmpint (mimesend_retry_delay_us (retry, 2, 0), ==, 2000 * 1000);
  g_assert_cmpint (mimesend_retry_delay_us (retry, 6, 0), ==, 32000 * 1000);
  g_assert_cmpint (mimesend_retry_delay_us (retry, 7, 0), ==, 60000 * 1000);
  g_assert_cmpint (mimesend_retry_delay_us (retry, G_MAXUINT, 0), ==, 60000 * 1000);
  g_assert_cmpint (mimesend_retry_delay_us (long_ones, G_MAXUINT, 0), ==, G_MAXUINT * G_TIME_SPAN_SECOND);
  /* the jitter takes half at most, and never all of nothing */
  for (guint i = 0; i < 1000; i++)
    {
      gint64 us = mimesend_retry_delay_us (retry, 1 + i % 9, g_random_double ());
      gint64 whole = mimesend_retry_delay_us (retry, 1 + i % 9, 0);

      g_assert_cmpint (us, >=, whole / 2);
      g_assert_cmpint (us, <=, whole);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/values/retry/finds-recipients", test_recipients);
  g_test_add_func ("/values/retry/limits-attempts", test_attempts);
  g_test_add_func ("/values/retry/delays-double-with-jitter", test_delays);
  return g_test_run ();
}
